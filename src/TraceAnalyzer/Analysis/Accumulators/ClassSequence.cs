using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>How the requests of one class of a device follow each other: on the device, or by offsets in files.</summary>
/// <param name="phases">The run's phases; null if there are none or they are not told apart.</param>
/// <param name="files">Where files lie on the device; null if that is not known, or if this is about files itself.</param>
internal sealed class ClassSequence(TimeSpans? phases, ExtentMap? files)
{
    /// <summary>Processes that are told apart; those beyond count as one.</summary>
    public const int MostProcesses = 4096;

    // Files stand beside each other, each on 2^40 sectors: 512 TiB.
    private const int FileShift = 40;

    private const int ListedProcesses = 50;

    private const double MostOfThem = 0.9;

    private readonly StreamDetector _streams = new();
    private readonly JumpCounter _jumps = new();
    private readonly Dictionary<int, ProcessEnds> _processes = [];
    private readonly PhaseCounts[] _phases = new PhaseCounts[phases?.All.Count + 1 ?? 1];
    private ClassSequence? _inFiles;
    private ProcessEnds? _process;
    private int _pid;
    private int _phase;
    private int _hint;
    private bool _isOfFiles;
    private long _requests;
    private long _following;
    private long _otherFile;
    private ulong _lastSector;
    private ulong _lastEnd;

    /// <summary>The same requests by their offsets in files; null if none begins in one.</summary>
    public ClassSequence? InFiles => _inFiles;

    /// <summary>Adds a request of 1 sector or more.</summary>
    public void Add(in BlockEvent e)
    {
        bool follows = AddPlace(e.Sector, e.EndSector, e.LengthBytes, out bool continues);
        if (phases is not null)
            _phase = phases.Find(e.TimeNs, _phase);
        ref PhaseCounts phase = ref _phases[_phase];
        phase.Requests++;
        phase.Continuing += continues ? 1 : 0;
        phase.Following += follows ? 1 : 0;
        if (_process is null || _pid != e.Pid)
            (_pid, _process) = (e.Pid, ProcessOf(e.Pid));
        _process.Add(e.Sector, e.EndSector);
        if (files is not null)
            AddInFile(e);
    }

    /// <summary>What all of several counted, devices beside each other; null if there are no requests.</summary>
    public static SequenceResult? ToResult(IReadOnlyList<ClassSequence> parts, Func<int, string?> nameOf, TimeSpans? phases)
    {
        long requests = parts.Sum(part => part._requests);
        if (requests == 0)
            return null;
        long continuing = parts.Sum(part => part._streams.Continuing);
        long following = parts.Sum(part => part._following);
        long ownFollowing = parts.Sum(part => part._processes.Values.Sum(process => process.Following));
        bool ofFiles = parts[0]._isOfFiles;
        List<LogHistogram> runsOfEach = [.. parts.Select(part => part._streams.Runs())];
        LogHistogram runs = runsOfEach[0];
        foreach (LogHistogram other in runsOfEach[1..])
            runs.Merge(other);
        return new SequenceResult
        {
            Requests = requests,
            Continuing = continuing,
            ContinuingShare = (double)continuing / requests,
            ByChance = Math.Min(continuing, 2 * parts.Sum(part => part._streams.FoundInOlderHalf)),
            Following = following,
            FollowingShare = (double)following / requests,
            OwnFollowing = ownFollowing,
            OwnFollowingShare = (double)ownFollowing / requests,
            Streams = StreamsOf(parts, continuing),
            Runs = runs.Count,
            RunP50Bytes = runs.Quantile(0.5),
            RunP95Bytes = runs.Quantile(0.95),
            HalfOfBytesRunBytes = HalfOfBytes(runs),
            Jumps = JumpCounter.ToResult([.. parts.Select(part => part._jumps)]),
            OtherFile = ofFiles ? parts.Sum(part => part._otherFile) : null,
            Processes = ofFiles ? [] : ProcessesOf(parts, nameOf),
            Phases = phases is null ? [] : PhasesOf(parts, phases),
        };
    }

