using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>Binary records: read back they are what they were, and blkparse and btt say the same of them as of the originals.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class BlktraceWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Sets => BlkparseDifferentialTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    [InlineData("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup")]
    public void Nothing_is_lost_in_either_form(string name)
    {
        string printed = Conversions.Convert(TraceFiles.FindSet(name), _folder["merged.blktrace"]);
        Conversions.Convert(TraceFiles.FindSet(name), _folder["set/"], "--format", "blktrace");
        ReadTrace original = TraceFiles.Read(TraceFiles.FindSet(name));

        Assert.DoesNotContain("not carried", printed);
        SameTrace(original, TraceFiles.Read(_folder["merged.blktrace"]));
        SameTrace(original, TraceFiles.Read(_folder["set"]));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Blkparse_prints_the_set_as_it_prints_the_original(string name)
    {
        Conversions.Convert(TraceFiles.FindSet(name), _folder["set/"], "--format", "blktrace");
        byte[] text = Programs.Run(_folder["set"], null, "blkparse", "-i", Path.GetFileName(name));

        Conversions.AssertSameText(Conversions.Bytes(name + ".blkparse.txt"), text);
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1")]
    public void Blkparse_reads_the_stream(string name)
    {
        Conversions.Convert(TraceFiles.FindSet(name), _folder["x.blktrace"]);
        byte[] text = Programs.Run(_folder.Path, _folder["x.blktrace"], "blkparse", "-q", "-i", "-");

        string[] expected = [.. TraceFiles.Lines(name + ".blkparse.txt").TakeWhile(line => !line.StartsWith("CPU", StringComparison.Ordinal))];
        Assert.Equal(expected, System.Text.Encoding.Latin1.GetString(text).TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("nvmevirt/d-mixed-partition-dm/dm-0")]
    public void Btt_finds_the_same_latencies(string name)
    {
        Conversions.Convert(TraceFiles.FindSet(name), _folder["set/"], "--format", "blktrace");
        Programs.Run(_folder["set"], null, "blkparse", "-q", "-O", "-d", "ours.bin", "-i", Path.GetFileName(name));
        File.WriteAllBytes(Path.Combine(_folder["set"], "theirs.bin"), Conversions.Bytes(name + ".bin"));

        byte[] ours = Programs.Run(_folder["set"], null, "btt", "-i", "ours.bin");
        Conversions.AssertSameText(Programs.Run(_folder["set"], null, "btt", "-i", "theirs.bin"), ours);
        Assert.Contains("D2C", System.Text.Encoding.ASCII.GetString(ours));
    }

    [Fact]
    public void Letters_of_tracepoints_that_have_no_bits_are_counted()
    {
        File.WriteAllText(_folder["in.txt"], """
              8,0    1        1     0.000000000   100  D   N 0 + 8 [a]
              8,0    1        2     0.100000000   100  D  FF 0 [a]
              8,0    1        3     0.200000000   100  D  ZR 0 + 8 [a]
              8,0    1        4     0.300000000   100  D FWFSM 8 + 8 [a]

            """);
        string printed = Conversions.Convert(_folder["in.txt"], _folder["x.blktrace"]);
        List<BlockEvent> events = TraceFiles.Read(_folder["x.blktrace"]).Events;

        Assert.Equal(["W", "FN", "FWFSM"], events.Select(e => e.Rwbs.ToString()));
        Assert.Contains("2 events whose letters change", printed);
        Assert.Contains("1 events of operations that version 7 has no bits for", printed);
    }

    private static void SameTrace(ReadTrace expected, ReadTrace actual)
    {
        Assert.Equal(expected.Events.Count, actual.Events.Count);
        for (int i = 0; i < expected.Events.Count; i++)
        {
            if (!System.Runtime.InteropServices.MemoryMarshal.AsBytes([expected.Events[i]]).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes([actual.Events[i]])))
                Assert.Fail($"event {i}: {expected.Events[i].Action} at {expected.Events[i].TimeNs} is not {actual.Events[i].Action} at {actual.Events[i].TimeNs}");
        }

        Assert.Equal(expected.Processes.All, actual.Processes.All);
        Assert.Equal(expected.WallClock, actual.WallClock);
        Assert.True(actual.Diagnostics.IsClean);
    }
}
