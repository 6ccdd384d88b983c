using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Summaries;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Traces with more devices, or more named processes, than any machine has.</summary>
public class DeviceLimitTests
{
    private const int Devices = 10_000;
    private const int EventsOfDevice = 3;

    [Fact]
    public void Devices_beyond_the_limit_are_counted_and_the_report_says_so()
    {
        TraceReport report = Analyze(new AnalysisOptions());

        Assert.Equal(DeviceLimit.Most, report.Devices.Length);
        // Those that appear first, which are not those of the least numbers.
        Assert.Equal(Enumerable.Range(0, DeviceLimit.Most).Select(Device).Order().Select(device => device.ToString()), report.Devices.Select(device => device.Device));
        Assert.All(report.Devices, device => Assert.Equal(EventsOfDevice, device.Operations[0].Overview.Requests));
        Assert.Equal(Devices * EventsOfDevice, report.Events);
        Assert.Equal(Devices * EventsOfDevice, Assert.Single(report.Actions).Count);
        Assert.Equal("Of 10,000 devices the 4,096 that appear first are analyzed; 17,712 events of the others are counted among the trace's events only (--device chooses one).", Assert.Single(report.Notes));
        Assert.False(report.HasLosses);
    }

    [Fact]
    public void The_devices_analyzed_do_not_depend_on_workers_and_chunks() =>
        Assert.Equal(ReportJsonTests.Write(Analyze(new AnalysisOptions { Workers = 1 })), ReportJsonTests.Write(Analyze(new AnalysisOptions { Workers = 3 }, chunk: 331)));

    [Fact]
    public void A_device_that_is_asked_for_is_analyzed_wherever_it_appears()
    {
        DeviceId last = Device(Devices - 1);
        TraceReport report = Analyze(new AnalysisOptions { Filter = new EventFilter { Device = last } });

        DeviceReport device = Assert.Single(report.Devices, device => device.Operations.Length > 0);
        Assert.Equal((last.ToString(), EventsOfDevice), (device.Device, device.Operations[0].Overview.Requests));
        Assert.Equal(Devices * EventsOfDevice, report.Actions[0].Count);
    }

    [Fact]
    public void Info_shows_32_devices_and_says_where_the_others_are()
    {
        using var text = new StringWriter();
        InfoSummary.Write(Analyze(new AnalysisOptions()), text);
        string[] lines = text.ToString().Split('\n');

        Assert.Equal(ShownDevices.Most, lines.Count(line => line.StartsWith("Device ", StringComparison.Ordinal)));
        Assert.Contains("Shown are the 32 of 4096 devices that moved most bytes; --json has all.", lines);
    }

    [Fact]
    public void Names_of_processes_beyond_the_limit_are_not_kept()
    {
        var names = new ProcessNames();
        for (int pid = 0; pid <= ProcessNames.Most; pid++)
            names.Observe(pid, "a"u8);
        names.Observe(7, "renamed"u8);

        Assert.Equal(ProcessNames.Most, names.Count);
        Assert.True(names.IsFull);
        Assert.Equal(("renamed", "a", null), (names.Find(7), names.Find(ProcessNames.Most - 1), names.Find(ProcessNames.Most)));
        names.Clear();
        Assert.Equal((0, false), (names.Count, names.IsFull));
    }

    [Fact]
    public void Processes_called_as_the_filter_says_follow_names_that_change()
    {
        using var reader = new EventListReader([], 1);
        var stage = new OrderedStage(new AnalysisOptions { Filter = new EventFilter { ProcessName = "wanted" } }, reader);
        Assert.Null(stage.PidsOfName);
        Assert.Equal([1, 3], Named((1, "wanted"), (2, "other"), (3, "wanted")));
        Assert.Equal([2, 3], Named((1, "other"), (2, "wanted")));
        IReadOnlySet<int> before = stage.PidsOfName!;
        Assert.Equal([2, 3], Named((4, "another")));
        Assert.Same(before, stage.PidsOfName);
        Assert.Equal([2], Named((3, "done")));
        // Workers hold on to the set of their batch.
        Assert.Equal([2, 3], before.Order());

        IEnumerable<int> Named(params (int Pid, string Name)[] names)
        {
            var batch = new EventBatch();
            foreach ((int pid, string name) in names)
                batch.Processes.Observe(pid, System.Text.Encoding.UTF8.GetBytes(name));
            stage.Process(batch, 0, new RequestBatch());
            return stage.PidsOfName!.Order();
        }
    }

    // Device numbers fall, so that the first to appear are not the least.
    private static DeviceId Device(int i) => DeviceId.Of(259, (uint)(Devices - i));

    private static TraceReport Analyze(AnalysisOptions options, int chunk = 1000)
    {
        BlockEvent[] events = [.. Enumerable.Range(0, Devices * EventsOfDevice).Select(i => new BlockEvent
        {
            TimeNs = i * 1000L,
            Action = BlockAction.Issue,
            Sector = (ulong)i * 8,
            LengthBytes = 4096,
            LengthSectors = 8,
            Rwbs = Rwbs.Of("R"),
            Class = OperationClass.Read,
            Device = Device(i % Devices),
        })];
        using var reader = new EventListReader(events, chunk);
        return TraceAnalysis.Run(reader, options);
    }
}
