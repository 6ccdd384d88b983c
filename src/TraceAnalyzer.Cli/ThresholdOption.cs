using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Cli;

/// <summary><c>--threshold NAME=NUMBER</c>, the same for every verb that has findings.</summary>
internal static class ThresholdOption
{
    /// <summary>The option; its value is null if it was not given.</summary>
    public static Option<Thresholds?> Create()
    {
        var option = new Option<Thresholds?>("--threshold")
        {
            Description = $"Threshold of a finding, may be repeated: {Names()}.",
            HelpName = "name=number",
            CustomParser = Parse,
            Arity = ArgumentArity.ZeroOrMore,
        };
        CommandLineValues.Complete(option, [.. NamedThreshold.All.Select(threshold => threshold.Name + "=")]);
        return option;
    }

    private static string Names() => string.Join(", ", NamedThreshold.All.Select(threshold => threshold.Name));

    private static Thresholds? Parse(ArgumentResult result)
    {
        var thresholds = new Thresholds();
        foreach (Token token in result.Tokens)
        {
            string[] sides = token.Value.Split('=', 2);
            if (NamedThreshold.All.FirstOrDefault(threshold => threshold.Name == sides[0]) is not { } named || sides.Length < 2
                || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                result.AddError($"--threshold: '{token.Value}' is not a valid threshold; expected NAME=NUMBER, NAME one of {Names()}");
                return null;
            }

            if (!(value >= named.Least && value <= named.Most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--threshold: {named.Name} is not a valid threshold with {sides[1]}; expected a number from {named.Least} to {named.Most}"));
                return null;
            }

            thresholds = named.With(thresholds, value);
        }

        return thresholds;
    }
}
