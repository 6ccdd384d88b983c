namespace TraceAnalyzer.Reading.Biosnoop;

/// <summary>Carries times of the day over midnight: a time much earlier than the one before it is of the next day.</summary>
/// <param name="lastNs">The time carried last, in nanoseconds since the first line's midnight; null before the first.</param>
internal struct DayCounter(long? lastNs)
{
    private const long DayNs = 24L * 3600 * 1_000_000_000;

    // Lines may be out of order, and clocks be put back an hour in autumn. Else a trace that pauses half a day must not go back in time.
    private const long MostBackNs = 2L * 3600 * 1_000_000_000;

    /// <summary>The time carried last; null before the first.</summary>
    public long? LastNs { get; private set; } = lastNs;

    /// <summary>Carries the next line's time of the day: from two hours before the last line's time to 22 hours after it.</summary>
    /// <returns>Nanoseconds since the first line's midnight.</returns>
    public long Next(long timeOfDayNs)
    {
        if (LastNs is { } last)
        {
            long earliestNs = last - MostBackNs;
            long sinceNs = (timeOfDayNs - earliestNs) % DayNs;
            timeOfDayNs = earliestNs + (sinceNs < 0 ? sinceNs + DayNs : sinceNs);
        }

        LastNs = timeOfDayNs;
        return timeOfDayNs;
    }
}
