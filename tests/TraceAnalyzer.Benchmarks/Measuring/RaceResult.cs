namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>The measurements of a race, by contestant, in order of the rounds.</summary>
public sealed record RaceResult(Race Race, IReadOnlyDictionary<string, List<Measurement>> Measured)
{
    /// <summary>The contestant that the others are compared with: this tool.</summary>
    public string Tool => Race.Contestants[0].Name;

    /// <summary>Median over the rounds; null if a round has no such value or nobody of that name took part.</summary>
    public double? Median(string contestant, Func<Measurement, double?> value) =>
        Measured.TryGetValue(contestant, out List<Measurement>? rounds) ? Median([.. rounds.Select(value)]) : null;

    /// <summary>
    /// Median over the rounds of the tool's value over the rival's wall time in the same round: noise that lasts longer than a round cancels out.
    /// </summary>
    public double? Ratio(Func<Measurement, double?> value, string rival) =>
        Measured.TryGetValue(rival, out List<Measurement>? rivals)
            ? Median([.. Measured[Tool].Zip(rivals, (mine, other) => value(mine) / other.WallSeconds)])
            : null;

    private static double? Median(double?[] values)
    {
        if (values.Length == 0 || values.Any(value => value is null))
            return null;
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
