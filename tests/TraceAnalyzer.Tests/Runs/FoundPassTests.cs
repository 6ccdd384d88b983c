using System.Globalization;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;

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
            string Line(int afterUs, char action) => string.Create(CultureInfo.InvariantCulture, $"  8,0    0 {(2 * i) + 1,8} {(i * 0.02) + (afterUs / 1e6),15:F9} {7,5}  {action}   R {sector} + 8 [{(action == 'C' ? "0" : "job")}]");
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

    // What is written after the last read belongs to the last pass, as what is written between passes belongs to the one before.
    [Fact]
    public void The_last_pass_of_unknown_data_ends_with_the_last_request()
    {
        string folder = Run(_ => 0, """{"device": "8,0"}""");
        File.AppendAllText(Path.Combine(folder, "trace.txt"), "  8,0    0   999991     6.450000000     7  D   W 4096 + 8 [job]\n  8,0    0   999992     6.450100000     7  C   W 4096 + 8 [0]\n");
        TraceReport report = RunAnalysis.Of(folder);

        Assert.Equal((6_450_000_001, 1, 4096), (report.Run!.Tokens[^1].EndNs, report.Run.Tokens[^1].WriteRequests, report.Run.Tokens[^1].WriteBytes));
        Assert.True(report.Run.AreOnlyPasses());
        Table passes = SpanTables.TokensOrPasses(report);
        Assert.Equal(("Passes", "Pass"), (passes.Title, passes.Columns[0].Label));
    }

    [Fact]
    public void Passes_of_a_model_are_tokens()
    {
        RunReport run = RunAnalysis.Of(Run(_ => 0, """{"model": "opt-6.7b", "framework": "FlexGen"}""")).Run!;

        Assert.Equal((PassKind.Weights, Passes), (run.Detection!.Kind, run.Detection.PassStartNs.Length));
        Assert.Equal(["prefill", "decode"], run.Phases.Select(phase => phase.Name));
        Assert.False(run.AreOnlyPasses());
    }

    [Fact]
    public void The_operations_of_a_storage_benchmark_are_no_tokens()
    {
        string folder = Run(_ => 0, "{}");
        File.WriteAllText(Path.Combine(folder, "ops.csv"), "op,tid,start_mono_ns,end_mono_ns,key,file_bytes\nW,1,100,200,a,4096\nR,1,300,400,a,4096\n");

        Assert.NotEqual("ops.csv", RunAnalysis.Of(folder).Run!.TokenSource);
    }
}
