using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Findings;

/// <summary>What findings of one run are judged by. They look at the busiest device only: adding up devices would count remapped I/O twice.</summary>
/// <param name="Report">What was found in the trace and, if it is known, the run.</param>
/// <param name="Device">The device with most bytes read and written.</param>
public sealed record TraceFacts(TraceReport Report, DeviceReport Device)
{
    /// <summary>Limits of the device's queue.</summary>
    public QueueLimits Queue { get; init; } = new(null, null, null);

    /// <summary>How often requests of the main operation were split (X), on the device or on arrays that it is part of; 0 as well if the trace does not record splits.</summary>
    public long Splits { get; init; }

    /// <summary>Writes before and after the time by which 1 % of the bytes read had been read; null if nothing was read.</summary>
    public WriteOut? WriteOut { get; init; }

    /// <summary>Reads; null if there are none.</summary>
    public OperationReport? Read => Device.Read;

    /// <summary>Writes; null if there are none.</summary>
    public OperationReport? Write => Device.Write;

    /// <summary>The main operation: reads or writes, whichever move more bytes.</summary>
    public OperationReport Main => Read is { } read && read.Overview.Bytes >= (Write?.Overview.Bytes ?? 0) ? read : Write!;

    /// <summary>The filter that leaves out reads or writes, in words; null if there is none.</summary>
    public string? OperationFilter => Report.Settings.Filters.FirstOrDefault(filter => filter.StartsWith("operation ", StringComparison.Ordinal) || filter.StartsWith("rwbs ", StringComparison.Ordinal));

    /// <summary>Share of the bytes read that are marked as read-ahead (<c>A</c> in rwbs), 0 to 1; null if nothing was read.</summary>
    public double? ReadAheadShare
    {
        get
        {
            OperationReport[] reads = [.. Device.ByRwbs.Where(operation => operation.Class == OperationClass.Read)];
            double all = reads.Sum(operation => (double)operation.Overview.Bytes);
            return all == 0 ? null : reads.Where(operation => operation.Name.Contains('A', StringComparison.Ordinal)).Sum(operation => (double)operation.Overview.Bytes) / all;
        }
    }
}

/// <summary>Limits of a device's request size, in KiB; null is what is not known.</summary>
/// <param name="MaxSectorsKiB">max_sectors_kb: the largest request that the kernel makes.</param>
/// <param name="MaxDataTransferKiB">The largest transfer that the NVMe controller takes (MDTS).</param>
/// <param name="ReadAheadKiB">read_ahead_kb of the device that holds the file system, which is the array where there is one: the largest window of read-ahead, which posix_fadvise(SEQUENTIAL) doubles.</param>
public sealed record QueueLimits(int? MaxSectorsKiB, int? MaxDataTransferKiB, int? ReadAheadKiB)
{
    /// <summary>Why the window of read-ahead is unknown although devices with one are listed; null if it is known or nothing lists it.</summary>
    public string? UnknownReadAhead { get; init; }
}

/// <summary>
/// What was written before and after the time by which a hundredth of the bytes read had been read. The first read of all would not do: a file system is mounted and
/// a file header read while data is still written. Nothing here depends on the bins of a report.
/// </summary>
/// <param name="StartNs">That time, in nanoseconds since the device's first read or write: the exact time of a read.</param>
/// <param name="ReadBefore">Bytes read before, at most a hundredth of all.</param>
/// <param name="ReadAfter">Bytes read from then on.</param>
/// <param name="WrittenBefore">Bytes written before.</param>
/// <param name="WrittenAround">Bytes written so close to that time that it is not known on which side.</param>
/// <param name="WrittenAfter">Bytes written from then on.</param>
public sealed record WriteOut(long StartNs, long ReadBefore, long ReadAfter, long WrittenBefore, long WrittenAround, long WrittenAfter);
