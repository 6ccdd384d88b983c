using TraceAnalyzer.Output;

namespace TraceAnalyzer.Tests.Reports;

public sealed class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder["results"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_PutsAllFilesInPlaceAndMakesTheParents()
    {
        string target = _folder["a/b/results"];
        using (OutputFolder output = OutputFolder.Create(target, overwrite: false))
        {
            Fill(output, "report.json", "figures/one.png");
            Assert.False(Directory.Exists(_folder["a"]));
            output.Commit();
        }

        Assert.Equal(["a/b/results/.traceanalyzer-files", "a/b/results/figures/one.png", "a/b/results/report.json"], AllFiles());
        Assert.Equal("figures/one.png\nreport.json\n", File.ReadAllText(Path.Combine(target, OutputFolder.ListFileName)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_LeavesNothingOfAFailedRun(bool targetExists)
    {
        if (targetExists)
            Directory.CreateDirectory(Target);

        Assert.Throws<InvalidOperationException>(Fail);

        Assert.Empty(AllFiles());
        Assert.Equal(targetExists ? [Target] : [], Directory.GetDirectories(_folder.Path, "*", SearchOption.AllDirectories));

        void Fail()
        {
            using OutputFolder output = OutputFolder.Create(_folder["results"], overwrite: false);
            Fill(output, "report.json", "figures/one.png");
            throw new InvalidOperationException("out of ideas");
        }
    }

    [Fact]
    public void Commit_FillsAnEmptyFolder()
    {
        Directory.CreateDirectory(Target);
        Run(Target, overwrite: false, "report.json");

        Assert.Equal(["results/.traceanalyzer-files", "results/report.json"], AllFiles());
    }

    [Fact]
    public void Create_RefusesAFullFolder()
    {
        Run(Target, overwrite: false, "report.json");

        AssertRefused("ask to overwrite it", () => OutputFolder.Create(Target, overwrite: false));
        Assert.Equal(2, AllFiles().Length);
    }

    [Fact]
    public void Overwrite_ReplacesTheFilesOfTheEarlierRunAndNothingElse()
    {
        Run(Target, overwrite: false, "report.json", "figures/one.png", "figures/two.png", "old/three.png");
        File.WriteAllText(_folder["results/notes.txt"], "mine");
        File.WriteAllText(_folder["results/report.json"], "old");
        Run(Target, overwrite: true, "report.json", "figures/two.png");

        Assert.Equal(["results/.traceanalyzer-files", "results/figures/two.png", "results/notes.txt", "results/report.json"], AllFiles());
        Assert.Equal("report.json", File.ReadAllText(_folder["results/report.json"]));
        Assert.Equal("mine", File.ReadAllText(_folder["results/notes.txt"]));
        Assert.False(Directory.Exists(_folder["results/old"]));
    }

    [Fact]
    public void Overwrite_KeepsTheOldFilesOfAFailedRun()
    {
        Run(Target, overwrite: false, "report.json");
        File.WriteAllText(_folder["results/report.json"], "old");
        using (OutputFolder output = OutputFolder.Create(Target, overwrite: true))
            Fill(output, "report.json");

        Assert.Equal(["results/.traceanalyzer-files", "results/report.json"], AllFiles());
        Assert.Equal("old", File.ReadAllText(_folder["results/report.json"]));
    }

    [Fact]
    public void Overwrite_RefusesAFolderOfSomeoneElse()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(_folder["results/report.json"], "{}");

        AssertRefused("holds files that are not this tool's", () => OutputFolder.Create(Target, overwrite: true));
        Assert.Equal(["results/report.json"], AllFiles());
    }

    [Fact]
    public void Overwrite_RefusesAFileOfSomeoneElseAndChangesNothing()
    {
        Run(Target, overwrite: false, "report.json");
        File.WriteAllText(_folder["results/report.json"], "old");
        File.WriteAllText(_folder["results/cpus.csv"], "mine");

        AssertRefused("cpus.csv' was not written by this tool", () => Run(Target, overwrite: true, "report.json", "cpus.csv"));
        Assert.Equal(["results/.traceanalyzer-files", "results/cpus.csv", "results/report.json"], AllFiles());
        Assert.Equal("old", File.ReadAllText(_folder["results/report.json"]));
    }

    [Fact]
    public void Overwrite_DeletesNothingOutsideOfTheFolder()
    {
        Run(Target, overwrite: false, "report.json");
        File.WriteAllText(_folder["treasure"], "mine");
        File.AppendAllText(_folder["results/" + OutputFolder.ListFileName], $"../treasure\n{_folder["treasure"]}\n.\n\n");
        Run(Target, overwrite: true, "report.json");

        Assert.True(File.Exists(_folder["treasure"]));
    }

    [Fact]
    public void Create_FollowsALinkToAFolder()
    {
        Directory.CreateDirectory(Target);
        Directory.CreateSymbolicLink(_folder["link"], Target);
        Run(_folder["link"], overwrite: false, "report.json");

        Assert.True(File.Exists(_folder["results/report.json"]));
        Assert.NotNull(new DirectoryInfo(_folder["link"]).LinkTarget);
    }

    [Fact]
    public void Create_IgnoresWhatAKilledRunLeft()
    {
        Directory.CreateDirectory(_folder["results/.partial-0123abcd"]);
        Run(Target, overwrite: false, "report.json");

        Assert.True(File.Exists(_folder["results/report.json"]));
    }

    [Fact]
    public void Create_RefusesWhereNoFolderCanBe()
    {
        File.WriteAllText(Target, "a file");

        AssertRefused("is a file", () => OutputFolder.Create(Target, overwrite: true));
        AssertRefused("is a file", () => OutputFolder.Create(Path.Combine(Target, "within"), overwrite: true));
        AssertRefused("cannot be written", () => OutputFolder.Create("", overwrite: true));
    }

    [Fact]
    public void Create_RefusesAFolderThatCannotBeWritten()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs /proc, where not even root can make a folder");

        AssertRefused("cannot be written", () => OutputFolder.Create("/proc/traceanalyzer-results", overwrite: false));
    }

    [Fact]
    public void Commit_RefusesAFolderThatCameInBetween()
    {
        using OutputFolder output = OutputFolder.Create(Target, overwrite: false);
        Fill(output, "report.json");
        Run(Target, overwrite: false, "other.json");

        AssertRefused("cannot be written", output.Commit);
        Assert.True(File.Exists(_folder["results/other.json"]));
    }

    [Theory]
    [InlineData("sub/keep.txt", "sub/keep.txt", true)]
    [InlineData("keep.txt", "keep.txt", false)]
    [InlineData("a/sub/keep.txt", "a/sub/keep.txt", true)]
    public void Overwrite_NeitherDeletesNorReplacesThroughALink(string listed, string written, bool linksFolder)
    {
        Directory.CreateDirectory(_folder["victim"]);
        File.WriteAllText(_folder["victim/keep.txt"], "precious");
        Directory.CreateDirectory(Path.Combine(Target, Path.GetDirectoryName(linksFolder ? Path.GetDirectoryName(listed)! : listed)!));
        if (linksFolder)
            Directory.CreateSymbolicLink(Path.Combine(Target, Path.GetDirectoryName(listed)!), _folder["victim"]);
        else
            File.CreateSymbolicLink(Path.Combine(Target, listed), _folder["victim/keep.txt"]);
        File.WriteAllText(Path.Combine(Target, OutputFolder.ListFileName), listed + "\n");

        Run(Target, overwrite: true, "report.json");
        AssertRefused("through a link", () => Run(Target, overwrite: true, written));

        Assert.Equal("precious", File.ReadAllText(_folder["victim/keep.txt"]));
        Assert.Equal("report.json", File.ReadAllText(Path.Combine(Target, "report.json")));
    }

    [Fact]
    public void Overwrite_TakesNoListThroughALink()
    {
        Run(Target, overwrite: false, "report.json");
        File.Move(_folder["results/" + OutputFolder.ListFileName], _folder["list"]);
        File.CreateSymbolicLink(_folder["results/" + OutputFolder.ListFileName], _folder["list"]);

        AssertRefused("not this tool's", () => OutputFolder.Create(Target, overwrite: true));
    }

    [Fact]
    public void Overwrite_DeletesWhatKilledRunsLeftAndNothingThatIsInUse()
    {
        Run(Target, overwrite: false, "report.json");
        Directory.CreateDirectory(_folder["results/.partial-0123abcd/figures"]);
        File.WriteAllText(_folder["results/.partial-0123abcd/" + Leftovers.LockFileName], "");
        File.WriteAllText(_folder["results/.partial-0123abcd/figures/one.png"], "half");
        using OutputFolder other = OutputFolder.Create(Target, overwrite: true);
        Run(Target, overwrite: true, "report.json");

        Assert.False(Directory.Exists(_folder["results/.partial-0123abcd"]));
        Assert.True(Directory.Exists(other.WritePath));
    }

    [Fact]
    public void Create_DeletesWhatAKilledRunLeftBesideAFolderThatIsNew()
    {
        Directory.CreateDirectory(_folder["results.partial-0123abcd"]);
        File.WriteAllText(_folder["results.partial-0123abcd/" + Leftovers.LockFileName], "");
        Directory.CreateDirectory(_folder["other.partial-0123abcd"]);
        File.WriteAllText(_folder["other.partial-0123abcd/" + Leftovers.LockFileName], "");
        Run(Target, overwrite: false, "report.json");

        Assert.Equal([_folder["other.partial-0123abcd"], Target], Directory.GetDirectories(_folder.Path).Order(StringComparer.Ordinal));
    }

    // Every state that a kill between two renames can leave.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public void AKillBetweenRenames_LeavesAFolderThatSaysSoAndCanBeOverwritten(int earlierGone, int laterThere)
    {
        Run(Target, overwrite: false, "a.json", "old.png");
        File.WriteAllText(_folder["results/notes.txt"], "mine");
        string partial = Path.Combine(Target, ".partial-0123abcd");
        string[] earlier = ["old.png", "a.json"], later = ["a.json", "new.png"];
        Directory.CreateDirectory(Path.Combine(partial, ".earlier"));
        File.WriteAllText(Path.Combine(partial, Leftovers.LockFileName), "");
        OutputList.Write(Target, earlier.Union(later), isComplete: false, partial);
        foreach (string file in earlier.Take(earlierGone))
            File.Move(Path.Combine(Target, file), Path.Combine(partial, ".earlier", file));
        foreach (string file in later.Take(laterThere))
            File.WriteAllText(Path.Combine(Target, file), "later");

        AssertRefused("was killed", () => OutputFolder.CheckComplete(Target));
        Run(Target, overwrite: true, "a.json", "third.png");

        OutputFolder.CheckComplete(Target);
        Assert.Equal(["results/.traceanalyzer-files", "results/a.json", "results/notes.txt", "results/third.png"], AllFiles());
        Assert.Equal("a.json", File.ReadAllText(_folder["results/a.json"]));
    }

    private static void Run(string target, bool overwrite, params string[] files)
    {
        using OutputFolder output = OutputFolder.Create(target, overwrite);
        Fill(output, files);
        output.Commit();
    }

    private static void Fill(OutputFolder output, params string[] files)
    {
        foreach (string file in files)
        {
            string path = Path.Combine(output.WritePath, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }
    }

    private static void AssertRefused(string expected, Action run)
    {
        var exception = Assert.Throws<TraceException>(run);
        Assert.Contains(expected, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private string[] AllFiles() =>
        [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path, file)).Order(StringComparer.Ordinal)];
}
