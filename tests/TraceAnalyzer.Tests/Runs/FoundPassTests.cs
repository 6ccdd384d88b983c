using System.Globalization;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Passes need sectors that are read again, and names for them need something that says what the run is.</summary>
public sealed class FoundPassTests
{
    private const int Regions = 64;
    private const int SectorsPerRegion = 2048;
    private const int Passes = 5;

    // In the same order every time, a region after the other.
    private static string Run(Func<int, int> sectorOfPass, string json)
    {
        string folder = RunCaptures.NewFolder();
        IEnumerable<string> lines = Enumerable.Range(0, Passes * Regions).SelectMany(i =>
        {
            int sector = (i % Regions * SectorsPerRegion) + sectorOfPass(i / Regions);
            string Line(int afterUs, char action) => string.Create(CultureInfo.InvariantCulture, $"  8,0    0 {(2 * i) + 1,8} {(i * 0.02) + (afterUs / 1e6),15:F9} {7,5}  {action}   R {sector} + 8 [job]");
            return (string[])[Line(0, 'D'), Line(100, 'C')];
        });
        File.WriteAllLines(Path.Combine(folder, "trace.txt"), lines);
        File.WriteAllText(Path.Combine(folder, "run.json"), json);
        return folder;
    }

    [Fact]
    public void Random_reads_that_visit_the_same_regions_again_are_no_passes()
    {
        RunReport run = RunAnalysis.Of(Run(pass => pass * 8, """{"model": "opt-6.7b", "framework": "FlexGen"}""")).Run!;

        Assert.Null(run.Detection);
        Assert.Empty(run.Tokens);
        Assert.Empty(run.Phases);
    }

    [Fact]
    public void Passes_of_a_run_of_which_nothing_is_known_are_no_tokens()
    {
        RunReport run = RunAnalysis.Of(Run(_ => 0, """{"device": "8,0"}""")).Run!;

        Assert.Equal((PassKind.Unknown, Passes), (run.Detection!.Kind, run.Detection.PassStartNs.Length));
        Assert.All(run.Tokens, token => Assert.Equal("pass", token.Name));
        Assert.DoesNotContain(run.Phases, phase => phase.Name is "prefill" or "decode" or "write-out");
    }

    [Fact]
    public void Passes_of_a_model_are_tokens()
    {
        RunReport run = RunAnalysis.Of(Run(_ => 0, """{"model": "opt-6.7b", "framework": "FlexGen"}""")).Run!;

        Assert.Equal((PassKind.Weights, Passes), (run.Detection!.Kind, run.Detection.PassStartNs.Length));
        Assert.Equal(["prefill", "decode"], run.Phases.Select(phase => phase.Name));
    }

    [Fact]
    public void The_operations_of_a_storage_benchmark_are_no_tokens()
    {
        string folder = Run(_ => 0, "{}");
        File.WriteAllText(Path.Combine(folder, "ops.csv"), "op,tid,start_mono_ns,end_mono_ns,key,file_bytes\nW,1,100,200,a,4096\nR,1,300,400,a,4096\n");

        Assert.NotEqual("ops.csv", RunAnalysis.Of(folder).Run!.TokenSource);
    }
}
