using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Processes;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>Whether a run's folder can be where it is asked for.</summary>
internal static class OutputPlace
{
    /// <summary>Gives the folder to the user who called sudo, who is to read and delete it.</summary>
    public static void GiveToInvoker(string folder)
    {
        if (!uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), CultureInfo.InvariantCulture, out uint user) || !uint.TryParse(Environment.GetEnvironmentVariable("SUDO_GID"), CultureInfo.InvariantCulture, out uint group))
            return;
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder))
            LinuxCalls.ChangeOwner(path, user, group);
    }

    /// <summary>Checks it.</summary>
    /// <exception cref="UsageException">It cannot: the folder is in use, or writing it would disturb what is measured.</exception>
    public static void Check(CaptureOptions options, TracedDevices devices)
    {
        if (File.Exists(options.Output) || (Directory.Exists(options.Output) && Directory.EnumerateFileSystemEntries(options.Output).Any()))
            throw new UsageException($"--output: '{options.Output}' exists and is not an empty folder; each run has a folder of its own");
        string parent = Path.GetFullPath(options.Output);
        while (!Directory.Exists(parent))
            parent = Path.GetDirectoryName(parent)!;
        if (options.Force || !options.Traces || devices.AnyFileSystemOf(parent) is not { } mount)
            return;
        if (TracedDevices.DisksOf(mount).Select(disk => disk.Whole()).FirstOrDefault(devices.Devices.Contains) is { } disk)
            throw new UsageException($"--output: '{options.Output}' lies on {disk.Name}, which is traced: writing the trace would be in the trace. Choose another disk, or memory (-o /dev/shm/run); --force records all the same");
        if (mount.IsMemory && MemoryGroup.Own()?.LimitBytes is not null)
            throw new UsageException($"--output: '{options.Output}' lies in memory ({mount.Type}), which is limited here: the trace would take it from the page cache of the command. Choose a disk that is not traced; --force records all the same");
    }
}
