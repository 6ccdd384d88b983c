using TraceAnalyzer.Benchmarks.Twin;

namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>The table of races.</summary>
public sealed class Races(ToolCommand tool, string folder, TextWriter log)
{
    private const string ToolName = "traceanalyzer";

    private const string DuckDbName = "DuckDB, load and three group-bys";

    public static readonly IReadOnlyList<string> AllNames = ["csv", "binary", "text", "set", "start", "page", "growth"];

    /// <summary>Makes the inputs of these races and says who runs what on them.</summary>
    /// <param name="names">Some of <see cref="AllNames"/>.</param>
    /// <param name="isQuick">A hundredth of the run everywhere: to try the benchmark, not to judge by it.</param>
    public IEnumerable<Race> Create(IReadOnlyCollection<string> names, bool isQuick)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (string name in names)
        {
            switch (name)
            {
                case "csv":
                    yield return Csv(Make(isQuick ? "0.01" : "1", "csv"));
                    break;
                case "binary":
                    yield return Binary(Make(isQuick ? "0.01" : "0.1", "binary", "set"));
                    break;
                case "text":
                    yield return Text(Make(isQuick ? "0.01" : "0.1", "text"));
                    break;
                case "set":
                    yield return Set(Make(isQuick ? "0.01" : "0.1", "binary", "set"));
                    break;
                case "start":
                    yield return Start(Make("tiny", "binary", "set"));
                    break;
                case "page":
                    if (Browser is { } browser)
                        yield return Page(browser, Make(isQuick ? "0.01" : "1", "csv"));
                    else
                        log.WriteLine("page: left out, there is no chromium");
                    break;
                case "growth":
                    foreach (string scale in isQuick ? ["0.01"] : new[] { "0.1", "1", "10" })
                        yield return Growth(Make(scale, "csv"));
                    break;
                default:
                    throw new FormatException($"'{name}' is no race: expected {string.Join(", ", AllNames)}.");
            }
        }
    }

    private TwinFiles Make(string scale, params string[] kinds)
    {
        var files = new TwinFiles(KvRun.AtScale(scale), folder);
        files.Ensure(kinds, log);
        return files;
    }

    /// <summary>This program, whether it was started by its own name or through dotnet.</summary>
    private static ToolCommand Self =>
        new(Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.GetCommandLineArgs()[0] : Environment.ProcessPath!);

    private static string? Browser => ((string[])["chromium", "chromium-browser", "google-chrome"]).FirstOrDefault(CommandRunner.IsInstalled);

    private static Race Race(string name, string title, string[] inputs, Contestant[] contestants, params Mark[] marks) =>
        new(name, title, inputs, contestants, marks);

    private Contestant Analyze(string input, string name = ToolName) =>
        new(name, tool.Line("analyze", input, "-o", Path.Combine(folder, "out"), "--overwrite", "--timing"));

    private static Contestant CountLines(string input) => new("wc -l", Contestant.Quote("wc", "-l", input));

    /// <summary>Those of the rivals that are installed.</summary>
    private static IEnumerable<Contestant> Installed(params Contestant[] rivals) =>
        rivals.Where(rival => CommandRunner.IsInstalled(rival.Name.Split(' ')[0]));

    private Race Csv(TwinFiles files) => Race(
        "csv",
        Title(files, "bpftrace CSV", files.Csv),
        [files.Csv],
        [
            Analyze(files.Csv),
            .. Installed(CountLines(files.Csv)),
            new Contestant(DuckDbName, Self.Line("duckdb", files.Csv)),
        ],
        Mark.Analysis("wc -l", 6),
        Mark.Whole(DuckDbName, 1.0 / 8),
        Mark.FiguresSeconds(0.5),
        Mark.PeakMebibytes(256));

    private Race Binary(TwinFiles files)
    {
        // iowatcher takes a name that ends so for a merged dump.
        string dump = Path.ChangeExtension(files.Binary, ".dump");
        if (!File.Exists(dump))
            File.CreateSymbolicLink(dump, files.Binary);
        return Race(
            "binary",
            Title(files, "blktrace binary, merged dump", files.Binary),
            [files.Binary, .. SetFiles(files)],
            [
                Analyze(files.Binary),
                .. Installed(
                    new Contestant("btt", Contestant.Quote("btt", "-i", files.Binary)),
                    new Contestant("iowatcher", Contestant.Quote("iowatcher", "-t", dump, "-o", "iowatcher.svg")),
                    new Contestant("blkparse to binary", Contestant.Quote("blkparse", "-q", "-O", "-i", files.SetBase, "-d", "blkparse.bin")),
                    new Contestant("blkparse to text", Contestant.Quote("blkparse", "-q", "-i", files.SetBase, "-o", "blkparse.txt"))),
            ],
            Mark.Analysis("iowatcher", 1),
            Mark.Whole("btt", 0.7),
            Mark.FiguresSeconds(0.5));
    }

    private Race Text(TwinFiles files) => Race(
        "text",
        Title(files, "blkparse text", files.Text),
        [files.Text],
        [Analyze(files.Text), .. Installed(CountLines(files.Text))],
        Mark.Analysis("wc -l", 10));

    private Race Set(TwinFiles files)
    {
        const string merged = ToolName + " on the merged dump";
        return Race(
            "set",
            Title(files, "blktrace binary, 16 per-CPU files", files.Binary),
            [files.Binary, .. SetFiles(files)],
            [
                Analyze(Path.GetDirectoryName(files.SetBase)!),
                Analyze(files.Binary, merged),
                .. Installed(new Contestant("blkparse to binary", Contestant.Quote("blkparse", "-q", "-O", "-i", files.SetBase, "-d", "blkparse.bin"))),
            ],
            Mark.Whole(merged, 1),
            new Mark("analysis / analysis of the merged dump", result => result.Median(ToolName, m => m.AnalysisSeconds) / result.Median(merged, m => m.AnalysisSeconds), 1));
    }

    private Race Start(TwinFiles files) => Race(
        "start",
        Title(files, "start-up, info on a tiny trace", files.Binary),
        [files.Binary],
        [
            new Contestant(ToolName, tool.Line("info", files.Binary)),
            .. Installed(new Contestant("blkparse", Contestant.Quote("blkparse", "-q", "-i", files.SetBase))),
        ],
        Mark.WallSeconds(0.1));

    // A picture is taken once everything is drawn. What the browser itself needs is in both.
    private Race Page(string browser, TwinFiles files)
    {
        const string empty = "chromium, empty page";
        string report = Path.Combine(folder, "page");
        CommandRunner.Run(new Contestant(ToolName, tool.Line("analyze", files.Csv, "-o", report, "--overwrite")), folder);
        string page = Path.Combine(report, "report.html");
        return Race(
            "page",
            Title(files, "report page, from start of the browser to a picture of it", page),
            [page],
            [Screenshot("chromium, report page", new Uri(page).AbsoluteUri), Screenshot(empty, "about:blank")],
            new Mark("report page - empty page, s", result => result.Median(result.Tool, m => m.WallSeconds) - result.Median(empty, m => m.WallSeconds), 2));

        // It refuses to be root within its sandbox, and needs no network for a file.
        Contestant Screenshot(string name, string address) => new(
            name,
            Contestant.Quote(
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--user-data-dir=" + Path.Combine(folder, "chromium"), "--screenshot=" + Path.Combine(folder, "page.png"), address));
    }

    private Race Growth(TwinFiles files) => Race(
        "growth",
        Title(files, "growth, bpftrace CSV", files.Csv),
        [files.Csv],
        [Analyze(files.Csv)],
        Mark.PeakMebibytes(256));

    private static string[] SetFiles(TwinFiles files) => Directory.GetFiles(Path.GetDirectoryName(files.SetBase)!);

    private static string Title(TwinFiles files, string format, string path) =>
        FormattableString.Invariant($"{format}: {files.Run.Name}, {files.Run.Requests:N0} requests, {new FileInfo(path).Length:N0} bytes");
}
