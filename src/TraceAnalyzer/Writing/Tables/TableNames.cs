namespace TraceAnalyzer.Writing.Tables;

/// <summary>Devices and rwbs as text, without a new string a row.</summary>
internal sealed class TableNames
{
    private readonly Dictionary<DeviceId, string> _devices = [];
    private readonly Dictionary<Rwbs, string> _rwbs = [];

    /// <summary><c>major,minor</c>; null if unknown.</summary>
    public string? Of(DeviceId device)
    {
        if (device == DeviceId.Unknown)
            return null;
        if (!_devices.TryGetValue(device, out string? name))
            _devices.Add(device, name = device.ToString());
        return name;
    }

    /// <summary>The letters.</summary>
    public string Of(Rwbs rwbs)
    {
        if (!_rwbs.TryGetValue(rwbs, out string? letters))
            _rwbs.Add(rwbs, letters = rwbs.ToString());
        return letters;
    }
}
