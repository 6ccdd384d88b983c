using TraceAnalyzer.Analysis.Accumulators;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// What a run did before its first pass, by the trace alone: the data that the passes read was written (the write-out of weights, or the prompt's rows of a
/// KV cache), and other data was read once (a load). See docs/analyses/passes-and-tokens.md.
/// </summary>
internal static class FoundPhases
{
    // Less than this share of a pass is a mount or the start of a program, no load.
    private const double LeastLoad = 0.1;

    // Weights are not written any more once passes over them have begun, but for metadata beside them.
    private const double LeastRewritten = 0.01;

    // This share of the bytes at either end is not what a phase begins or ends with: a superblock before it, the journal's commit after it.
    private const double Stray = 0.001;

    /// <summary>True if what the passes read is written after they have begun, with at least a hundredth of a pass: rows of a KV cache are, weights are not.</summary>
    public static bool IsRewritten(DetectedPasses passes, RegionVisit[] reads, RegionVisit[] writes)
    {
        long firstNs = passes.Passes[0].StartNs;
        HashSet<ulong> read = ReadFrom(firstNs, reads);
        return Bytes(writes.Where(visit => visit.Visit.LastNs >= firstNs && read.Contains(visit.Region))) >= LeastRewritten * PassBytes(passes);
    }

    /// <summary>
    /// When everything was written that is written before the first pass; null if little of it is data of the passes (a framework may write a tensor that it never reads). The confidence is the passes',
    /// times the share of what is written before them that they read, times (with <paramref name="isWhole"/>) the share of the first pass that was written before.
    /// </summary>
    /// <param name="passes">The passes, at least two.</param>
    /// <param name="reads">All reads, in time order.</param>
    /// <param name="writes">All writes, of regions as large.</param>
    /// <param name="isWhole">True if all that a pass reads must have been written before: of weights. The page cache may still hold rows of a KV cache.</param>
    public static FoundPhase? Written(DetectedPasses passes, RegionVisit[] reads, RegionVisit[] writes, bool isWhole)
    {
        long firstNs = passes.Passes[0].StartNs;
        long secondNs = passes.Passes[1].StartNs;
        HashSet<ulong> read = ReadFrom(firstNs, reads);
        RegionVisit[] before = [.. writes.Where(visit => visit.Visit.FirstNs < firstNs)];
        RegionVisit[] data = [.. before.Where(visit => read.Contains(visit.Region))];
        if (data.Length == 0)
            return null;
        double share = Bytes(data) / Bytes(before);
        if (isWhole)
        {
            HashSet<ulong> written = [.. data.Select(visit => visit.Region)];
            RegionVisit[] first = [.. reads.Where(visit => visit.Visit.FirstNs >= firstNs && visit.Visit.FirstNs < secondNs)];
            share *= Bytes(first.Where(visit => written.Contains(visit.Region))) / Bytes(first);
        }

        return Phase(before, firstNs, passes.Confidence * share);
    }

    /// <summary>
    /// When data was read before the first pass that no pass reads; null if that is little. The confidence is the passes', times the share of such data in
    /// what is read before them.
    /// </summary>
    public static FoundPhase? Loaded(DetectedPasses passes, RegionVisit[] reads)
    {
        long firstNs = passes.Passes[0].StartNs;
        HashSet<ulong> read = ReadFrom(firstNs, reads);
        RegionVisit[] before = [.. reads.Where(visit => visit.Visit.FirstNs < firstNs)];
        RegionVisit[] data = [.. before.Where(visit => !read.Contains(visit.Region))];
        return Bytes(data) < LeastLoad * PassBytes(passes) || data.Length == 0 ? null : Phase(data, firstNs, passes.Confidence * Bytes(data) / Bytes(before));
    }

    private static FoundPhase? Phase(RegionVisit[] visits, long latestNs, double confidence)
    {
        if (!(confidence >= PassCalibration.LeastConfidence))
            return null;
        RegionVisit[] byEnd = [.. visits.OrderByDescending(visit => visit.Visit.LastNs)];
        return new FoundPhase(AfterStray(visits).FirstNs, Math.Min(latestNs, AfterStray(byEnd).LastNs + 1), confidence);
    }

    private static Visit AfterStray(RegionVisit[] visits)
    {
        double stray = Stray * Bytes(visits);
        return visits.First(visit => (stray -= visit.Visit.Bytes) < 0).Visit;
    }

    private static HashSet<ulong> ReadFrom(long firstNs, RegionVisit[] reads) => [.. reads.Where(visit => visit.Visit.FirstNs >= firstNs).Select(visit => visit.Region)];

    private static double PassBytes(DetectedPasses passes) => passes.Passes.Average(pass => (double)pass.Bytes);

    private static double Bytes(IEnumerable<RegionVisit> visits) => visits.Sum(visit => (double)visit.Visit.Bytes);
}

/// <summary>A phase that the trace shows.</summary>
/// <param name="StartNs">First request of it.</param>
/// <param name="EndNs">After the last one, and not after the first pass begins.</param>
/// <param name="Confidence">0 to 1.</param>
internal sealed record FoundPhase(long StartNs, long EndNs, double Confidence);
