using System.Text;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Tables;

public sealed class TraceTablesTests
{
    [Fact]
    public void WriteAll_WritesEveryTableOfAFullReport()
    {
        Dictionary<string, string> files = WriteAll(SampleReport.OfSeveral());

        Assert.Equal(TraceTables.All.Select(table => table.FileName).Order(), files.Keys.Order());
        foreach (TableOf<TraceReport> table in TraceTables.All)
        {
            Assert.StartsWith(string.Join(',', table.Columns.Select(column => column.Name)) + "\n", files[table.FileName]);
            Assert.EndsWith("\n", files[table.FileName]);
            Assert.DoesNotContain('\r', files[table.FileName]);
        }
    }

    [Fact]
    public void WriteAll_LeavesOutTablesWithoutRows()
    {
        TraceReport report = SampleReport.Full();

        Assert.Equal(["integrity.csv"], WriteAll(report with { Devices = [], Study = null, Run = null, Findings = [] }).Keys);
    }

    [Fact]
    public void WriteAll_IsTheSameInEveryCulture() =>
        Assert.Equal(WriteAll(SampleReport.Full()), Culture.InGerman(() => WriteAll(SampleReport.Full())));

    [Theory]
    [InlineData("overview.csv", "\"259,0\",class,read,read,4,524288,4096,131072,131072,131072,131072,0.75,0.3333333333333333,5000000010,6250000010,1250000000,3.2,419430.4,6,786432,524288,2,0.9922480620155039")]
    [InlineData("overview.csv", "\"259,0\",class,flush,flush,1,0,0,0,0,0,0,1,0,5000000010,5000000010,0,,,6,,524288,1,")]
    [InlineData("request_sizes.csv", "\"259,0\",class,read,131072,3,0.75,0.75")]
    [InlineData("request_sizes.csv", "\"259,0\",class,flush,0,1,1,0")]
    [InlineData("throughput.csv", "\"259,0\",transfers,transfers,1,6000000000,2,135168,4,270336")]
    [InlineData("sector_access.csv", "\"259,0\",rwbs,R,1024,2048,2,3,2,0.25,524288,0.015,0.15,,")]
    [InlineData("sector_access_distribution.csv", "\"259,0\",class,read,1,512,0.5")]
    [InlineData("sector_access_distribution.csv", "\"259,0\",class,read,3,512,1")]
    [InlineData("lorenz.csv", "\"259,0\",class,read,0.5,0.25")]
    [InlineData("hot_shares.csv", "\"259,0\",class,read,0.1,0.15")]
    [InlineData("access_map.csv", "\"259,0\",class,read,8589934592,8589934848,768,1280,3")]
    [InlineData("sector_time.csv", "\"259,0\",read,0,256,6000000000,512")]
    [InlineData("sector_time.csv", "\"259,0\",write,0,256,5000000000,8")]
    [InlineData("sequences.csv", "\"259,0\",read,device,4,3,0.75,1,2,2,0.5,1,0.25,1,131072,131072,131072,1,1,4096,8192,-4096,1,")]
    [InlineData("time_use.csv", "\"259,0\",1000,750,0.75,1.4,2113536000,20000000,0.25,2,250,500,500")]
    [InlineData("time_use_by_depth.csv", "\"259,0\",0,0,750,0.75")]
    [InlineData("time_use_by_depth.csv", "\"259,0\",2,2,100,0.1")]
    [InlineData("latency.csv", "\"259,0\",class,read,Q2D,4,750,1500.3333333333333,1500,3000,4500,5250,6000,0.01,1")]
    [InlineData("latency_by_size.csv", "\"259,0\",class,read,D2C,2048,4096,4,20000,40000.333333333336,40000,80000,120000,140000,160000,0.01")]
    [InlineData("latency_over_time.csv", "\"259,0\",class,read,D2C,0,5000000000,3,60000.5,80000,80000")]
    [InlineData("latency_histogram.csv", "\"259,0\",class,read,D2C,85300,3,0.75")]
    [InlineData("queue_depth.csv", "\"259,0\",0.5,5500000000,1.25,2")]
    [InlineData("queue_depth_distribution.csv", "\"259,0\",1,250,0.25,3")]
    [InlineData("queue_depth_distribution.csv", "\"259,0\",2,0,0,2")]
    [InlineData("processes.csv", "\"259,0\",-1,,0,0,0,0,2")]
    [InlineData("cpus.csv", "\"259,0\",3,0,0,1,4096,2")]
    [InlineData("integrity.csv", "skippedBytes,7,bytes that belong to no record,\"run.blktrace.1, byte 4096\"")]
    [InlineData("study_bandwidth.csv", "6,131072,4096")]
    [InlineData("study_sizes.csv", "R,128,4")]
    [InlineData("study_access.csv", "R,1,512,0.5")]
    public void WriteAll_WritesTheRow(string file, string row) =>
        Assert.Contains(row, WriteAll(SampleReport.Full())[file].Split('\n'));

