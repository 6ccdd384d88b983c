using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// How the counted requests follow each other in space, per device and class, on the device and, where extents say which, in their files.
/// Needs the events in order, and works on one batch after the other: what it keeps of the last ones is its state, so there is nothing to merge but devices.
/// </summary>
internal sealed class SequenceCounter(AnalysisOptions options, ExtentMap? files = null, TimeSpans? phases = null)
{
    // Hardly any run notes more phases; a trace of thousands of devices with thousands of phases would not fit.
    private const int MostPhases = 256;

    private readonly BlockAction _counted = options.CountedAction;
    private readonly bool _filters = !options.Filter.IsNone;
    private readonly TimeSpans? _phases = phases is { All.Count: > 0 and <= MostPhases } ? phases : null;
    private readonly Dictionary<(DeviceId Device, OperationClass Class), ClassSequence> _classes = [];
    private readonly Dictionary<DeviceId, SeekCounter> _devices = [];
    private DeviceId _lastDevice;
    private OperationClass _lastClass;
    private ClassSequence? _last;
    private SeekCounter? _lastSeeks;

    /// <summary>Takes the next events but those at the places <paramref name="withheld"/>, which ascend.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, List<int> withheld, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        int nextWithheld = 0;
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly BlockEvent e = ref events[i];
            if (_counted == BlockAction.Issue && nextWithheld < withheld.Count && withheld[nextWithheld] == i)
            {
                nextWithheld++;
                continue;
            }

            if (e.Action != _counted || e.LengthSectors == 0)
                continue;
            if (_filters && !options.Filter.Passes(e.Device, e.Class, e.Rwbs, e.Pid, e.TimeNs - firstEventNs, e.Sector, e.LengthSectors, pidsOfName))
                continue;
            Count(e);
        }
    }

    /// <summary>What was counted of a class on devices beside each other; null if there are no requests.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="class">The class.</param>
    /// <param name="nameOf">The name of a process by its number; null if there is none.</param>
    public SequenceResult? Of(IEnumerable<DeviceId> devices, OperationClass @class, Func<int, string?> nameOf) =>
        ClassSequence.ToResult([.. Parts(devices, @class)], nameOf, _phases);

    /// <summary>The same by offsets in files, of the requests that begin in a known one; null if there are none.</summary>
    public SequenceResult? InFilesOf(IEnumerable<DeviceId> devices, OperationClass @class) =>
        ClassSequence.ToResult([.. Parts(devices, @class).Select(part => part.InFiles).OfType<ClassSequence>()], static _ => null, phases: null);

    /// <summary>What was counted of a device whatever the class; null if there are no requests.</summary>
    public DeviceSequence? Of(DeviceId device) => _devices.GetValueOrDefault(device)?.ToResult();

    private IEnumerable<ClassSequence> Parts(IEnumerable<DeviceId> devices, OperationClass @class) =>
        devices.Select(device => _classes.GetValueOrDefault((device, @class))).OfType<ClassSequence>();

    private void Count(in BlockEvent e)
    {
        if (_last is null || _lastClass != e.Class || _lastDevice != e.Device)
            Find(e.Device, e.Class);
        _lastSeeks!.Add(e.Sector, e.EndSector);
        if (e.Class <= OperationClass.Write)
            _last!.Add(e);
    }

    private void Find(DeviceId device, OperationClass @class)
    {
        if (!_devices.TryGetValue(device, out _lastSeeks))
            _devices.Add(device, _lastSeeks = new SeekCounter());
        if (!_classes.TryGetValue((device, @class), out _last))
            _classes.Add((device, @class), _last = new ClassSequence(_phases, files?.On(device)));
        (_lastDevice, _lastClass) = (device, @class);
    }
}
