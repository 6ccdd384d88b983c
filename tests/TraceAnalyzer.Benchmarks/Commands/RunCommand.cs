using System.CommandLine;
using TraceAnalyzer.Benchmarks.Measuring;

namespace TraceAnalyzer.Benchmarks.Commands;

internal static class RunCommand
{
    private const string Readers = "readers";

    private static int Run(ToolCommand tool, string work, string[] names, bool isQuick, int rounds, string machineLabel, string? recordFolder, TextWriter output, TextWriter log)
    {
        if (!File.Exists(tool.Path))
        {
            log.WriteLine($"There is no {tool.Path}: publish the tool first, or name it with --tool.");
            return 2;
        }

        try
        {
            Directory.CreateDirectory(work);
            if (names.Contains(Readers))
            {
                string table = ReaderThroughput.ToMarkdown(new ReaderThroughput(work, log).Run(rounds, isQuick));
                output.WriteLine(table);
                if (recordFolder is not null)
                    RecordReaders(table, Path.Combine(recordFolder, Machine.Describe(machineLabel, tool.Version()).Date + "-" + machineLabel), log);
                names = [.. names.Where(name => name != Readers)];
                if (names.Length == 0)
                    return 0;
            }

            List<RaceResult> results = [.. new Races(tool, work, log).Create(names, isQuick).Select(race => race.Run(rounds, work, log))];
            var report = new BenchmarkReport(Machine.Describe(machineLabel, tool.Version()), rounds, results);
            output.Write(report.ToMarkdown());
            if (recordFolder is not null)
                Record(report, Path.Combine(recordFolder, report.Machine.Date + "-" + machineLabel), log);
            return 0;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException)
        {
            log.WriteLine(e.Message);
            return 1;
        }
    }

    private static void Record(BenchmarkReport report, string folder, TextWriter log)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.md"), report.ToMarkdown());
        File.WriteAllText(Path.Combine(folder, "results.json"), report.ToJson());
        log.WriteLine($"recorded in {folder}");
    }

    private static void RecordReaders(string table, string folder, TextWriter log)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "readers.md"), table);
        log.WriteLine($"recorded in {folder}");
    }

    public static Command Create()
    {
        var tool = new Option<string>("--tool") { Description = "The tool's executable, or its traceanalyzer.dll.", Required = true };
        var work = new Option<string>("--work") { Description = "Folder for inputs and outputs; inputs that are there are used again.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "traceanalyzer-benchmark") };
        var only = new Option<string>("--only") { Description = "Comma-separated races: " + string.Join(",", Races.AllNames) + "," + Readers + ".", DefaultValueFactory = _ => "csv,binary,text,set,start" };
        var quick = new Option<bool>("--quick") { Description = "A hundredth of the run: to try the benchmark, not to judge by it." };
        var rounds = new Option<int>("--rounds") { Description = "Rounds, of which medians are taken.", DefaultValueFactory = _ => 5 };
        var machine = new Option<string>("--machine") { Description = "Name of this machine in the results.", DefaultValueFactory = _ => FormattableString.Invariant($"{Environment.ProcessorCount}-cores") };
        var record = new Option<string?>("--record") { Description = "Write results.md and results.json to a folder <date>-<machine> in this one, usually docs/benchmarks." };
        var command = new Command("run", "Make the inputs, run the tool and its installed rivals in turn, print medians and ratios as Markdown.") { tool, work, only, quick, rounds, machine, record };
        command.SetAction(result => Run(
            new ToolCommand(Path.GetFullPath(result.GetValue(tool)!)),
            Path.GetFullPath(result.GetValue(work)!),
            result.GetValue(only)!.Split(','),
            result.GetValue(quick),
            Math.Max(1, result.GetValue(rounds)),
            result.GetValue(machine)!,
            result.GetValue(record) is { } folder ? Path.GetFullPath(folder) : null,
            Console.Out,
            Console.Error));
        return command;
    }
}
