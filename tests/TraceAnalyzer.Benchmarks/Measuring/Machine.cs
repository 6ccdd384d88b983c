using System.Globalization;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>What the numbers hold for.</summary>
public sealed record Machine(string Label, string Date, string Cpu, int Cores, string Memory, string Kernel, string DotNet, string Blktrace, string DuckDb, string Tool)
{
    public static Machine Describe(string label, string toolVersion) => new(
        label,
        DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ProcValue("/proc/cpuinfo", "model name"),
        Environment.ProcessorCount,
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F1} GiB"),
        OperatingSystemAndKernel(),
        RuntimeInformation.FrameworkDescription,
        CommandRunner.Output("blkparse", "-V"),
        typeof(DuckDB.NET.Data.DuckDBConnection).Assembly.GetName().Version!.ToString(),
        toolVersion);

    private static string OperatingSystemAndKernel()
    {
        const string release = "/proc/sys/kernel/osrelease";
        return RuntimeInformation.OSDescription + (File.Exists(release) ? ", kernel " + File.ReadAllText(release).Trim() : "");
    }

    private static string ProcValue(string path, string name)
    {
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
