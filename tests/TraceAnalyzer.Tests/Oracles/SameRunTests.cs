using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// One run, recorded at once by blktrace and by the study's bpftrace probe: the same issues, so the same numbers. Flushes and
/// passthrough commands go by other names (<c>FN</c> and <c>FF</c>; <c>R</c> or <c>N</c> and always <c>N</c>), and have no
/// place in tracepoints.
/// </summary>
[Trait("Kind", "capture")]
public class SameRunTests
{
    [Theory]
    [InlineData("nvmevirt/a-offload-mmap", "a-offload-mmap")]
    [InlineData("nvmevirt/b-deepnvme-fio", "b-deepnvme-fio")]
    [InlineData("nvmevirt/b2-deepnvme-fio-alltools", "b2-deepnvme-fio-alltools")]
    [InlineData("nvmevirt/c-kvcache", "c-kvcache")]
    [InlineData("nvmevirt/d-mixed-partition-dm", "nvme0n1")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua", "nvme0n1")]
    [InlineData("nvmevirt/g-qemunvme-xfs-mqdeadline", "g-qemunvme-xfs-mqdeadline")]
    [InlineData("nvmevirt/l-qemunvme-cgroup", "l-qemunvme-cgroup")]
    public void Tracepoints_and_blktrace_give_the_same_numbers_at_issue(string folder, string name)
    {
        DeviceReport blktrace = Assert.Single(TraceFiles.Analyse(new AnalysisOptions(), TraceFiles.FindSet($"{folder}/{name}")).Devices);
        TraceReport csv = TraceFiles.Analyse(new AnalysisOptions(), TraceFiles.Find($"{folder}/bpftrace-block.txt"));
        DeviceReport tracepoints = Assert.Single(csv.Devices);

        Assert.Equal("unknown", tracepoints.Device);
        Assert.Equal(Requests(blktrace), Requests(tracepoints));
        List<OperationReport> expected = [.. blktrace.Operations.Where(HasOneName)];
        List<OperationReport> actual = [.. tracepoints.Operations.Where(HasOneName)];
        Assert.Equal(expected.Select(operation => operation.Name), actual.Select(operation => operation.Name));
        foreach ((OperationReport one, OperationReport other) in expected.Zip(actual))
        {
            OverviewResult a = one.Overview;
            OverviewResult b = other.Overview;
            Assert.Equal((one.Scope, one.Class, a.Requests, a.Bytes, a.MinSizeBytes, a.MaxSizeBytes), (other.Scope, other.Class, b.Requests, b.Bytes, b.MinSizeBytes, b.MaxSizeBytes));
            Assert.Equal((a.MeanSizeBytes, a.MedianSizeBytes, a.FootprintBytes), (b.MeanSizeBytes, b.MedianSizeBytes, b.FootprintBytes));
            Assert.Equivalent(one.Sizes, other.Sizes, strict: true);
            Assert.Equivalent(WithoutRows(one.SectorAccess), WithoutRows(other.SectorAccess), strict: true);
        }

        Assert.Equal(blktrace.ReadShareOfBytes, tracepoints.ReadShareOfBytes);
        Assert.Equal(blktrace.ReadShareOfRequests, tracepoints.ReadShareOfRequests);
    }

    private static long Requests(DeviceReport device) => device.Operations.Where(operation => operation.Scope == OperationScope.Class).Sum(operation => operation.Overview.Requests);

    private static bool HasOneName(OperationReport operation) => operation.Class is null or OperationClass.Read or OperationClass.Write or OperationClass.Discard;

    // Rows depend on how fine the heatmaps of the trace could stay, which depends on the time between the requests.
    private static SectorAccessResult? WithoutRows(SectorAccessResult? access) =>
        access is null ? null : access with { RowAccessedSectors = null, RowTouchedSectors = null, RowMaxAccesses = null };
}
