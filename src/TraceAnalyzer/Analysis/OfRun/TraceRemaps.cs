using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What the beginning of a trace shows of its devices: which there are, what they are called, and how requests to one are remapped (A) to others.</summary>
internal sealed class TraceRemaps
{
    // A partition or an array that is used is remapped from its first request on.
    private const long MostBytesLookedAt = 16 << 20;

    private const int MostSamples = 4096;
    private const int MostSources = 256;

    private readonly Dictionary<DeviceId, List<RemapSample>> _samples = [];
    private readonly Dictionary<(DeviceId From, long Start), long> _partitions = [];
    private readonly HashSet<DeviceId> _issuing = [];

    /// <summary>What is remapped, by the device that it was a request to; of each the first few thousand.</summary>
    public IReadOnlyDictionary<DeviceId, List<RemapSample>> Samples => _samples;

    /// <summary>Remaps from one minor number to another of the same driver, by how far on: those of partitions, and how many.</summary>
    public IReadOnlyDictionary<(DeviceId From, long Start), long> Partitions => _partitions;

    /// <summary>The devices that issue requests, in order.</summary>
    public IEnumerable<DeviceId> Issuing => _issuing.Order();

    /// <summary>Names of devices, where the trace has them.</summary>
    public IReadOnlyList<(DeviceId Device, string Name)> Names { get; private set; } = [];

    /// <summary>Looks at the beginning of a trace.</summary>
    public static TraceRemaps Of(FoundTrace trace)
    {
        var remaps = new TraceRemaps();
        using ITraceReader reader = trace.Open();
        if (!reader.HasCompletions)
            return remaps;
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        for (long bytes = 0; bytes < MostBytesLookedAt && reader.ReadChunk(chunk); bytes += chunk.Length)
        {
            reader.Decode(chunk, batch);
            foreach (ref readonly BlockEvent e in batch.Events)
                remaps.Add(e);
        }

        remaps.Names = reader.Devices?.All ?? [];
        return remaps;
    }

    private void Add(in BlockEvent e)
    {
        if (e.Action == BlockAction.Issue)
            _issuing.Add(e.Device);
        if (e.Action != BlockAction.Remap || e.Device == e.RelatedDevice)
            return;
        if (e.Device.Major == e.RelatedDevice.Major && e.Sector >= e.RelatedSector)
            _partitions[(e.RelatedDevice, (long)(e.Sector - e.RelatedSector))] = _partitions.GetValueOrDefault((e.RelatedDevice, (long)(e.Sector - e.RelatedSector))) + 1;
        if (!_samples.TryGetValue(e.RelatedDevice, out List<RemapSample>? samples))
        {
            if (_samples.Count == MostSources)
                return;
            _samples.Add(e.RelatedDevice, samples = []);
        }

        if (samples.Count < MostSamples && e.LengthSectors > 0 && e is { Sector: <= BlockEvent.MaxSector, RelatedSector: <= BlockEvent.MaxSector })
            samples.Add(new RemapSample((long)e.RelatedSector, e.Device, (long)e.Sector, e.LengthSectors));
    }
}

/// <summary>Sectors of one device that became sectors of another.</summary>
/// <param name="Sector">First sector of the request.</param>
/// <param name="Target">The device that it went on to.</param>
/// <param name="TargetSector">First sector there.</param>
/// <param name="Sectors">Their number.</param>
internal readonly record struct RemapSample(long Sector, DeviceId Target, long TargetSector, long Sectors);
