using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TraceAnalyzer.Tests;

/// <summary>docs/dependencies.md lists every package that a build restores, with its version and license.</summary>
public sealed partial class DependencyTests
{
    // Part of the SDK, in its version.
    private static readonly string[] s_ofTheSdk = ["Microsoft.NET.ILLink.Tasks", "Microsoft.DotNet.ILCompiler", "runtime."];

    private static readonly string[] s_licenses = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"];

    [Fact]
    public void The_page_lists_what_was_restored_for_the_product_and_for_the_tests()
    {
        List<Row> rows = Rows();
        Dictionary<string, RestoredPackage> product = Restored("src", "TraceAnalyzer.Cli");
        Dictionary<string, RestoredPackage> all = new(Restored("tests", "TraceAnalyzer.Tests"), StringComparer.Ordinal);
        foreach (var (name, package) in product.Concat(Restored("tests", "TraceAnalyzer.Benchmarks")))
            all.TryAdd(name, package);

        Assert.True(product.Count > 10);
        Assert.Equal(Lines(product.Values), Lines(rows.Where(row => row.IsProduct)));
        Assert.Equal(Lines(all.Values.Where(package => !product.ContainsKey(package.Name))), Lines(rows.Where(row => !row.IsProduct)));

        // Which license a link leads to, somebody has read.
        static string WithoutReading(string license) => license.StartsWith('[') ? "[?]" + license[license.IndexOf('(', StringComparison.Ordinal)..] : license;

        static IEnumerable<string> Lines(IEnumerable<RestoredPackage> packages) =>
            packages.Select(package => $"| {package.Name} | {package.Version} | {WithoutReading(package.License)} |").Order(StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Licenses_are_MIT_BSD_or_Apache() => Assert.All(Rows(), row => Assert.Contains(LinkOrWord().Match(row.License).Groups["name"].Value, s_licenses));

    [Fact]
    public void The_page_has_the_versions_that_the_repository_asks_for()
    {
        Dictionary<string, string> rows = Rows().ToDictionary(row => row.Name, row => row.Version, StringComparer.Ordinal);
        XElement[] versions = [.. XDocument.Load(Repository.Path("Directory.Packages.props")).Descendants("PackageVersion")];

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Equal((string?)version.Attribute("Version"), rows.GetValueOrDefault((string)version.Attribute("Include")!)));
    }

    private static List<Row> Rows()
    {
        var rows = new List<Row>();
        bool isProduct = false;
        foreach (string line in Repository.Text("docs", "dependencies.md").Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                isProduct = line == "## In the product";
            else if (TableRow().Match(line) is { Success: true } match && match.Groups["name"].Value != "Package")
                rows.Add(new Row(match.Groups["name"].Value, match.Groups["version"].Value, match.Groups["license"].Value, isProduct));
        }

        return rows;
    }

    // What a restore of the project wrote down, and the license of each package's own description.
    private static Dictionary<string, RestoredPackage> Restored(params string[] project)
    {
        string file = Path.Combine([Repository.Root, .. project, "obj", "project.assets.json"]);
        Assert.SkipUnless(File.Exists(file), $"{Path.GetRelativePath(Repository.Root, file)} is not there: the tests were built elsewhere");
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllBytes(file));
        string[] folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        var packages = new Dictionary<string, RestoredPackage>(StringComparer.Ordinal);
        foreach (JsonProperty library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            string[] words = library.Name.Split('/');
            if (library.Value.GetProperty("type").GetString() != "package" || s_ofTheSdk.Any(name => words[0].StartsWith(name, StringComparison.Ordinal)))
                continue;
            string path = library.Value.GetProperty("path").GetString()!;
            string description = folders.Select(folder => Path.Combine(folder, path, words[0].ToLowerInvariant() + ".nuspec")).First(File.Exists);
            packages.Add(words[0], new RestoredPackage(words[0], words[1], LicenseOf(XDocument.Load(description))));
        }

        return packages;
    }

    private static string LicenseOf(XDocument description)
    {
        // The namespace differs by the age of the package.
        XElement? Element(string name) => description.Descendants().FirstOrDefault(element => element.Name.LocalName == name);
        return Element("license") is { } license && (string?)license.Attribute("type") == "expression" ? license.Value : $"[?]({Element("licenseUrl")?.Value})";
    }

    [GeneratedRegex(@"^\| (?<name>[\w.-]+) \| (?<version>[\w.+-]+) \| (?<license>.+) \|$")]
    private static partial Regex TableRow();

    // "MIT", or "[MIT](link)" where a package has no more than a link.
    [GeneratedRegex(@"^(\[(?<name>[\w.-]+)\]\(https://\S+\)|(?<name>[\w.-]+))$")]
    private static partial Regex LinkOrWord();

    private record RestoredPackage(string Name, string Version, string License);

    private sealed record Row(string Name, string Version, string License, bool IsProduct) : RestoredPackage(Name, Version, License);
}
