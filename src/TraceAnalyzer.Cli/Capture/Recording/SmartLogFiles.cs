using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Writes what NVMe drives say of themselves, before and after, where <c>nvme</c> is installed: the general log, and that of the Open Compute Project if the drive has it.</summary>
internal static class SmartLogFiles
{
    private static readonly (string Name, string[] Verb)[] s_logs = [("smart-log", ["smart-log"]), ("ocp-smart-log", ["ocp", "smart-add-log"])];

    /// <summary>Writes the logs that there are; a full disk loses them and nothing else.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="devices">What is traced.</param>
    /// <param name="when"><c>before</c> or <c>after</c>: the names of two logs that belong together differ in nothing else.</param>
    public static void Write(string folder, TracedDevices devices, string when)
    {
        foreach (BlockDevice device in devices.Devices.Where(device => device.Name.StartsWith("nvme", StringComparison.Ordinal)))
        {
            foreach ((string name, string[] verb) in s_logs)
            {
                if (Tool.Output("nvme", [.. verb, "/dev/" + device.Name, "-o", "json"]) is not { } log)
                    continue;
                try
                {
                    File.WriteAllText(Path.Combine(folder, $"{device.Name}-{name}-{when}.json"), log);
                }
                catch (IOException)
                {
                    return;
                }
            }
        }
    }
}
