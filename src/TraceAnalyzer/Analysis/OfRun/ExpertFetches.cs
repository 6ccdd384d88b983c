using TraceAnalyzer.Analysis.Accumulators;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What fetches of experts need, on average.</summary>
/// <param name="DeviceExtents">Runs of sectors in which the expert lies.</param>
/// <param name="LaidOutRequests">The fewest requests of the largest size for what was read of each of its matrices.</param>
/// <param name="PackedRequests">The same for what was read of all of them together.</param>
internal sealed record ExpertFetches(double DeviceExtents, double LaidOutRequests, double PackedRequests)
{
    /// <summary>The averages; null if nothing was fetched, or tokens times parts are too many.</summary>
    /// <param name="map">The tensors.</param>
    /// <param name="reads">What tokens read.</param>
    /// <param name="places">Bytes and pieces of each expert.</param>
    /// <param name="maxRequestBytes">The largest request.</param>
    public static ExpertFetches? Of(TensorMap map, TokenPartReads reads, (long Bytes, int Pieces)[] places, long maxRequestBytes)
    {
        int[] extents = map.ExpertDeviceExtents();
        long fetches = 0;
        long inExtents = 0;
        long laidOut = 0;
        long packed = 0;
        for (int token = 0; token < reads.Tokens; token++)
        {
            foreach (IGrouping<int, PartRead> expert in reads.Of(token).Where(read => map.ExpertOf(read.Part) >= 0).GroupBy(read => map.ExpertOf(read.Part)))
            {
                long bytes = expert.Sum(read => read.Bytes);
                if (!ModelUses.IsFetch(bytes, places[expert.Key].Bytes))
                    continue;
                fetches++;
                inExtents += extents[expert.Key];
                packed += AccessOrders.RequestsFor(bytes, maxRequestBytes);
                laidOut += expert.Sum(read => AccessOrders.RequestsFor(read.Bytes, maxRequestBytes));
            }
        }

        return fetches == 0 ? null : new ExpertFetches((double)inExtents / fetches, (double)laidOut / fetches, (double)packed / fetches);
    }
}
