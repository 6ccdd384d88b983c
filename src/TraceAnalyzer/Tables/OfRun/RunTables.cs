using System.Globalization;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>What was run, what its files are, and what the frameworks' logs have (docs/run-folder.md).</summary>
public static class RunTables
{
    /// <summary>A row per setting that is known.</summary>
    public static readonly TableOf<TraceReport> Settings = new("run_settings", "Settings of the run", [Column.Text("setting", "Setting"), Column.Text("value", "Value")],
        (report, rows) =>
        {
            if (report.Run is not { } run)
                return;
            RunFacts facts = run.Facts;
            Add("framework", facts.Framework);
            Add("model", facts.Model);
            Add("element type", facts.Dtype);
            Add("batch", Text(facts.BatchSize));
            Add("prompt tokens", Text(facts.PromptTokens));
            Add("generated tokens", Text(facts.GeneratedTokens));
            Add("weights on disk", Text(facts.WeightsOnDiskPercent, " %"));
            Add("KV cache on disk", Text(facts.CacheOnDiskPercent, " %"));
            Add("device read bandwidth", facts.DeviceReadGiBPerSecond is { } read ? Units.Of(read, Unit.GiBPerSecond) : null);
            Add("device write bandwidth", facts.DeviceWriteGiBPerSecond is { } write ? Units.Of(write, Unit.GiBPerSecond) : null);
            Add("trace", run.Trace);
            Add("other traces, not analyzed", run.OtherTraces.Length == 0 ? null : string.Join(", ", run.OtherTraces));
            Add("clocks aligned by", run.Clock is { } clock ? clock.Anchor + (clock.UncertaintyNs is { } ns ? $", to within {Units.Duration(ns)}" : "") : null);

            void Add(string name, string? value)
            {
                if (value is not null)
                    rows.Add(name, value);
            }
        });

    /// <summary>A row per log of a framework.</summary>
    public static readonly TableOf<TraceReport> Frameworks = new("frameworks", "What the frameworks' logs report",
        [
            Column.Text("log", "Log"), Column.Text("framework", "Framework"), new("model_gib", "Weights", Unit.GiB), new("cache_gib", "KV cache", Unit.GiB), Column.Seconds("prefill_seconds", "Prefill"),
            Column.Seconds("decode_seconds", "Decode"), Column.Seconds("total_seconds", "Total"),
        ],
        (report, rows) =>
        {
            foreach (FrameworkFigures log in report.Run?.Frameworks ?? [])
                rows.Add(log.File, log.Framework, log.ModelGiB, log.CacheGiB, log.PrefillSeconds, log.DecodeSeconds, log.TotalSeconds);
        });

    /// <summary>A row per file that could not be read completely.</summary>
    public static readonly TableOf<TraceReport> Problems = new("run_problems", "What could not be read, or was taken for granted", [Column.Text("file", "File"), Column.Text("reason", "Reason")],
        (report, rows) =>
        {
            foreach (RunFileProblem problem in report.Run?.Problems ?? [])
                rows.Add(problem.File, problem.Message);
        });

    /// <summary>A row per file.</summary>
    public static readonly TableOf<TraceReport> Files = new("run_files", "Files of the run's folder", [Column.Text("file", "File"), Column.Text("kind", "What it is"), Column.Text("reason", "Reason")],
        (report, rows) =>
        {
            foreach (RunFile file in report.Run?.Files ?? [])
                rows.Add(file.Name, file.Kind, file.Reason);
        })
    {
        Note = "`reason` says why a file is not understood or not used",
    };

    private static string? Text(int? value, string unit = "") => value is { } number ? number.ToString(CultureInfo.InvariantCulture) + unit : null;
}
