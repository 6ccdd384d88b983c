using System.CommandLine;
using System.Globalization;

namespace TraceAnalyzer.Fuzzing;

/// <summary>The command line: fuzzes targets one after the other, or tries a saved reproducer again.</summary>
internal static class FuzzCommand
{
    private const string AllTargets = "all";
    private const int Failed = 1;
    private const int WrongUse = 2;

    public static Command Create()
    {
        var target = new Option<string[]>("--target")
        {
            Description = $"What to fuzz: {AllTargets}, or of {string.Join(", ", FuzzTargets.Names)}.",
            DefaultValueFactory = _ => [AllTargets],
            AllowMultipleArgumentsPerToken = true,
        };
        var iterations = new Option<int>("--iterations") { Description = "How many inputs to try per target.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "Where the random numbers start. The same seed gives the same inputs.", DefaultValueFactory = _ => 1 };
        var analyzed = new Option<int>("--analyze-one-in") { Description = "Analyze one input in so many, which takes far longer than to read it.", DefaultValueFactory = _ => 64 };
        var hours = new Option<double>("--hours") { Description = "Go on with the next seeds for so long, round after round." };
        var folder = new Option<string>("--reproducers") { Description = "Folder for inputs that failed.", DefaultValueFactory = _ => Path.Combine("out", "fuzzing") };
        var replay = new Option<string?>("--replay") { Description = "Try this saved input once, with --target." };
        var command = new RootCommand("Feeds mutated traces, containers, side files and reports to the readers; docs/integrity.md says what must hold.") { target, iterations, seed, analyzed, hours, folder, replay };
        command.SetAction(parsed =>
        {
            string[] names = parsed.GetRequiredValue(target);
            string[] chosen = names is [AllTargets] ? [.. FuzzTargets.Names] : names;
            if (Array.Find(chosen, name => !FuzzTargets.Names.Contains(name)) is { } unknown)
            {
                Console.Error.WriteLine($"'{unknown}' is not a target; expected {AllTargets}, {string.Join(", ", FuzzTargets.Names)}");
                return WrongUse;
            }

            var options = new FuzzOptions { Iterations = parsed.GetValue(iterations), Seed = parsed.GetValue(seed), AnalyzedShare = Math.Max(1, parsed.GetValue(analyzed)), ReproducerFolder = parsed.GetRequiredValue(folder), OwnsProcess = true };
            return parsed.GetValue(replay) is { } file ? Replay(chosen, file, options) : Run(chosen, options, TimeSpan.FromHours(parsed.GetValue(hours)));
        });
        return command;
    }

    private static int Run(string[] targets, FuzzOptions options, TimeSpan duration)
    {
        long start = Environment.TickCount64;
        bool anyFailed = false;
        do
        {
            foreach (string name in targets)
            {
                FuzzResult result = FuzzRun.Run(name, options);
                Print(result, options.Seed);
                anyFailed |= result.Failures.Count > 0;
                if (result.IsHanging)
                    return Failed;
            }

            options = options with { Seed = options.Seed + 1 };
        }
        while (Environment.TickCount64 - start < duration.TotalMilliseconds);
        return anyFailed ? Failed : 0;
    }

    private static int Replay(string[] targets, string file, FuzzOptions options)
    {
        bool anyFailed = false;
        byte[] input = File.ReadAllBytes(file);
        foreach (string name in targets)
        {
            FuzzResult result = FuzzRun.Try(name, input, options);
            Print(result, options.Seed);
            anyFailed |= result.Failures.Count > 0;
        }

        return anyFailed ? Failed : 0;
    }

    private static void Print(FuzzResult result, int seed)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Target,-16} seed {seed}  {result.Iterations,9:N0} inputs  {result.Refused,9:N0} refused  {result.Analyzed,7:N0} analyzed  {result.Elapsed.TotalSeconds,8:N1} s  {result.FailedInputs} failed"));
        foreach (FuzzFailure failure in result.Failures)
            Console.WriteLine($"  iteration {failure.Iteration.ToString(CultureInfo.InvariantCulture)}, saved as {failure.Reproducer}: {failure.Description}");
    }
}
