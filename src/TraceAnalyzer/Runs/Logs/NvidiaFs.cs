using TraceAnalyzer.SideFiles;

// GDS Version: 1.7.0.149
// NVFS statistics(ver: 4.0)
// IO stats: Enabled, peer IO stats: Enabled
// Reads				: n=1048576 ok=1048576 err=0 readMiB=131072 io_state_err=0
// Writes				: n=512 ok=512 err=0 writeMiB=64 io_state_err=0 pg-cache=0 pg-cache-fail=0 pg-cache-eio=0
namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// The counters of NVIDIA's driver for GPUDirect Storage, <c>/proc/driver/nvidia-fs/stats</c> (NVIDIA, GPUDirect Storage Installation and Troubleshooting Guide).
/// They count from the loading of the driver; a copy before the run and one after say what the run moved past the host's memory.
/// </summary>
/// <param name="CountsIo">False if the driver was told not to count (<c>IO stats: Disabled</c>): then nothing follows from zeros.</param>
/// <param name="ReadBytes">Bytes read into GPU memory, in whole MiB.</param>
/// <param name="WriteBytes">Bytes written from it.</param>
public sealed record NvidiaFs(bool CountsIo, long ReadBytes, long WriteBytes)
{
    private const string Title = "NVFS statistics";

    private static readonly NumberRange<long> s_mebibytes = new(0, SideRanges.MostBytes >> 20);

    /// <summary>Values out of range, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsStatistics(IEnumerable<string> firstLines) => firstLines.Take(3).Any(line => line.StartsWith(Title, StringComparison.Ordinal));

    /// <summary>Reads the file from its beginning.</summary>
    public static NvidiaFs Read(TextReader text)
    {
        long? read = null;
        long? written = null;
        bool isDisabled = false;
        var remarks = new SideRemarks();
        while (text.ReadLine() is { } line)
        {
            isDisabled |= line.StartsWith("IO stats: Disabled", StringComparison.Ordinal);
            read ??= Mebibytes(line, "Reads", "readMiB=", remarks);
            written ??= Mebibytes(line, "Writes", "writeMiB=", remarks);
        }

        return new NvidiaFs(!isDisabled && (read ?? written) is not null, (read ?? 0) << 20, (written ?? 0) << 20) { Remarks = remarks.Sentence is { } remark ? [remark] : [] };
    }

    private static long? Mebibytes(string line, string operation, string name, SideRemarks remarks)
    {
        if (!line.StartsWith(operation, StringComparison.Ordinal) || line.IndexOf(name, StringComparison.Ordinal) is not (> 0 and var at))
            return null;
        ReadOnlySpan<char> rest = line.AsSpan(at + name.Length);
        int end = rest.IndexOfAny(' ', '\t', ',');
        ReadOnlySpan<char> number = end < 0 ? rest : rest[..end];
        if (s_mebibytes.Parse(number) is { } mebibytes)
            return mebibytes;
        remarks.AddValue(name.TrimEnd('='), number.ToString(), s_mebibytes.ToString());
        return null;
    }
}
