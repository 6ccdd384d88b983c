using Microsoft.Win32.SafeHandles;
using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Files;

/// <summary>A file on a traced device that the command opened or mapped: where it lies and how much of it the page cache holds, when it was first seen and at the end.</summary>
internal sealed class SeenFile
{
    private const long ResidencyPieceBytes = 1L << 30;
    private const long AgainAfterNs = 1_000_000_000;

    private long _lookedNs = LinuxCalls.MonotonicNs();

    private SeenFile(string path, Mount fileSystem)
    {
        FilePath = path;
        FileSystem = fileSystem;
    }

    /// <summary>Its path, as the process that opened it knows it.</summary>
    public string FilePath { get; }

    /// <summary>The file system it lies on.</summary>
    public Mount FileSystem { get; }

    /// <summary>Its length when last looked at, in bytes.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Bytes in the page cache when first seen; null if unknown.</summary>
    public long? FirstResidentBytes { get; private set; }

    /// <summary>Bytes in the page cache at the end; null if unknown.</summary>
    public long? LastResidentBytes { get; private set; }

    /// <summary>Where it lay when first seen; null if unknown.</summary>
    public IReadOnlyList<Extent>? FirstExtents { get; private set; }

    /// <summary>Where it lies at the end; null if unknown.</summary>
    public IReadOnlyList<Extent>? LastExtents { get; private set; }

    /// <summary>True if its beginning was in the page cache when first seen: then its header can be read without a disk.</summary>
    public bool HadHeaderInMemory { get; private set; }

    /// <summary>True if it was gone at the end.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Looks at it for the first time; null if it cannot be opened.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="openPath">What to open: also what a process holds open under no name any more.</param>
    /// <param name="fileSystem">The file system it lies on.</param>
    public static SeenFile? Open(string path, string openPath, Mount fileSystem)
    {
        var seen = new SeenFile(path, fileSystem);
        return Look(openPath, (file, length) =>
        {
            seen.LengthBytes = length;
            seen.FirstExtents = Fiemap.Of(file, sync: false);
            seen.FirstResidentBytes = Resident(file, length);
            seen.HadHeaderInMemory = length > 0 && LinuxCalls.ResidentBytes(file, 0, 1) == 1;
        }) ? seen : null;
    }

    /// <summary>Looks again where it lies, at most once per second, as long as some of it has no place on the disk yet: it may be gone at the end.</summary>
    public void LookAgain(string openPath)
    {
        long nowNs = LinuxCalls.MonotonicNs();
        if (nowNs - _lookedNs < AgainAfterNs || Extents() is var extents && extents.Any() && !extents.Any(extent => extent.PhysicalSector == 0))
            return;
        _lookedNs = nowNs;
        Look(openPath, (file, length) =>
        {
            LengthBytes = length;
            LastExtents = Fiemap.Of(file, sync: false);
        });
    }

    /// <summary>Looks at it for the last time.</summary>
    public void Close() => IsDeleted = !Look(FilePath, (file, length) =>
    {
        // Before what is dirty is written out, which changes nothing in the cache.
        LengthBytes = length;
        LastResidentBytes = Resident(file, length);
        LastExtents = Fiemap.Of(file, sync: true);
    });

    /// <summary>Where it lies at the end, and where it lay before if that is elsewhere.</summary>
    public IEnumerable<Extent> Extents()
    {
        IReadOnlyList<Extent> last = LastExtents ?? FirstExtents ?? [];
        return last.Concat((FirstExtents ?? []).Where(first => !last.Any(extent => extent.PhysicalSector <= first.PhysicalSector && first.PhysicalSector < extent.PhysicalSector + extent.Sectors)));
    }

    private static bool Look(string path, Action<SafeFileHandle, long> look)
    {
        // A pipe or device would keep the one waiting who opens it.
        if (LinuxCalls.IdentityOf(path) is not { IsRegular: true } identity || LinuxCalls.OpenNonBlocking(path) is not { } file)
            return false;
        using (file)
            look(file, identity.LengthBytes);
        return true;
    }

    private static long? Resident(SafeFileHandle file, long length)
    {
        long all = 0;
        for (long offset = 0; offset < length; offset += ResidencyPieceBytes)
        {
            if (LinuxCalls.ResidentBytes(file, offset, Math.Min(ResidencyPieceBytes, length - offset)) is not { } resident)
                return null;
            all += resident;
        }

        return all;
    }
}
