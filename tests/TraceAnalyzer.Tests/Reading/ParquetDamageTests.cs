using TraceAnalyzer.Reading;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Writing;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Parquet files cut, spliced and corrupted: reading ends, with rows or with an error that names the file.</summary>
public sealed class ParquetDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("requests")]
    [InlineData("events")]
    [Trait("Kind", "capture")]
    public void Damage_ends_and_is_told(string what)
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);
        Conversions.Convert(_folder["small.txt"], _folder["small.parquet"], "--what", what);
        Conversions.Convert(Repository.KvCache, _folder["large.parquet"], "--what", what, "--to", "10s");
        byte[] small = File.ReadAllBytes(_folder["small.parquet"]);
        byte[] large = File.ReadAllBytes(_folder["large.parquet"]);
        int refused = 0;
        int seeds = SlowTests.Seeds(400, 80);
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = Damaged(seed % 8 == 0 ? large : small, small, random);
            File.WriteAllBytes(_folder["damaged.parquet"], damaged);
            try
            {
                ReadTrace read = TraceReading.ReadAll(TraceFormats.Open([_folder["damaged.parquet"]]));
                Assert.True(read.Events.Count <= 1_000_000, $"seed {seed}: {read.Events.Count} events");
            }
            catch (TraceException exception)
            {
                Assert.Contains("damaged.parquet", exception.Message);
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }
        }

        Assert.InRange(refused, seeds / 4, seeds - 1);
    }

    [Theory]
    [InlineData("parquet-hang/hang.parquet", "metadata is damaged")]
    [InlineData("parquet-hang/min-ff12.parquet", "metadata is damaged")]
    [InlineData("parquet-hang/min-ff16.parquet", "metadata is damaged")]
    [InlineData("parquet-hang/min-ff20.parquet", "metadata is damaged")]
    [InlineData("parquet-hang/min-ff30.parquet", "metadata is damaged")]
    [InlineData("parquet-bomb/rows16m.parquet", "a row group of 16777216 rows; expected at most 1048576")]
    public void What_the_library_would_hang_or_choke_on_is_refused(string file, string expected)
    {
        ToolResult result = Tool.Run("info", Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", file));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);
        Conversions.Convert(_folder["small.txt"], _folder["small.parquet"]);
        byte[] whole = File.ReadAllBytes(_folder["small.parquet"]);
        for (int length = 4; length < whole.Length; length += 13)
        {
            // As it is, and with an end that looks right.
            File.WriteAllBytes(_folder["cut.parquet"], whole[..length]);
            Assert.Throws<TraceException>(() => TraceFormats.Open([_folder["cut.parquet"]]));
            if (length == whole.Length - 8)
                continue;
            File.WriteAllBytes(_folder["cut.parquet"], [.. whole[..length], .. whole[^8..]]);
            Assert.Throws<TraceException>(() => TraceFormats.Open([_folder["cut.parquet"]]));
        }
    }

    [Fact]
    public void Rows_that_make_no_sense_are_counted()
    {
        const string Row = "SELECT 1000::BIGINT AS issue_time_ns, 2000::BIGINT AS complete_time_ns, 8::BIGINT AS sector, 4096::BIGINT AS length_bytes, 'R' AS rwbs, 1 AS pid, 0 AS cpu";
        string[] bad = ["-9000000000000000000::BIGINT AS issue_time_ns", "9000000000000000000::BIGINT AS complete_time_ns", "-1::BIGINT AS length_bytes", "5000000000::BIGINT AS length_bytes", "NULL::BIGINT AS sector", "-8::BIGINT AS sector", "9000000000000000000::BIGINT AS sector", "'much too long' AS rwbs", "NULL AS rwbs", "70000 AS cpu"];
        string rows = string.Join(" UNION ALL ", (string[])[Row, .. bad.Select(replaced => $"SELECT * REPLACE ({replaced}) FROM ({Row})")]);
        DuckDb.Execute($"COPY ({rows}) TO '{_folder["bad.parquet"]}'");
        ReadTrace read = TraceReading.ReadAll(TraceFormats.Open([_folder["bad.parquet"]]));

        Assert.Equal(2, read.Events.Count);
        Assert.Equal(bad.Length, read.Diagnostics[ReadCounter.BadRecords]);
        Assert.Equal(4, Tool.Run("info", _folder["bad.parquet"]).ExitCode);
    }

    private static byte[] Damaged(byte[] whole, byte[] other, Random random)
    {
        byte[] damaged = (byte[])whole.Clone();
        switch (random.Next(5))
        {
            case 0:
                return damaged[..random.Next(4, damaged.Length)];
            case 1:
                // The front of one and the end of another.
                return [.. damaged[..random.Next(4, damaged.Length)], .. other[random.Next(other.Length)..]];
            case 2:
                random.NextBytes(damaged.AsSpan(random.Next(4, damaged.Length - 16), 16));
                return damaged;
            case 3:
                // The footer, which everything else is found by.
                damaged[^random.Next(1, Math.Min(damaged.Length - 4, 4000))] = (byte)random.Next(256);
                return damaged;
            default:
                for (int i = 0; i < 10; i++)
                    damaged[random.Next(4, damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
        }
    }
}
