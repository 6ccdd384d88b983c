using TraceAnalyzer.Reading;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>A trace, opened once with what lies beside it: what every verb that reads one begins with.</summary>
public sealed class OpenedRun : IDisposable
{
    private readonly RunFolder? _folder;

    private OpenedRun(RunFolder? folder, RunContext? context, ITraceReader? reader)
    {
        _folder = folder;
        Context = context;
        Reader = reader;
    }

    /// <summary>What is known of the run before its trace is read; null for a trace alone.</summary>
    public RunContext? Context { get; }

    /// <summary>The trace; null for a run without one.</summary>
    public ITraceReader? Reader { get; }

    /// <summary>How a trace that stands alone was opened; of a run its context has it.</summary>
    internal RunOptions Options { get; private init; } = new();

    /// <summary>Bytes of archives that were unpacked into temporary files.</summary>
    public long UnpackedBytes => _folder?.UnpackedBytes ?? 0;

    /// <summary>Opens a trace given by its files, or a run given by its folder or archive.</summary>
    /// <param name="paths">Paths; those that name the same files count once.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <exception cref="TraceException">The input cannot be read, has no trace of the name asked for, or is one for another verb.</exception>
    public static OpenedRun Open(IReadOnlyList<string> paths, RunOptions? options = null)
    {
        options ??= new RunOptions();
        IReadOnlyList<string> distinct = TraceFormats.Distinct(paths);
        ITraceReader? alone = distinct is [var path] ? TraceFormats.OpenUnlessRun(path, options.Reading) : TraceFormats.Open(distinct, options.Reading);
        if (alone is not null)
            return new OpenedRun(null, null, alone) { Options = options };
        var folder = RunFolder.Open(distinct[0], options.Reading);
        try
        {
            if (folder.HasOnlyDeepNvme)
                throw new TraceException($"{folder.Path}: holds results of DeepNVMe and no trace; 'traceanalyzer tensors' compares them");
            FoundTrace? trace = RunContext.Choose(folder, options);

            // A folder of traces and nothing else is read as these, the only one of an archive without unpacking it again.
            bool isChosen = folder.HasFindings || folder.Traces.Count == 1 || options.Trace is not null;
            ITraceReader? reader = isChosen ? trace?.Open(options.Reading) : null;
            if (!folder.HasFindings || options.TraceAlone)
                return new OpenedRun(folder, null, reader ?? TraceFormats.Open(distinct, options.Reading)) { Options = options };
            try
            {
                return new OpenedRun(folder, RunContext.Of(folder, options), reader);
            }
            catch
            {
                reader?.Dispose();
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A trace that stands alone, opened already.</summary>
    /// <param name="reader">The trace; disposed with this.</param>
    public static OpenedRun Of(ITraceReader reader) => new(null, null, reader);

    /// <summary>A filter with the number of the device that it names, if a file beside the trace tells it.</summary>
    internal EventFilter WithDevice(EventFilter filter) => filter.Device is null && filter.DeviceName is { } name && _folder?.Environment is { } environment
        ? filter with { Device = environment.Devices.FirstOrDefault(device => device.Name == name)?.Device }
        : filter;

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader?.Dispose();
        _folder?.Dispose();
    }
}
