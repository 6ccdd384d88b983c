using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>Samples all GPUs five times per second with <c>nvidia-smi</c>, whose output is the run's GPU log. A tool that ends is started again; that and its silence are counted.</summary>
internal sealed class GpuSampler : IDisposable
{
    /// <summary>The GPU log.</summary>
    public const string FileName = "gpu.csv";

    private const string Tool = "nvidia-smi";
    private const string Interval = "200";
    private const int MostStarts = 5;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Older drivers and some cards lack some of them, and the tool refuses all if it does not know one.
    private static readonly string[] s_fields =
        ["timestamp", "index", "name", "uuid", "utilization.gpu", "utilization.memory", "memory.used", "memory.total", "power.draw", "clocks.sm", "pcie.link.gen.current", "pcie.link.width.current"];

    private readonly FileStream _file;
    private readonly string[] _fields;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private Process? _process;
    private volatile bool _isEnding;

    private GpuSampler(FileStream file, string[] fields)
    {
        _file = file;
        _fields = fields;
        _thread = new Thread(Run) { IsBackground = true, Name = "gpu" };
        _thread.Start();
    }

    /// <summary>Samples written: lines, one per GPU and time.</summary>
    public int Samples { get; private set; }

    /// <summary>How often the tool was started again because it ended.</summary>
    public int Restarts { get; private set; }

    /// <summary>The longest time between two lines, in nanoseconds.</summary>
    public long LongestGapNs { get; private set; }

    /// <summary>The last sample.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>What went wrong, in words; null if nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts sampling; null with the reason if there is nothing to sample.</summary>
    public static GpuSampler? Start(string folder, out string? whyNot)
    {
        string[]? fields = KnownFields(out whyNot);
        return fields is null ? null : new GpuSampler(new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0), fields);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isEnding = true;
        lock (_lock)
            _process?.Kill(entireProcessTree: true);
        _thread.Join();
        _file.Dispose();
    }

    // Asks with all fields, and without those that it names as unknown.
    private static string[]? KnownFields(out string? whyNot)
    {
        string[] fields = s_fields;
        while (true)
        {
            if (Ask(fields) is not var (code, text))
            {
                whyNot = $"{Tool} is not on the PATH";
                return null;
            }

            if (code == 0 && text.Contains('\n'))
            {
                whyNot = null;
                return fields;
            }

            // Field "pcie.link.gen.current" is not a valid field to query.
            string[] left = [.. fields.Where(field => !text.Contains($"\"{field}\"", StringComparison.Ordinal))];
            if (left.Length == fields.Length || !left.Contains("utilization.gpu") || !left.Contains("timestamp"))
            {
                whyNot = code == int.MinValue ? $"{Tool} did not answer within {s_patience.TotalSeconds:F0} s" : $"{Tool}: {text.ReplaceLineEndings(" ").Trim()}";
                return null;
            }

            fields = left;
        }
    }

    private static (int Code, string Text)? Ask(string[] fields)
    {
        try
        {
            using Process process = Process.Start(Command(fields, "csv"))!;
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                return (int.MinValue, "");
            }

            return (process.ExitCode, text.Wait(s_patience) ? text.Result : "");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static ProcessStartInfo Command(string[] fields, string format, params string[] more) => new(Tool, [$"--query-gpu={string.Join(',', fields)}", $"--format={format}", .. more])
    {
        RedirectStandardOutput = true,
    };

    private void Run()
    {
        for (int start = 0; start < MostStarts && !_isEnding; start++)
        {
            Restarts = start;
            try
            {
                Process process;
                lock (_lock)
                {
                    if (_isEnding)
                        return;
                    process = _process = Process.Start(Command(_fields, start == 0 ? "csv" : "csv,noheader", "-lms", Interval))!;
                }

                Copy(process.StandardOutput);
                lock (_lock)
                {
                    _process = null;
                    process.Dispose();
                }
            }
            catch (Exception exception) when (exception is Win32Exception or IOException)
            {
                Fault = exception.Message;
                return;
            }

            if (!_isEnding)
                Thread.Sleep(TimeSpan.FromSeconds(1));
        }

        if (!_isEnding)
            Fault = string.Create(CultureInfo.InvariantCulture, $"{Tool} ended {MostStarts} times; sampling was given up");
    }

    private void Copy(StreamReader lines)
    {
        long lastNs = LinuxCalls.MonotonicNs();
        while (lines.ReadLine() is { } line)
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            long nowNs = LinuxCalls.MonotonicNs();
            LongestGapNs = Math.Max(LongestGapNs, nowNs - lastNs);
            lastNs = nowNs;
            if (line.Length == 0 || line.StartsWith("timestamp", StringComparison.Ordinal))
                continue;
            Samples++;
            LastLine = line;
        }

        if (!_isEnding)
            LongestGapNs = Math.Max(LongestGapNs, LinuxCalls.MonotonicNs() - lastNs);
    }
}
