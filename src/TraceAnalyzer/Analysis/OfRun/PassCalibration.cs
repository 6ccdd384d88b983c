using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// How often found passes are right, by their score: counted in captures whose passes were noted (docs/analyses/passes-and-tokens.md; CalibrationTests counts
/// them anew). A start is right within a twentieth of the median pass. One more capture in which nothing is right is counted with them, because they are few.
/// </summary>
internal static class PassCalibration
{
    /// <summary>Scores from here on are of regular passes. No capture lies between 0.85 and 0.96.</summary>
    public const double Regular = 0.95;

    /// <summary>Phases and tokens of which less is certain are not derived.</summary>
    public const double LeastConfidence = PassDetection.LeastConfidence;

    /// <summary>Captures with regular passes, and those with others.</summary>
    public static readonly CalibrationCount OfRegular = new(14, 14, 13, 12);

    /// <inheritdoc cref="OfRegular"/>
    public static readonly CalibrationCount OfOthers = new(9, 4.3, 0, 0);

    /// <summary>The share of starts that is right, 0 to 1.</summary>
    public static double OfStarts(double score) => score <= 0 ? 0 : CountOf(score) is var count ? count.RightStarts / (count.Captures + 1) : 0;

    /// <summary>How often the last pass ends where it seems to, 0 to 1.</summary>
    public static double OfEnd(double score) => score <= 0 ? 0 : CountOf(score) is var count ? (double)count.RightEnds / (count.Ends + 1) : 0;

    private static CalibrationCount CountOf(double score) => score >= Regular ? OfRegular : OfOthers;
}

/// <summary>What was counted.</summary>
/// <param name="Captures">Captures.</param>
/// <param name="RightStarts">Sum over them of the share of starts that was right.</param>
/// <param name="Ends">Captures that noted when their last pass ended.</param>
/// <param name="RightEnds">Those of which it was right.</param>
internal sealed record CalibrationCount(int Captures, double RightStarts, int Ends, int RightEnds);
