using TraceAnalyzer.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

public sealed class AvailableMemoryTests : IDisposable
{
    private const string MeminfoOf8GiB = "MemTotal: 16777216 kB\nMemFree: 100 kB\nMemAvailable:    8388608 kB\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_control_groups_it_is_what_the_machine_has() => Assert.Equal(8L << 30, Of(("proc/meminfo", MeminfoOf8GiB)));

    [Fact]
    public void A_limit_of_version_2_counts_at_any_height_and_without_cached_files() => Assert.Equal((1L << 30) - (100 << 20), Of(
        ("proc/meminfo", MeminfoOf8GiB),
        ("proc/self/cgroup", "0::/user.slice/job\n"),
        ("cgroup/user.slice/job/memory.max", "max\n"),
        ("cgroup/user.slice/job/memory.current", "5\n"),
        ("cgroup/user.slice/memory.max", "1073741824\n"),
        ("cgroup/user.slice/memory.current", "314572800\n"),
        ("cgroup/user.slice/memory.stat", "anon 5\ninactive_file 209715200\n")));

    [Fact]
    public void In_a_container_the_mount_is_the_group() => Assert.Equal(900, Of(
        ("proc/meminfo", MeminfoOf8GiB), ("proc/self/cgroup", "0::/../elsewhere\n"), ("cgroup/memory.max", "1000"), ("cgroup/memory.current", "100")));

    [Fact]
    public void A_limit_of_version_1_counts() => Assert.Equal(300, Of(
        ("proc/meminfo", MeminfoOf8GiB),
        ("proc/self/cgroup", "9:cpu,memory:/docker/x\n1:name=systemd:/a\n"),
        ("cgroup/memory/memory.limit_in_bytes", "9223372036854771712"),
        ("cgroup/memory/memory.usage_in_bytes", "77"),
        ("cgroup/memory/docker/x/memory.limit_in_bytes", "1000"),
        ("cgroup/memory/docker/x/memory.usage_in_bytes", "800"),
        ("cgroup/memory/docker/x/memory.stat", "cache 5\ntotal_inactive_file 100\n")));

    [Theory]
    [InlineData("8")]
    [InlineData("GiB")]
    [InlineData("1.5.2GiB")]
    [InlineData("-1GiB")]
    [InlineData("63MiB")]
    [InlineData("99999999999TiB")]
    public void What_is_no_size_is_refused(string text)
    {
        ToolResult result = Tool.Run("info", "trace", "--max-memory", text);
        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.Contains("is not a valid size; expected a number and a unit", result.Error, StringComparison.Ordinal);
    }

    private long? Of(params (string Path, string Text)[] files)
    {
        foreach ((string path, string text) in files)
        {
            string full = Path.Combine(_folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        return new AvailableMemory(Path.Combine(_folder.Path, "proc"), Path.Combine(_folder.Path, "cgroup")).Bytes();
    }
}
