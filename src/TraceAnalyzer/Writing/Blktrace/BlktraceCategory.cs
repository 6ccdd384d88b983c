namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>The category bits of a record's action (<c>BLK_TC_*</c> of <c>include/uapi/linux/blktrace_api.h</c>) that stand for an operation's letters.</summary>
internal static class BlktraceCategory
{
    public const uint Read = 1 << 0;
    public const uint Write = 1 << 1;
    public const uint Queue = 1 << 4;
    public const uint Requeue = 1 << 5;
    public const uint Issue = 1 << 6;
    public const uint Complete = 1 << 7;
    public const uint FileSystem = 1 << 8;
    public const uint Passthrough = 1 << 9;
    public const uint Notify = 1 << 10;

    private const uint Flush = 1 << 2;
    private const uint Sync = 1 << 3;
    private const uint Ahead = 1 << 11;
    private const uint Meta = 1 << 12;
    private const uint Discard = 1 << 13;
    private const uint DriverData = 1 << 14;
    private const uint ForceUnitAccess = 1 << 15;

    /// <summary>The bits that every record of an action has.</summary>
    public static uint Of(BlockAction action) => action switch
    {
        BlockAction.Requeue => Requeue | FileSystem,
        BlockAction.Issue => Issue | FileSystem,
        BlockAction.Complete => Complete | FileSystem,
        BlockAction.Split or BlockAction.Bounce => FileSystem,
        BlockAction.DriverData => DriverData,
        _ => Queue | FileSystem,
    };

    /// <summary>The bits of an operation.</summary>
    /// <param name="rwbs">Its letters.</param>
    /// <param name="hasBytes">Whether it has a length.</param>
    /// <param name="category">The bits.</param>
    /// <returns>
    /// False if version 7 has no bits from which these very letters come: zone operations; the <c>FF</c> of tracepoints, which is blktrace's <c>FN</c>;
    /// <c>N</c> with a length, as tracepoints print write-zeroes, which becomes a write here as it is one in blktrace's own records.
    /// </returns>
    public static bool TryOf(Rwbs rwbs, bool hasBytes, out uint category)
    {
        ulong letters = rwbs.Packed;
        category = 0;
        bool exact = true;
        if ((byte)letters == 'F')
        {
            category |= Flush;
            letters >>= 8;
            if ((byte)letters is 0 or (byte)'F')
            {
                letters = (letters & ~0xFFul) | 'N';
                exact = false;
            }
        }

        switch ((byte)letters)
        {
            case (byte)'R':
                category |= Read;
                exact &= hasBytes;
                break;
            case (byte)'W':
                category |= Write;
                break;
            case (byte)'D':
                category |= Write | Discard;
                break;
            case (byte)'N':
                category |= hasBytes ? Write : Read;
                exact &= !hasBytes;
                break;
            default:
                return false;
        }

        for (letters >>= 8; letters != 0; letters >>= 8)
        {
            uint bit = (byte)letters switch
            {
                (byte)'F' => ForceUnitAccess,
                (byte)'A' => Ahead,
                (byte)'S' => Sync,
                (byte)'M' => Meta,
                _ => 0,
            };
            category |= bit;
            exact &= bit != 0;
        }

        return exact;
    }
}
