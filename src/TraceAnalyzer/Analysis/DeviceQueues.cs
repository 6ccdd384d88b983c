using TraceAnalyzer.Findings;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis;

/// <summary>Which limits of the request size hold for the devices that findings are about.</summary>
internal static class DeviceQueues
{
    /// <summary>The limits where they are known, and alike where there are several devices.</summary>
    /// <param name="queues">Queues that the run's files list.</param>
    /// <param name="devices">Numbers of the devices that issue the requests: their queues cap these.</param>
    /// <param name="arrays">Numbers of the devices that are made of these: a file system on an array is read ahead as the array's queue says.</param>
    /// <param name="isBtrfs">True if btrfs makes one file system of the devices: it has a read-ahead of its own.</param>
    public static QueueLimits LimitsOf(IReadOnlyList<QueueSettings> queues, IReadOnlyList<string> devices, IReadOnlyList<string> arrays, bool isBtrfs)
    {
        QueueSettings? Listed(string device) => queues.FirstOrDefault(queue => queue.Device?.ToString() == device);
        QueueSettings?[] own = [.. devices.Select(device => Listed(device) ?? (queues.Count == 1 ? queues[0] : null))];
        int? readAhead = isBtrfs ? null : Same(arrays.Count > 0 ? arrays.Select(Listed) : own, queue => queue.ReadAheadKiB);
        return new QueueLimits(Same(own, queue => queue.MaxRequestKiB), Same(own, queue => queue.MaxDataTransferKiB), readAhead)
        {
            UnknownReadAhead = readAhead is not null ? null : isBtrfs ? "read-ahead of btrfs is not recorded" : arrays.Count > 0 ? "read-ahead of the array is not recorded" : null,
        };
    }

    private static int? Same(IEnumerable<QueueSettings?> queues, Func<QueueSettings, int?> limit) =>
        queues.Select(queue => queue is null ? null : limit(queue)).Distinct().ToArray() is [var only] ? only : null;
}
