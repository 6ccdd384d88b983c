using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Follows the last <see cref="MostStreams"/> places where requests ended, the one used last first. A request that begins at one of them continues that stream
/// and takes its place: a place is continued once. How far down the list it stood is how many streams a device or kernel has to follow to see the request as sequential
/// (the stack distance of R. L. Mattson et al., IBM Systems Journal 9, 1970, of streams instead of pages).
/// </summary>
internal sealed class StreamDetector
{
    /// <summary>Streams that are followed. Of random requests over 64 places each would continue something by chance; over the 100,000 of a file of some GiB, 0.06 %.</summary>
    public const int MostStreams = 64;

    // 2^5 buckets a power of two: lengths of runs to 1.6 %.
    private const int PrecisionBits = 5;

    private readonly ulong[] _ends = new ulong[MostStreams];
    private readonly long[] _runBytes = new long[MostStreams];
    private readonly long[] _foundAt = new long[MostStreams];
    private readonly LogHistogram _endedRuns = new(PrecisionBits);
    private int _count;

    /// <summary>Requests that continued a stream.</summary>
    public long Continuing { get; private set; }

    /// <summary>Adds a request.</summary>
    /// <param name="sector">Where it begins.</param>
    /// <param name="end">The sector behind it.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <returns>True if it continues a stream.</returns>
    public bool Add(ulong sector, ulong end, uint lengthBytes)
    {
        int at = Array.IndexOf(_ends, sector, 0, _count);
        bool continues = at >= 0;
        long runBytes = lengthBytes;
        if (continues)
        {
            Continuing++;
            _foundAt[at]++;
            runBytes += _runBytes[at];
        }
        else if (_count < MostStreams)
        {
            at = _count++;
        }
        else
        {
            at = MostStreams - 1;
            _endedRuns.Add(_runBytes[at]);
        }

        if (at > 0)
        {
            Array.Copy(_ends, 0, _ends, 1, at);
            Array.Copy(_runBytes, 0, _runBytes, 1, at);
        }

        _ends[0] = end;
        _runBytes[0] = runBytes;
        return continues;
    }

    /// <summary>Bytes of each run, those that go on at the end included.</summary>
    public LogHistogram Runs()
    {
        var runs = new LogHistogram(PrecisionBits);
        runs.Merge(_endedRuns);
        foreach (long bytes in _runBytes.AsSpan(0, _count))
            runs.Add(bytes);
        return runs;
    }

    /// <summary>Requests that continued one of the streams that were not among the last <see cref="MostStreams"/> / 2.</summary>
    public long FoundInOlderHalf => _foundAt[(MostStreams / 2)..].Sum();

    /// <summary>Requests that continued the stream used last, the one before it, and so on.</summary>
    public ReadOnlySpan<long> FoundAt => _foundAt;
}
