using System.Globalization;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>A run whose data lies on several devices is that of all of them.</summary>
public sealed class SeveralDevicesTests
{
    // Reads of 4 KiB, the devices in turn; the framework read a file that lies on all.
    private static RunReport Run(int[] requestsOfDevice, string moreTransfers = "")
    {
        string folder = RunCaptures.NewFolder();
        IEnumerable<string> lines = requestsOfDevice.SelectMany((requests, device) => Enumerable.Range(0, requests).Select(i => (Device: device, Number: i)))
            .OrderBy(read => read.Number).SelectMany((read, i) =>
            {
                string Line(int afterUs, char action) =>
                    string.Create(CultureInfo.InvariantCulture, $"  8,{read.Device * 16}    0 {(2 * i) + 1,8} {(i * 0.001) + (afterUs / 1e6),15:F9} {7,5}  {action}   R {2048 + (read.Number * 8)} + 8 [job]");
                return (string[])[Line(0, 'D'), Line(100, 'C')];
            });
        File.WriteAllLines(Path.Combine(folder, "trace.txt"), lines);
        File.WriteAllText(Path.Combine(folder, "run.json"), """{"model": "opt-6.7b"}""");
        File.WriteAllText(Path.Combine(folder, "tensor_io.csv"), "phase,tid,start_mono_ns,end_mono_ns,dir,file,first_row,rows,bytes\nbench,7,0,1000000000,R,a.npy,0,1,40960\n" + moreTransfers);
        File.WriteAllText(
            Path.Combine(folder, "filefrag.txt"),
            "Filesystem type is: ef53\nFile size of a.npy is 40960 (80 blocks of 512 bytes)\n ext:     logical_offset:        physical_offset: length:   expected: flags:\n   0:        0..      79:       2048..      2127:     80:             last,eof\na.npy: 1 extent found\n");
        return RunAnalysis.Of(folder).Run!;
    }

    [Fact]
    public void Totals_are_of_all_devices_and_tensors_say_that_they_are_of_one()
    {
        RunReport run = Run([10, 8, 6]);

        Assert.Equal(24 * 4096, run.Movement!.TraceReadBytes);
        Assert.Equal(40960, run.Movement.FrameworkReadBytes);
        // What the busiest did not read may have been read from another device.
        Assert.Null(run.Movement.CacheHitBytes);
        Assert.Null(run.Movement.UnexplainedReadBytes);
        Assert.Contains(run.NotAnswerable, line => line.Contains("nothing says which of the traced devices the listed files lie on; they are taken for those of 8,0, which moved 41.7 % of the bytes", StringComparison.Ordinal));
        // 10 requests of the busiest on the listed file; the others' are of no file that is known.
        Assert.Equal((40_960L, 0L), (run.Tensors.Single().ReadBytes, run.Unmapped!.ReadBytes));
    }

    [Fact]
    public void A_device_that_does_little_beside_does_not_matter()
    {
        RunReport run = Run([30, 1]);

        Assert.Equal(31 * 4096, run.Movement!.TraceReadBytes);
        Assert.NotNull(run.Movement.CacheHitBytes);
        Assert.DoesNotContain(run.NotAnswerable, line => line.StartsWith("The run as a whole", StringComparison.Ordinal));
    }

    [Fact]
    public void Reads_of_files_without_extents_are_not_unexplained_bytes()
    {
        Movement moved = Run([30], "bench,7,0,1000000000,R,elsewhere.npy,0,1,8192\n").Movement!;

        // 30 requests of 4 KiB, ten of them of the listed file, of which the framework read each byte once.
        Assert.Equal((49_152L, 8192L), (moved.FrameworkReadBytes, moved.FrameworkElsewhereReadBytes));
        Assert.Equal((0L, 0L, 81_920L, 0L), (moved.CacheHitBytes, moved.ExcessReadBytes, moved.UnmappedReadBytes, moved.UnexplainedReadBytes));
    }
}
