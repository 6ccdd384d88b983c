using System.Diagnostics;
using System.Globalization;

namespace TraceAnalyzer.Cli;

/// <summary>Shows on a terminal how much has been read, on one line of standard error that is wiped in the end. Silent where standard error is not a terminal.</summary>
/// <param name="enabled">False to show nothing at all.</param>
internal sealed class ProgressLine(bool enabled) : IProgress<long>, IDisposable
{
    private static readonly TimeSpan s_firstAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(200);

    private readonly bool _enabled = enabled && !Console.IsErrorRedirected;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = s_firstAfter;
    private long _bytes;
    private bool _shown;

    /// <inheritdoc/>
    public void Report(long value)
    {
        _bytes += value;
        if (!_enabled || _watch.Elapsed < _next)
            return;
        _next = _watch.Elapsed + s_every;
        _shown = true;
        double mib = _bytes / 1048576.0;
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{mib:N0} MiB read, {mib / _watch.Elapsed.TotalSeconds:N0} MiB/s "));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_shown)
            Console.Error.Write("\r" + new string(' ', 60) + "\r");
    }
}
