using System.CommandLine;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Cli;

/// <summary>Options about runs.</summary>
internal sealed class RunOptionSet
{
    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Which trace of a run's folder, if it holds several.",
        HelpName = "name",
    };

    private readonly Option<long?> _clockOffset = new("--clock-offset")
    {
        Description = "What to add to the trace's times to get wall-clock time since 1970 UTC, e.g. 1737481697.25s.",
        HelpName = "duration",
        CustomParser = result => CommandLineValues.DurationNs(result, leastNs: 0),
    };

    private readonly Option<Roofline?> _roofline = new("--roofline")
    {
        Description = "What the device can read, in GiB/s, or results of fio (JSON) that measured it, by request size and depth.",
        HelpName = "number|file|folder",
        CustomParser = CommandLineValues.RooflineOf,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Adds all of them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_trace, _clockOffset, _roofline])
            command.Options.Add(option);
    }

    /// <summary>What was said of the run.</summary>
    public RunOptions Values(ParseResult parsed, ReadOptions reading) => new()
    {
        Reading = reading,
        Trace = parsed.GetValue(_trace),
        ClockOffsetNs = parsed.GetValue(_clockOffset),
        RooflineGiBPerSecond = parsed.GetValue(_roofline)?.GiBPerSecond,
        RooflineFiles = parsed.GetValue(_roofline)?.Files ?? [],
    };
}
