using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>The study's own numbers (docs/analyses/study-mode.md).</summary>
public static class StudyTables
{
    /// <summary>A row per whole second.</summary>
    public static readonly TableOf<TraceReport> Bandwidth = new("study_bandwidth", "Bytes per second, as the study defines them",
        [Column.Id("second", "Second"), Column.Bytes("read_bytes", "Read"), Column.Bytes("write_bytes", "Written")],
        (report, rows) =>
        {
            if (report.Study is not { } study)
                return;
            for (int i = 0; i < study.ReadBytes.Length; i++)
                rows.Add(study.Seconds?[i] ?? study.FirstSecond + i, study.ReadBytes[i], study.WriteBytes[i]);
        })
    {
        Note = "whole seconds of the trace's clock",
    };

    /// <summary>A row per rwbs string and size.</summary>
    public static readonly TableOf<TraceReport> Sizes = new("study_sizes", "Request sizes, as the study defines them",
        [Column.Text("rwbs", "rwbs"), Column.Count("size_kib", "Size in KiB"), Column.Count("requests", "Requests")],
        (report, rows) =>
        {
            foreach (StudyOperation operation in report.Study?.Operations ?? [])
            {
                foreach (StudySize size in operation.Sizes)
                    rows.Add(operation.Rwbs, size.SizeKiB, size.Requests);
            }
        });

    /// <summary>A row per rwbs string and access count.</summary>
    public static readonly TableOf<TraceReport> Access = new("study_access", "Sector accesses, as the study defines them",
        [Column.Text("rwbs", "rwbs"), Column.Count("accesses", "Accesses"), Column.Count("sectors", "Sectors"), Column.Share("cdf", "CDF")],
        (report, rows) =>
        {
            foreach (StudyOperation operation in report.Study?.Operations ?? [])
            {
                foreach (StudyAccess access in operation.Access)
                    rows.Add(operation.Rwbs, access.Accesses, access.Sectors, access.Cdf);
            }
        });
}
