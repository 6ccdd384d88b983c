using System.Collections.Concurrent;
using System.Text.Json;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Runs on several disks against what the capturing scripts counted from the raw records (oracle.json).</summary>
[Trait("Kind", "capture")]
public class SeveralDiskOracleTests
{
    private static readonly ConcurrentDictionary<string, Lazy<TraceReport>> s_reports = new();

    [Theory]
    [InlineData("arrays/md-raid0")]
    [InlineData("arrays/btrfs-raid0-4dev")]
    [InlineData("new/hf-4disks", Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("new/hf-btrfs-raid0", Traits = [Captures.Needs, Captures.Shared])]
    public void Each_device_and_their_sum_have_the_oracles_requests_and_bytes(string capture)
    {
        TraceReport report = Report(capture);
        long reads = 0;
        long bytes = 0;
        foreach (JsonProperty device in Oracle(capture).GetProperty("devices").EnumerateObject())
        {
            string number = device.Value.TryGetProperty("number", out JsonElement known) || device.Value.TryGetProperty("dev", out known) ? known.GetString()!.Replace(':', ',') : device.Name;
            DeviceReport own = report.Devices.Single(candidate => candidate.Device == number);
            JsonElement[] issued = [.. device.Value.GetProperty("D").EnumerateObject().Where(operation => operation.Name[0] == 'R').Select(operation => operation.Value)];
            long ownReads = issued.Sum(operation => operation.GetProperty("count").GetInt64());
            long ownBytes = issued.Sum(operation => operation.GetProperty("bytes").GetInt64());
            Assert.Equal((ownReads, ownBytes), (own.Read?.Overview.Requests ?? 0, own.Read?.Overview.Bytes ?? 0));
            (reads, bytes) = (reads + ownReads, bytes + ownBytes);
        }

        Assert.Equal((reads, bytes), (report.Aggregate!.Whole.Read!.Overview.Requests, report.Aggregate.Whole.Read.Overview.Bytes));
        Assert.Equal(bytes, report.Aggregate.Whole.Read.Throughput.Bytes.Sum());
        Assert.Equal(4, report.Aggregate.Devices.Length);
    }

    // The scripts paired requests with bytes by themselves; flushes, which have none, are in flight besides, never alone on these disks together.
    [Theory]
    [InlineData("new/hf-4disks", Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("new/hf-btrfs-raid0", Traits = [Captures.Needs, Captures.Shared])]
    public void Time_in_flight_of_all_disks_is_the_oracles(string capture)
    {
        JsonElement expected = Oracle(capture).GetProperty("in_flight").GetProperty("all");
        QueueDepthResult depth = Report(capture).Aggregate!.Whole.QueueDepth!;

        Assert.Equal(expected.GetProperty("busy_ns").GetInt64(), depth.BusyNs);
        Assert.Equal(expected.GetProperty("max").GetInt64(), depth.MaxDepth);
        Assert.Equal(expected.GetProperty("outstanding_integral_ns").GetInt64() + FlushNs(Report(capture).Aggregate!.Whole), depth.TimeAtDepthNs.Select((ns, requests) => ns * requests).Sum());
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Disks_that_work_in_turn_are_idle_most_of_the_time_and_the_run_is_not()
    {
        TraceReport report = Report("new/hf-4disks");
        JsonElement oracle = Oracle("new/hf-4disks");
        DevicePart[] parts = report.Aggregate!.Balance.Parts;
        foreach (JsonProperty device in oracle.GetProperty("devices").EnumerateObject())
        {
            DeviceReport own = report.Devices.Single(candidate => candidate.Name == device.Name);
            long busyNs = device.Value.GetProperty("in_flight").GetProperty("busy_ns").GetInt64();
            Assert.InRange(parts.Single(part => part.Device == own.Device).BusyNs!.Value, busyNs, busyNs + FlushNs(own));
        }

        long allNs = oracle.GetProperty("in_flight").GetProperty("all").GetProperty("busy_ns").GetInt64();
        Assert.Equal(parts.Sum(part => part.BusyNs!.Value) / (double)allNs, report.Aggregate.Balance.BusyDevices!.Value, 1e-12);
        Assert.InRange(report.Aggregate.Balance.BusyDevices.Value, 1, 1.001);
        Assert.All(report.Devices, device => Assert.Equal(LimitKind.Host, device.Limit!.Kind));
        Assert.Equal(LimitKind.ShallowQueue, report.Limit!.Kind);
        Assert.Contains("Taken alone: each host- or compute-bound.", report.Limit.Details);
    }

    // A token's reads are those of all disks. The oracle's windows are the framework's tokens.
    [Theory]
    [InlineData("new/hf-4disks", Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("new/hf-btrfs-raid0", Traits = [Captures.Needs, Captures.Shared])]
    public void Tokens_are_of_all_disks(string capture)
    {
        JsonElement[] windows = [.. Oracle(capture).GetProperty("windows").EnumerateArray().Where(window => window.GetProperty("window").GetString()!.StartsWith("token", StringComparison.Ordinal))];
        TraceReport report = Report(capture);

        Assert.Equal(
            windows.Select(window => (window.GetProperty("D_reads").GetInt64(), window.GetProperty("D_read_bytes").GetInt64())),
            report.Run!.Tokens.Select(token => (token.ReadRequests, token.ReadBytes)));
        Assert.All(report.Run.Tokens, token => Assert.NotNull(token.IoBusyNs));
    }

    // By filefrag and the device column, or the chunk tree of btrfs.
    [Theory]
    [InlineData("new/hf-4disks", Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("new/hf-btrfs-raid0", Traits = [Captures.Needs, Captures.Shared])]
    public void Each_file_has_the_oracles_bytes(string capture)
    {
        TraceReport report = Report(capture);
        Dictionary<string, long> expected = Oracle(capture).GetProperty("files").GetProperty("R").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetInt64());

        Assert.True(expected.Remove("(no file)", out long unmapped));
        Assert.Equal(
            expected.OrderBy(file => file.Key, StringComparer.Ordinal),
            report.Run!.Tensors.GroupBy(tensor => tensor.File).Select(file => KeyValuePair.Create(file.Key, file.Sum(tensor => tensor.ReadBytes))).Where(file => file.Value > 0).OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.Equal(unmapped, report.Run.Unmapped!.ReadBytes);
    }

    // 24 files of 16 MiB, read four times. What is not of them is metadata (RM).
    [Theory]
    [InlineData("arrays/md-raid0")]
    [InlineData("arrays/btrfs-raid0-4dev")]
    public void Files_on_an_array_have_all_of_the_read_ahead(string capture)
    {
        const long FourPasses = 4 * (16L << 20);
        TraceReport report = Report(capture);
        long Issued(string rwbs) => Oracle(capture).GetProperty("devices").EnumerateObject().Sum(device => device.Value.GetProperty("D").TryGetProperty(rwbs, out JsonElement operation) ? operation.GetProperty("bytes").GetInt64() : 0);

        Assert.Equal(24, report.Run!.Tensors.Length);
        Assert.Equal(Issued("RA"), report.Run.Tensors.Sum(tensor => tensor.ReadBytes));
        Assert.Equal(Issued("RM"), report.Run.Unmapped!.ReadBytes);
        // Pages in per-CPU batches survived dropping the cache: 11 of md-raid0.
        Assert.All(report.Run.Tensors, tensor => Assert.InRange(tensor.ReadBytes, FourPasses - (11 * 4096), FourPasses));
        Assert.Equal(Issued("RA"), (24 * FourPasses) - report.Run.Tensors.Sum(tensor => FourPasses - tensor.ReadBytes));
        Assert.NotEmpty(report.Run.DeviceMap);
    }

    private static long FlushNs(DeviceReport device) => device.OfClass(OperationClass.Flush)?.Latency?.D2C is { } flushes ? (long)Math.Round(flushes.MeanNs * flushes.Count) : 0;

    private static JsonElement Oracle(string capture)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Captures.Folder(capture), "oracle.json")));
        return document.RootElement.Clone();
    }

    private static TraceReport Report(string capture)
    {
        string folder = Captures.Folder(capture);
        return s_reports.GetOrAdd(capture, _ => new Lazy<TraceReport>(() => RunAnalysis.Of(folder))).Value;
    }
}
