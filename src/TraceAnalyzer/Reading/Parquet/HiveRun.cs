namespace TraceAnalyzer.Reading.Parquet;

/// <summary>A run of a set: a folder <c>run=NAME</c> whose files <c>device=MAJOR,MINOR/part-N.parquet</c> are one trace.</summary>
/// <param name="Name">NAME.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Devices">What there is of each device, in the order of the devices.</param>
internal sealed record HiveRun(string Name, string Folder, IReadOnlyList<HiveDevice> Devices)
{
    private const string RunPrefix = "run=";
    private const string DevicePrefix = "device=";
    private const string Files = "*.parquet";

    /// <summary>False if it is a device of the run alone.</summary>
    public bool IsWhole => !IsNamed(Path.TrimEndingDirectorySeparator(Folder), DevicePrefix);

    /// <summary>The folders of runs in a set's folder; none if it is not a set.</summary>
    public static IReadOnlyList<string> RunsIn(string folder) =>
        [.. Directory.EnumerateDirectories(folder, RunPrefix + "*").Where(run => Find(run) is not null).Order(StringComparer.Ordinal)];

    /// <summary>The run whose folder this is, or a device's folder of it alone; null if it is neither.</summary>
    public static HiveRun? Find(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        List<HiveDevice> devices = [.. Directory.EnumerateDirectories(folder, DevicePrefix + "*").Select(DeviceIn).OfType<HiveDevice>()];

        // An engine may have left out the folders of devices; and one of these may be wanted alone.
        if (devices.Count == 0 && (IsNamed(folder, RunPrefix) || IsNamed(folder, DevicePrefix)) && DeviceIn(folder) is { } only)
            devices.Add(only);
        if (devices.Count == 0)
            return null;

        CheckComplete(Path.GetFullPath(folder));
        return new HiveRun(NameOf(folder), folder, [.. devices.OrderBy(device => device.Device)]);
    }

    // The list of what a run wrote lies in the set's folder.
    private static void CheckComplete(string folder)
    {
        OutputList.CheckComplete(folder);
        if ((IsNamed(folder, RunPrefix) || IsNamed(folder, DevicePrefix)) && Path.GetDirectoryName(folder) is { } parent)
            CheckComplete(parent);
    }

    private static HiveDevice? DeviceIn(string folder)
    {
        // part-2 comes before part-10.
        string[] files = [.. Directory.EnumerateFiles(folder, Files).OrderBy(file => file.Length).ThenBy(file => file, StringComparer.Ordinal)];
        bool isNamed = IsNamed(folder, DevicePrefix) & DeviceId.TryParse(ValueOf(folder), out DeviceId device);
        return files.Length == 0 ? null : new HiveDevice(isNamed ? device : DeviceId.Unknown, files);
    }

    private static string NameOf(string folder)
    {
        string? run = IsNamed(folder, RunPrefix) ? folder : Path.GetDirectoryName(Path.GetFullPath(folder));
        return run is not null && IsNamed(run, RunPrefix) ? ValueOf(run) : Path.GetFileName(Path.GetFullPath(folder));
    }

    private static bool IsNamed(string folder, string prefix) => Path.GetFileName(folder).StartsWith(prefix, StringComparison.Ordinal);

    // What HivePath.Escape made of it, and engines likewise.
    private static string ValueOf(string folder) => Uri.UnescapeDataString(Path.GetFileName(folder).Split('=', 2)[^1]);
}
