namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>One piece of work, the commands that do it, and what is aimed at.</summary>
/// <param name="Name">Short name, for the option that selects races.</param>
/// <param name="Title">For the tables.</param>
/// <param name="Inputs">Read once before the first round, so that every contestant finds them in the page cache.</param>
/// <param name="Contestants">The first is this tool.</param>
/// <param name="Marks">Aims.</param>
public sealed record Race(string Name, string Title, IReadOnlyList<string> Inputs, IReadOnlyList<Contestant> Contestants, IReadOnlyList<Mark> Marks)
{
    /// <summary>Runs all contestants in turn, <paramref name="rounds"/> times, every other round in reverse, so that a slow spell of the machine hits all alike.</summary>
    public RaceResult Run(int rounds, string folder, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(log);
        log.WriteLine(Title);
        foreach (string input in Inputs)
        {
            using FileStream stream = File.OpenRead(input);
            stream.CopyTo(Stream.Null, 1 << 20);
        }

        var measured = Contestants.ToDictionary(contestant => contestant.Name, _ => new List<Measurement>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (Contestant contestant in round % 2 == 0 ? Contestants : Contestants.Reverse())
            {
                Measurement measurement = CommandRunner.Run(contestant, folder);
                measured[contestant.Name].Add(measurement);
                log.WriteLine(FormattableString.Invariant($"  round {round + 1} {contestant.Name}: {measurement.WallSeconds:F3} s"));
            }
        }

        return new RaceResult(this, measured);
    }
}
