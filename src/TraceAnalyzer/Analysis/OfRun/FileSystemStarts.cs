using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Finds the sector of the traced disk at which the file system begins: <c>filefrag</c> counts from the start of the file system's device, which
/// may be a partition, the trace from the start of the disk (docs/analyses/tensors-and-layers.md).
/// </summary>
internal static class FileSystemStarts
{
    // A partition that is used is remapped from its first request on.
    private const long MostBytesLookedAt = 16 << 20;

    /// <summary>What the run states, else what the trace's remaps (A) of partitions say; null if neither does: the file system then begins with the disk.</summary>
    public static FileSystemStart? Find(RunFolder folder, FoundTrace? trace)
    {
        if (folder.Settings.FileSystemStartSector is { } stated)
            return new FileSystemStart(stated, "file_system_start_sector of run.json");
        return trace is null ? null : OfRemaps(trace);
    }

    // Of several partitions the one that is used most. Device-mapper remaps lead to the disk too, but from one device to several places.
    private static FileSystemStart? OfRemaps(FoundTrace trace)
    {
        var counts = new Dictionary<(DeviceId From, long Start), long>();
        using (ITraceReader reader = trace.Open())
        {
            if (!reader.HasCompletions)
                return null;
            var chunk = new TraceChunk();
            var batch = new EventBatch();
            for (long bytes = 0; bytes < MostBytesLookedAt && reader.ReadChunk(chunk); bytes += chunk.Length)
            {
                reader.Decode(chunk, batch);
                foreach (ref readonly BlockEvent e in batch.Events)
                {
                    if (e.Action == BlockAction.Remap && e.Device != e.RelatedDevice && e.Device.Major == e.RelatedDevice.Major && e.Sector >= e.RelatedSector)
                        counts[(e.RelatedDevice, (long)(e.Sector - e.RelatedSector))] = counts.GetValueOrDefault((e.RelatedDevice, (long)(e.Sector - e.RelatedSector))) + 1;
                }
            }
        }

        if (counts.Count == 0)
            return null;
        ((DeviceId from, long start), _) = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Start).First();
        return new FileSystemStart(start, $"remaps of partition {from} in the trace");
    }
}