    private bool AddPlace(ulong sector, ulong end, uint lengthBytes, out bool continues)
    {
        continues = _streams.Add(sector, end, lengthBytes);
        bool follows = _requests > 0 && sector == _lastEnd;
        if (follows)
            _following++;
        else if (_isOfFiles && _requests > 0 && sector >> FileShift != _lastSector >> FileShift)
            _otherFile++;
        else if (_requests > 0)
            _jumps.Add((long)(sector - _lastEnd), (long)(sector - _lastSector));
        _requests++;
        (_lastSector, _lastEnd) = (sector, end);
        return follows;
    }

    // By its first sector: what lies behind a border of extents is mostly of the same file, and shows as a jump where it is not.
    private void AddInFile(in BlockEvent e)
    {
        if (e.Sector > long.MaxValue || !files!.TryPlace((long)e.Sector, ref _hint, out int file, out long fileSector) || fileSector >> FileShift != 0 || file >= 1 << (62 - FileShift))
            return;
        _inFiles ??= new ClassSequence(phases: null, files: null) { _isOfFiles = true };
        ulong sector = ((ulong)file << FileShift) + (ulong)fileSector;
        _inFiles.AddPlace(sector, sector + e.LengthSectors, e.LengthBytes, out _);
        if (_inFiles._process is null || _inFiles._pid != e.Pid)
            (_inFiles._pid, _inFiles._process) = (e.Pid, _inFiles.ProcessOf(e.Pid));
        _inFiles._process.Add(sector, sector + e.LengthSectors);
    }

    private ProcessEnds ProcessOf(int pid)
    {
        if (_processes.TryGetValue(pid, out ProcessEnds? known))
            return known;
        int key = _processes.Count < MostProcesses ? pid : BlockEvent.UnknownPid;
        ref ProcessEnds? process = ref CollectionsMarshal.GetValueRefOrAddDefault(_processes, key, out _);
        return process ??= new ProcessEnds();
    }

    private static int? StreamsOf(IReadOnlyList<ClassSequence> parts, long continuing)
    {
        if (continuing == 0)
            return null;
        long seen = 0;
        int streams = 0;
        while (seen < MostOfThem * continuing)
        {
            foreach (ClassSequence part in parts)
                seen += part._streams.FoundAt[streams];
            streams++;
        }

        return streams;
    }

    private static double HalfOfBytes(LogHistogram runs)
    {
        double above = 0;
        for (int bucket = runs.Counts.Last; bucket > runs.Counts.First; bucket--)
        {
            double bytes = LogHistogram.MiddleOf(bucket, runs.PrecisionBits);
            above += bytes * runs.Counts[bucket];
            if (above >= (double)runs.Sum / 2)
                return Math.Clamp(bytes, runs.Min, runs.Max);
        }

        return runs.Min;
    }

    private static ProcessSequence[] ProcessesOf(IReadOnlyList<ClassSequence> parts, Func<int, string?> nameOf) =>
    [
        .. parts.SelectMany(part => part._processes).GroupBy(pair => pair.Key, pair => pair.Value)
            .Select(process => (Pid: process.Key, Requests: process.Sum(ends => ends.Requests), Following: process.Sum(ends => ends.Following)))
            .OrderByDescending(process => process.Requests).ThenBy(process => process.Pid).Take(ListedProcesses)
            .Select(process => new ProcessSequence(process.Pid, nameOf(process.Pid), process.Requests, process.Following, (double)process.Following / process.Requests)),
    ];

    private static PhaseSequence[] PhasesOf(IReadOnlyList<ClassSequence> parts, TimeSpans phases)
    {
        var result = new List<PhaseSequence>();
        for (int i = 0; i < phases.All.Count; i++)
        {
            long requests = parts.Sum(part => part._phases[i].Requests);
            if (requests == 0)
                continue;
            long continuing = parts.Sum(part => part._phases[i].Continuing);
            long following = parts.Sum(part => part._phases[i].Following);
            result.Add(new PhaseSequence(phases.All[i].Name, requests, continuing, (double)continuing / requests, following, (double)following / requests));
        }

        return [.. result];
    }

    private struct PhaseCounts
    {
        public long Requests;
        public long Continuing;
        public long Following;
    }

    private sealed class ProcessEnds
    {
        private ulong _lastEnd;

        public long Requests { get; private set; }

        public long Following { get; private set; }

        public void Add(ulong sector, ulong end)
        {
            if (sector == _lastEnd && Requests > 0)
                Following++;
            Requests++;
            _lastEnd = end;
        }
    }
}
