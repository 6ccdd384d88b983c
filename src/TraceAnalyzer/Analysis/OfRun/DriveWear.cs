using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Copies of a drive's SMART logs, joined: what is called alike but for "before" and "after" is of one drive and log.</summary>
internal static class DriveWear
{
    private static readonly string[] s_times = ["before", "after", "start", "stop", "end"];

    /// <summary>What the counters of each drive rose by; a log without a pair says why nothing follows from it.</summary>
    public static DriveCounters[] Of(RunFolder folder)
    {
        var counters = new List<DriveCounters>();
        foreach (IGrouping<string, RunPart<SmartLog>> drive in folder.SmartLogs.GroupBy(log => DriveOf(log.File)))
        {
            // Counters only rise: of several copies the first is the one with least.
            (RunPart<SmartLog> First, RunPart<SmartLog> Last)? host = Ends(drive, log => log.HostWriteBytes);
            (RunPart<SmartLog> First, RunPart<SmartLog> Last)? media = Ends(drive, log => log.MediaWriteBytes);
            long? hostBytes = host?.Last.Content.HostWriteBytes - host?.First.Content.HostWriteBytes;
            long? mediaBytes = media?.Last.Content.MediaWriteBytes - media?.First.Content.MediaWriteBytes;
            counters.Add(new DriveCounters(string.Join(", ", drive.Select(log => log.File).Order(StringComparer.Ordinal)), hostBytes, mediaBytes)
            {
                Remark = (hostBytes ?? mediaBytes) is null ? "counters since the drive was made: one copy does not say what this run wrote, a second one would"
                    : hostBytes is null ? "what hosts wrote is not in it: nvme smart-log before and after the run says"
                    : mediaBytes is null ? "what the drive wrote to its flash is not in it: nvme ocp smart-add-log before and after the run says, if the drive has that log"
                    : hostBytes == 0 ? "nothing was written, as far as data units of 512,000 bytes show it"
                    : null,
            });
        }

        return [.. counters];
    }

    private static (RunPart<SmartLog> First, RunPart<SmartLog> Last)? Ends(IEnumerable<RunPart<SmartLog>> logs, Func<SmartLog, long?> counter)
    {
        RunPart<SmartLog>[] own = [.. logs.Where(log => counter(log.Content) is not null).OrderBy(log => counter(log.Content))];
        return own.Length < 2 ? null : (own[0], own[^1]);
    }

    // nvme0-smart-before.json and nvme0-ocp-after.json are of one drive.
    private static string DriveOf(string file) => string.Join(
        '-', Path.GetFileNameWithoutExtension(file).ToLowerInvariant().Split('-', '_', '.').Where(word => !s_times.Contains(word) && word is not ("smart" or "ocp" or "log" or "add" or "nvme")));
}
