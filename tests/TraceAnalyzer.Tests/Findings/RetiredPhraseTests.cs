namespace TraceAnalyzer.Tests.Findings;

/// <summary>Phrases that findings and comparisons do not use any more: they claimed too much, or nobody writes so.</summary>
public sealed class RetiredPhraseTests
{
    public static TheoryData<string> Phrases =>
    [
        "it says more about the system",
        "Reading saturates the device",
        "After the data is written out it is only read",
        "The main request size is",
        "Earlier KV rows are",
        "Read bandwidth is far above write bandwidth",
        "begin where an earlier one ended",
        "Most is read by",
        "most in front of",
        "could have turned the verdict",
        "what differs between the runs adds",
        "are distributed otherwise",
        "follow each other otherwise",
        "about as closely",
        "used about as much",
        "accesses of a sector, at most",
        "requests in flight, at most",
        "for a decoded token, mean",
        "as much for a decoded token",
        "of that stalled on I/O",
        "decoded tokens a second",
        "time with I/O but an idle GPU",
        "dominating size in both runs",
        "is no threshold",
        "Everything is compared with run 1",
        "utilisation",
        "recognised",
        "neighbour",
        "behaviour",
        "analysed",
        "or is no trace",
        "is no operation",
        "same in each part",
    ];

    [Theory]
    [MemberData(nameof(Phrases))]
    public void No_source_and_no_document_has_a_retired_phrase(string phrase)
    {
        string[] folders = ["src", "docs", "samples"];
        IEnumerable<string> files = folders.SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".js" or ".sh" && !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Append(Repository.Path("README.md")).Append(Repository.Path("CONTRIBUTING.md"));

        Assert.All(files, file => Assert.DoesNotContain(phrase, File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));
    }
}
