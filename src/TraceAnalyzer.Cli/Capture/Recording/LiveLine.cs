using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>What happens on the traced devices now, on one line of a terminal, each second. Silent where standard error is not a terminal.</summary>
/// <param name="devices">What is traced.</param>
/// <param name="more">What to show besides.</param>
internal sealed class LiveLine(IReadOnlyList<BlockDevice> devices, Func<string> more) : IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _end = new();
    private Thread? _thread;
    private bool _isShown;

    /// <summary>Begins to show.</summary>
    public void Start()
    {
        if (Console.IsErrorRedirected)
            return;
        _thread = new Thread(Run) { IsBackground = true, Name = "live line" };
        _thread.Start();
    }

    /// <summary>Wipes the line, before something else is printed.</summary>
    public void Wipe()
    {
        lock (_lock)
        {
            if (_isShown)
                Console.Error.Write("\r\e[K");
            _isShown = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Set();
        _thread?.Join();
        Wipe();
    }

    private void Run()
    {
        DiskSnapshot last = DiskSnapshot.Take();
        while (!_end.Wait(s_every))
        {
            DiskSnapshot now = DiskSnapshot.Take();
            double seconds = (now.AfterNs - last.AfterNs) / 1e9;
            // Arrays count what their members count again.
            DiskNumbers[] moved = [.. devices.Where(device => !device.IsLayered).Select(device => now.Since(last, device.Name)).OfType<DiskNumbers>()];
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"read {Units.Rate(moved.Sum(disk => disk.ReadBytes) / seconds)}, written {Units.Rate(moved.Sum(disk => disk.WriteBytes) / seconds)}, {moved.Sum(disk => disk.Reads + disk.Writes) / seconds:F0} IOPS, {moved.Sum(disk => disk.InFlight)} in flight{more()}");
            last = now;
            lock (_lock)
            {
                Console.Error.Write($"\r{line}\e[K");
                _isShown = true;
            }
        }
    }
}
