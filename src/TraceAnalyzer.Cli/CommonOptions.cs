using System.CommandLine;
using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blkparse;

namespace TraceAnalyzer.Cli;

/// <summary>The arguments and options that all verbs that read a trace share: what to read and what to count.</summary>
/// <param name="traces">The argument that names traces; null for parts of one trace.</param>
internal sealed class CommonOptions(Argument<string[]>? traces = null)
{
    // The least that an analysis of any length gets along with, as far as its map goes.
    private const long LeastMemoryBytes = 64L << 20;

    private readonly Argument<string[]> _traces = traces ?? new("trace")
    {
        Description = "A file; the folder of a run, a per-CPU set or a run of a Parquet set (run=NAME); the base name or any file of a per-CPU set; a tar archive of a trace or run; or - for standard input. "
            + "Several blktrace binaries are read together as one trace.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _blkparseFormat = new("--blkparse-format", "-f")
    {
        Description = "The -f format string that blkparse wrote the text with.",
        HelpName = "format",
    };

    private readonly Option<BlockAction?> _action = new("--action")
    {
        Description = "The action that counts as one request. Default: issue.",
        HelpName = "issue|queue|complete",
        CustomParser = result => CommandLineValues.OneOf(result, BlockAction.Issue, BlockAction.Queue, BlockAction.Complete),
    };

    private readonly Option<NamedDevice?> _device = new("--device")
    {
        Description = "Count only this device, by its number or by a name that the trace tells: 259,0 or nvme0n1.",
        HelpName = "major,minor|name",
        CustomParser = CommandLineValues.Device,
    };

    private readonly Option<Operation?> _operation = new("--operation")
    {
        Description = "Count only read, write, discard, flush or other, or only an exact rwbs string such as RA.",
        HelpName = "operation",
        CustomParser = CommandLineValues.OperationOf,
    };

    private readonly Option<string?> _process = new("--process")
    {
        Description = "Count only processes with this command name or number.",
        HelpName = "name|pid",
    };

    private readonly Option<long?> _from = new("--from")
    {
        Description = "Count only from this time after the trace's first event on, e.g. 10s; a number alone is seconds.",
        HelpName = "duration",
        CustomParser = result => CommandLineValues.DurationNs(result, leastNs: 0),
    };

    private readonly Option<long?> _to = new("--to")
    {
        Description = "Count only before this time after the trace's first event, e.g. 1min; a number alone is seconds.",
        HelpName = "duration",
        CustomParser = result => CommandLineValues.DurationNs(result, leastNs: 0),
    };

    private readonly Option<SectorRange?> _sectors = new("--sectors")
    {
        Description = "Count only requests that touch these sectors of 512 bytes.",
        HelpName = "first-last",
        CustomParser = CommandLineValues.Sectors,
    };

    private readonly Option<int?> _workers = new("--workers")
    {
        Description = "Threads that work on the trace; results do not depend on it. Default: one per core, at most 8.",
        HelpName = "number",
        CustomParser = result => CommandLineValues.Count(result, 1, 64),
    };

    private readonly Option<long?> _maxMemory = new("--max-memory")
    {
        Description = "Memory to use, e.g. 8GiB. Beyond it, how often sectors are accessed is estimated from a part of the device's space. Default: half of what is free.",
        HelpName = "size",
        CustomParser = result => CommandLineValues.SizeBytes(result, LeastMemoryBytes),
    };

    /// <summary>Adds all of them to a verb; <c>--workers</c> and <c>--max-memory</c> only to one that analyzes.</summary>
    public void AddTo(Command command, bool hasWorkers = true)
    {
        _traces.Validators.Add(CommandLineValues.RefuseOptions);
        CommandLineValues.Complete(_action, "issue", "queue", "complete");
        CommandLineValues.Complete(_operation, "read", "write", "discard", "flush", "other");
        command.Arguments.Add(_traces);
        foreach (Option option in (Option[])[_blkparseFormat, _action, _device, _operation, _process, _from, _to, _sectors])
            command.Options.Add(option);
        if (hasWorkers)
        {
            command.Options.Add(_workers);
            command.Options.Add(_maxMemory);
        }
    }

    /// <summary>The paths to read.</summary>
    public string[] Traces(ParseResult parsed) => parsed.GetRequiredValue(_traces);

    /// <summary>How to read them. The action and the operation say what a blkparse format that does not print them leaves open.</summary>
    /// <exception cref="UsageException">The blkparse format cannot be understood.</exception>
    public ReadOptions Reading(ParseResult parsed)
    {
        Operation? operation = parsed.GetValue(_operation);
        var options = new ReadOptions
        {
            BlkparseFormat = parsed.GetValue(_blkparseFormat),
            BlkparseAction = parsed.GetValue(_action),
            BlkparseRwbs = operation?.Rwbs ?? operation?.Class switch
            {
                null => null,
                OperationClass.Read => Rwbs.Of("R"),
                OperationClass.Write => Rwbs.Of("W"),
                OperationClass.Discard => Rwbs.Of("D"),
                OperationClass.Flush => Rwbs.Of("FN"),
                _ => Rwbs.Of("N"),
            },
        };
        try
        {
            // Compiles the format; there is nothing to recognize.
            BlkparseReader.Sniff([], options);
            return options;
        }
        catch (TraceException exception)
        {
            throw new UsageException($"{_blkparseFormat.Name}: {exception.Message}");
        }
    }

    /// <summary>What to count.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public AnalysisOptions Analysis(ParseResult parsed)
    {
        var defaults = new AnalysisOptions();
        return new AnalysisOptions
        {
            CountedAction = parsed.GetValue(_action) ?? defaults.CountedAction,
            Filter = Filter(parsed),
            Workers = parsed.GetValue(_workers) ?? defaults.Workers,
            MaxMemoryBytes = parsed.GetValue(_maxMemory) ?? DefaultMemoryBytes(),
        };
    }

    /// <summary>What an analysis may use if nobody says: half of what is free now, so that others have room too; null if that is not known.</summary>
    public static long? DefaultMemoryBytes() => new AvailableMemory().Bytes() is { } free ? Math.Max(LeastMemoryBytes, free / 2) : null;

    private EventFilter Filter(ParseResult parsed)
    {
        long? from = parsed.GetValue(_from);
        long? to = parsed.GetValue(_to);
        if (from >= to)
            throw new UsageException("--from must be before --to");
        string? process = parsed.GetValue(_process);
        bool isPid = int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
        NamedDevice? device = parsed.GetValue(_device);
        Operation? operation = parsed.GetValue(_operation);
        SectorRange? sectors = parsed.GetValue(_sectors);
        return new EventFilter
        {
            Device = device?.Number,
            DeviceName = device?.Name,
            Class = operation?.Class,
            Rwbs = operation?.Rwbs,
            Pid = isPid ? pid : null,
            ProcessName = isPid ? null : process,
            FromNs = from,
            ToNs = to,
            FirstSector = sectors?.First,
            LastSector = sectors?.Last,
        };
    }
}
