using System.Globalization;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.DeepNvme;

/// <summary>One transfer of tensors as the block layer saw it, from a trace of it.</summary>
/// <param name="Trace">Name of the trace.</param>
/// <param name="Engine"><see cref="DeepNvmeResults.Posix"/> or <see cref="DeepNvmeResults.Libaio"/>, from the trace's name; null if it does not say.</param>
/// <param name="IsStore">True if more was written than read.</param>
/// <param name="Requests">Requests issued in that direction.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MainSizeBytes">The most frequent size.</param>
/// <param name="MainShare">Share of the requests that have it, 0 to 1.</param>
/// <param name="MeanDepth">Mean number of requests in flight while there were any; null without completions.</param>
/// <param name="MaxDepth">Greatest number; null without completions.</param>
/// <param name="MedianLatencyNs">Median time from issue to completion; null without completions.</param>
/// <param name="BusyBytesPerSecond">Bytes over the time with requests in flight: what the device gave when it was asked; null without completions.</param>
/// <param name="MeanBytesPerSecond">Bytes over the time from the first request to the last; null if that is none.</param>
public sealed record TensorBlocks(
    string Trace, string? Engine, bool IsStore, long Requests, long Bytes, long MainSizeBytes, double MainShare,
    double? MeanDepth, long? MaxDepth, double? MedianLatencyNs, double? BusyBytesPerSecond, double? MeanBytesPerSecond)
{
    /// <summary>What a trace's report says of the device that moves most; null if none moves anything.</summary>
    public static TensorBlocks? Of(string trace, TraceReport report)
    {
        DeviceReport? device = report.Devices.MaxBy(device => Of(device)?.Overview.Bytes ?? 0);
        if (device is null || Of(device) is not { } main)
            return null;
        long busyNs = device.QueueDepth?.TimeAtDepthNs.Skip(1).Sum() ?? 0;
        double? depth = busyNs > 0 ? device.QueueDepth!.TimeAtDepthNs.Select((ns, at) => (double)ns * at).Sum() / busyNs : null;
        return new TensorBlocks(
            trace,
            EngineOf(trace),
            main.Class == OperationClass.Write,
            main.Overview.Requests,
            main.Overview.Bytes,
            main.Sizes.DominatingSizeBytes,
            main.Sizes.DominatingShareOfRequests,
            depth,
            device.QueueDepth?.MaxDepth,
            main.Latency?.D2C?.P50Ns,
            busyNs > 0 ? main.Overview.Bytes / (busyNs / 1e9) : null,
            main.Overview.DurationNs > 0 ? main.Overview.Bytes / (main.Overview.DurationNs / 1e9) : null);
    }

    /// <summary>Prints them as a table, and how many times libaio is faster where there are both.</summary>
    public static void WriteSummary(IReadOnlyList<TensorBlocks> blocks, TextWriter writer)
    {
        if (blocks.Count == 0)
            return;
        writer.WriteLine("At the block layer");
        ConsoleTable.Write(BlocksTable.Blocks.Of(blocks), writer);
        foreach (bool isStore in (bool[])[false, true])
        {
            TensorBlocks? posix = blocks.FirstOrDefault(block => block.IsStore == isStore && block.Engine == DeepNvmeResults.Posix);
            TensorBlocks? libaio = blocks.FirstOrDefault(block => block.IsStore == isStore && block.Engine == DeepNvmeResults.Libaio);
            if (posix?.MeanBytesPerSecond is > 0 and { } slow && libaio?.MeanBytesPerSecond is { } fast)
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{DeepNvmeSummary.Direction(isStore)}: libaio {fast / slow:F2} times as fast as POSIX at the block layer; in flight {libaio.MeanDepth:F1} against {posix.MeanDepth:F1}."));
            }
        }
    }

    private static OperationReport? Of(DeviceReport device) =>
        new[] { device.Read, device.Write }.Where(operation => operation is { Overview.Bytes: > 0 }).MaxBy(operation => operation!.Overview.Bytes);

    // The captures are called ...-aioload, ...-pystore; the study's logs deepnvme-aio-..., deepnvme-py-...
    private static string? EngineOf(string trace)
    {
        string[] words = trace.ToLowerInvariant().Split('-', '_', '.', ' ');
        return words.Any(word => word.StartsWith("aio", StringComparison.Ordinal) || word == "libaio") ? DeepNvmeResults.Libaio
            : words.Any(word => word is "py" or "pyload" or "pystore" or "posix") ? DeepNvmeResults.Posix
            : null;
    }
}
