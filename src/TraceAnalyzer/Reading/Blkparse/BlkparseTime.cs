// 1266874889.709465021 is -0.000086595 s
namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>
/// Times as blkparse prints them: 64 unsigned bits of nanoseconds since the first event it read, the seconds cut to a signed number of 32 bits
/// (<c>(int) SECONDS(t->time)</c> in its <c>blkparse_fmt.c</c>, for <c>%T</c> too). What it reads later but happened earlier, as in a live trace of
/// several CPUs, comes out as 2^64 ns less that much.
/// </summary>
internal static class BlkparseTime
{
    private const long NsPerSecond = 1_000_000_000;

    // 2^64 ns are 18446744073.709551616 s, of which 32 bits leave this.
    private const long WrappedSeconds = 1_266_874_889;
    private const long WrappedNs = 709_551_616;

    // How long before the first event an event is believed to be; it is seconds at most, and no trace lasts for 39 years.
    private const long MostSecondsBefore = 366 * 24 * 3600;

    // What 64 bits of nanoseconds hold.
    private const ulong MaxSeconds = (ulong)(long.MaxValue / NsPerSecond) - 1;

    /// <summary>Tells the time that is meant.</summary>
    /// <param name="seconds">The seconds printed, without a sign.</param>
    /// <param name="negative">True if they have a minus sign: from 2^31 s on.</param>
    /// <param name="nanoseconds">The nanoseconds printed, below 10^9.</param>
    /// <param name="timeNs">Nanoseconds since blkparse's first event.</param>
    /// <returns>False if blkparse cannot have printed the seconds.</returns>
    public static bool TryTell(ulong seconds, bool negative, long nanoseconds, out long timeNs)
    {
        timeNs = 0;
        if (seconds > (negative ? 1UL << 31 : MaxSeconds))
            return false;

        long whole = negative ? (1L << 32) - (long)seconds : (long)seconds;
        bool isBeforeZero = whole >= WrappedSeconds - MostSecondsBefore && (whole < WrappedSeconds || (whole == WrappedSeconds && nanoseconds < WrappedNs));
        timeNs = isBeforeZero
            ? ((whole - WrappedSeconds) * NsPerSecond) + nanoseconds - WrappedNs
            : (whole * NsPerSecond) + nanoseconds;
        return true;
    }
}
