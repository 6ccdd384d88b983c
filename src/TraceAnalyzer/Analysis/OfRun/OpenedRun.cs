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
        RunFolder? folder = distinct is [var path] && RunFolder.MayBe(path) ? RunFolder.Open(path, options.Reading) : null;
        try
        {
            if (folder is { HasOnlyDeepNvme: true })
                throw new TraceException($"{folder.Path}: holds results of DeepNVMe and no trace; 'traceanalyzer tensors' compares them");
            RunContext? context = folder is null ? null : RunContext.Of(folder, options);
            if (folder is { HasFindings: true })
                return new OpenedRun(folder, context, context!.Trace?.Open(options.Reading));

            // A folder of traces and nothing else is read as these, the only one of an archive without unpacking it again.
            bool isOne = folder is { Traces.Count: 1 } || options.Trace is not null;
            return new OpenedRun(folder, null, context is { Trace: { } only } && isOne ? only.Open(options.Reading) : TraceFormats.Open(distinct, options.Reading));
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>A trace that stands alone, opened already.</summary>
    /// <param name="reader">The trace; disposed with this.</param>
    public static OpenedRun Of(ITraceReader reader) => new(null, null, reader);

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader?.Dispose();
        _folder?.Dispose();
    }
}
