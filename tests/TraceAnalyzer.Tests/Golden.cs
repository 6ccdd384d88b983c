namespace TraceAnalyzer.Tests;

/// <summary>Texts that are expected whole, kept as files in <c>Golden/</c>. Set <c>TRACEANALYZER_UPDATE_DOCUMENTS=1</c> to write them anew; then read the difference.</summary>
internal static class Golden
{
    /// <summary>True if the run is to write expected texts and generated parts of documents anew.</summary>
    public static bool Updates => Environment.GetEnvironmentVariable("TRACEANALYZER_UPDATE_DOCUMENTS") == "1";

    /// <summary>Asserts that <paramref name="actual"/> is what the file <paramref name="name"/> holds.</summary>
    public static void Equal(string name, string actual)
    {
        string path = Repository.Path("tests", "TraceAnalyzer.Tests", "Golden", name);
        actual = actual.ReplaceLineEndings("\n");
        if (Updates)
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }

    /// <summary>Asserts that the part of a document between two marks, the first of each, is <paramref name="actual"/>.</summary>
    public static void EqualInDocument(string name, string begin, string end, string actual)
    {
        string path = Repository.Path("docs", name);
        string document = File.ReadAllText(path).ReplaceLineEndings("\n");
        actual = actual.ReplaceLineEndings("\n");
        int start = document.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int stop = document.IndexOf(end, start, StringComparison.Ordinal);
        if (Updates)
            File.WriteAllText(path, document[..start] + actual + document[stop..]);
        else
            Assert.Equal(document[start..stop], actual);
    }
}
