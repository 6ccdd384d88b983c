using System.Globalization;
using TraceAnalyzer.Tests.Cli;

namespace TraceAnalyzer.Tests.Capture;

/// <summary>A disk of its own: ext4 on a loop device. One at a time on a machine, so that nobody else changes the tracers meanwhile.</summary>
public sealed class LoopDisk : IDisposable
{
    private const string Prefix = "traceanalyzer-loop-";
    private const string LockPath = "/run/traceanalyzer-tests.lock";

    private readonly FileStream? _lock;
    private readonly string _folder = "";

    public LoopDisk()
    {
        WhyNot = Missing();
        if (WhyNot is not null)
            return;
        _lock = WaitForLock();
        DetachLeftOvers();
        _folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        MountPoint = System.IO.Path.Combine(_folder, "mnt");
        Directory.CreateDirectory(MountPoint);
        // Captures without root read it too.
        Sh($"chmod 755 '{_folder}'");
        Image = System.IO.Path.Combine(_folder, "disk.img");
        Sh($"truncate -s 256M '{Image}' && mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 '{Image}'");
        Name = Sh($"losetup -f --show --direct-io=on '{Image}'").Trim()["/dev/".Length..];
        Sh($"mount /dev/{Name} '{MountPoint}' && dd if=/dev/urandom of='{File}' bs=1M count={FileBytes >> 20} status=none && sync");
    }

    /// <summary>Length of <see cref="File"/>.</summary>
    public const long FileBytes = 16 << 20;

    /// <summary>What is missing for captures; null if nothing is.</summary>
    public string? WhyNot { get; }

    /// <summary>The device.</summary>
    public string Name { get; } = "";

    /// <summary>The file behind it.</summary>
    public string Image { get; } = "";

    /// <summary>Where it is mounted.</summary>
    public string MountPoint { get; } = "";

    /// <summary>A file on it.</summary>
    public string File => System.IO.Path.Combine(MountPoint, "model.bin");

    /// <summary>Runs a shell's command line, which must succeed.</summary>
    public static string Sh(string commands)
    {
        using System.Diagnostics.Process shell = Cli.Tool.StartProgram("sh", ["-c", commands]);
        shell.StandardInput.Close();
        ToolResult result = Cli.Tool.End(shell);
        Assert.True(result.ExitCode == 0, $"{commands}: {result.Error}");
        return result.Output;
    }

    public void Dispose()
    {
        if (_lock is null)
            return;
        if (_folder.Length > 0)
        {
            Sh($"umount '{MountPoint}' 2>/dev/null; losetup -d /dev/{Name} 2>/dev/null; true");
            Directory.Delete(_folder, recursive: true);
        }

        _lock.Dispose();
    }

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "needs root on Linux";
        if (!System.IO.File.Exists("/sys/kernel/tracing/current_tracer"))
            return "needs tracefs at /sys/kernel/tracing";
        if (Array.Find(["losetup", "mkfs.ext4", "mount", "filefrag", "setpriv"], program => !Cli.Tool.IsInstalled(program)) is { } program)
            return $"needs {program}";
        return System.IO.File.Exists("/dev/loop-control") ? null : "needs loop devices";
    }

    // Other runs of the tests, in other folders too.
    private static FileStream WaitForLock()
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return new FileStream(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (i < 6000)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static void DetachLeftOvers()
    {
        foreach (string device in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            string file = System.IO.Path.Combine(device, "loop/backing_file");
            string backing = System.IO.File.Exists(file) ? System.IO.File.ReadAllText(file) : "";
            int start = backing.IndexOf(Prefix, StringComparison.Ordinal);
            if (start < 0 || int.Parse(backing[(start + Prefix.Length)..].Split('-')[0], CultureInfo.InvariantCulture) is var owner && Directory.Exists($"/proc/{owner}"))
                continue;
            string name = System.IO.Path.GetFileName(device);
            Sh($"umount /dev/{name} 2>/dev/null; losetup -d /dev/{name} 2>/dev/null; true");
        }
    }
}
