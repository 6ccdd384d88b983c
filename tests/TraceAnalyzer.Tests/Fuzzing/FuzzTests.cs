using TraceAnalyzer.Fuzzing;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Fuzzing;

/// <summary>Some mutated inputs for each reader; docs/integrity.md has the command that tries millions.</summary>
public sealed class FuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Targets))]
    [Trait("Kind", "capture")]
    public void Mutated_inputs_are_read_or_refused(string target)
    {
        var options = new FuzzOptions { Iterations = SlowTests.Seeds(5000, 200), ReproducerFolder = Repository.Path("out", "fuzzing") };
        FuzzResult result = FuzzRun.Run(target, options);

        Assert.True(result.Failures.Count == 0, string.Join("\n", result.Failures.Select(failure => $"seed {options.Seed}, iteration {failure.Iteration}, saved as {failure.Reproducer}: {failure.Description}")));
        Assert.False(result.IsHanging);
        Assert.InRange(result.Refused, 0, options.Iterations - 1);
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        byte[][] first = Inputs(seed: 5), again = Inputs(seed: 5), other = Inputs(seed: 6);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        static byte[][] Inputs(int seed)
        {
            var target = new Remembering();
            FuzzRun.Run(target, new FuzzOptions { Iterations = 20, Seed = seed });
            return [.. target.Inputs];
        }
    }

    [Fact]
    public void What_a_reader_must_not_throw_is_a_failure_and_its_input_is_saved()
    {
        var target = new Remembering { Fails = input => throw (input[0] < 128 ? new TraceException("refused") : new InvalidOperationException("at an end")) };
        FuzzResult result = FuzzRun.Run(target, new FuzzOptions { Iterations = 50, ReproducerFolder = _folder.Path });

        Assert.InRange(result.Refused, 1, 49);
        Assert.Equal(50, result.Refused + result.FailedInputs);
        FuzzFailure failure = Assert.Single(result.Failures);
        Assert.Contains("at an end", failure.Description, StringComparison.Ordinal);
        Assert.Equal(target.Inputs[failure.Iteration], File.ReadAllBytes(failure.Reproducer));
    }

    [Fact]
    public void More_memory_than_four_times_the_input_and_256_MiB_is_a_failure()
    {
        var target = new Remembering { Fails = input => GC.KeepAlive(new byte[(256 << 20) + (8 * input.Length)]) };
        FuzzResult result = FuzzRun.Run(target, new FuzzOptions { Iterations = 1, ReproducerFolder = _folder.Path });

        Assert.Contains("allocates", Assert.Single(result.Failures).Description, StringComparison.Ordinal);
    }

    private sealed class Remembering() : FuzzTarget("remembering", new FuzzOptions())
    {
        public List<byte[]> Inputs { get; } = [];

        public Action<byte[]> Fails { get; init; } = _ => { };

        public override byte[] Make(int iteration, Random random)
        {
            byte[] input = new byte[16];
            random.NextBytes(input);
            Inputs.Add(input);
            return input;
        }

        public override void Try(byte[] input, int iteration) => Bounded(input.Length, () =>
        {
            Fails(input);
            return 0;
        });
    }
}
