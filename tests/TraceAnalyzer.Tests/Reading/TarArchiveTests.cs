using System.Formats.Tar;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Traces in tar archives, whole, cut and damaged.</summary>
public sealed class TarArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Two CPUs whose records alternate, so that the files must be read side by side to be in order.
    private static readonly byte[][] s_cpus = [.. Enumerable.Range(0, 2).Select(cpu =>
    {
        var bytes = new BlktraceBytes();
        for (int i = 0; i < 20_000; i++)
            bytes.Event('D', 1_000_000 + (i * 200) + (cpu * 100), (ulong)(8 * i), 4096, BlktraceBytes.Read, cpu: (uint)cpu);
        return bytes.ToArray();
    })];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.Ustar, "")]
    [InlineData(TarEntryFormat.Gnu, "gz")]
    [InlineData(TarEntryFormat.Pax, "zst")]
    public void A_set_is_read_as_if_it_were_unpacked(TarEntryFormat format, string packing)
    {
        ReadTrace trace = Read(Tars.Pack(Set(format), packing));

        Assert.Equal(40_000, trace.Events.Count);
        Assert.True(trace.Diagnostics.IsClean);
        Assert.Equal(trace.Events.Select(e => e.TimeNs), trace.Events.Select(e => e.TimeNs).Order());
        Assert.Equal(Enumerable.Range(0, 40_000).Select(i => i % 2), trace.Events.Select(e => (int)e.Cpu));
    }

    [Fact]
    public void A_name_ends_where_a_NUL_is()
    {
        byte[] archive = Tars.Of(TarEntryFormat.Pax, ("a/t.blktrace.0x", s_cpus[0]), ("a/t.blktrace.1", s_cpus[1]));
        int name = archive.AsSpan().IndexOf("path=a/t.blktrace.0x"u8);
        archive[name + "path=a/t.blktrace.0".Length] = 0;
        using TraceInput input = CompressedInput.Open("t.tar", new MemoryStream(archive));
        using var opened = TarArchive.Open(input);
        Assert.Equal(["a/t.blktrace.0", "a/t.blktrace.1"], opened.Files);
    }

    [Fact]
    public void Of_a_name_that_is_there_twice_the_later_counts()
    {
        ReadTrace trace = Read(Tars.Of(TarEntryFormat.Pax, ("a/t.blktrace.0", s_cpus[0]), ("a/t.blktrace.0", s_cpus[0][..480])));

        Assert.Equal(10, trace.Events.Count);
    }

    [Fact]
    public void A_missing_CPU_is_counted() =>
        Assert.Equal(1, Read(Tars.Of(TarEntryFormat.Pax, ("t.blktrace.1", s_cpus[1]))).Diagnostics[ReadCounter.MissingCpus]);

    [Fact]
    public void Of_several_traces_one_is_named_by_a_path_that_goes_on()
    {
        string archive = Write(Tars.Of(TarEntryFormat.Pax, ("a/t.blktrace.0", s_cpus[0]), ("b/t.blktrace.0", s_cpus[1][..480]), ("b/notes", "nothing"u8.ToArray())));

        TraceException several = Assert.Throws<TraceException>(() => TraceFormats.Open([archive]));
        Assert.EndsWith($"holds 2 traces; name one of them: {archive}/a/t, {archive}/b/t", several.Message, StringComparison.Ordinal);
        Assert.Equal(10, TraceReading.ReadAll(TraceFormats.Open([archive + "/b/t"])).Events.Count);
        Assert.Equal(20_000, TraceReading.ReadAll(TraceFormats.Open([archive + "/t"])).Events.Count);
        Assert.Contains("there are: a/t, b/t", Assert.Throws<TraceException>(() => TraceFormats.Open([archive + "/c"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_an_archive_of_one_trace_is_that_trace()
    {
        Write(Tars.Pack(Set(TarEntryFormat.Pax), "zst"));
        File.WriteAllText(_folder["notes"], "nothing");

        Assert.Equal(40_000, TraceReading.ReadAll(TraceFormats.Open([_folder.Path])).Events.Count);
    }

    [Fact]
    public void An_archive_without_a_trace_is_refused()
    {
        string archive = Write(Tars.Of(TarEntryFormat.Pax, ("notes", "nothing"u8.ToArray())));

        Assert.Contains("no trace in this archive", Assert.Throws<TraceException>(() => TraceFormats.Open([archive])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gz")]
    [InlineData("zst")]
    public void A_cut_archive_gives_what_came_before_and_counts_one_damage(string packing)
    {
        byte[] whole = Tars.Pack(Set(TarEntryFormat.Ustar), packing);
        int most = 0;
        foreach (double share in (double[])[0.3, 0.5, 0.7, 0.9, 0.999])
        {
            ReadTrace trace = Read(whole[..(int)(whole.Length * share)]);

            Assert.Equal(1, trace.Diagnostics[ReadCounter.DamagedCompression]);
            Assert.InRange(trace.Events.Count, most, 40_000);
            most = trace.Events.Count;
        }

        Assert.InRange(most, 38_000, 40_000);
    }

    [Fact]
    public void An_archive_that_ends_after_a_file_without_an_end_mark_is_cut()
    {
        // 512 bytes of header and the first file, up to the next multiple of 512.
        ReadTrace trace = Read(Set(TarEntryFormat.Ustar)[..(512 + ((s_cpus[0].Length + 511) / 512 * 512))]);

        Assert.Equal((20_000, 1), (trace.Events.Count, trace.Diagnostics[ReadCounter.DamagedCompression]));
    }

    [Fact]
    public void A_damaged_header_ends_an_archive()
    {
        for (int at = 0; at < 512; at += 3)
        {
            byte[] damaged = Set(TarEntryFormat.Ustar);
            damaged[512 + ((s_cpus[0].Length + 511) / 512 * 512) + at] ^= 0x15;
            ReadTrace trace = Read(damaged);

            Assert.True(trace.Diagnostics[ReadCounter.DamagedCompression] == 1, $"damaged at {at}");
            Assert.Equal(20_000, trace.Events.Count);
        }
    }

    private static byte[] Set(TarEntryFormat format) => Tars.Of(format, ("run/t.blktrace.0", s_cpus[0]), ("run/t.blktrace.1", s_cpus[1]), ("run/t.blktrace.2", []));

    private string Write(byte[] archive)
    {
        string path = _folder["archive"];
        File.WriteAllBytes(path, archive);
        return path;
    }

    private ReadTrace Read(byte[] archive) => TraceReading.ReadAll(TraceFormats.Open([Write(archive)]));
}