    [Fact]
    public void WriteAll_DropsWhatNothingTouched()
    {
        Dictionary<string, string> files = WriteAll(SampleReport.Full());

        Assert.Equal(4, CountRows(files["sector_time.csv"]));
        Assert.DoesNotContain(",256,512,", files["access_map.csv"]);
        Assert.Equal(6, CountRows(files["latency_over_time.csv"]));
    }

    [Fact]
    public void WriteAll_KeepsAHostileNameOnItsLineAndFromRunning()
    {
        string[] lines = WriteAll(SampleReport.Full())["processes.csv"].Split('\n');

        Assert.Equal("\"259,0\",4711,\"\uFFFD[2J\"\"rm\"\", -rf\uFFFD\uFFFD\",3,393216,0,0,0", lines[1]);
        Assert.Equal("\"259,0\",4712,'=1+1\uFFFD,1,131072,1,4096,0", lines[2]);
    }

    [Fact]
    public void WriteAll_WritesMoreThanABufferWhole()
    {
        string csv = WriteAll(SampleReport.Big(100_000))["sector_time.csv"];

        Assert.Equal(100_000, CountRows(csv));
        Assert.All(csv.Split('\n')[1..^1], line => Assert.Equal(6, line.Count(c => c == ',')));
    }

    [Fact]
    public void Add_TakesATextLongerThanTheBuffer()
    {
        using var folder = new TemporaryFolder();
        string text = new('"', 100_000);
        using (var csv = new CsvWriter(() => File.Create(folder["long.csv"]), [Column.Text("text", "Text"), Column.Count("number", "Number")]))
            csv.Add(text, 1);

        Assert.Equal($"text,number\n\"{text}{text}\",1\n", File.ReadAllText(folder["long.csv"]));
    }

    [Fact]
    public void Add_RefusesARowThatDoesNotFitTheHeader()
    {
        using var folder = new TemporaryFolder();
        using var csv = new CsvWriter(() => File.Create(folder["odd.csv"]), [Column.Count("a", "A"), Column.Count("b", "B")]);

        Assert.Throws<ArgumentException>(() => csv.Add(1));
    }

    private static int CountRows(string csv) => csv.Count(c => c == '\n') - 1;

    private static Dictionary<string, string> WriteAll(TraceReport report)
    {
        using var folder = new TemporaryFolder();
        TraceTables.WriteCsv(report, folder.Path);
        return Directory.EnumerateFiles(folder.Path).Order(StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileName(file), file => new UTF8Encoding(false, true).GetString(File.ReadAllBytes(file)));
    }

    // Against sorting all rows; ties keep their order.
    [Theory]
    [InlineData(5, 3)]
    [InlineData(200, 20)]
    [InlineData(3, 10)]
    public void Most_of_a_table_is_what_sorting_it_gives(int rows, int count)
    {
        var random = new Random(rows);
        (int A, int B)[] values = [.. Enumerable.Range(0, rows).Select(_ => (random.Next(10), random.Next(4)))];
        var table = new TableOf<(int A, int B)[]>("numbers", "Numbers", [Column.Count("a", "A"), Column.Count("b", "B"), Column.Id("n", "N")],
            (source, to) =>
            {
                foreach ((int n, (int a, int b)) in source.Index())
                    to.Add(a, b, n);
            });
        Table most = table.MostOf(values, "Most", count, row => (row[0].Number!.Value, row[1].Number!.Value));

        Assert.Equal(values.Index().OrderByDescending(row => row.Item).Take(count).Select(row => row.Index), most.Rows.Select(row => (int)row[2].Number!.Value));
        Assert.Equal(rows > count ? $"Most ({count} of {rows}; numbers.csv has all)" : "Most", most.Title);
    }
}
