using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>Copies pipes of tracefs into files, with a few threads however many CPUs there are.</summary>
internal sealed class TracePipes : IDisposable
{
    private const int MostThreads = 8;
    private const int ReadsInTurn = 64;
    private const int FileBufferBytes = 256 * 1024;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(3);

    private readonly (SafeFileHandle Pipe, FileStream File)[] _pairs;
    private Thread[] _threads = [];
    private volatile bool _isEnding;
    private long _bytes;
    private long _unwritten;
    private string? _fault;

    private TracePipes((SafeFileHandle Pipe, FileStream File)[] pairs) => _pairs = pairs;

    /// <summary>Bytes written.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes that could not be written.</summary>
    public long UnwrittenBytes => Interlocked.Read(ref _unwritten);

    /// <summary>Why they could not; null if all were.</summary>
    public string? Fault => _fault;

    /// <summary>Opens pipes and files.</summary>
    /// <exception cref="IOException">A pipe or file cannot be opened.</exception>
    public static TracePipes Open(IEnumerable<(string Pipe, string File)> paths)
    {
        var pairs = new List<(SafeFileHandle, FileStream)>();
        try
        {
            foreach ((string pipe, string file) in paths)
            {
                SafeFileHandle opened = LinuxCalls.OpenNonBlocking(pipe) ?? throw new IOException($"{pipe} cannot be opened; another program may be reading it");
                pairs.Add((opened, new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileBufferBytes)));
            }
        }
        catch
        {
            Close(pairs);
            throw;
        }

        return new TracePipes([.. pairs]);
    }

    /// <summary>Begins to copy.</summary>
    public void Start()
    {
        int count = Math.Min(Math.Min(MostThreads, Environment.ProcessorCount), _pairs.Length);
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Copy([.. _pairs.Where((_, pair) => pair % count == i)])) { IsBackground = true, Name = "trace" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Copies what is left, and ends.</summary>
    public void Finish()
    {
        _isEnding = true;
        foreach (Thread thread in _threads)
            thread.Join();
        _threads = [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Finish();
        Close(_pairs);
    }

    private static void Close(IEnumerable<(SafeFileHandle Pipe, FileStream File)> pairs)
    {
        foreach ((SafeFileHandle pipe, FileStream file) in pairs)
        {
            pipe.Dispose();
            try
            {
                file.Dispose();
            }
            catch (IOException)
            {
                // A full disk, which is counted already.
            }
        }
    }

    private void Copy((SafeFileHandle Pipe, FileStream File)[] pairs)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            // Asked before the last look, so that nothing comes after it.
            bool isEnding = _isEnding;
            bool isIdle = true;
            foreach ((SafeFileHandle pipe, FileStream file) in pairs)
            {
                for (int i = 0; i < ReadsInTurn; i++)
                {
                    int count = LinuxCalls.Read(pipe, buffer);
                    if (count <= 0)
                        break;
                    isIdle = false;
                    Write(file, buffer.AsSpan(0, count));
                }
            }

            if (!isIdle)
                continue;
            // What is written survives a kill of this process.
            foreach ((_, FileStream file) in pairs)
                Try(file.Flush, 0);
            if (isEnding)
                return;
            Thread.Sleep(s_pause);
        }
    }

    // With a full disk the pipes are read on: the command is not to wait, and the loss is to be counted.
    private void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (_fault is null)
            {
                file.Write(bytes);
                Interlocked.Add(ref _bytes, bytes.Length);
                return;
            }
        }
        catch (IOException exception)
        {
            _fault = exception.Message;
        }

        Interlocked.Add(ref _unwritten, bytes.Length);
    }

    private void Try(Action write, long bytes)
    {
        try
        {
            if (_fault is null)
                write();
        }
        catch (IOException exception)
        {
            _fault = exception.Message;
            Interlocked.Add(ref _unwritten, bytes);
        }
    }
}
