// An analysis of one's own: to what power of two are requests aligned, and are well aligned ones faster? An SSD reads whole pages, so a request
// that starts or ends within one makes it read more than was asked for.
using System.Numerics;
using TraceAnalyzer;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Text;

string trace = args.Length > 0 ? args[0] : Path.Combine("traces", "nvmevirt", "c-kvcache");
using ITraceReader reader = TraceFormats.Open([trace]);
var reads = new Alignment();
var writes = new Alignment();
var source = new RequestReader(reader);
while (source.TryRead(out ReadOnlySpan<IoRequest> requests))
{
    foreach (ref readonly IoRequest request in requests)
    {
        if (request.Class == OperationClass.Read)
            reads.Add(request);
        else if (request.Class == OperationClass.Write)
            writes.Add(request);
    }
}

Console.WriteLine($"{reader.Source.Name}, {reader.Source.Format}");
reads.Print("read");
writes.Print("write");

// Pieces merge to the whole: that is what lets the library's own analyses run on all cores.
var both = new Alignment();
both.Merge(reads);
both.Merge(writes);
both.Print("both");
return source.Diagnostics.IsClean ? 0 : 4;

/// <summary>Requests and their mean D2C by alignment.</summary>
internal sealed class Alignment
{
    // By the logarithm of the sectors that start and length are multiples of. Above 1 MiB it makes no difference to any device.
    private const int MaxShift = 11;
    private readonly long[] _requests = new long[MaxShift + 1];
    private readonly long[] _timed = new long[MaxShift + 1];
    private readonly long[] _d2cNs = new long[MaxShift + 1];

    public void Add(in IoRequest request)
    {
        int shift = Math.Min(MaxShift, BitOperations.TrailingZeroCount(request.Sector | (request.LengthBytes / BlockEvent.SectorBytes)));
        _requests[shift]++;
        if (request.TryGetD2C(out long ns))
        {
            _timed[shift]++;
            _d2cNs[shift] += ns;
        }
    }

    public void Merge(Alignment other)
    {
        for (int shift = 0; shift <= MaxShift; shift++)
        {
            _requests[shift] += other._requests[shift];
            _timed[shift] += other._timed[shift];
            _d2cNs[shift] += other._d2cNs[shift];
        }
    }

    public void Print(string operation)
    {
        for (int shift = 0; shift <= MaxShift; shift++)
        {
            if (_requests[shift] == 0)
                continue;
            string d2c = _timed[shift] == 0 ? "unknown" : Units.Duration((double)_d2cNs[shift] / _timed[shift]);
            Console.WriteLine($"{operation,-6} aligned to {Units.Bytes(BlockEvent.SectorBytes << shift),8}: {_requests[shift],7} requests, mean D2C {d2c}");
        }
    }
}
