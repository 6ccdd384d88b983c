using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Cli;

/// <summary>Options about runs and findings.</summary>
internal sealed class RunOptionSet
{
    private static readonly (string Name, Func<FindingOptions, double, FindingOptions> With)[] s_thresholds =
    [
        ("dominating-share", (options, value) => options with { DominatingShare = value }),
        ("read-only-write-share", (options, value) => options with { ReadOnlyWriteShare = value }),
        ("uniform-gini", (options, value) => options with { UniformGini = value }),
        ("earlier-rows-correlation", (options, value) => options with { EarlierRowsCorrelation = value }),
        ("buffered-share", (options, value) => options with { BufferedShare = value }),
        ("sequential-share", (options, value) => options with { SequentialShare = value }),
        ("saturated-share", (options, value) => options with { SaturatedShare = value }),
        ("read-write-ratio", (options, value) => options with { ReadWriteRatio = value }),
    ];

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

    private readonly Option<double?> _roofline = new("--roofline")
    {
        Description = "What the device can read, in GiB/s.",
        HelpName = "number",
        CustomParser = CommandLineValues.PositiveNumber,
    };

    private readonly Option<FindingOptions?> _threshold = new("--threshold")
    {
        Description = $"Threshold of a finding, may be repeated: {string.Join(", ", s_thresholds.Select(threshold => threshold.Name))}.",
        HelpName = "name=number",
        CustomParser = ThresholdsOf,
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Adds all of them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_trace, _clockOffset, _roofline, _threshold])
            command.Options.Add(option);
    }

    /// <summary>What was said of the run.</summary>
    public RunOptions Values(ParseResult parsed, ReadOptions reading) => new()
    {
        Reading = reading,
        Trace = parsed.GetValue(_trace),
        ClockOffsetNs = parsed.GetValue(_clockOffset),
        RooflineGiBPerSecond = parsed.GetValue(_roofline),
    };

    /// <summary>Thresholds of the findings.</summary>
    public FindingOptions Thresholds(ParseResult parsed) => parsed.GetValue(_threshold) ?? new FindingOptions();

    private static FindingOptions? ThresholdsOf(ArgumentResult result)
    {
        var options = new FindingOptions();
        foreach (Token token in result.Tokens)
        {
            string[] sides = token.Value.Split('=', 2);
            int known = Array.FindIndex(s_thresholds, threshold => threshold.Name == sides[0]);
            if (known < 0 || sides.Length < 2 || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                result.AddError($"--threshold: '{token.Value}' is no threshold; expected NAME=NUMBER, NAME one of {string.Join(", ", s_thresholds.Select(threshold => threshold.Name))}");
                return null;
            }

            options = s_thresholds[known].With(options, value);
        }

        return options;
    }
}
