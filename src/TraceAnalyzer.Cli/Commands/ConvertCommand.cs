using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Text;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer convert</c>: writes a trace in another format.</summary>
internal static class ConvertCommand
{
    /// <summary>What to do.</summary>
    /// <param name="Traces">Paths of one trace, or of one run each if the output is a folder.</param>
    /// <param name="Reading">How to read them.</param>
    /// <param name="Writing">What to write; its run is found for each trace.</param>
    /// <param name="Format">The format to write.</param>
    /// <param name="Output">File or folder to write, or <c>-</c>.</param>
    /// <param name="Overwrite">Whether to replace it.</param>
    /// <param name="TraceName">Which trace of a run's folder; null for the first.</param>
    internal sealed record Work(
        string[] Traces, ReadOptions Reading, WriteOptions Writing, OutputFormat Format, string Output, bool Overwrite, string? TraceName)
    {
        /// <summary>What to print.</summary>
        public ConsoleMode Console { get; init; } = ConsoleMode.Summary;

        /// <summary>True if a set of files is written.</summary>
        public bool IsIntoFolder => IsFolder(Output);
    }

    /// <summary>Converts.</summary>
    /// <returns><see cref="ExitCode.Success"/>, or <see cref="ExitCode.Losses"/> if a trace has losses.</returns>
    public static ExitCode Run(Work work, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (work.Output == StandardOutput)
            return Tell(work, [ToStandardOutput(work, cancellation)], error);
        ConversionResult[] results = work.IsIntoFolder ? IntoFolder(work, cancellation) : [ToFile(work, cancellation)];
        return Tell(work, results, output);
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var common = new CommonOptions();
        string endings = string.Join(", ", OutputFormats.All.SelectMany(format => format.Endings));
        var output = new Option<string>("--output", "-o")
        {
            Description = $"File to write ({endings}), - for standard output, or a folder (NAME/) for a set of Parquet or per-CPU blktrace files of one or more runs.",
            HelpName = "file|folder/",
            Required = true,
        };
        var format = new Option<OutputFormat?>("--format")
        {
            Description = "Format to write. Default: that of the output's ending.",
            HelpName = string.Join("|", OutputFormats.All.Select(format => format.Name)),
            CustomParser = CommandLineValues.OutputFormatOf,
        };
        var what = new Option<WrittenRows>("--what")
        {
            Description = "What becomes a row of Parquet and CSV. Default: requests.",
            HelpName = "requests|events",
            CustomParser = result => CommandLineValues.OneOf(result, WrittenRows.Requests, WrittenRows.Events),
        };
        var names = new Option<Dictionary<DeviceId, string>?>("--replay-as")
        {
            Description = "File or device that fio shall use for a device of the trace; may be repeated. Default: device-MAJOR-MINOR.",
            HelpName = "major,minor=path",
            CustomParser = CommandLineValues.ReplayNames,
            Arity = ArgumentArity.ZeroOrMore,
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the output if it exists." };
        var trace = new Option<string?>("--trace") { Description = "Which trace of a run's folder, if it holds several.", HelpName = "name" };
        var command = new Verb(
            "convert",
            "Writes requests or events as Parquet, CSV, blktrace binary, blkparse text or an I/O log that fio replays.",
            "traceanalyzer convert traces/flexgen/kv-offload-omp1 -o out/kv.parquet",
            "traceanalyzer convert traces/flexgen/kv-offload-omp1 traces/nvmevirt/c-kvcache -o out/runs/",
            "traceanalyzer convert traces/nvmevirt/c-kvcache -o out/kv.fio --replay-as 259,0=/dev/nvme1n1",
            "traceanalyzer convert run.blktrace.0 -o - --format blkparse --operation read | less")
        {
            output, format, what, names, overwrite, trace,
        };
        common.AddTo(command, hasWorkers: false);
        command.SetAction((parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(output);
            OutputFormat chosen = parsed.GetValue(format) ?? FormatOf(path);
            AnalysisOptions analysis = common.Analysis(parsed);
            var work = new Work(
                common.Traces(parsed),
                common.Reading(parsed),
                new WriteOptions
                {
                    Rows = parsed.GetValue(what),
                    Filter = analysis.Filter,
                    ReplayedAction = analysis.CountedAction,
                    ReplayNames = parsed.GetValue(names) ?? [],
                },
                chosen,
                path,
                parsed.GetValue(overwrite),
                parsed.GetValue(trace))
            {
                Console = console.ModeOf(parsed),
            };
            CheckOptions(work, asksForRows: parsed.GetResult(what) is not null, asksForAction: analysis.CountedAction != BlockAction.Issue);
            return Task.Run(() => (int)Run(work, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation), CancellationToken.None);
        });
        return command;
    }

    private const string StandardOutput = "-";

    private static OutputFormat FormatOf(string path) =>
        OutputFormats.OfFile(path)
        ?? (IsFolder(path) ? OutputFormats.All.First(format => format.CreateInFolder is not null) : null)
        ?? throw new UsageException(
            $"'{path}' does not say which format to write; expected one of the endings {string.Join(", ", OutputFormats.All.SelectMany(format => format.Endings))}, a folder NAME/, or --format");

    // Combinations that make no sense.
    private static void CheckOptions(Work work, bool asksForRows, bool asksForAction)
    {
        string name = work.Format.Name;
        if (asksForRows && !work.Format.CarriesRequests && work.Writing.Rows == WrittenRows.Requests)
            throw new UsageException($"{name} has events; leave out --what requests");
        bool replays = name == "fio";
        if (asksForAction && !replays)
            throw new UsageException("--action chooses what fio replays; the other formats have all actions");
        if (asksForAction && work.Writing.ReplayedAction == BlockAction.Complete)
            throw new UsageException("--action complete: a completion is nothing that can be replayed; expected issue or queue");
        if (work.Writing.ReplayNames.Count > 0 && !replays)
            throw new UsageException("--replay-as names files for fio; leave it out");
        if (work.Output == StandardOutput && !work.Format.IsStream)
            throw new UsageException($"{name} is not written to standard output: it is not a stream; name a file");
        if (work.IsIntoFolder && work.Output != StandardOutput && work.Format.CreateInFolder is null)
            throw new UsageException($"'{work.Output}' is a folder, and a trace is one file in {name}; name a file");
    }

    private static bool IsFolder(string path) => path.EndsWith('/') || path.EndsWith(Path.DirectorySeparatorChar) || Directory.Exists(path);

    private static ConversionResult ToFile(Work work, CancellationToken cancellation)
    {
        using OutputFile file = OutputFile.Create(work.Output, work.Overwrite);
        ConversionResult result = Convert(work, work.Traces, context => work.Format.Create(file.Stream, context), cancellation)!;
        cancellation.ThrowIfCancellationRequested();
        file.Commit();
        return result;
    }

    private static ConversionResult ToStandardOutput(Work work, CancellationToken cancellation)
    {
        using Stream stream = ConsoleStreams.OpenOutput();
        return Convert(work, work.Traces, context => work.Format.Create(stream, context), cancellation)!;
    }

    // One run after the other; all appear together.
    private static ConversionResult[] IntoFolder(Work work, CancellationToken cancellation)
    {
        using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var results = new List<ConversionResult>();
        var distinct = new DistinctRuns();
        foreach (string trace in TraceFormats.Distinct(work.Traces))
        {
            ConversionResult? result = Convert(
                work,
                [trace],
                context =>
                {
                    string name = context.Source.Name;
                    for (int i = 2; !taken.Add(name); i++)
                        name = string.Create(CultureInfo.InvariantCulture, $"{context.Source.Name}-{i}");
                    return work.Format.CreateInFolder!(folder.WritePath, name, context);
                },
                cancellation,
                reader => distinct.TryAdd(trace, reader));
            if (result is not null)
                results.Add(result);
        }

        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        return [.. results];
    }

    // Null if the opened trace is not wanted.
    private static ConversionResult? Convert(
        Work work, string[] paths, Func<WriteContext, ITraceWriter> create, CancellationToken cancellation, Func<ITraceReader, bool>? isWanted = null)
    {
        // Unpacking and opening wait for bytes, on a thread that can be left behind: a silent pipe must not hold up Ctrl-C.
        OpenedRun run = Task.Run(() => OpenedRun.Open(paths, new RunOptions { Reading = work.Reading, Trace = work.TraceName }), CancellationToken.None)
            .WaitAsync(cancellation).GetAwaiter().GetResult();
        try
        {
            work.Console.SayUnpacked(run.UnpackedBytes);
            ITraceReader reader = run.Reader ?? throw new TraceException($"{paths[0]}: there is no trace in this run");
            if (isWanted?.Invoke(reader) == false)
                return null;
            using ProgressLine progress = work.Console.StartProgress();
            return TraceConversion.Run(reader, work.Format, work.Writing, create, run.Context, progress, cancellation);
        }
        finally
        {
            // Nor may closing it, while its thread still waits for such a pipe; the process ends anyway.
            if (!cancellation.IsCancellationRequested)
                run.Dispose();
        }
    }

    private static ExitCode Tell(Work work, IReadOnlyList<ConversionResult> results, TextWriter output)
    {
        work.Console.Print(output, text => WriteSummary(work, results, text), stream => WriteJson(work, results, stream));
        return results.All(result => result.Diagnostics.IsClean) ? ExitCode.Success : ExitCode.Losses;
    }

    private static void WriteSummary(Work work, IReadOnlyList<ConversionResult> results, TextWriter output)
    {
        foreach (ConversionResult result in results)
        {
            string rows = work.Format.CarriesRequests && work.Writing.Rows == WrittenRows.Requests ? "requests" : "events";
            output.WriteLine(PrintableText.Of(string.Create(
                CultureInfo.InvariantCulture, $"{result.Source.Name}: {result.Written:N0} {rows} of {result.Events:N0} events written as {work.Format.Description}")));
            string[] missing = [.. result.NotCarried.All.Select(entry => entry.Count == 0 ? entry.What : string.Create(CultureInfo.InvariantCulture, $"{entry.Count:N0} {entry.What}"))];
            if (missing.Length > 0)
                output.WriteLine($"  not carried: {string.Join("; ", missing)}");
            foreach ((ReadCounter counter, string name, string meaning) in ReadCounters.All)
            {
                if (result.Diagnostics[counter] > 0)
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {result.Diagnostics[counter]:N0} {meaning}"));
            }
        }
    }

    private static void WriteJson(Work work, IReadOnlyList<ConversionResult> results, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        foreach (ConversionResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("source", result.Source.Name);
            json.WriteString("format", work.Format.Name);
            json.WriteNumber("events", result.Events);
            json.WriteNumber("written", result.Written);
            json.WriteStartArray("notCarried");
            foreach ((string what, long count) in result.NotCarried.All)
            {
                json.WriteStartObject();
                json.WriteString("what", what);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("integrity");
            foreach ((ReadCounter counter, string name, string _) in ReadCounters.All)
                json.WriteNumber(name, result.Diagnostics[counter]);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
