namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>An aim: a measured value that should be at most <paramref name="Limit"/>.</summary>
/// <param name="Text">What is measured, with its unit if it is no ratio.</param>
/// <param name="Value">The value, null if something needed for it was not measured.</param>
/// <param name="Limit">The most that meets the aim.</param>
public sealed record Mark(string Text, Func<RaceResult, double?> Value, double Limit)
{
    /// <summary>Whole command of the tool over whole command of a rival.</summary>
    public static Mark Whole(string rival, double limit) =>
        new("whole command / " + rival, result => result.Ratio(measurement => measurement.WallSeconds, rival), limit);

    /// <summary>The tool's own analysis time over the whole command of a rival.</summary>
    public static Mark Analysis(string rival, double limit) =>
        new("analysis / " + rival, result => result.Ratio(measurement => measurement.AnalysisSeconds, rival), limit);

    /// <summary>The tool's largest resident set.</summary>
    public static Mark PeakMebibytes(double limit) => new("peak MiB", result => result.Median(result.Tool, measurement => measurement.PeakMebibytes), limit);

    /// <summary>The tool's own time for all figures.</summary>
    public static Mark FiguresSeconds(double limit) => new("figures, s", result => result.Median(result.Tool, measurement => measurement.FiguresSeconds), limit);

    /// <summary>The tool's whole command.</summary>
    public static Mark WallSeconds(double limit) => new("whole command, s", result => result.Median(result.Tool, measurement => measurement.WallSeconds), limit);
}
