using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What caches would serve of the accesses that a framework logged itself: those of the page cache's hits are among them, so that the sizes are of all memory and not of what is added.</summary>
internal static class LoggedReuse
{
    // A log may claim any length: what no device has is left out.
    private const long MostSpacePages = 1L << 48;

    /// <summary>The curve; null without a log of reads.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="workers">Threads to use.</param>
    public static LogicalReuse? Of(RunFolder folder, int workers)
    {
        if (folder.TensorIo.Count == 0)
            return null;
        RunPart<TensorIo> log = folder.TensorIo[0];

        // Each file, or tensor of a file, has a stretch of pages of its own, as long as the farthest row that is accessed.
        var lengths = new Dictionary<(string File, string? Tensor), long>();
        foreach (TensorTransfer transfer in log.Content.Transfers)
        {
            ref long length = ref CollectionsMarshal.GetValueRefOrAddDefault(lengths, (transfer.File, transfer.Tensor), out _);
            length = Math.Max(length, PagesOf(transfer).End);
        }

        var starts = new Dictionary<(string File, string? Tensor), long>(lengths.Count);
        long pages = 0;
        foreach (((string, string?) key, long length) in lengths)
        {
            starts.Add(key, pages);
            pages = Math.Min(MostSpacePages, pages + length);
        }

        var reads = new List<PageAccess>();
        var writes = new List<PageAccess>();
        long readBytes = 0;
        foreach (TensorTransfer transfer in log.Content.Transfers)
        {
            (long first, long end) = PagesOf(transfer);
            long start = starts[(transfer.File, transfer.Tensor)];
            if (first >= end || start + end > MostSpacePages)
                continue;
            (transfer.Direction == OperationClass.Read ? reads : writes).Add(new PageAccess(transfer.StartMonotonicNs, (ulong)(start + first), (ulong)(start + end)));
            readBytes += transfer.Direction == OperationClass.Read ? (end - first) * PageSequence.PageBytes : 0;
        }

        if (reads.Count == 0 || PageSequence.Of([new PageSpace(reads, writes, [])]) is not { } sequence)
            return null;
        var summary = new ReuseSummary(sequence);
        return new LogicalReuse(log.File, readBytes, summary.FootprintBytes, summary.Curves(ReuseSummary.SizesFor(summary.FootprintBytes), readBytes, workers));
    }

    // Rows lie one after the other.
    private static (long First, long End) PagesOf(in TensorTransfer transfer)
    {
        Int128 first = transfer is { FirstRow: { } row, Rows: > 0 and var rows } ? (Int128)row * transfer.LengthBytes / rows : 0;
        Int128 end = (first + transfer.LengthBytes + PageSequence.PageBytes - 1) / PageSequence.PageBytes;
        return end > MostSpacePages ? (0, 0) : ((long)(first / PageSequence.PageBytes), (long)end);
    }
}
