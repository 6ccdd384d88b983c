using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>What is known of a run besides its trace: what was run, where that is known from, and what cannot be said.</summary>
internal static class RunSection
{
    private const int MostFiles = 100;

    /// <summary>The run in a line.</summary>
    public static string Summary(RunReport run)
    {
        RunFacts facts = run.Facts;
        string[] parts =
        [
            .. new[] { run.Folder, facts.Framework, facts.Model }.OfType<string>(),
            .. Part("batch {0}", facts.BatchSize), .. Part("prompt {0}", facts.PromptTokens), .. Part("{0} tokens generated", facts.GeneratedTokens),
            .. Part("{0} % of the weights on disk", facts.WeightsOnDiskPercent), .. Part("{0} % of the KV cache on disk", facts.CacheOnDiskPercent),
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Writes the section.</summary>
    public static void Write(HtmlBuilder html, RunReport run)
    {
        html.Add($"""<section id="run" aria-labelledby="run-title"><h2 id="run-title">The run</h2>""");
        WriteSettings(html, run);
        WriteFrameworks(html, run.Frameworks);
        WriteFiles(html, run);
        foreach (string line in run.NotAnswerable)
            html.Add($"""<p class="missing">Not answerable. <bdi>{line}</bdi></p>""");
        html.Add($"""<p class="how"><strong>How this was computed.</strong> Settings, clocks and times are read from the files of the run's folder; what no file says is left open. Figures of the frameworks are theirs, not measured here.</p></section>""");
    }

    private static void WriteSettings(HtmlBuilder html, RunReport run)
    {
        RunFacts facts = run.Facts;
        var table = new HtmlTable("run", "Settings of the run", "Setting", "Value") { IsText = true };
        Add("Framework", facts.Framework);
        Add("Model", facts.Model);
        Add("Element type", facts.Dtype);
        Add("Batch", Text(facts.BatchSize));
        Add("Prompt tokens", Text(facts.PromptTokens));
        Add("Generated tokens", Text(facts.GeneratedTokens));
        Add("Weights on disk", Text(facts.WeightsOnDiskPercent, " %"));
        Add("KV cache on disk", Text(facts.CacheOnDiskPercent, " %"));
        Add("Device can read", facts.DeviceReadGiBPerSecond is { } read ? $"{Quantity.Number(read)} GiB/s" : null);
        Add("Device can write", facts.DeviceWriteGiBPerSecond is { } write ? $"{Quantity.Number(write)} GiB/s" : null);
        Add("Trace", run.Trace);
        Add("Other traces, not analysed", run.OtherTraces.Length == 0 ? null : string.Join(", ", run.OtherTraces));
        Add("Clocks joined by", run.Clock is { } clock ? clock.Anchor + (clock.UncertaintyNs is { } ns ? $", to within {Quantity.Duration(ns)}" : "") : null);
        table.Write(html);

        void Add(string name, string? value)
        {
            if (value is not null)
                table.Add(name, value);
        }
    }

    private static void WriteFrameworks(HtmlBuilder html, FrameworkFigures[] logs)
    {
        var table = new HtmlTable("frameworks", "What the frameworks' logs say", "Log", "Framework", "Weights", "KV cache", "Prefill", "Decoding", "In all");
        foreach (FrameworkFigures log in logs)
        {
            table.Add(log.File, log.Framework, GiB(log.ModelGiB), GiB(log.CacheGiB), Seconds(log.PrefillSeconds), Seconds(log.DecodeSeconds), Seconds(log.TotalSeconds));
        }

        table.Write(html);

        static HtmlCell GiB(double? value) => HtmlCell.Of(value, number => number.ToString("0.000", CultureInfo.InvariantCulture) + " GiB");
        static HtmlCell Seconds(double? value) => HtmlCell.Of(value, number => number.ToString("0.000", CultureInfo.InvariantCulture) + " s");
    }

    private static void WriteFiles(HtmlBuilder html, RunReport run)
    {
        if (run.Problems.Length > 0)
        {
            var problems = new HtmlTable("problems", "What could not be read, or was taken for granted", "File", "Why") { IsText = true };
            foreach (RunFileProblem problem in run.Problems)
                problems.Add(problem.File, problem.Message);
            problems.Write(html);
        }

        RunFile[] notUnderstood = [.. run.Files.Where(file => file.Kind == RunFile.NotUnderstood).Take(MostFiles)];
        if (notUnderstood.Length > 0)
        {
            var unknown = new HtmlTable("not-understood", "Files that are not understood", "File", "Why") { IsText = true };
            foreach (RunFile file in notUnderstood)
                unknown.Add(file.Name, file.Reason ?? "");
            unknown.Write(html);
        }

        html.Add($"<details><summary>Files of the run's folder</summary>");
        var files = new HtmlTable("files", "Files of the run's folder", "File", "What it is") { IsText = true };
        foreach (RunFile file in run.Files)
            files.Add(file.Name, file.Reason is null ? file.Kind : $"{file.Kind}: {file.Reason}");
        files.Write(html);
        html.Add($"</details>");
    }

    private static string[] Part(string words, int? value) => Text(value) is { } number ? [words.Replace("{0}", number, StringComparison.Ordinal)] : [];

    private static string? Text(int? value, string unit = "") => value is { } number ? number.ToString(CultureInfo.InvariantCulture) + unit : null;
}
