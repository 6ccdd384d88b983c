using System.Diagnostics;
using System.Globalization;

namespace TraceAnalyzer.Fuzzing;

/// <summary>
/// Tries mutated inputs on a target. Every input must end and throw nothing but <see cref="TraceException"/>; what else must hold is the target's to check.
/// </summary>
public static class FuzzRun
{
    private const int MostKinds = 20;

    // An input has some KB, so that reading it takes less than a millisecond. The time that counts is the processor's: machines may be busy.
    private static readonly TimeSpan s_hangs = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_waits = TimeSpan.FromMinutes(5);

    /// <summary>Tries <see cref="FuzzOptions.Iterations"/> inputs.</summary>
    public static FuzzResult Run(string target, FuzzOptions options)
    {
        using FuzzTarget fuzzed = FuzzTargets.Create(target, options);
        return Run(fuzzed, options);
    }

    /// <summary>The same for a target that is not in the table.</summary>
    public static FuzzResult Run(FuzzTarget target, FuzzOptions options) => new Work(target, options).ToEnd(options.Iterations, target.Make);

    /// <summary>Tries one input, with its analysis.</summary>
    public static FuzzResult Try(string target, byte[] input, FuzzOptions options)
    {
        options = options with { AnalyzedShare = 1 };
        using FuzzTarget fuzzed = FuzzTargets.Create(target, options);
        return new Work(fuzzed, options).ToEnd(1, (_, _) => input);
    }

    private sealed class Work(FuzzTarget target, FuzzOptions options)
    {
        private readonly Dictionary<string, FuzzFailure> _failures = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();
        private byte[] _input = [];
        private int _iteration;
        private long _startedAt;
        private TimeSpan _processorAtStart;
        private int _refused;
        private int _failed;

        public FuzzResult ToEnd(int iterations, Func<int, Random, byte[]> make)
        {
            var clock = Stopwatch.StartNew();
            var thread = new Thread(() => TryAll(iterations, make)) { IsBackground = true, Name = "fuzz" };
            Start([], 0);
            thread.Start();
            bool hangs = false;
            while (!hangs && !thread.Join(TimeSpan.FromSeconds(1)))
                hangs = Hangs();
            if (hangs)
                Note("does not end");
            return new FuzzResult(target.Name, hangs ? _iteration : iterations, _refused, target.Analyzed, clock.Elapsed, _failed, [.. _failures.Values], hangs);
        }

        private void TryAll(int iterations, Func<int, Random, byte[]> make)
        {
            for (int i = 0; i < iterations; i++)
            {
                byte[] input = make(i, new Random(SeedOf(i)));
                Start(input, i);
                try
                {
                    target.Try(input, i);
                }
                catch (TraceException)
                {
                    _refused++;
                }
                catch (Exception exception)
                {
                    Note(exception.ToString());
                }
            }
        }

        private int SeedOf(int iteration) => unchecked((options.Seed * 1_000_003) ^ (iteration * (int)2_654_435_761));

        private void Start(byte[] input, int iteration)
        {
            lock (_lock)
            {
                (_input, _iteration, _startedAt, _processorAtStart) = (input, iteration, Environment.TickCount64, Environment.CpuUsage.TotalTime);
            }
        }

        private bool Hangs()
        {
            lock (_lock)
            {
                TimeSpan waited = TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);
                return (waited > s_hangs && Environment.CpuUsage.TotalTime - _processorAtStart > s_hangs) || waited > s_waits;
            }
        }

        private void Note(string description)
        {
            lock (_lock)
            {
                _failed++;
                string kind = Kind(description);
                if (_failures.Count == MostKinds || _failures.ContainsKey(kind))
                    return;
                Directory.CreateDirectory(options.ReproducerFolder);
                string path = Path.Combine(options.ReproducerFolder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{options.Seed}-{_iteration}.input"));
                File.WriteAllBytes(path, _input);
                _failures.Add(kind, new FuzzFailure(_iteration, path, description));
            }
        }

        // Failures of one place are one kind: the exception's type and the first line of its trace that is of this product.
        private static string Kind(string description)
        {
            string[] lines = description.Split('\n');
            string place = Array.Find(lines, line => line.Contains("at TraceAnalyzer.", StringComparison.Ordinal)) ?? "";
            return lines[0].Split(':', '(')[0] + place;
        }
    }
}
