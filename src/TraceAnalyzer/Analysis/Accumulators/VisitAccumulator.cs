using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// When each region of the device was visited: accesses of a region less than <see cref="GapNs"/> apart are one visit. A pass over a model or
/// a KV cache visits each of its regions once, however many requests that takes, so visits show passes (<see cref="PassDetector"/>).
/// Visits are the connected pieces of the times of access, which is why their union over parts of a trace is exact.
/// A request counts for the region it begins in.
/// </summary>
internal sealed class VisitAccumulator(int maxRegions = VisitAccumulator.MaxRegions) : IAccumulator<CountedIo, VisitAccumulator>
{
    /// <summary>Accesses this far apart, in nanoseconds, are two visits: longer than a region takes to read, shorter than any pass worth finding.</summary>
    public const long GapNs = 50_000_000;

    /// <summary>Regions begin with 2^11 sectors, 1 MiB.</summary>
    public const int FinestRegionShift = 11;

    /// <summary>Most regions; beyond, regions get larger.</summary>
    public const int MaxRegions = 1 << 16;

    // No device has so many sectors.
    private const int DeviceShift = 52;

    private readonly RecentEntries<List<Visit>> _recent = new();
    private Dictionary<ulong, List<Visit>> _regions = [];
    private int _shift = FinestRegionShift;

    /// <summary>Regions have 2 to this power sectors now.</summary>
    public int RegionShift => _shift;

    /// <summary>All visits by their start.</summary>
    public RegionVisit[] Visits() => Visits(_shift);

    /// <summary>The same, each with the number of the larger region of 2^<paramref name="regionShift"/> sectors that it lies in.</summary>
    public RegionVisit[] Visits(int regionShift) =>
    [
        .. _regions.SelectMany(region => region.Value.Select(visit => new RegionVisit(region.Key >> (regionShift - _shift), visit)))
            .OrderBy(visit => visit.Visit.FirstNs).ThenBy(visit => visit.Region),
    ];

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        foreach (ref readonly CountedIo item in items)
        {
            ulong region = item.Sector >> _shift;
            List<Visit> visits = _recent.Find(region) ?? FindOrAdd(item.Sector);
            Span<Visit> all = CollectionsMarshal.AsSpan(visits);
            if (all.Length > 0 && item.TimeNs >= all[^1].FirstNs && item.TimeNs - all[^1].LastNs < GapNs)
            {
                ref Visit last = ref all[^1];
                last.LastNs = Math.Max(last.LastNs, item.TimeNs);
                last.Requests++;
                last.Bytes += item.LengthBytes;
            }
            else
            {
                Insert(visits, new Visit { FirstNs = item.TimeNs, LastNs = item.TimeNs, Requests = 1, Bytes = item.LengthBytes });
            }
        }
    }

    /// <inheritdoc/>
    public void Merge(VisitAccumulator other) => Merge(other, place: 0);

    /// <summary>Adds what was seen of another device, whose regions are others.</summary>
    /// <param name="other">What was seen.</param>
    /// <param name="place">A number of the device among those that are added up, from 0 on.</param>
    public void Merge(VisitAccumulator other, int place)
    {
        while (_shift < other._shift)
            GrowRegions();
        foreach ((ulong region, List<Visit> visits) in other._regions)
        {
            List<Visit> ours = FindOrAdd((region << other._shift) + ((ulong)place << DeviceShift));
            foreach (Visit visit in visits)
                Insert(ours, visit);
        }
    }

    private List<Visit> FindOrAdd(ulong sector)
    {
        List<Visit>? visits;
        while (!_regions.TryGetValue(sector >> _shift, out visits))
        {
            if (_regions.Count < maxRegions)
            {
                _regions.Add(sector >> _shift, visits = new List<Visit>(4));
                break;
            }

            GrowRegions();
        }

        _recent.Remember(sector >> _shift, visits);
        return visits;
    }

    private void GrowRegions()
    {
        _shift++;
        var larger = new Dictionary<ulong, List<Visit>>(_regions.Count);
        foreach ((ulong region, List<Visit> visits) in _regions)
        {
            if (larger.TryGetValue(region >> 1, out List<Visit>? joined))
                visits.ForEach(visit => Insert(joined, visit));
            else
                larger.Add(region >> 1, visits);
        }

        _regions = larger;
        _recent.Clear();
    }

    // Puts a visit in its place in time and joins it with those that it touches.
    private static void Insert(List<Visit> visits, Visit added)
    {
        int at = visits.Count;
        while (at > 0 && visits[at - 1].FirstNs > added.FirstNs)
            at--;
        if (at > 0 && added.FirstNs - visits[at - 1].LastNs < GapNs)
        {
            at--;
            added = visits[at].With(added);
            visits[at] = added;
        }
        else
        {
            visits.Insert(at, added);
        }

        while (at + 1 < visits.Count && visits[at + 1].FirstNs - added.LastNs < GapNs)
        {
            added = added.With(visits[at + 1]);
            visits[at] = added;
            visits.RemoveAt(at + 1);
        }
    }
}

/// <summary>Accesses of one region in one stretch of time.</summary>
internal struct Visit
{
    /// <summary>Time of the first.</summary>
    public long FirstNs;

    /// <summary>Time of the last.</summary>
    public long LastNs;

    /// <summary>How many.</summary>
    public long Requests;

    /// <summary>Their bytes.</summary>
    public long Bytes;

    /// <summary>Both as one.</summary>
    public readonly Visit With(in Visit other) => new()
    {
        FirstNs = Math.Min(FirstNs, other.FirstNs),
        LastNs = Math.Max(LastNs, other.LastNs),
        Requests = Requests + other.Requests,
        Bytes = Bytes + other.Bytes,
    };
}

/// <summary>A visit and where it was.</summary>
internal readonly record struct RegionVisit(ulong Region, Visit Visit);
