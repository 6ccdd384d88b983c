using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>All races on one machine, for people and for programs.</summary>
public sealed record BenchmarkReport(Machine Machine, int Rounds, IReadOnlyList<RaceResult> Results)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line($"# Benchmark, {Machine.Date}, {Machine.Label}");
        Line($"");
        Line($"{Machine.Cpu}, {Machine.Cores} cores, {Machine.Memory}; {Machine.Kernel}; {Machine.DotNet}; {Machine.Tool}; {(Machine.Blktrace.Length > 0 ? Machine.Blktrace : "no blktrace tools")}; DuckDB.NET {Machine.DuckDb}.");
        Line($"Medians of {Rounds} rounds in which all commands took turns, input in the page cache. \"Tool / it\" is the median over the rounds of this tool's time over that command's; below 1 this tool is faster.");
        foreach (RaceResult result in Results)
        {
            Line($"");
            Line($"## {result.Race.Title}");
            Line($"");
            Line($"| command | wall s | CPU s | peak MiB | analysis s | figures s | tool / it | analysis / it |");
            Line($"|---|--:|--:|--:|--:|--:|--:|--:|");
            foreach (Contestant contestant in result.Race.Contestants)
            {
                string name = contestant.Name;
                bool isTool = name == result.Tool;
                Line($"| {name} | {Number(result.Median(name, m => m.WallSeconds), "F3")} | {Number(result.Median(name, m => m.CpuSeconds), "F3")} | {Number(result.Median(name, m => m.PeakMebibytes), "F1")} | {Number(result.Median(name, m => m.AnalysisSeconds), "F3")} | {Number(result.Median(name, m => m.FiguresSeconds), "F3")} | {(isTool ? "" : Number(result.Ratio(m => m.WallSeconds, name), "F2"))} | {(isTool ? "" : Number(result.Ratio(m => m.AnalysisSeconds, name), "F2"))} |");
            }

            if (result.Race.Marks.Count == 0)
                continue;
            Line($"");
            Line($"| mark | at most | measured | |");
            Line($"|---|--:|--:|---|");
            foreach (Mark mark in result.Race.Marks)
            {
                double? value = mark.Value(result);
                Line($"| {mark.Text} | {mark.Limit:0.###} | {Number(value, "0.###")} | {(value is null ? "not measured" : value <= mark.Limit ? "met" : "missed")} |");
            }
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Every single measurement, so that anyone can compute other medians.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Machine,
            Rounds,
            Races = Results.Select(result => new
            {
                result.Race.Name,
                result.Race.Title,
                Contestants = result.Measured,
                Marks = result.Race.Marks.Select(mark => new { mark.Text, mark.Limit, Measured = mark.Value(result) }),
            }),
        },
        Indented) + "\n";
}
