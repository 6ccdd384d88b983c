namespace TraceAnalyzer.SideFiles;

/// <summary>What the numbers of side files may be (docs/run-folder.md).</summary>
internal static class SideRanges
{
    /// <summary>Rows that are kept of a table: with <see cref="TransferBytes"/> and <see cref="ExtentSectors"/> sums over all rows stay within 62 bits.</summary>
    public const int MostRows = 1 << 21;

    /// <summary>Extents that are kept of all lists of a run: 64 GiB in pieces of 128 KiB. About 300 bytes each are needed at once.</summary>
    public const int MostExtents = 1 << 19;

    /// <summary>Tensors that are kept of all files of a run: a model of 100 layers with 512 experts of three unstacked matrices has 154,000.</summary>
    public const int MostTensors = 1 << 18;

    /// <summary>Files that are kept of a list of extents.</summary>
    public const int MostFiles = 1 << 18;

    /// <summary>Greatest number of parameters of a model, 2^50: a thousand times the largest.</summary>
    public const long MostParameters = 1L << 50;

    /// <summary>Greatest number of bytes that a run can be predicted to move: 2^60, an exbibyte.</summary>
    public const long MostBytes = 1L << 60;

    /// <summary>Greatest number of bytes of a tensor: 2 TiB, so that a sum over <see cref="MostRows"/> files stays within 62 bits.</summary>
    public const long MostTensorBytes = 1L << 41;

    /// <summary>Greatest length of all tokens or phases of a log together, in seconds: 31 years.</summary>
    public const double MostSeconds = 1e9;

    /// <summary>A time on any clock, in nanoseconds: 95 years to either side of zero, so that the difference of two and a log's length is within 63 bits.</summary>
    public static readonly NumberRange<long> TimeNs = new(-3_000_000_000_000_000_000, 3_000_000_000_000_000_000);

    /// <summary>A time since 1970, or a span, in milliseconds: up to the year 2065.</summary>
    public static readonly NumberRange<long> UnixMs = new(0, 3_000_000_000_000);

    /// <summary>The same in seconds.</summary>
    public static readonly NumberRange<long> UnixSeconds = new(0, 3_000_000_000);

    /// <summary>Local time minus UTC, in minutes: a day to either side.</summary>
    public static readonly NumberRange<int> UtcOffsetMinutes = new(-1440, 1440);

    /// <summary>A sector of 512 bytes: 2^52 of them are 2 EiB.</summary>
    public static readonly NumberRange<long> Sector = new(0, 1L << 52);

    /// <summary>Sectors of one extent: 1 PiB.</summary>
    public static readonly NumberRange<long> ExtentSectors = new(0, 1L << 41);

    /// <summary>Devices that are made of others, of one list.</summary>
    public const int MostDevices = 4096;

    /// <summary>Parts of such devices, of one list.</summary>
    public const int MostSegments = 1 << 16;

    /// <summary>Members of such a device.</summary>
    public static readonly NumberRange<int> Members = new(1, 1024);

    /// <summary>Number of a member.</summary>
    public static readonly NumberRange<int> Slot = new(0, 1 << 20);

    /// <summary>Chunk of an array, in KiB: 1 GiB.</summary>
    public static readonly NumberRange<int> ChunkKiB = new(1, 1 << 20);

    /// <summary>Address or length in bytes of a file system: 2 EiB.</summary>
    public static readonly NumberRange<long> FileSystemBytes = new(0, 1L << 61);

    /// <summary>Bytes of a block of <c>filefrag</c>, which <c>-b</c> chooses.</summary>
    public static readonly NumberRange<long> BlockBytes = new(1, 1L << 30);

    /// <summary>Bytes of one transfer of a tensor: 1 TiB.</summary>
    public static readonly NumberRange<long> TransferBytes = new(0, 1L << 40);

    /// <summary>Bytes, sectors or requests that a program or the kernel counted in all: up to <see cref="MostBytes"/>.</summary>
    public static readonly NumberRange<long> MovedBytes = new(0, MostBytes);

    /// <summary>Rows, layers, token numbers, steps and other counts that begin with 0. FlexGen calls with the layer before the first, -1.</summary>
    public static readonly NumberRange<int> Index = new(-1, 1 << 30);

    /// <summary>Sequences of a batch; 0 in runs without a model.</summary>
    public static readonly NumberRange<int> Batch = new(0, 1 << 20);

    /// <summary>Tokens of a prompt or answer; 0 in runs without a model.</summary>
    public static readonly NumberRange<int> Tokens = new(0, 10_000_000);

    /// <summary>Sizes of a model's shape.</summary>
    public static readonly NumberRange<int> ModelSize = new(1, 1 << 24);

    /// <summary>Length of a dimension of a tensor.</summary>
    public static readonly NumberRange<long> Dimension = new(0, 1L << 40);

    /// <summary>A share in percent.</summary>
    public static readonly NumberRange<int> WholePercent = new(0, 100);

    /// <summary>A share in percent, with decimals.</summary>
    public static readonly NumberRange<double> Percent = new(0, 100);

    /// <summary>A limit or setting of a device's queue; the kernel writes 2^31-1 or 2^32-1 for "no limit".</summary>
    public static readonly NumberRange<long> QueueLimit = new(0, uint.MaxValue);

    /// <summary>A time that a log states, in seconds: 31 years.</summary>
    public static readonly NumberRange<double> Seconds = new(0, MostSeconds);

    /// <summary>A size that a log states, in GiB, or a bandwidth in GiB/s.</summary>
    public static readonly NumberRange<double> GiB = new(0, 1e9);

    /// <summary>Tokens per second.</summary>
    public static readonly NumberRange<double> TokensPerSecond = new(0, 1e12);

    /// <summary>A bandwidth in bytes per second: 1 PB/s, which leaves room for a sum over jobs.</summary>
    public static readonly NumberRange<double> BytesPerSecond = new(0, 1e15);
}
