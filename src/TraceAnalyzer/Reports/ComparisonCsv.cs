namespace TraceAnalyzer.Reports;

/// <summary>A <see cref="ComparisonReport"/> as CSV files (docs/comparison-schema.md): a row a number and run.</summary>
public static class ComparisonCsv
{
    /// <summary>Each file and the names of its columns.</summary>
    public static IReadOnlyList<(string FileName, string Header)> Tables { get; } =
    [
        ("compare_settings.csv", "setting,run,value,differs"),
        ("compare_metrics.csv", "metric,class,unit,preference,run,value,difference,ratio,direction"),
        ("compare_distributions.csv", "distribution,class,unit,run,kolmogorov_smirnov,earth_mover,earth_mover_octaves"),
        ("compare_findings.csv", "finding,run,verdict,statement,rule"),
        ("compare_bandwidth.csv", "class,alignment,run,start_seconds,start_share,span,span_share,bytes_per_second"),
        ("compare_tokens.csv", "run,token,step,duration_ns,read_bytes,write_bytes,io_busy_ns"),
    ];

    /// <summary>Writes every file that has rows into an existing folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteAll(ComparisonReport comparison, string folder)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        string[] labels = [.. comparison.Runs.Select(run => run.Label)];
        using (CsvWriter csv = Table(0, folder))
        {
            foreach (ComparedSetting setting in comparison.Settings)
            {
                for (int run = 0; run < labels.Length; run++)
                    csv.Row(setting.Name, labels[run], setting.Values[run], setting.Differs ? "yes" : "no");
            }
        }

        using (CsvWriter csv = Table(1, folder))
        {
            foreach (ComparedMetric metric in comparison.Metrics)
            {
                for (int run = 0; run < labels.Length; run++)
                {
                    MetricValue value = metric.Runs[run];
                    csv.Row(metric.Name, metric.Class, Camel(metric.Unit), Camel(metric.Preference), labels[run], value.Value, value.Difference, value.Ratio, value.Direction);
                }
            }
        }

        using (CsvWriter csv = Table(2, folder))
        {
            foreach (ComparedDistribution distribution in comparison.Distributions)
            {
                for (int run = 0; run < labels.Length; run++)
                {
                    if (distribution.Runs[run] is { } distances)
                        csv.Row(distribution.Name, distribution.Class, Camel(distribution.Unit), labels[run], distances.KolmogorovSmirnov, distances.EarthMover, distances.EarthMoverOctaves);
                }
            }
        }

        using (CsvWriter csv = Table(3, folder))
        {
            foreach (ComparisonFinding finding in comparison.Findings)
                csv.Row(finding.Name, labels[finding.Run], Camel(finding.Verdict), finding.Statement, finding.Rule);
        }

        using (CsvWriter csv = Table(4, folder))
        {
            foreach (AlignedBandwidth bandwidth in comparison.Bandwidth)
            {
                if (bandwidth.Spans is { } spans)
                    WriteBandwidth(bandwidth, spans, labels, csv);
                else
                    WriteBandwidth(bandwidth, comparison.Runs, csv);
            }
        }

        using (CsvWriter csv = Table(5, folder))
        {
            for (int run = 0; run < comparison.Tokens.Length; run++)
            {
                foreach (ComparedToken token in comparison.Tokens[run])
                    csv.Row(labels[run], token.Index, token.Name, token.DurationNs, token.ReadBytes, token.WriteBytes, (double?)token.IoBusyNs);
            }
        }
    }

    private static void WriteBandwidth(AlignedBandwidth bandwidth, ComparedRun[] runs, CsvWriter csv)
    {
        for (int run = 0; run < runs.Length; run++)
        {
            for (int bin = 0; bin < bandwidth.BytesPerSecond[run].Length; bin++)
            {
                double startNs = bin * bandwidth.BinWidthNs[run];
                csv.Row(bandwidth.Class, bandwidth.Alignment, runs[run].Label, startNs / 1e9, startNs / runs[run].DurationNs, (string?)null, (string?)null, bandwidth.BytesPerSecond[run][bin]);
            }
        }
    }

    private static void WriteBandwidth(AlignedBandwidth bandwidth, AlignedSpan[] spans, string[] labels, CsvWriter csv)
    {
        for (int run = 0; run < labels.Length; run++)
        {
            int bin = 0;
            foreach (AlignedSpan span in spans)
            {
                for (int i = 0; i < span.Bins; i++, bin++)
                {
                    if (bin < bandwidth.BytesPerSecond[run].Length && span.DurationNs[run] is not null)
                        csv.Row(bandwidth.Class, bandwidth.Alignment, labels[run], (string?)null, (string?)null, span.Name, (double)i / span.Bins, bandwidth.BytesPerSecond[run][bin]);
                }
            }
        }
    }

    private static CsvWriter Table(int index, string folder) => new(Path.Combine(folder, Tables[index].FileName), Tables[index].Header);

    private static string Camel<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
