using TraceAnalyzer.Analysis.Accumulators;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>
/// Finds passes in a trace: a model run reads the same regions once a token, a KV run a growing prefix of them. A pass begins where a region is read
/// again and most of what is read next had been read in this pass too. A region that a pass reads twice (a tied embedding) makes a short piece
/// of its own, which is joined with the pass before it.
/// </summary>
internal static class PassDetector
{
    // Fewer regions than this between two visits of one are not a pass.
    private const int LeastRegions = 8;

    // How much of what is read next must have been read in this pass already.
    private const double RepeatedShare = 0.75;

    // A piece with less than this share of the regions of its neighbors is not a pass of its own.
    private const double ShortPiece = 0.5;

    // So much of a pass in which nothing is read is a pause.
    private const double Pause = 0.05;

    // So many visits in a row must be repeated where a pass begins, or the end of a slow pass would be taken for it.
    private const int FirstRepeats = 3;

    // Slow devices take longer for a region than fast ones for a pass: the gap that separates visits is tried at so many doublings.
    private const int GapDoublings = 7;

    /// <summary>The passes in <paramref name="visits"/>, which are in time order: those of the gap between visits that gives the highest score.</summary>
    public static DetectedPasses Detect(RegionVisit[] visits)
    {
        var best = new DetectedPasses([], 0, 0);
        for (int doubling = 0; doubling < GapDoublings; doubling++)
        {
            visits = Joined(visits, VisitAccumulator.GapNs << doubling);
            DetectedPasses found = DetectIn(visits);
            if (found.Score > best.Score)
                best = found;
        }

        return best;
    }

    // Visits of a region less than the gap apart become one.
    private static RegionVisit[] Joined(RegionVisit[] visits, long gapNs)
    {
        var joined = new List<RegionVisit>(visits.Length);
        var lastOf = new Dictionary<ulong, int>();
        foreach (RegionVisit visit in visits)
        {
            if (lastOf.TryGetValue(visit.Region, out int last) && visit.Visit.FirstNs - joined[last].Visit.LastNs < gapNs)
            {
                joined[last] = visit with { Visit = joined[last].Visit.With(visit.Visit) };
            }
            else
            {
                lastOf[visit.Region] = joined.Count;
                joined.Add(visit);
            }
        }

        return [.. joined];
    }

    private static DetectedPasses DetectIn(ReadOnlySpan<RegionVisit> visits)
    {
        var pieces = new List<Piece>();
        var seen = new HashSet<ulong>();
        for (int i = 0; i < visits.Length; i++)
        {
            double repeated = 1;
            bool starts = i == 0;
            if (seen.Count >= LeastRegions && seen.Contains(visits[i].Region))
            {
                repeated = ShareIn(seen, visits[i..], Beginning(seen.Count));
                starts = repeated >= RepeatedShare;
            }

            if (starts)
            {
                pieces.Add(new Piece { First = i, StartNs = visits[i].Visit.FirstNs, Repeated = repeated });
                seen.Clear();
            }

            seen.Add(visits[i].Region);
            pieces[^1].Regions = seen.Count;
            pieces[^1].Take(visits[i].Visit, 1);
        }

        JoinShortPieces(pieces);
        if (pieces.Count < 2)
            return new DetectedPasses([], 0, 0);
        long leastBytes = MedianBytes(visits) / 16;
        LeaveOutLead(pieces, visits, leastBytes);
        BeginAlike(pieces, visits);
        long endNs = LeaveOutTail(pieces, visits, leastBytes);
        return new DetectedPasses(Passes(pieces, visits), endNs, Score(pieces));
    }

    // So many visits are the beginning of a pass over so many regions.
    private static int Beginning(int regions) => Math.Clamp(regions / 8, LeastRegions / 2, 64);

    private static double ShareIn(HashSet<ulong> seen, ReadOnlySpan<RegionVisit> next, int count)
    {
        int repeated = 0;
        count = Math.Min(count, next.Length);
        for (int i = 0; i < count; i++)
        {
            if (seen.Contains(next[i].Region))
                repeated++;
            else if (i < FirstRepeats)
                return 0;
        }

        return (double)repeated / count;
    }

    private static void JoinShortPieces(List<Piece> pieces)
    {
        int full = pieces.Select(piece => piece.Regions).DefaultIfEmpty(0).Max();
        for (int i = pieces.Count - 1; i > 0; i--)
        {
            int next = i + 1 < pieces.Count ? pieces[i + 1].Regions : full;
            if (pieces[i].Regions >= ShortPiece * Math.Min(next, pieces[i - 1].Regions))
                continue;
            pieces[i - 1].Requests += pieces[i].Requests;
            pieces[i - 1].Bytes += pieces[i].Bytes;
            pieces.RemoveAt(i);
        }
    }

    // What is read before the first pass (a mount, metadata) belongs to none: the first pass begins with something that the second reads too,
    // and with more than a few blocks of it.
    private static void LeaveOutLead(List<Piece> pieces, ReadOnlySpan<RegionVisit> visits, long leastBytes)
    {
        var second = new HashSet<ulong>();
        for (int i = pieces[1].First; i < (pieces.Count > 2 ? pieces[2].First : visits.Length); i++)
            second.Add(visits[i].Region);
        int first = 0;
        for (; first < pieces[1].First - 1 && (!second.Contains(visits[first].Region) || visits[first].Visit.Bytes < leastBytes); first++)
        {
            pieces[0].Take(visits[first].Visit, -1);
        }

        pieces[0].StartNs = visits[first].Visit.FirstNs;
        pieces[0].First = first;
    }

