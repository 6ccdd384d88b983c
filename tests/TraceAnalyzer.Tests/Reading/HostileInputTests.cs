using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Cut, huge and hostile inputs: what came out wrong once.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // What xz -dc gives of them: 249,253 bytes, which hold 5,177 records and 5 bytes of another.
    [Fact]
    public void A_cut_xz_gives_the_events_before_the_cut_and_no_others()
    {
        ReadTrace trace = TraceReading.ReadAll(TraceFormats.Open([Case("cut-xz-phantom", "cut.bin.xz")]));

        Assert.Equal(5177, trace.Events.Count);
        Assert.Equal(["259,0"], trace.Events.Select(e => e.Device.ToString()).Distinct());
        Assert.Equal((0L, 5L, 1L, 1L), (trace.Diagnostics[ReadCounter.BadRecords], trace.Diagnostics[ReadCounter.SkippedBytes], trace.Diagnostics[ReadCounter.TruncatedRecords], trace.Diagnostics[ReadCounter.DamagedCompression]));
    }

    [Fact]
    public void A_cut_archive_in_xz_gives_what_came_before()
    {
        ReadTrace trace = TraceReading.ReadAll(TraceFormats.Open([Case("cut-xz-phantom", "cut.tar.xz")]));

        Assert.Equal((5315, 1L), (trace.Events.Count, trace.Diagnostics[ReadCounter.DamagedCompression]));
        Assert.Equal(["259,0"], trace.Events.Select(e => e.Device.ToString()).Distinct());
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    public void Of_a_cut_file_what_is_unpacked_is_its_beginning(string packing)
    {
        byte[] whole = Tars.Unpacked(Path.Combine(Repository.KvCache, "c-kvcache.blktrace.0.zst"))[..200_000];
        byte[] packed = Tars.Pack(whole, packing);
        int most = 0;
        for (int length = 7; length < packed.Length; length += 1 + (packed.Length / 97))
        {
            using TraceInput input = CompressedInput.Open("cut", new MemoryStream(packed[..length]));
            using var unpacked = new MemoryStream();
            input.Content.CopyTo(unpacked);

            Assert.True(input.IsDamaged(), $"cut at {length}");
            Assert.True(whole.AsSpan().StartsWith(unpacked.ToArray()), $"cut at {length}");
            Assert.InRange((int)unpacked.Length, most, whole.Length);
            most = (int)unpacked.Length;
        }

        Assert.True(most > whole.Length / 3);
    }

    [Fact]
    public void A_window_of_zstd_that_is_too_large_is_named_with_the_way_out()
    {
        // A frame with a window of 2^31 bytes and an empty last block (RFC 8878, section 3.1.1).
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00];
        File.WriteAllBytes(_folder["long.zst"], packed);
        ToolResult result = Tool.Run("info", _folder["long.zst"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("zstd -dc --long=31 OLD.zst | zstd -o NEW.zst", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_of_xz_that_is_too_large_is_named_with_the_way_out()
    {
        // The header of a stream, and that of a block with LZMA2 whose dictionary has 1 GiB (property 36).
        byte[] block = [2, 0, 0x21, 1, 36, 0, 0, 0];
        byte[] check = BitConverter.GetBytes(Crc32(block));
        byte[] packed = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 4, 0xE6, 0xD6, 0xB4, 0x46, .. block, .. check, 0];

        TraceException exception = Assert.Throws<TraceException>(() => CompressedInput.Open("run.xz", new MemoryStream(packed)));
        Assert.Contains("a dictionary of 1073741824 bytes; up to 134217728 are read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lost_events_are_never_negative()
    {
        ReadTrace trace = TraceReading.ReadAll(TraceFormats.Open([Case("nettrace-315", "t.nettrace")]));

        // The number of a 32-bit gap: -2147483591 when taken for signed.
        Assert.Equal(2147483705, trace.Diagnostics[ReadCounter.LostEvents]);
    }

    [Fact]
    public void Counts_stop_at_the_greatest_number()
    {
        var counts = new ReadDiagnostics();
        counts.Add(ReadCounter.LostEvents, long.MaxValue - 1);
        counts.Add(ReadCounter.LostEvents, 5);
        counts.Add(ReadCounter.LostEvents, -7);
        counts.AddAt(ReadCounter.BadRecords, "file", 0, -1);
        var other = new ReadDiagnostics();
        other.Merge(counts);
        other.Merge(counts);

        Assert.Equal((long.MaxValue, 0L), (other[ReadCounter.LostEvents], other[ReadCounter.BadRecords]));
    }

    [Theory]
    [InlineData(ulong.MaxValue - 7)]
    [InlineData((1ul << 54) + 1)]
    [InlineData(1ul << 63)]
    public void A_sector_beyond_8_EiB_is_a_bad_record_for_every_verb(ulong sector)
    {
        var bytes = new BlktraceBytes();
        bytes.Event('D', 1_000, 8, 4096, BlktraceBytes.Read);
        bytes.Event('D', 2_000, sector, 4096, BlktraceBytes.Read);
        bytes.Event('D', 3_000, 16, 4096, BlktraceBytes.Read);
        File.WriteAllBytes(_folder["t.bin"], bytes.ToArray());
        TraceReport report = Tool.Analyze(_folder["out"], 4, _folder["t.bin"]);
        ToolResult convert = Tool.Run("convert", _folder["t.bin"], "-o", _folder["t.csv"], "--what", "events", "--json");

        Assert.Equal(2, report.Events);
        Assert.Equal(1, report.Integrity.Single(counter => counter.Name == "badRecords").Count);
        Assert.Equal(4, convert.ExitCode);
        Assert.Contains("\"badRecords\":1,", convert.Output, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(_folder["t.csv"]).Length);
    }

    [Fact]
    public void A_name_that_is_not_UTF_8_is_told_as_such()
    {
        Assert.Contains("is not valid UTF-8", Tool.Run("info", _folder["\uFFFD.bin"]).Error, StringComparison.Ordinal);

        ToolResult shell = Tool.RunInShell($"cp '{Repository.KvCache}/c-kvcache.bin.zst' $'{_folder.Path}/\\xff.zst'; tool info $'{_folder.Path}/\\xff.zst'; tool info '{_folder.Path}'; tool info - < $'{_folder.Path}/\\xff.zst'; code=$?; rm $'{_folder.Path}/\\xff.zst'; exit $code");
        Assert.Equal(2, shell.Error.Split("not valid UTF-8").Length - 1);
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public void Closed_standard_streams_are_told_or_not_needed()
    {
        string trace = Repository.KvCache;
        ToolResult result = Tool.RunInShell(
            $"tool info '{trace}' >&-; echo $?; tool info '{trace}' -q >&-; echo $?; tool convert '{trace}' -o - --format csv >&-; echo $?; tool info - <&-; echo $?; tool info nothing-here 2>&-; echo $?");

        Assert.Equal("3 0 3 3 3", string.Join(' ', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(2, result.Error.Split("standard output is closed").Length - 1);
        Assert.Contains("standard input is closed", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_memory_has_an_exit_code_of_its_own()
    {
        ToolResult result = Tool.RunInShell($"export DOTNET_GCHeapHardLimit=0x1800000; tool info '{Repository.Path("traces", "flexgen", "kv-offload-omp1")}'");

        Assert.Equal(5, result.ExitCode);
        Assert.StartsWith("traceanalyzer: not enough memory", result.Error, StringComparison.Ordinal);
    }

    // The polynomial of Ethernet, bit by bit.
    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }

    private static string Case(params string[] parts) => Repository.Path(["tests", "TraceAnalyzer.Tests", "Cases", .. parts]);
}
