using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;
using static TraceAnalyzer.Tests.Reading.BlktraceBytes;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What a folder or archive stands for that holds the per-CPU sets of several devices, or of several runs; and devices by their names.</summary>
public sealed class SeveralDevicesTests : IDisposable
{
    private const uint Md0 = 9u << 20;
    private const uint Nvme0 = (259u << 20) | 2;
    private const uint Nvme1 = 259u << 20;
    private const long Boot = 7_000_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderOfSeveralDevices_IsOneTraceOfAll()
    {
        WriteArray(_folder.Path);
        TraceReport report = Tool.Analyze(_folder["out"], 0, _folder.Path);

        Assert.Equal("md0+nvme0n1+nvme1n1", report.Source.Name);
        // An array and its members are devices side by side: 2 requests of 8 KiB make 4 of 4 KiB, and nothing adds them up.
        Assert.Equal(
            ["md0 (9,0) C 2", "nvme1n1 (259,0) D 2 C 2", "nvme0n1 (259,2) D 2 C 2"],
            report.Devices.Select(device => $"{device.Label()} {string.Join(' ', device.Actions.Where(action => action.Letter is "D" or "C").Select(action => $"{action.Letter} {action.Count}"))}"));
        Assert.Equal([8192L, 8192L], report.Devices[1..].Select(device => device.Operations.Single(operation => operation is { Scope: OperationScope.Class, Name: "read" }).Overview.Bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("./")]
    [InlineData("run/")]
    public void AnArchiveOfSeveralDevices_IsOneTraceOfAll(string prefix)
    {
        Directory.CreateDirectory(_folder["run"]);
        WriteArray(_folder["run"]);
        File.WriteAllBytes(_folder["a.tar"], Tars.OfFolder(_folder["run"], prefix, unpacked: false));
        Directory.Delete(_folder["run"], recursive: true);

        Assert.Equal(3, Tool.Analyze(_folder["all"], 0, _folder["a.tar"]).Devices.Length);
        Assert.Equal(3, Tool.Analyze(_folder["folder"], 0, _folder.Path).Devices.Length);
        Assert.Equal("nvme0n1 (259,2)", Tool.Analyze(_folder["one"], 0, _folder["a.tar/nvme0n1"]).Devices.Single().Label());
        Assert.Equal("nvme0n1 (259,2)", Tool.Analyze(_folder["chosen"], 0, _folder["a.tar"], "--trace", "nvme0n1").Devices.Single().Label());
        Assert.Equal(2, SmallTrace.Of(Tool.Analyze(_folder["filtered"], 0, _folder["a.tar"], "--device", "nvme0n1"), "read").Requests);
    }

    [Fact]
    public void ARunOfSeveralDevices_IsOneTraceOfAll()
    {
        WriteArray(_folder.Path);
        File.WriteAllText(_folder["run.json"], """{ "framework": "FlexGen", "model": "opt-6.7b" }""");

        Assert.Equal(3, Tool.Analyze(_folder["out"], 0, _folder.Path).Devices.Length);
        Assert.Equal("md0 (9,0)", Tool.Analyze(_folder["one"], 0, _folder.Path, "--trace", "md0").Devices.Single().Label());
        Assert.Equal(3, Tool.Run("analyze", _folder.Path, "-o", _folder["none"], "--trace", "md7").ExitCode);
    }

    [Fact]
    public void RunsOfOneDevice_AreNotAddedUp()
    {
        Write("x-init", Nvme0, Boot);
        Write("x-bench", Nvme0, Boot + 90_000_000_000);

        AssertSeveral("x-bench", "x-init");
    }

    [Fact]
    public void RunsOfDifferentDevicesAtDifferentTimes_AreNotAddedUp()
    {
        Write("one", Nvme0, Boot);
        Write("two", Nvme1, Boot + 90_000_000_000);

        AssertSeveral("one", "two");
    }

    [Fact]
    public void OneRunMergedAndByDevice_IsNotAddedUp()
    {
        WriteArray(_folder.Path);
        File.WriteAllBytes(_folder["all.blktrace.0"], new BlktraceBytes().Event('D', Boot, 0, 4096, Read, device: Nvme0).Event('D', Boot + 1, 0, 4096, Read, device: Nvme1).Event('C', Boot + 2, 0, 8192, Read, device: Md0).ToArray());

        AssertSeveral("all", "md0");
    }

    [Fact]
    public void DevicesThatWereBusyOneAfterTheOther_AreOneTraceIfTracingBeganTogether()
    {
        Write("sda", 8u << 20, Boot, startSeconds: 1_000);
        Write("sdb", (8u << 20) | 16, Boot + 90_000_000_000, startSeconds: 1_001);

        Assert.Equal(2, Tool.Analyze(_folder["out"], 0, _folder.Path).Devices.Length);
    }

    [Fact]
    public void ADeviceThatDidNothing_IsNoSecondTrace()
    {
        Write("sda", 8u << 20, Boot);
        File.WriteAllBytes(_folder["sdb.blktrace.0"], []);

        Assert.Equal("sda (8,0)", Tool.Analyze(_folder["out"], 0, _folder.Path).Devices.Single().Label());
    }

    [Fact]
    public void ASetBesideItsOtherForms_IsCountedOnce()
    {
        Write("run", Nvme0, Boot);
        Tool.Run("convert", _folder.Path, "-o", _folder["run.blktrace"]);
        Tool.Run("convert", _folder["run"], "-o", _folder["run.txt"]);
        TraceReport report = Tool.Analyze(_folder["out"], 0, _folder.Path);

        Assert.Equal(2, SmallTrace.Of(report, "read").Requests);
        // A run has no device's name.
        Assert.Equal("259,2", report.Devices.Single().Label());
    }

    [Theory]
    [InlineData("nvme0n1", "device nvme0n1 (259,2)")]
    [InlineData("/dev/nvme0n1", "device nvme0n1 (259,2)")]
    [InlineData("259:2", "device 259,2")]
    [InlineData("259,2", "device 259,2")]
    [InlineData("259, 2", "device 259,2")]
    public void ADevice_IsChosenByNameOrNumber(string device, string filter)
    {
        WriteArray(_folder.Path);
        TraceReport report = Tool.Analyze(_folder["out"], 0, _folder.Path, "--device", device);

        Assert.Equal([filter], report.Settings.Filters);
        Assert.Equal((2, 8192), SmallTrace.Of(report, "read"));
    }

    [Fact]
    public void AnUnknownName_ListsTheDevices()
    {
        WriteArray(_folder.Path);
        ToolResult result = Tool.Run("info", _folder.Path, "--device", "sdq");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("nothing in it names a device 'sdq'; there are: md0 (9,0); nvme1n1 (259,0); nvme0n1 (259,2)", result.Error);
    }

    [Fact]
    public void ASetCalledByItsRun_NamesItsOnlyDevice()
    {
        Write("run", Nvme0, Boot);

        Assert.Equal(["device run (259,2)"], Tool.Analyze(_folder["out"], 0, _folder.Path, "--device", "run").Settings.Filters);
    }

    [Fact]
    public void EnvJson_NamesDevices()
    {
        // env.json of the capture: nvme0n1 is 259:0.
        foreach (string verb in (string[])["info", "analyze"])
        {
            string[] output = verb == "analyze" ? ["-o", _folder["out"]] : [];
            Assert.Contains("device nvme0n1 (259,0)", Tool.Run([verb, Repository.KvCache, "--device", "nvme0n1", .. output]).Output);
        }
    }

    [Theory]
    [InlineData("sdb", 2)]
    [InlineData("/dev/sdb", 2)]
    [InlineData("sda", 1)]
    public void NamesOfBiosnoop_ChooseDevices(string name, int requests)
    {
        TraceReport report = Tool.Analyze(_folder["out"], 0, Biosnoop(), "--device", name);

        Assert.Equal(requests, SmallTrace.Of(report, "read").Requests);
        Assert.Equal(["sda", "sdb"], report.Devices.Select(device => device.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("info")]
    [InlineData("convert", "-o", "x.csv")]
    public void ANameThatNeverComes_ListsThoseThatDid(params string[] command)
    {
        ToolResult result = Tool.Run([command[0], Biosnoop(), "--device", "sdq", .. command[1..].Select(arg => arg == "x.csv" ? _folder[arg] : arg)]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("there are: sda; sdb", result.Error);
        Assert.False(File.Exists(_folder["x.csv"]));
    }

    [Fact]
    public void NamesOfFiles_AreThoseOfFio()
    {
        File.WriteAllText(_folder["run.log"], "fio version 3 iolog\n1 /dev/dm-0 add\n2 /dev/dm-0 open\n3 /dev/dm-0 read 0 4096\n4 /mnt/x.bin add\n5 /mnt/x.bin open\n6 /mnt/x.bin write 0 8192\n");

        Assert.Equal(4096, SmallTrace.Of(Tool.Analyze(_folder["a"], 0, _folder["run.log"], "--device", "/dev/dm-0"), "read").Bytes);
        Assert.Equal(4096, SmallTrace.Of(Tool.Analyze(_folder["b"], 0, _folder["run.log"], "--device", "dm-0"), "read").Bytes);
        Assert.Equal((0L, 8192L), (SmallTrace.Of(Tool.Analyze(_folder["c"], 0, _folder["run.log"], "--device", "/mnt/x.bin"), "read").Bytes, SmallTrace.Of(Tool.ReadReport(_folder["c"]), "write").Bytes));
    }

    [Fact]
    public void Names_SurviveParquetAndChooseWhatIsCompared()
    {
        WriteArray(_folder.Path);
        Tool.Run("convert", _folder.Path, "-o", _folder["a.parquet"]);
        Write("other", Nvme1, Boot + 500_000_000_000);

        Assert.Equal(["md0", "nvme1n1", "nvme0n1"], Tool.Analyze(_folder["out"], 0, _folder["a.parquet"]).Devices.Select(device => device.Name));
        ToolResult result = Tool.Run("compare", _folder["out"], _folder["a.parquet"], "-o", _folder["compared"], "--device", "/dev/nvme0n1");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("device 259,2", result.Output);
    }

    private void AssertSeveral(params string[] names)
    {
        ToolResult result = Tool.Run("info", _folder.Path);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("holds 2 traces", result.Error);
        Assert.All(names, name => Assert.Contains(_folder[name], result.Error));
    }

    // Two requests of the array, each cut in two for its members.
    private static void WriteArray(string folder)
    {
        var md0 = new BlktraceBytes();
        var members = new BlktraceBytes[] { new(), new() };
        for (int i = 0; i < 2; i++)
        {
            long time = Boot + (i * 1_000_000);
            md0.Event('Q', time, (ulong)(i * 16), 8192, Read, device: Md0).Event('C', time + 500_000, (ulong)(i * 16), 8192, Read, device: Md0);
            for (int member = 0; member < 2; member++)
            {
                uint device = member == 0 ? Nvme0 : Nvme1;
                members[member].Event('D', time + 1_000, (ulong)(i * 8), 4096, Read, device: device).Event('C', time + 400_000, (ulong)(i * 8), 4096, Read, device: device);
            }
        }

        File.WriteAllBytes(Path.Combine(folder, "md0.blktrace.0"), md0.ToArray());
        File.WriteAllBytes(Path.Combine(folder, "nvme0n1.blktrace.0"), members[0].ToArray());
        File.WriteAllBytes(Path.Combine(folder, "nvme1n1.blktrace.0"), members[1].ToArray());
    }

    private void Write(string name, uint device, long timeNs, uint? startSeconds = null)
    {
        var bytes = new BlktraceBytes();
        if (startSeconds is { } seconds)
            bytes.Timestamp(Boot - 1_000, seconds, 0);
        bytes.Event('D', timeNs, 0, 4096, Read, device: device).Event('C', timeNs + 1_000, 0, 4096, Read, device: device)
            .Event('D', timeNs + 3_000, 8, 4096, Read, device: device).Event('C', timeNs + 7_000, 8, 4096, Read, device: device);
        File.WriteAllBytes(_folder[name + ".blktrace.0"], bytes.ToArray());
    }

    private string Biosnoop()
    {
        File.WriteAllText(_folder["snoop.txt"],
            """
            TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)
            0.000000    python3        4211   sda     R 2048       131072    0.41
            0.000512    python3        4211   sdb     R 2304       131072    0.44
            0.904120    python3        4211   sdb     R 113638     1048576   9.44

            """);
        return _folder["snoop.txt"];
    }
}
