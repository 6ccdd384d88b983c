using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>The report of a trace does not depend on how the work was shared or where the trace was cut: the same bytes come out.</summary>
[Trait("Kind", "capture")]
public class WholeTraceTests
{
    private static readonly AnalysisOptions[] s_options =
    [
        new(),
        new() { Study = true },
        new() { CountedAction = BlockAction.Queue, BinWidthNs = 700_000 },
        new() { CountedAction = BlockAction.Complete, Filter = new EventFilter { Class = OperationClass.Read, Device = DeviceId.Of(259, 0) } },
    ];

    [Fact]
    public void Workers_and_chunks_do_not_change_a_report()
    {
        for (int seed = 0; seed < 2; seed++)
        {
            var random = new Random(seed);
            BlockEvent[] events = RandomEvents.Create(seed, 300);
            foreach (AnalysisOptions options in s_options)
            {
                byte[] whole = Json(new EventListReader(events, events.Length), options with { Workers = 1 });
                foreach (int workers in (int[])[1, 2, 3, 4, 8])
                {
                    int[] cuts = [.. Enumerable.Range(0, 50).Select(_ => random.Next(1, 1 + random.Next(1, 200)))];
                    Assert.Equal(whole, Json(new EventListReader(events, cuts), options with { Workers = workers }));
                }
            }
        }
    }

    [Fact]
    public void Any_two_pieces_make_the_report_of_the_whole()
    {
        BlockEvent[] events = RandomEvents.Create(1234, 100);
        foreach (AnalysisOptions options in s_options)
        {
            byte[] whole = Json(new EventListReader(events, events.Length), options with { Workers = 1 });
            for (int cut = 1; cut < events.Length; cut += 1 + (events.Length / 8))
                Assert.Equal(whole, Json(new EventListReader(events, cut, events.Length), options with { Workers = 2 }));
        }
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache/c-kvcache")]
    [InlineData("deepspeed/deepspeed-model-fullmask/deepspeed-model-fullmask-init")]
    public void Workers_do_not_change_the_report_of_a_capture(string name)
    {
        byte[] one = Json(TraceFormats.Open([TraceFiles.FindSet(name)]), new AnalysisOptions { Workers = 1 });
        foreach (int workers in (int[])[2, 3, 4, 8])
            Assert.Equal(one, Json(TraceFormats.Open([TraceFiles.FindSet(name)]), new AnalysisOptions { Workers = workers }));
    }

    [Fact]
    public void A_set_of_which_one_file_is_cut_in_two_is_the_set()
    {
        byte[] first = Unpacked("nvmevirt/c-kvcache/c-kvcache.blktrace.0");
        byte[] second = Unpacked("nvmevirt/c-kvcache/c-kvcache.blktrace.1");
        List<int> starts = StartsOfRecords(first);
        byte[] whole = Json(Parts(first, second), new AnalysisOptions());
        var random = new Random(5);
        for (int i = 0; i < 6; i++)
        {
            int cut = starts[random.Next(starts.Count)];
            Assert.Equal(whole, Json(Parts(first[..cut], first[cut..], second), new AnalysisOptions()));
        }
    }

    private static BlktraceReader Parts(params byte[][] files)
    {
        TraceParts parts = TraceReading.Parts(files);
        return BlktraceReader.Open(parts, new ReadOptions());
    }

    private static byte[] Unpacked(string name)
    {
        using TraceInput input = CompressedInput.OpenFile(TraceFiles.Find(name));
        var bytes = new MemoryStream();
        input.Content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static List<int> StartsOfRecords(byte[] file)
    {
        var starts = new List<int>();
        for (int at = 0; at < file.Length; at += BlktraceRecord.Version7HeaderBytes + BitConverter.ToUInt16(file, at + 46))
            starts.Add(at);
        return starts;
    }

    private static byte[] Json(ITraceReader reader, AnalysisOptions options)
    {
        using (reader)
        {
            TraceReport report = TraceAnalysis.Run(reader, options);
            Assert.True(report.Events > 0);
            var json = new MemoryStream();

            // How many files there were is the one thing that may differ.
            ReportJson.Write(report with { Source = report.Source with { Files = [], Format = "" } }, json);
            return json.ToArray();
        }
    }
}
