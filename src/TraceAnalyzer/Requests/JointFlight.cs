namespace TraceAnalyzer.Requests;

/// <summary>
/// What is in flight on all devices together that issue requests, but for those that are made of others (device-mapper, md: their requests are remapped (A) to
/// these and would count twice). As long as there is one such device nothing is done: its own clock is the clock of all, and is copied when the second comes.
/// </summary>
internal sealed class JointFlight
{
    private readonly HashSet<DeviceId> _madeOfOthers = [];
    private readonly Dictionary<DeviceId, DeviceFlight> _members = [];
    private DeviceId _lastSource;
    private bool _isSpoiled;

    /// <summary>Devices whose requests the trace shows remapped to others, partitions among them.</summary>
    public IReadOnlySet<DeviceId> MadeOfOthers => _madeOfOthers;

    /// <summary>
    /// What is in flight on any of the devices; null if there are not several, if one of them turned out to be made of others after it had issued, or if they are not
    /// <paramref name="devices"/>.
    /// </summary>
    public DepthClock? ClockOf(IReadOnlyCollection<DeviceId> devices) =>
        !_isSpoiled && devices.Count == _members.Count && devices.All(_members.ContainsKey) ? Clock : null;

    private DepthClock? Clock { get; set; }

    /// <summary>A device issues its first request.</summary>
    public void Add(DeviceId device, DeviceFlight flight)
    {
        if (_madeOfOthers.Contains(device))
            return;
        _members.Add(device, flight);
        if (_members.Count < 2)
            return;
        if (Clock is null)
        {
            DepthClock first = _members.Values.First(member => member != flight).Issued;
            first.Joint = Clock = first.Copy();
        }

        flight.Issued.Joint = Clock;
    }

    /// <summary>A request to one device goes on to another.</summary>
    public void Remap(in BlockEvent e)
    {
        DeviceId source = e.RelatedDevice;
        if (source == _lastSource || source == e.Device)
            return;
        _lastSource = source;
        if (!_madeOfOthers.Add(source) || !_members.Remove(source, out DeviceFlight? flight))
            return;
        // What it issued before is in the clock of all.
        _isSpoiled |= Clock is not null;
        flight.Issued.Joint = null;
    }

    /// <summary>Ends the trace.</summary>
    public void Finish() => Clock?.Finish();
}
