using TraceAnalyzer.Reading.Biosnoop;
using TraceAnalyzer.Reading.Blkparse;
using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reading.Bpftrace;
using TraceAnalyzer.Reading.Etlx;
using TraceAnalyzer.Reading.FioIolog;
using TraceAnalyzer.Reading.Ftrace;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Nettrace;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading;

/// <summary>The formats that can be read, and the one way to open a trace.</summary>
public static class TraceFormats
{
    /// <summary>Path that means standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Every format, tried in this order: the surest signs first.</summary>
    public static IReadOnlyList<TraceFormat> All { get; } =
    [
        BlktraceReader.Format,
        new(NettraceReader.FormatName, NettraceReader.Sniff, NettraceReader.Open) { Endings = [".nettrace"] },
        new(EtlxReader.FormatName, EtlxReader.Sniff, EtlxReader.Open) { Endings = [".etlx"] },
        new(EtlxReader.EtlFormatName, EtlxReader.SniffEtl, EtlxReader.OpenEtl) { Endings = [".etl"] },
        new(ParquetTraceReader.FormatName, ParquetTraceReader.Sniff, ParquetTraceReader.Open) { Endings = [".parquet"] },
        new(BpftraceCsvReader.FormatName, BpftraceCsvReader.Sniff, BpftraceCsvReader.Open) { Endings = [".txt", ".csv"] },
        new(BlkparseReader.FormatName, BlkparseReader.Sniff, BlkparseReader.Open) { Endings = [".txt", ".blkparse"] },
        new(FioIologReader.FormatName, FioIologReader.Sniff, FioIologReader.Open),
        new(BiosnoopReader.FormatName, BiosnoopReader.Sniff, BiosnoopReader.Open),
        new(FtraceReader.FormatName, FtraceReader.Sniff, FtraceReader.Open),
    ];

    /// <summary>
    /// Opens a trace given by a file, by the base name, a file or the folder of a per-CPU set, by the folder of a run of a Parquet set, or by <c>-</c> for standard input.
    /// Each but the last two may be a tar archive with one trace; of several, the path goes on with the one's path within the archive.
    /// Several paths are parts of one trace (as with blkparse's repeated <c>-i</c>), which only binary traces can have; what two of them name is read once.
    /// </summary>
    /// <exception cref="TraceException">There is no such file, it cannot be read, it is not a trace, or two hold the same events.</exception>
    public static ITraceReader Open(IReadOnlyList<string> paths, ReadOptions? options = null)
    {
        options ??= new ReadOptions();
        return OpenParts(TracePart.OpenAll(TracePart.Distinct(paths).Select<string, Func<IReadOnlyList<TracePart>>>(path => () => TracePart.Open(path, options))), options);
    }

    /// <summary>Opens a trace as <see cref="Open"/> does, unless the path is that of a folder or of an archive, which may be a run: then null.</summary>
    /// <exception cref="TraceException">There is nothing, or no trace.</exception>
    internal static ITraceReader? OpenUnlessRun(string path, ReadOptions options) => TracePart.OpenUnlessRun(path, options) is { } parts ? OpenParts(parts, options) : null;

    /// <summary>The paths without those that name the same file, folder or per-CPU set as an earlier one, by whatever path or link.</summary>
    public static IReadOnlyList<string> Distinct(IEnumerable<string> paths) => TracePart.Distinct(paths);

    /// <summary>True if there is a file, a folder or a per-CPU set at <paramref name="path"/>, of whatever content.</summary>
    public static bool IsThere(string path) => TracePart.IsThere(path);

    /// <summary>Opens parts of one trace, which are open already and then the reader's.</summary>
    /// <exception cref="TraceException">They cannot be read, or not together.</exception>
    internal static ITraceReader OpenParts(IReadOnlyList<TracePart> parts, ReadOptions options)
    {
        IReadOnlyList<TracePart> all = parts;
        try
        {
            parts = RepeatedInputs.LeaveOut(parts);
            return OpenDistinct(parts, options);
        }
        catch
        {
            foreach (TracePart part in all)
                part.Dispose();
            throw;
        }
    }

    /// <summary>The format of content that starts with <paramref name="first"/>, or null.</summary>
    public static TraceFormat? Recognize(ReadOnlySpan<byte> first, ReadOptions options)
    {
        foreach (TraceFormat format in All)
        {
            if (format.Sniff(first, options))
                return format;
        }

        return null;
    }

    /// <summary>The format of an input.</summary>
    /// <exception cref="TraceException">It is not a trace.</exception>
    internal static TraceFormat FormatOf(TraceInput input, ReadOptions options) => Recognize(input.First.Span, options) ?? throw NoTrace(input);

    private static ITraceReader OpenDistinct(IReadOnlyList<TracePart> parts, ReadOptions options)
    {
        TraceFormat? common = null;
        foreach (TracePart part in parts)
        {
            foreach (TraceInput input in part.Inputs.Where(input => !input.First.IsEmpty))
            {
                TraceFormat format = FormatOf(input, options);
                common ??= format;
                if (format != common || (!format.Combines && parts.Count > 1))
                    throw new TraceException($"{input.Name}: only {string.Join(", ", All.Where(each => each.Combines).Select(each => each.Name))} files can be read together as one trace; this is {format.Name}");
            }
        }

        if (common is null)
            throw new TraceException($"{parts[0].Inputs[0].Name}: the file is empty; expected a trace ({Expected})");
        string name = string.Join("+", parts.Select(part => part.Name));
        TraceInput[] inputs = [.. parts.SelectMany(part => part.Inputs)];
        ITraceReader reader = common.Open(new TraceParts(name, inputs, parts.Sum(part => part.MissingCpus)), options);
        reader.Source.Inputs = inputs;
        reader.Source.Opened = (common, options);
        return reader;
    }

    private static string Expected => string.Join(", ", All.Select(format => format.Name));

    private static TraceException NoTrace(TraceInput input)
    {
        ReadOnlySpan<byte> first = input.First.Span;
        if (input.Name.EndsWith(".etl", StringComparison.OrdinalIgnoreCase))
            return EtlxReader.EtlElsewhere(input.Name);
        int version = BlktraceRecord.VersionOf(first);
        if (version >= 0)
            return new TraceException($"{input.Name}: blktrace binary of version {version}; expected version 7 or 8");
        if (FtraceReader.WhyNot(first) is { } reason)
            return new TraceException($"{input.Name}: {reason}");
        if (ForeignContent.Describe(first, input.Path ?? input.Name) is { } known)
            return new TraceException($"{input.Name}: not a trace: {known}");
        return new TraceException($"{input.Name}: not a trace: expected {Expected}; found {Describe(first)}");
    }

    private static string Describe(ReadOnlySpan<byte> first)
    {
        ReadOnlySpan<byte> line = first[..Math.Min(first.Length, 60)];
        int end = line.IndexOfAny((byte)'\n', (byte)'\r');
        if (end >= 0)
            line = line[..end];
        bool isText = !line.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !line.IsEmpty;
        return isText
            ? $"the text '{System.Text.Encoding.ASCII.GetString(line)}'"
            : $"the bytes {Convert.ToHexString(first[..Math.Min(first.Length, 8)])}";
    }
}
