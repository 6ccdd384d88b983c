namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>
/// Where the cache files lie on a 4 TiB ext4: whole 256 MiB extents, seven to each flexible block group of 2 GiB behind its 32 MiB of bitmaps
/// and inode tables. The first 49 files lie from 200 GiB on, the others from 2.1 TiB on, so that some sectors need more than 32 bits.
/// </summary>
public static class FileLayout
{
    private const int FilesPerGroup = 7;
    private const long SectorsPerGroup = (2L << 30) / KvRun.SectorBytes;
    private const long MetadataSectors = (32L << 20) / KvRun.SectorBytes;
    private const long SectorsPerFile = (256L << 20) / KvRun.SectorBytes;

    /// <summary>First sector of a file; files are numbered K of layer 0, V of layer 0, K of layer 1, ...</summary>
    public static long FirstSector(int file)
    {
        int group = file / FilesPerGroup;
        long flexGroup = group < 7 ? 100 + group : 1075 + group;
        return (flexGroup * SectorsPerGroup) + MetadataSectors + (file % FilesPerGroup * SectorsPerFile);
    }
}
