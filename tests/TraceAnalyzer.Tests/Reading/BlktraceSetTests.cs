using System.Globalization;
using System.Text.RegularExpressions;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Reading;

public sealed class BlktraceSetTests
{
    // What blktrace calls its files, as a pattern.
    private static readonly Regex s_name = new(@"^(?<base>.+)\.blktrace\.(?<cpu>[0-9]{1,5})(\.gz|\.zst|\.xz)?$", RegexOptions.NonBacktracking);

    [Theory]
    [InlineData("/traces/run.blktrace.0", "run", 0)]
    [InlineData("run.blktrace.00127.zst", "run", 127)]
    [InlineData("a.blktrace.1.blktrace.2", "a.blktrace.1", 2)]
    [InlineData("run.blktrace.123456", "", -1)]
    [InlineData(".blktrace.0", "", -1)]
    [InlineData("run.blktrace.0.gz.xz", "", -1)]
    [InlineData("run.blktrace.", "", -1)]
    [InlineData("run.blktrace.+1", "", -1)]
    [InlineData("", "", -1)]
    public void A_name_tells_set_and_CPU(string path, string baseName, int cpu)
    {
        Assert.Equal(cpu >= 0, BlktraceSet.TrySplitName(path, out string actualName, out int actualCpu));
        Assert.Equal((baseName, cpu), (actualName, actualCpu));
    }

    [Fact]
    public void Names_are_split_as_the_pattern_splits_them()
    {
        string[] pieces = ["run", ".blktrace.", ".blktrace", "0", "12", "99999", ".", ".gz", ".zst", ".xz", " ", "٣", "-"];
        var random = new Random(1);
        int sets = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string name = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => pieces[random.Next(pieces.Length)]));
            Match match = s_name.Match(name);
            int cpu = match.Success ? int.Parse(match.Groups["cpu"].Value, CultureInfo.InvariantCulture) : -1;

            Assert.Equal(match.Success, BlktraceSet.TrySplitName(name, out string baseName, out int actualCpu));
            Assert.Equal((match.Groups["base"].Value, cpu), (baseName, actualCpu));
            sets += match.Success ? 1 : 0;
        }

        Assert.InRange(sets, 100, 19_900);
    }
}
