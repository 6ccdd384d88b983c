using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>How requests follow each other in space (docs/analyses/sequentiality.md).</summary>
public static class SequenceTable
{
    private const string Where = "where a run's folder was analyzed, or with `--btt`";

    /// <summary>A row per device and class that moves data, and another by offsets in files.</summary>
    public static readonly TableOf<TraceReport> Sequences = new("sequences", "Sequential requests",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Text("space", "Where"), Column.Count("requests", "Requests"), Column.Count("continuing", "Continue a stream"),
            Column.Share("continuing_share", "Continue a stream, share"), Column.Count("by_chance", "About by chance"), Column.Count("streams", "Streams for 90 % of these"), Column.Count("own_following", "Follow the process's last"), Column.Share("own_following_share", "Follow the process's last, share"),
            Column.Count("following", "Follow the one before"), Column.Share("following_share", "Follow the one before, share"), Column.Count("runs", "Runs"), Column.Bytes("run_p50_bytes", "Run p50"), Column.Bytes("run_p95_bytes", "Run p95"),
            Column.Bytes("half_of_bytes_run_bytes", "Half of the bytes in runs of"), Column.Count("forward_jumps", "Jumps forward"), Column.Count("backward_jumps", "Jumps back"),
            Column.Bytes("jump_p50_bytes", "Jump p50"), Column.Bytes("jump_p95_bytes", "Jump p95"), Column.Bytes("stride_bytes", "Stride"), Column.Count("stride_at_least", "With it, at least"), Column.Count("other_file", "In another file"),
        ],
        (report, rows) =>
        {
            foreach ((string device, string operation, string space, SequenceResult sequence) in All(report))
            {
                rows.Add(device, operation, space, sequence.Requests, sequence.Continuing, sequence.ContinuingShare, sequence.ByChance, sequence.Streams, sequence.OwnFollowing, sequence.OwnFollowingShare,
                    sequence.Following, sequence.FollowingShare, sequence.Runs, sequence.RunP50Bytes, sequence.RunP95Bytes, sequence.HalfOfBytesRunBytes, sequence.Jumps?.Forward ?? 0, sequence.Jumps?.Backward ?? 0,
                    sequence.Jumps?.DistanceP50Bytes, sequence.Jumps?.DistanceP95Bytes, sequence.Jumps?.StrideBytes, sequence.Jumps?.StrideAtLeast, sequence.OtherFile);
            }
        })
    {
        Note = $"only {Where}; `space` is `device` or, of requests that begin in a known file, `file`",
    };

    /// <summary>A row per device, class, space and power of two of the signed distance from the end of one request to the beginning of the next.</summary>
    public static readonly TableOf<TraceReport> Jumps = new("jumps", "Jumps between requests",
        [Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Text("space", "Where"), Column.Bytes("from_bytes", "From"), Column.Bytes("up_to_bytes", "Up to"), Column.Count("requests", "Requests")],
        (report, rows) =>
        {
            foreach ((string device, string operation, string space, SequenceResult sequence) in All(report))
            {
                foreach (JumpBucket bucket in sequence.Jumps?.Buckets ?? [])
                    rows.Add(device, operation, space, bucket.LeastBytes, bucket.GreatestBytes, bucket.Count);
            }
        })
    {
        Note = $"only {Where}; those that begin where the one before ended have no jump",
    };

    /// <summary>A row per device, class and process.</summary>
    public static readonly TableOf<TraceReport> Processes = new("process_sequences", "Sequential requests by process",
        [Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Id("pid", "Pid"), Column.Text("process", "Process"), Column.Count("requests", "Requests"), Column.Count("following", "Follow its last"), Column.Share("following_share", "Follow its last, share")],
        (report, rows) =>
        {
            foreach ((string device, string operation, _, SequenceResult sequence) in All(report))
            {
                foreach (ProcessSequence process in sequence.Processes)
                    rows.Add(device, operation, process.Pid, process.Name, process.Requests, process.Following, process.FollowingShare);
            }
        })
    {
        Note = $"only {Where}",
    };

    /// <summary>A row per device, class and phase.</summary>
    public static readonly TableOf<TraceReport> Phases = new("phase_sequences", "Sequential requests by phase",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Text("phase", "Phase"), Column.Count("requests", "Requests"), Column.Count("continuing", "Continue a stream"),
            Column.Share("continuing_share", "Continue a stream, share"), Column.Count("following", "Follow the one before"), Column.Share("following_share", "Follow the one before, share"),
        ],
        (report, rows) =>
        {
            foreach ((string device, string operation, _, SequenceResult sequence) in All(report))
            {
                foreach (PhaseSequence phase in sequence.Phases)
                    rows.Add(device, operation, phase.Phase, phase.Requests, phase.Continuing, phase.ContinuingShare, phase.Following, phase.FollowingShare);
            }
        })
    {
        Note = "only where a run's folder names phases, at most 256",
    };

    /// <summary>A row per device.</summary>
    public static readonly TableOf<TraceReport> Seeks = new("seeks", "All requests of a device in their order",
        [
            Column.Text("device", "Device"), Column.Count("requests", "Requests"), Column.Count("following", "Follow the one before"), Column.Share("following_share", "Follow the one before, share"),
            Column.Count("without_seek", "Without a seek"), Column.Count("mean_seek_sectors", "Mean seek, sectors"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.Sequence is { } sequence)
                    rows.Add(device.Device, sequence.Requests, sequence.Following, (double)sequence.Following / sequence.Requests, sequence.WithoutSeek, sequence.MeanSeekSectors);
            }
        })
    {
        Note = $"only {Where}; `following` is what biopattern calls sequential, `without_seek` and `mean_seek_sectors` are btt's",
    };

    private static IEnumerable<(string Device, string Operation, string Space, SequenceResult Sequence)> All(TraceReport report)
    {
        foreach (DeviceReport device in report.Devices)
        {
            foreach (OperationReport operation in device.Operations)
            {
                if (operation.Sequence is { } sequence)
                    yield return (device.Device, operation.Name, "device", sequence);
                if (operation.FileSequence is { } inFiles)
                    yield return (device.Device, operation.Name, "file", inFiles);
            }
        }
    }
}
