using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Finds the sector of the traced disk at which the file system begins: <c>filefrag</c> counts from the start of the file system's device, which
/// may be a partition, the trace from the start of the disk (docs/analyses/tensors-and-layers.md).
/// </summary>
internal static class FileSystemStarts
{
    /// <summary>What the run states, else what the trace's remaps (A) of partitions say; null if neither does: the file system then begins with the disk.</summary>
    public static FileSystemStart? Find(RunFolder folder, TraceRemaps? remaps)
    {
        if (folder.Settings.FileSystemStartSector is { } stated)
            return new FileSystemStart(stated, "file_system_start_sector of run.json");
        if (remaps is null || remaps.Partitions.Count == 0)
            return null;

        // Of several partitions the one that is used most. Device-mapper remaps lead to the disk too, but from one device to several places.
        ((DeviceId from, long start), _) = remaps.Partitions.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Start).First();
        return new FileSystemStart(start, $"remaps of partition {from} in the trace");
    }
}
