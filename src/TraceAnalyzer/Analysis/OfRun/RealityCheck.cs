using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What was moved by each source that says: the trace, the workload, the kernel and drivers (docs/analyses/reality.md).</summary>
internal static class RealityCheck
{
    private const int BytesPerSector = 512;

    /// <summary>The sources, the trace first.</summary>
    public static MovedBytes[] Of(RunContext context, RunMeasurements trace, RunReport report)
    {
        var device = new MovedBytes(MovedBytes.Trace, MovedBytes.ByTrace, trace.ReadBytes, trace.WriteBytes) { Remark = trace.IsFiltered ? "a filter is set, so the others are not compared with it" : null };
        MovedBytes[] others = [.. OfWorkload(context, trace, report), .. OfKernel(context.Folder, trace), .. OfDriver(context.Folder)];
        return [device, .. others.Select(other => WithShares(other, trace))];
    }

    private static MovedBytes WithShares(MovedBytes moved, RunMeasurements trace)
    {
        return moved.IsNotComparable || trace.IsFiltered ? moved
            : moved with { DeviceReadRatio = Share(trace.ReadBytes, moved.ReadBytes), DeviceWriteRatio = Share(trace.WriteBytes, moved.WriteBytes) };

        static double? Share(long device, long? other) => other > 0 ? device / (double)other : null;
    }

    private static IEnumerable<MovedBytes> OfWorkload(RunContext context, RunMeasurements trace, RunReport report)
    {
        RunFolder folder = context.Folder;
        if (report.Movement is { } movement && (movement.FrameworkReadBytes ?? movement.FrameworkWriteBytes) is not null && folder.TensorIo.Count > 0)
            yield return new MovedBytes(folder.TensorIo[0].File, MovedBytes.ByWorkload, movement.FrameworkReadBytes, movement.FrameworkWriteBytes) { Remark = "what it logged: a load of the model that it does not log is in the trace alone" };
        foreach (RunPart<KvBenchmarkResult> result in folder.KvBenchmarks)
        {
            yield return new MovedBytes(result.File, MovedBytes.ByWorkload, result.Content.ReadBytes, result.Content.WriteBytes)
            {
                IsNotComparable = result.Content.IsOfAllTiers,
                Remark = result.Content.IsOfAllTiers ? "of all tiers, GPU and host memory among them" : "the storage tier",
            };
        }

        foreach (RunPart<FioResult> result in Rooflines.Traced(context, trace, report.Clock))
            yield return new MovedBytes(result.File, MovedBytes.ByWorkload, result.Content.ReadBytes, result.Content.WriteBytes);
        foreach (RunPart<IReadOnlyList<DeepNvmeTransfer>> log in folder.DeepNvme)
        {
            yield return new MovedBytes(log.File, MovedBytes.ByWorkload, Sum(log.Content.Where(transfer => !transfer.IsStore)), Sum(log.Content.Where(transfer => transfer.IsStore)))
            {
                IsNotComparable = true,
                Remark = "a line of DeepNVMe is of one transfer, of which it may have made several",
            };
        }

        static long Sum(IEnumerable<DeepNvmeTransfer> transfers) => transfers.Aggregate(0L, (sum, transfer) => Math.Min(SideRanges.MostBytes, sum + transfer.SizeBytes));
    }

    private static IEnumerable<MovedBytes> OfKernel(RunFolder folder, RunMeasurements trace)
    {
        // Counters only rise: of two copies the earlier is the one with less.
        RunPart<DiskStatistics>[] copies = [.. folder.DiskStatistics.OrderBy(copy => copy.Content.Disks.Sum(disk => (double)disk.ReadSectors + disk.WriteSectors))];
        if (copies.Length == 1)
            yield return new MovedBytes(copies[0].File, MovedBytes.ByKernel, null, null) { IsNotComparable = true, Remark = "counters since the start of the machine: one copy does not say what this run moved, a second one would" };
        bool isPair = copies.Length > 1;
        IReadOnlyList<DiskCounters> disks = isPair ? DiskStatistics.Between(copies[0].Content.Disks, copies[^1].Content.Disks) : folder.Environment?.Disks ?? [];
        string source = isPair ? $"{copies[0].File}, {copies[^1].File}" : "disk statistics noted with the run";
        DiskCounters[] traced = [.. trace.Devices.Select(device => CountersOf(disks, device, folder.Environment?.Devices ?? [])).OfType<DiskCounters>()];
        if (traced.Length > 0 && traced.Length == trace.Devices.Count)
            yield return new MovedBytes(source, MovedBytes.ByKernel, Bytes(traced, disk => disk.ReadSectors), Bytes(traced, disk => disk.WriteSectors));
        else if (isPair)
            yield return new MovedBytes(source, MovedBytes.ByKernel, null, null) { IsNotComparable = true, Remark = "has not all of the traced devices, or was copied across a restart" };

        static long Bytes(DiskCounters[] disks, Func<DiskCounters, long> sectors) => disks.Aggregate(0L, (sum, disk) => Math.Min(SideRanges.MostBytes, sum + (BytesPerSector * sectors(disk))));
    }

    // By number; by name where the copy has no numbers, and something else says how the device is called.
    private static DiskCounters? CountersOf(IReadOnlyList<DiskCounters> disks, (string Device, string? Name) device, IReadOnlyList<QueueSettings> queues)
    {
        string? name = device.Name ?? queues.FirstOrDefault(queue => queue.Device?.ToString() == device.Device)?.Name;
        foreach (DiskCounters disk in disks)
        {
            if (disk.Device is { } number ? number.ToString() == device.Device : disk.Name == name)
                return disk;
        }

        return null;
    }

    private static IEnumerable<MovedBytes> OfDriver(RunFolder folder)
    {
        RunPart<NvidiaFs>[] copies = [.. folder.NvidiaFs.OrderBy(copy => copy.Content.ReadBytes + (double)copy.Content.WriteBytes)];
        if (copies.Length == 0)
            yield break;
        (NvidiaFs first, NvidiaFs last) = (copies[0].Content, copies[^1].Content);
        string source = string.Join(", ", copies.Length == 1 ? [copies[0].File] : (string[])[copies[0].File, copies[^1].File]);
        if (!last.CountsIo)
            yield return new MovedBytes(source, MovedBytes.ByDriver, null, null) { IsNotComparable = true, Remark = "nvidia-fs was told not to count (IO stats: Disabled)" };
        else if (copies.Length > 1 && last.ReadBytes >= first.ReadBytes && last.WriteBytes >= first.WriteBytes)
            yield return new MovedBytes(source, MovedBytes.ByDriver, last.ReadBytes - first.ReadBytes, last.WriteBytes - first.WriteBytes) { Remark = "past the host's memory (GPUDirect Storage), in whole MiB" };
        else
            yield return new MovedBytes(source, MovedBytes.ByDriver, last.ReadBytes, last.WriteBytes) { IsNotComparable = true, Remark = "past the host's memory (GPUDirect Storage), since the driver was loaded: at most so much of it is of this run" };
    }
}
