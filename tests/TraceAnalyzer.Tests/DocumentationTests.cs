using System.CommandLine;
using System.Text.RegularExpressions;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Tests.Cli;

namespace TraceAnalyzer.Tests;

/// <summary>README.md and docs/ say what is so: commands, options, counters and links.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] s_ofOtherTools = ["--tool-path", "--source", "--project", "--percent", "--query-gpu", "--target", "--format=csv"];

    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Repository.Path("README.md"), Repository.Path("CHANGELOG.md"), Repository.Path("CONTRIBUTING.md"), Repository.Path("traces", "README.md")])
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("main", "dotnet run -c Release --project src/TraceAnalyzer.Cli -- analyze traces/flexgen/kv-offload-omp1 -o out/kv --overwrite")]
    [InlineData("test", "dotnet test")]
    public void Readme_MarksTheCommandsThatAreTested(string mark, string command) =>
        Assert.Contains($"<!-- ci: {mark} -->\n```sh\n{command}\n```", Repository.Text("README.md").ReplaceLineEndings("\n"));

    [Fact]
    [Trait("Kind", "capture")]
    public void Readme_ShowsWhatItsCommandPrints()
    {
        using var folder = new Tests.Reports.TemporaryFolder();
        ToolResult result = Tool.Run("analyze", Repository.Path("traces", "flexgen", "kv-offload-omp1"), "-o", folder["kv"]);
        string printed = result.Output.ReplaceLineEndings("\n").Replace(folder["kv"], "out/kv").TrimEnd();

        // The README leaves out what is above and below.
        string shown = Repository.Text("README.md").ReplaceLineEndings("\n").Split("\n```\n...\n")[1].Split("\n...\n```\n")[0];
        Assert.Contains($"\n{shown}\n", printed);
        Assert.True(shown.Split('\n').Length > 10);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/commands.md")]
    [InlineData("docs/getting-started.md")]
    public void Document_NamesOnlyOptionsThatThereAre(string name)
    {
        HashSet<string> known = [.. AllOptions().SelectMany(option => option.Aliases.Append(option.Name)), .. s_ofOtherTools];

        Assert.All(LongOption().Matches(Repository.Text(name.Split('/'))).Select(match => match.Value), option => Assert.Contains(option, known));
    }

    [Fact]
    public void CommandsPage_HasEveryVerbAndOption()
    {
        string page = Repository.Text("docs", "commands.md");

        Assert.All(CommandLine.Create().Subcommands, verb => Assert.Contains($"## traceanalyzer {verb.Name}\n", page));
        Assert.All(AllOptions(), option => Assert.Contains($"`{option.Name}", page));
    }

    [Fact]
    public void CommandsPage_HasEveryExitCode()
    {
        string page = Repository.Text("docs", "commands.md");

        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"| {(int)code} |", page));
    }

    [Fact]
    public void IntegrityPage_HasEveryCounter()
    {
        string page = Repository.Text("docs", "integrity.md");

        Assert.All(ReadCounters.All, entry => Assert.Contains($"## {entry.Name}\n", page));
        Assert.All(ReadCounters.All, entry => Assert.Contains(entry.Meaning, page, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void GettingStarted_HasEveryFigure()
    {
        string page = Repository.Text("docs", "getting-started.md");

        Assert.All(Reporting.Sections.TraceSections.Figures, figure => Assert.Contains($"`{figure.Name}`", page));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string document)
    {
        string folder = Path.GetDirectoryName(Repository.Path(document))!;
        foreach (Match link in Link().Matches(Repository.Text(document)))
        {
            string target = link.Groups["target"].Value.Split('#')[0];
            if (target.Length > 0 && !target.StartsWith("http", StringComparison.Ordinal))
                Assert.True(Path.Exists(Path.Combine(folder, target)), $"{document} links to {target}");
        }
    }

    private static IEnumerable<Option> AllOptions()
    {
        RootCommand root = CommandLine.Create();
        return root.Subcommands.SelectMany(verb => verb.Options).Concat(root.Options).Where(option => !option.Hidden);
    }

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]*(=csv)?")]
    private static partial Regex LongOption();

    [GeneratedRegex("""(\]\(|src=")(?<target>[^)"\s]+)""")]
    private static partial Regex Link();
}
