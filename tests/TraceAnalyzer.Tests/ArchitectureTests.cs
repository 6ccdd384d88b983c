using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TraceAnalyzer.Tests;

/// <summary>Who may know whom, as docs/architecture.md has it.</summary>
public sealed partial class ArchitectureTests
{
    // The table of docs/architecture.md: for each folder of the library the folders it may use.
    private static readonly Dictionary<string, string[]> s_allowed = Row().Matches(Repository.Text("docs", "architecture.md")).ToDictionary(
        row => row.Groups["folder"].Value,
        row => row.Groups["uses"].Value.Split(", ", StringSplitOptions.TrimEntries).Where(name => name != "nothing").ToArray());

    [Fact]
    public void ProjectReferences_PointOneWay()
    {
        Assert.Equal([], References("src", "TraceAnalyzer", "TraceAnalyzer.csproj"));
        Assert.Equal(["TraceAnalyzer"], References("src", "TraceAnalyzer.Reporting", "TraceAnalyzer.Reporting.csproj"));
        Assert.Equal(["TraceAnalyzer.Reporting"], References("src", "TraceAnalyzer.Cli", "TraceAnalyzer.Cli.csproj"));
    }

    [Fact]
    public void FoldersOfTheLibrary_UseOnlyWhatTheyMay()
    {
        Assert.Equal(s_allowed.Keys.Order(), Directory.EnumerateDirectories(Repository.Path("src", "TraceAnalyzer")).Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj")).Order());
        foreach ((string folder, string[] allowed) in s_allowed)
        {
            string[] others = [.. s_allowed.Keys.Where(other => other != folder && !allowed.Contains(other))];
            foreach (string file in Sources("TraceAnalyzer", folder))
                Assert.All(Namespaces(file), used => Assert.False(others.Contains(used), $"{file} uses {used}"));
        }
    }

    [Fact]
    public void FoldersOfTheLibrary_UseEachOtherInOneDirection()
    {
        var done = new HashSet<string>();
        while (s_allowed.Keys.FirstOrDefault(folder => !done.Contains(folder) && s_allowed[folder].All(done.Contains)) is { } next)
            done.Add(next);
        Assert.Equal(s_allowed.Keys.Order(), done.Order());
    }

    [Fact]
    public void Figures_KnowNothingOfHowReportsAreMade() =>
        Assert.All(Sources("TraceAnalyzer.Reporting"), file => Assert.All(Namespaces(file), used =>
            Assert.True(used is "Reports" or "Tables" or "Statistics" or "Text" or "DeepNvme", $"{file} uses {used}")));

    [Theory]
    [InlineData("TraceAnalyzer")]
    [InlineData("TraceAnalyzer.Reporting")]
    public void Libraries_DoNotUseTheConsole(string project)
    {
        // Standard input is a trace like any other.
        Assert.All(Sources(project), file =>
            Assert.DoesNotMatch(@"\bConsole\.", File.ReadAllText(file).Replace("Console.OpenStandardInput()", "", StringComparison.Ordinal)));
    }

    // Any other engine can take the square of a line's length, or worse, on a line that a stranger wrote.
    [Fact]
    public void RegularExpressions_AreLinear()
    {
        foreach (string file in Sources("TraceAnalyzer").Concat(Sources("TraceAnalyzer.Reporting")).Concat(Sources("TraceAnalyzer.Cli")))
        {
            string source = File.ReadAllText(file);
            int made = Regex.Count(source, @"\bnew Regex\(|\bRegex s_\w+\s*=\s*new\(|\[GeneratedRegex|\bRegex\.(Match|IsMatch|Replace|Split|Count|Enumerate)");
            Assert.True(made <= Regex.Count(source, @"RegexOptions\.NonBacktracking"), file);
        }
    }

    [Fact]
    public void Plotting_IsKnownToReportingOnly() =>
        Assert.All(Sources("TraceAnalyzer").Concat(Sources("TraceAnalyzer.Cli")), file => Assert.DoesNotMatch(@"\b(ScottPlot|SkiaSharp)\b", File.ReadAllText(file)));

    [Fact]
    public void TraceEvent_IsKnownToItsReadersOnly() =>
        Assert.All(
            Sources("TraceAnalyzer").Concat(Sources("TraceAnalyzer.Reporting")).Concat(Sources("TraceAnalyzer.Cli"))
                .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("Nettrace" or "Etlx")),
            file => Assert.DoesNotContain("Microsoft.Diagnostics.Tracing;", File.ReadAllText(file), StringComparison.Ordinal));

    private static string[] References(params string[] project) =>
        [.. XDocument.Load(Repository.Path(project)).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))];

    private static IEnumerable<string> Sources(string project, string folder = "") =>
        Directory.EnumerateFiles(Repository.Path("src", project, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Repository.Path("src", project), file).StartsWith("obj", StringComparison.Ordinal)
                && !Path.GetRelativePath(Repository.Path("src", project), file).StartsWith("bin", StringComparison.Ordinal));

    // Folders of the library that a file names, by a using or in full.
    private static IEnumerable<string> Namespaces(string file) =>
        Use().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value).Where(s_allowed.ContainsKey).Distinct();

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \| [^|]* \| (?<uses>[^|]*?) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<!namespace )\bTraceAnalyzer\.(?<folder>\w+)")]
    private static partial Regex Use();
}
