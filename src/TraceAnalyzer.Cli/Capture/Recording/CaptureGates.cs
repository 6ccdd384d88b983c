using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Files;
using TraceAnalyzer.Cli.Capture.Processes;
using TraceAnalyzer.Cli.Capture.Tracers;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Decides at the end whether a capture can be trusted, by numbers that could have come out otherwise (docs/capture.md).</summary>
internal static class CaptureGates
{
    private const double LeastShareOfFiles = 0.01;

    /// <summary>The gates of a trace without any event.</summary>
    public static IEnumerable<Gate> WithoutEvents(TracerLosses losses, TracedDevices devices) =>
    [
        Gate.Of("events", holds: false, $"no event in the trace: {string.Join(", ", devices.Devices.Select(device => device.Name))} did nothing; the command's files lie on another device, or in memory (--drop-caches empties it)"),
        Losses(0, losses),
    ];

    /// <summary>The gates of a trace.</summary>
    /// <param name="check">What is in it.</param>
    /// <param name="losses">What is not.</param>
    /// <param name="start">The kernel's counters at its start.</param>
    /// <param name="end">And at its end.</param>
    /// <param name="devices">What was traced.</param>
    /// <param name="files">The files that hold the data of the run.</param>
    /// <param name="what">What these are, in words.</param>
    /// <param name="watch">Its processes; null if none were watched.</param>
    public static IEnumerable<Gate> Of(TraceCheck check, TracerLosses losses, DiskSnapshot start, DiskSnapshot end, TracedDevices devices, IReadOnlyList<SeenFile> files, string what, ProcessWatch? watch)
    {
        yield return Gate.Of("events", check.Events > 0, $"{Count(check.Events)} events in the trace");
        yield return Losses(check.DamagedBytes, losses);
        yield return Completions(check, start, end, devices);
        foreach (BlockDevice device in devices.Devices.Where(device => !device.IsLayered))
            yield return Counters(check, start, end, device);
        if (watch is null)
            yield break;
        yield return Processes(check, watch);
        yield return OffloadPath(check, files, what);
        if (Untraced(start, end, devices, check) is { } untraced)
            yield return untraced;
    }

    private static Gate Losses(long damagedBytes, TracerLosses losses) => Gate.Of("losses", losses.AreNone && damagedBytes == 0, losses.AreNone && damagedBytes == 0
        ? "no event was lost"
        : string.Join("; ", ((string?[])
        [
            losses.Overrun > 0 ? $"{Count(losses.Overrun)} events overwritten before they were read" : null,
            losses.Dropped > 0 ? $"{Count(losses.Dropped)} events dropped by the kernel" : null,
            losses.Fault is null ? null : $"{Units.Bytes(losses.UnwrittenBytes)} of the trace not written: {losses.Fault}",
            damagedBytes > 0 ? $"{Count(damagedBytes)} bytes of damaged records" : null,
        ]).OfType<string>()));

    // What was in flight when tracing began or ended has only one of the two.
    private static Gate Completions(TraceCheck check, DiskSnapshot start, DiskSnapshot end, TracedDevices devices)
    {
        long InFlight(DiskSnapshot snapshot) => devices.Devices.Sum(device => snapshot.Disks.GetValueOrDefault(device.Name).InFlight);
        (long atStart, long atEnd) = (InFlight(start), InFlight(end));
        return Gate.Of(
            "completions",
            check.WithoutCompletion <= atEnd && check.WithoutIssue <= atStart,
            $"{Count(check.WithoutCompletion)} requests without a completion ({Count(atEnd)} in flight at the end), {Count(check.WithoutIssue)} completions without an issue ({Count(atStart)} in flight at the start)");
    }

    // What completed while a snapshot was taken may be in it or not, so that the trace gives two bounds.
    internal static Gate Counters(TraceCheck check, DiskSnapshot start, DiskSnapshot end, BlockDevice device)
    {
        string name = $"counters-{device.Name}";
        if (KernelFile.Read(device.Folder + "/queue/iostats") == "0" || end.Since(start, device.Name) is not { } moved)
            return new Gate(name, GateState.Unknown, $"/proc/diskstats does not count {device.Name}");
        CheckedDevice traced = check.Devices.GetValueOrDefault(device.Number);
        bool holds = moved.ReadBytes >= traced.LeastRead && moved.ReadBytes <= traced.MostRead && moved.WriteBytes >= traced.LeastWritten && moved.WriteBytes <= traced.MostWritten;
        return Gate.Of(name, holds, $"{device.Name}: traced {Range(traced.LeastRead, traced.MostRead)} read and {Range(traced.LeastWritten, traced.MostWritten)} written, /proc/diskstats counted {Units.Bytes(moved.ReadBytes)} and {Units.Bytes(moved.WriteBytes)}");
    }

    private static Gate Processes(TraceCheck check, ProcessWatch watch)
    {
        string of = $"{Units.Bytes(check.BytesOfCommand)} of {Units.Bytes(check.IssuedBytes)} issued by the command, of which {Count(watch.Threads.Count)} {(watch.Threads.Count == 1 ? "thread was" : "threads were")} seen";
        return Gate.Of("processes", check.BytesOfCommand > 0, check.BytesOfCommand > 0 ? of : of + "; its reads came from the page cache, or its I/O is issued by kernel threads (io_uring's SQPOLL, write-back)");
    }

    private static Gate OffloadPath(TraceCheck check, IReadOnlyList<SeenFile> files, string what)
    {
        if (files.Count == 0)
            return new Gate("offload-path", check.BytesOfCommand > 0 ? GateState.Unknown : GateState.Failed, $"the command was not seen to open or map any file {what}");
        string count = $"{Count(files.Count)} {(files.Count == 1 ? "file" : "files")} {what}";
        if (check is not { ReadBytesOfFiles: { } read, WriteBytesOfFiles: { } written })
            return new Gate("offload-path", GateState.Unknown, $"{count}; on arrays, volumes and btrfs the report tells how much of them was read");
        long length = files.Sum(file => file.LengthBytes);
        bool isUsed = read + written >= Math.Max(1, LeastShareOfFiles * Math.Min(length, check.IssuedBytes));
        string moved = $"{Units.Bytes(read)} read from and {Units.Bytes(written)} written to {count}, of {Units.Bytes(length)} together";
        return Gate.Of("offload-path", isUsed, isUsed ? moved : $"{moved}: the data came from memory; --drop-caches and --memory-max make the disk work");
    }

    private static Gate? Untraced(DiskSnapshot start, DiskSnapshot end, TracedDevices devices, TraceCheck check)
    {
        (string Disk, long Bytes)[] others = [.. end.Untraced(start, devices).Where(other => other.Bytes > check.IssuedBytes / 10 && other.Bytes > 1 << 20)];
        return others.Length == 0 ? null : new Gate("other-disks", GateState.Unknown, $"not traced: {string.Join(", ", others.Take(4).Select(other => $"{other.Disk} moved {Units.Bytes(other.Bytes)}"))} meanwhile; add --device if the run uses it");
    }

    private static string Range(long least, long most) => least == most ? Units.Bytes(least) : $"{Units.Bytes(least)} to {Units.Bytes(most)}";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
