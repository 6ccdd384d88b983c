using System.IO.Compression;
using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;
using ZstdSharp;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// Whatever happens to the bytes of a trace, of any format: the work ends, nothing but <see cref="TraceException"/> is thrown,
/// and each byte was understood or is counted as skipped.
/// </summary>
[Trait("Kind", "capture")]
public class DamagedTraceTests
{
    private const string CustomFormat = @"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n";
    private const int Lines = 150;

    public static TheoryData<string> Formats => ["7le", "7be", "8le", "8be", "text", "custom", "csv"];

    public static TheoryData<string, string> PackedFormats
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string format in (string[])["7le", "text", "csv"])
            {
                data.Add(format, "gzip");
                data.Add(format, "zstd");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damage_is_survived_and_every_byte_accounted_for(string format)
    {
        byte[] whole = Sample(format);
        for (int seed = 0; seed < 120; seed++)
        {
            byte[] damaged = Damage(whole, new Random(seed));
            if (TryRead(format, damaged) is { } read)
                Assert.Equal(damaged.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
            if (seed % 12 == 0)
                Analyse(format, damaged);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_cut_is_counted_and_costs_one_record_at_most(string format)
    {
        byte[] whole = Sample(format);
        ReadTrace all = TryRead(format, whole)!;
        Assert.True(all.Diagnostics.IsClean);
        Assert.Equal(whole.Length, all.UnderstoodBytes);
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] cut = whole[..random.Next(whole.Length)];
            if (TryRead(format, cut) is not { } read)
                continue;
            Assert.Equal(cut.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
            Assert.Equal(0, read.Diagnostics[ReadCounter.BadRecords]);
            Assert.InRange(read.Diagnostics[ReadCounter.TruncatedRecords], 0, 1);
            Assert.Equal(read.Diagnostics[ReadCounter.TruncatedRecords] == 0, read.Diagnostics[ReadCounter.SkippedBytes] == 0);

            // What is left is the start of the whole; a last line may be whole without its newline.
            Assert.Equal(all.Events.Take(read.Events.Count), read.Events);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_record_that_cannot_be_one_is_counted(string format)
    {
        byte[] whole = Sample(format);
        int events = TryRead(format, whole)!.Events.Count;
        var random = new Random(3);
        int[] starts = StartsOfRecords(format, whole);
        for (int i = 0; i < 40; i++)
        {
            // Behind the first record, which says what the format is.
            int start = starts[random.Next(2, starts.Length - 2)];
            byte[] damaged = [.. whole];
            damaged[start] = 0xFF;
            ReadTrace read = TryRead(format, damaged)!;
            Assert.Equal(1, read.Diagnostics[ReadCounter.BadRecords]);
            Assert.True(read.Diagnostics[ReadCounter.SkippedBytes] > 0);
            Assert.Equal(whole.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
            Assert.InRange(read.Events.Count, events - 1, events);
        }
    }

    [Theory]
    [MemberData(nameof(PackedFormats))]
    public void Damage_of_compressed_bytes_is_survived(string format, string packing)
    {
        byte[] packed = Pack(Sample(format), packing);
        for (int seed = 0; seed < 250; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. packed];
            for (int i = random.Next(1, 6); i > 0; i--)
                damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            TryRead(format, damaged);
        }
    }

    [Theory]
    [MemberData(nameof(PackedFormats))]
    public void A_cut_of_compressed_bytes_is_counted(string format, string packing)
    {
        byte[] packed = Pack(Sample(format), packing);
        Assert.True(TryRead(format, packed)!.Diagnostics.IsClean);
        var random = new Random(1);
        for (int i = 0; i < 60; i++)
        {
            byte[] cut = packed[..random.Next(20, packed.Length)];
            if (TryRead(format, cut) is { } read)
                Assert.Equal(1, read.Diagnostics[ReadCounter.DamagedCompression]);
        }
    }

    private static byte[] Sample(string format) => format switch
    {
        "7le" => Binary(7, false),
        "7be" => Binary(7, true),
        "8le" => Binary(8, false),
        "8be" => Binary(8, true),
        "text" => Text("nvmevirt/c-kvcache/c-kvcache.blkparse.txt"),
        "custom" => Text("nvmevirt/c-kvcache/c-kvcache.custom.txt"),
        _ => Text("nvmevirt/c-kvcache/bpftrace-block.txt"),
    };

    private static byte[] Text(string name) => Encoding.Latin1.GetBytes(string.Concat(TraceFiles.Lines(name).Take(Lines).Select(line => line + "\n")));

    private static byte[] Binary(int version, bool bigEndian)
    {
        var bytes = new BlktraceBytes(version, bigEndian);
        bytes.Timestamp(1, 1_700_000_000, 0);
        for (int i = 0; i < Lines; i++)
        {
            bytes.Event("QGDCXA"[i % 6], i * 1000L, (ulong)i * 64, 4096, BlktraceBytes.Read, payload: i % 6 > 3 ? [.. BlktraceBytes.BigEndian64(1), .. BlktraceBytes.BigEndian64(2)] : null);
            if (i % 40 == 39)
                bytes.Message((i * 1000L) + 1, "a message").Process(100, "python3");
        }

        return bytes.ToArray();
    }

    private static byte[] Pack(byte[] bytes, string packing)
    {
        if (packing == "zstd")
        {
            using var compressor = new Compressor(3);
            return compressor.Wrap(bytes).ToArray();
        }

        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = random.Next(2) == 0 ? [.. whole] : whole[random.Next(whole.Length / 3)..];
        for (int i = random.Next(25); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        for (int i = random.Next(4); i > 0; i--)
        {
            int from = random.Next(bytes.Length);
            int to = random.Next(from, Math.Min(bytes.Length, from + 2000));
            int at = random.Next(bytes.Length);
            bytes = random.Next(2) == 0 ? [.. bytes[..from], .. bytes[to..], 0] : [.. bytes[..at], .. bytes[from..to], .. bytes[at..]];
        }

        return bytes;
    }

    private static int[] StartsOfRecords(string format, byte[] bytes)
    {
        if (format is "7le" or "7be" or "8le" or "8be")
        {
            byte first = format[1] == 'l' ? (byte)(format[0] - '0') : (byte)'e';
            byte[] magic = format[1] == 'l' ? [first, (byte)'t', (byte)'a', (byte)'e'] : [(byte)'e', (byte)'a', (byte)'t', (byte)(format[0] - '0')];
            return [.. Enumerable.Range(0, bytes.Length - 4).Where(i => bytes.AsSpan(i, 4).SequenceEqual(magic))];
        }

        // The first letter of a line, where it is an event.
        return [.. Enumerable.Range(1, bytes.Length - 1).Where(i => bytes[i - 1] == '\n' && char.IsAsciiDigit((char)bytes[i]))];
    }

    // Null if it is not a trace any more.
    private static ReadTrace? TryRead(string format, byte[] bytes)
    {
        try
        {
            return TraceReading.ReadAll(Open(format, bytes));
        }
        catch (TraceException)
        {
            return null;
        }
    }

    private static void Analyse(string format, byte[] bytes)
    {
        try
        {
            using ITraceReader reader = Open(format, bytes);
            TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions { Workers = 2 });
            var json = new MemoryStream();
            ReportJson.Write(report, json);
            json.Position = 0;
            Assert.Equal(report.Events, ReportJson.Read(json).Events);
        }
        catch (TraceException)
        {
            // It is not a trace any more.
        }
    }

    private static ITraceReader Open(string format, byte[] bytes)
    {
        TraceInput input = CompressedInput.Open("t", new MemoryStream(bytes));
        var options = new ReadOptions { BlkparseFormat = format == "custom" ? CustomFormat : null };
        try
        {
            TraceFormat found = TraceFormats.Recognize(input.First.Span, options) ?? throw new TraceException("not a trace");
            return found.Open(new TraceParts("t", [input], 0), options);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }
}