    // A region that has the end of a pass and some of its beginning is repeated before the next pass begins. Passes begin with the same region: what seems to
    // be a pass's beginning up to there is the end of the one before, if a pause follows it; without one, what is read side by side comes in any order.
    private static void BeginAlike(List<Piece> pieces, ReadOnlySpan<RegionVisit> visits)
    {
        ulong start = visits[pieces[0].First].Region;
        for (int i = 1; i < pieces.Count; i++)
        {
            Piece piece = pieces[i];
            int end = Math.Min(piece.First + Beginning(piece.Regions), i + 1 < pieces.Count ? pieces[i + 1].First : visits.Length);
            int first = piece.First;
            long lastNs = long.MinValue;
            for (; first < end && visits[first].Region != start; first++)
                lastNs = Math.Max(lastNs, visits[first].Visit.LastNs);
            if (first == piece.First || first == end || visits[first].Visit.FirstNs - lastNs < Pause * (visits[first].Visit.FirstNs - pieces[i - 1].StartNs))
                continue;
            foreach (RegionVisit visit in visits[piece.First..first])
            {
                pieces[i - 1].Take(visit.Visit, 1);
                piece.Take(visit.Visit, -1);
            }

            (piece.First, piece.StartNs) = (first, visits[first].Visit.FirstNs);
        }
    }

    // What is read after the last pass (an unmount, the next program) belongs to none either. The end is after the last request that does.
    private static long LeaveOutTail(List<Piece> pieces, ReadOnlySpan<RegionVisit> visits, long leastBytes)
    {
        var before = new HashSet<ulong>();
        for (int i = pieces[^2].First; i < pieces[^1].First; i++)
            before.Add(visits[i].Region);
        int last = visits.Length - 1;
        for (; last > pieces[^1].First && (!before.Contains(visits[last].Region) || visits[last].Visit.Bytes < leastBytes); last--)
        {
            pieces[^1].Take(visits[last].Visit, -1);
        }

        pieces[^1].Last = last;
        long endNs = long.MinValue;
        for (int i = pieces[^1].First; i <= last; i++)
            endNs = Math.Max(endNs, visits[i].Visit.LastNs + 1);
        return endNs;
    }

    private static long MedianBytes(ReadOnlySpan<RegionVisit> visits)
    {
        long[] bytes = new long[visits.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = visits[i].Visit.Bytes;
        Array.Sort(bytes);
        return bytes[bytes.Length / 2];
    }

    private static DetectedPass[] Passes(List<Piece> pieces, ReadOnlySpan<RegionVisit> visits)
    {
        var passes = new DetectedPass[pieces.Count];
        for (int pass = 0; pass < passes.Length; pass++)
        {
            ulong least = ulong.MaxValue;
            ulong greatest = 0;
            for (int i = pieces[pass].First; i <= (pass + 1 < passes.Length ? pieces[pass + 1].First - 1 : pieces[pass].Last); i++)
            {
                least = Math.Min(least, visits[i].Region);
                greatest = Math.Max(greatest, visits[i].Region);
            }

            passes[pass] = new DetectedPass(pieces[pass].StartNs, pieces[pass].Requests, pieces[pass].Bytes) { FirstRegion = least, LastRegion = greatest };
        }

        return passes;
    }

    // The first pass also counts by itself: where it has much that the second has not, a load before it is part of it, and neither begins where it seems to.
    private static double Score(List<Piece> pieces)
    {
        double[] alike = [.. Enumerable.Range(1, pieces.Count - 1).Select(i => Math.Min(pieces[i].Bytes, pieces[i - 1].Bytes) / (double)Math.Max(1, Math.Max(pieces[i].Bytes, pieces[i - 1].Bytes)))];
        return Math.Min(pieces.Skip(1).Average(piece => piece.Repeated) * alike.Average(), alike[0]);
    }

    private sealed class Piece
    {
        public int First { get; set; }

        /// <summary>Last visit of the last piece.</summary>
        public int Last { get; set; }

        public long StartNs { get; set; }

        public double Repeated { get; init; }

        public int Regions { get; set; }

        public long Requests { get; set; }

        public long Bytes { get; set; }

        /// <summary>Adds a visit (1), or takes it away (-1).</summary>
        public void Take(Visit visit, int sign)
        {
            Requests += sign * visit.Requests;
            Bytes += sign * visit.Bytes;
        }
    }
}

/// <summary>Passes in time order.</summary>
/// <param name="Passes">The passes; none, or at least two.</param>
/// <param name="EndNs">After the last request of the last one; 0 without passes.</param>
/// <param name="Score">0 to 1: how regular they are; 0 without passes.</param>
internal sealed record DetectedPasses(IReadOnlyList<DetectedPass> Passes, long EndNs, double Score)
{
    /// <summary>What share of the starts is likely right, 0 to 1.</summary>
    public double Confidence => PassCalibration.OfStarts(Score);
}

/// <summary>A pass: the visits that start in it.</summary>
internal readonly record struct DetectedPass(long StartNs, long Requests, long Bytes)
{
    /// <summary>The region at the lowest address that it reads.</summary>
    public ulong FirstRegion { get; init; }

    /// <summary>The region at the highest one.</summary>
    public ulong LastRegion { get; init; }
}
