using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Requests;

/// <summary>The reader of requests finds what the analysis finds.</summary>
public sealed class RequestReaderTests
{
    [Fact]
    [Trait("Kind", "capture")]
    public void Requests_AreThoseOfTheAnalysis()
    {
        using ITraceReader first = TraceFormats.Open([Repository.KvCache]);
        TraceReport report = TraceAnalysis.Run(first, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
        using ITraceReader second = TraceFormats.Open([Repository.KvCache]);
        var reader = new RequestReader(second);
        var requests = new List<IoRequest>();
        while (reader.TryRead(out ReadOnlySpan<IoRequest> some))
            requests.AddRange(some);

        foreach (OperationClass @class in (OperationClass[])[OperationClass.Read, OperationClass.Write])
        {
            OperationReport expected = report.Devices[0].Operations.First(operation => operation.Scope == OperationScope.Class && operation.Name == @class.Name());
            Assert.Equal((expected.Overview.Requests, expected.Overview.Bytes), (requests.LongCount(request => request.Class == @class), requests.Where(request => request.Class == @class).Sum(request => (long)request.LengthBytes)));
            Assert.Equal(expected.Latency!.D2C!.Count, requests.LongCount(request => request.Class == @class && request.TryGetD2C(out _)));
        }

        Assert.Contains("python3", reader.Processes.All.Select(process => process.Name));
        Assert.True(reader.Diagnostics.IsClean);
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void WithoutCompletions_RequestsComeLast_AsIssued()
    {
        using ITraceReader trace = TraceFormats.Open([Repository.Path("traces", "nvmevirt", "c-kvcache", "bpftrace-block.txt.zst")]);
        var reader = new RequestReader(trace);
        long count = 0;
        while (reader.TryRead(out ReadOnlySpan<IoRequest> some))
        {
            foreach (IoRequest request in some)
                Assert.Equal(IoRequest.NoTime, request.CompleteTimeNs);
            count += some.Length;
        }

        Assert.Equal(16296, count);
    }
}
