using System.Diagnostics;
using System.Globalization;
using TraceAnalyzer.Cli.Capture.Files;

namespace TraceAnalyzer.Cli.Capture.Processes;

/// <summary>
/// Looks at the processes of the command again and again: their names, threads and command lines, and what they have open or mapped. What lives, or is open, for less
/// than the time between two looks can be missed (docs/capture.md).
/// </summary>
/// <param name="roots">The processes that the tree begins with.</param>
/// <param name="files">Takes the files.</param>
internal sealed class ProcessWatch(IEnumerable<int> roots, SeenFiles files) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    // A program opens most of its files when it begins.
    private static readonly TimeSpan s_firstInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_beginning = TimeSpan.FromSeconds(2);

    // At most a twentieth of a CPU.
    private const int RestPerWork = 20;
    private const int MostProcesses = 4096;
    private const int MostThreads = 1 << 16;

    // TASK_COMM_LEN of the kernel, without the closing zero.
    private const int LongestName = 15;
    private static readonly TimeSpan s_mapsEvery = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<int> _roots = [.. roots];
    private readonly Dictionary<int, SeenProcess> _processes = [];
    private readonly SortedDictionary<int, (string Name, int Process)> _threads = [];
    private readonly ManualResetEventSlim _end = new();
    private readonly Stopwatch _sinceMaps = new();
    private Thread? _thread;

    /// <summary>The processes seen.</summary>
    public IReadOnlyCollection<SeenProcess> Processes => _processes.Values;

    /// <summary>The threads seen: number, last name and process.</summary>
    public IReadOnlyDictionary<int, (string Name, int Process)> Threads => _threads;

    /// <summary>The longest time between two looks, in nanoseconds.</summary>
    public long LongestGapNs { get; private set; }

    /// <summary>True while one of the roots is there.</summary>
    public bool AnyRootLives => _roots.Any(root => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{root}")));

    /// <summary>The name that the kernel gives a thread by its program.</summary>
    public static string NameOf(string program) => Path.GetFileName(program) is { Length: > LongestName } name ? name[..LongestName] : Path.GetFileName(program);

    /// <summary>Names a thread that was missed, or may be.</summary>
    public void Name(int thread, string name)
    {
        if (_threads.Count < MostThreads)
            _threads.TryAdd(thread, (name, thread));
    }

    /// <summary>Begins to look.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "processes" };
        _thread.Start();
    }

    /// <summary>Ends looking.</summary>
    public void Dispose()
    {
        _end.Set();
        _thread?.Join();
        _thread = null;
    }

    private void Run()
    {
        var sinceStart = Stopwatch.StartNew();
        long lastNs = LinuxCalls.MonotonicNs();
        while (true)
        {
            var work = Stopwatch.StartNew();
            long nowNs = LinuxCalls.MonotonicNs();
            LongestGapNs = Math.Max(LongestGapNs, nowNs - lastNs);
            lastNs = nowNs;
            Look();
            TimeSpan rest = work.Elapsed * RestPerWork;
            TimeSpan least = sinceStart.Elapsed < s_beginning ? s_firstInterval : s_interval;
            if (_end.Wait(rest > least ? rest : least))
                return;
        }
    }

    private void Look()
    {
        Dictionary<int, ProcessStat> all = [];
        foreach (string name in KernelFile.Names("/proc"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && ProcessStat.Of(id) is { } stat)
                all.Add(id, stat);
        }

        bool readsMaps = !_sinceMaps.IsRunning || _sinceMaps.Elapsed > s_mapsEvery;
        if (readsMaps)
            _sinceMaps.Restart();
        // Parents have no lower numbers once these begin again, so a child may come before its parent: repeat until no more are found.
        for (int found = -1; found != _processes.Count;)
        {
            found = _processes.Count;
            foreach ((int id, ProcessStat stat) in all.Where(each => Belongs(each.Key, each.Value) && !IsKnown(each.Key, each.Value)))
            {
                if (_processes.Count < MostProcesses)
                    _processes[id] = new SeenProcess(id, stat.Parent, stat.StartTicks, LinuxCalls.MonotonicNs());
            }
        }

        foreach ((int id, ProcessStat stat) in all.Where(each => IsKnown(each.Key, each.Value)))
            Look(_processes[id], stat, readsMaps || _processes[id].IsNew);
    }

    private bool IsKnown(int id, ProcessStat stat) => _processes.TryGetValue(id, out SeenProcess? known) && known.StartTicks == stat.StartTicks;

    private bool Belongs(int id, ProcessStat stat) => _roots.Contains(id) || (_processes.TryGetValue(stat.Parent, out SeenProcess? parent) && parent.StartTicks <= stat.StartTicks);

    private void Look(SeenProcess process, ProcessStat stat, bool readsMaps)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}");
        // A shell becomes another program by exec.
        if (process.IsNew || process.Name != stat.Name)
            process.Command = (KernelFile.Read(folder + "/cmdline") ?? "").Replace('\0', ' ').Trim() is { Length: > 0 } command ? command : process.Command;
        process.IsNew = false;
        process.Name = stat.Name;
        (process.MajorFaults, process.MinorFaults) = (stat.MajorFaults, stat.MinorFaults);
        foreach (string thread in KernelFile.Names(folder + "/task"))
        {
            if (int.TryParse(thread, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && (_threads.Count < MostThreads || _threads.ContainsKey(number))
                && KernelFile.Read($"{folder}/task/{thread}/comm") is { Length: > 0 } name)
            {
                _threads[number] = (name, process.Id);
            }
        }

        foreach (string descriptor in KernelFile.Names(folder + "/fd"))
        {
            string link = $"{folder}/fd/{descriptor}";
            if (KernelFile.Link(link) is { } name)
                files.Add(name, link);
        }

        if (!readsMaps)
            return;
        foreach (string line in KernelFile.Lines(folder + "/maps"))
        {
            // 7f2c1c000000-7f2c1c021000 r--s 00000000 fe:00 1234                       /models/a.gguf
            int path = line.IndexOf('/', StringComparison.Ordinal);
            if (path > 0)
                files.Add(line[path..], line[path..]);
        }
    }
}
