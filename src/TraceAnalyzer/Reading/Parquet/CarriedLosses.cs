using System.Globalization;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Losses of the trace that a Parquet file was made of, in its metadata: a line <c>NAME=COUNT</c> each, named as in reports.</summary>
internal static class CarriedLosses
{
    /// <summary>The losses; of those that the rows show again none, as they would count twice.</summary>
    public static string Text(ReadDiagnostics diagnostics, string content) => string.Join('\n', ReadCounters.All
        .Where(entry => diagnostics[entry.Counter] > 0 && IsCarried(entry.Counter, content))
        .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Name}={diagnostics[entry.Counter]}")));

    /// <summary>Adds the losses of a text.</summary>
    public static void Add(string text, string content, ReadDiagnostics diagnostics)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] sides = line.Split('=');
            foreach ((ReadCounter counter, string name, string _) in ReadCounters.All)
            {
                if (sides.Length == 2 && sides[0] == name && IsCarried(counter, content) && long.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                    diagnostics.Add(counter, count);
            }
        }
    }

    // An issue without its completion is a row; a completion without its issue is an event, and no request.
    private static bool IsCarried(ReadCounter counter, string content) => counter switch
    {
        ReadCounter.UnmatchedIssues or ReadCounter.TimesOutOfRange => false,
        ReadCounter.UnmatchedCompletions => content == ParquetKeys.Requests,
        _ => true,
    };
}
