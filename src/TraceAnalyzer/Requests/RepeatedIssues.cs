namespace TraceAnalyzer.Requests;

/// <summary>
/// Issues of one device, class, first sector and length while one of them was in flight, of which nothing tells whether they are one request that is
/// issued again and again or several equal ones. The completions decide: there are as many requests as complete.
/// </summary>
/// <param name="flight">What is in flight on the device.</param>
internal sealed class RepeatedIssues(DeviceFlight flight)
{
    /// <summary>Most issues that are followed together.</summary>
    public const int MostIssues = 64;

    /// <summary>After so long nothing more is expected, in nanoseconds.</summary>
    public const long PatienceNs = 10_000_000_000;

    // So much later, seen from what the request then took, nothing is issued again: its completion was lost, and somebody wants the same data once more.
    private const long LongPauseNs = 1_000_000_000;
    private const long LongPauseFactor = 100;

    private readonly List<Issue> _issues = [];
    private readonly List<(long TimeNs, short Error)> _completions = [];

    /// <summary>What is in flight on the device.</summary>
    public DeviceFlight Flight => flight;

    /// <summary>Issues that are in flight for certain.</summary>
    public int InFlight { get; private set; }

    /// <summary>Time of the first issue.</summary>
    public long FirstNs => _issues[0].Request.IssueTimeNs;

    /// <summary>Time of the last issue or completion.</summary>
    public long LastNs { get; private set; }

    /// <summary>True if no more issues are to be added.</summary>
    public bool IsFull => _issues.Count >= MostIssues;

    /// <summary>True if each issue was of a request of its own.</summary>
    public bool AreAllRequests => _issues.TrueForAll(issue => !issue.IsReplaced);

    /// <summary>True if nothing is in flight and at this time nothing more is expected.</summary>
    public bool IsForgotten(long timeNs) => InFlight == 0 && timeNs - LastNs > PatienceNs;

    /// <summary>True if an issue at this time begins something new: all has completed, and it has been quiet for longer than all took.</summary>
    public bool IsOver(long timeNs) => InFlight == 0 && timeNs - LastNs > LastNs - FirstNs;

    /// <summary>Adds an issue that counts, which is in flight.</summary>
    public void AddRequest(in IoRequest request)
    {
        _issues.Add(new Issue(request, null, -1, InFlight + 1, _completions.Count));
        InFlight++;
        LastNs = Math.Max(LastNs, request.IssueTimeNs);
    }

    /// <summary>The last issue in flight was, as it seems, taken back: another takes its place.</summary>
    /// <returns>Time of the issue that was taken back.</returns>
    public long ReplaceLast()
    {
        Issue last = _issues.FindLast(issue => !issue.IsReplaced)!;
        last.IsReplaced = true;
        return last.Request.IssueTimeNs;
    }

    /// <summary>Adds the issue that took the place of the one taken back last, and the event, which was withheld from counting.</summary>
    public void AddAgain(in IoRequest request, in BlockEvent e)
    {
        _issues.Add(new Issue(request, e, _issues.FindLastIndex(issue => issue.IsReplaced), InFlight, _completions.Count));
        LastNs = Math.Max(LastNs, request.IssueTimeNs);
    }

    /// <summary>Adds a completion. While not all issues were of requests of their own there is one that it can be of.</summary>
    /// <returns>Time of an issue that turns out not to have been taken back; null if none does.</returns>
    public long? Complete(long timeNs, short error)
    {
        long? restoredNs = InFlight > 0 ? null : Restore(_issues.FindLastIndex(issue => issue.IsReplaced));
        InFlight--;
        _completions.Add((timeNs, error));
        LastNs = Math.Max(LastNs, timeNs);
        return restoredNs;
    }

    /// <summary>All issues were of requests of their own. Gives the times of those that seemed not to be.</summary>
    public List<long> RestoreAll()
    {
        var restored = new List<long>();
        for (int i = 0; i < _issues.Count; i++)
        {
            if (_issues[i].IsReplaced)
                restored.Add(Restore(i));
        }

        return restored;
    }

    /// <summary>
    /// Tells what came out: first in, first out, the requests that completed, with them those whose completion was lost, then those still in flight;
    /// and of the issues that were withheld those that count and those that do not.
    /// </summary>
    public void Resolve(List<IoRequest> ended, List<IoRequest> inFlight, List<BlockEvent> counting, List<BlockEvent> reissues)
    {
        int next = 0;
        int kept = 0;
        foreach (Issue issue in _issues.Where(issue => !issue.IsReplaced))
        {
            IoRequest request = issue.Request;
            bool completes = next < _completions.Count;
            if (completes)
                (request.CompleteTimeNs, request.Error) = _completions[next++];
            request.QueueDepth = (uint)Math.Max(1, request.QueueDepth + (kept++ - issue.CompletedThen + 1) - issue.CountedThen);
            TakeOver(issue, ref request, ended);
            (completes ? ended : inFlight).Add(request);
        }

        foreach (Issue issue in _issues)
        {
            if (issue.Withheld is { } e)
                (_issues[issue.Replaces] is { IsReplaced: true, IsLost: false } ? reissues : counting).Add(e);
        }
    }

    // A request has the process, and the wait, of the first of its issues.
    private void TakeOver(Issue issue, ref IoRequest request, List<IoRequest> ended)
    {
        Issue later = issue;
        while (later.Replaces >= 0 && _issues[later.Replaces] is { IsReplaced: true } earlier)
        {
            if (IsTooLongAgo(earlier.Request.IssueTimeNs, later.Request.IssueTimeNs, request))
            {
                earlier.IsLost = true;
                IoRequest lost = earlier.Request;
                TakeOver(earlier, ref lost, ended);
                ended.Add(lost);
                return;
            }

            request.Pid = earlier.Request.Pid;
            request.Cpu = earlier.Request.Cpu;
            if (earlier.Request.QueueTimeNs != IoRequest.NoTime)
                request.QueueTimeNs = earlier.Request.QueueTimeNs;
            request.Reissues = (ushort)Math.Min(ushort.MaxValue, request.Reissues + earlier.Request.Reissues + 1);
            later = earlier;
        }
    }

    private static bool IsTooLongAgo(long earlierNs, long laterNs, in IoRequest request) =>
        request.TryGetD2C(out long tookNs) && laterNs - earlierNs > LongPauseNs && (laterNs - earlierNs) / LongPauseFactor > tookNs;

    private long Restore(int replaced)
    {
        _issues[replaced].IsReplaced = false;
        InFlight++;
        return _issues[replaced].Request.IssueTimeNs;
    }

    private sealed class Issue(in IoRequest request, BlockEvent? withheld, int replaces, int countedThen, int completedThen)
    {
        public IoRequest Request { get; } = request;

        /// <summary>The event, if it was withheld from counting.</summary>
        public BlockEvent? Withheld { get; } = withheld;

        /// <summary>Number of the issue whose place this one took; -1 if of none.</summary>
        public int Replaces { get; } = replaces;

        /// <summary>Issues of these that counted as in flight right after this one.</summary>
        public int CountedThen { get; } = countedThen;

        /// <summary>Completions before this one.</summary>
        public int CompletedThen { get; } = completedThen;

        /// <summary>True if another issue took this one's place.</summary>
        public bool IsReplaced { get; set; }

        /// <summary>True if this was a request whose completion was lost.</summary>
        public bool IsLost { get; set; }
    }
}
