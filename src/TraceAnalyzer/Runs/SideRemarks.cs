using System.Globalization;

namespace TraceAnalyzer.Runs;

/// <summary>What a side file says that makes no sense, for the message that names the file. The first few are kept in words, all are counted.</summary>
internal sealed class SideRemarks
{
    private const int MostKept = 3;
    private const int MostCharacters = 60;
    private readonly List<string> _kept = [];
    private int _others;

    /// <summary>Adds a value that is not in its range.</summary>
    /// <param name="what">The member or column.</param>
    /// <param name="value">What stands there.</param>
    /// <param name="expected">What could stand there.</param>
    public void AddValue(string what, string value, string expected) => Add($"{what}: '{Shortened(value)}' is not {expected}");

    /// <summary>Adds a sentence.</summary>
    public void Add(string remark)
    {
        if (_kept.Contains(remark))
            return;
        if (_kept.Count < MostKept)
            _kept.Add(remark);
        else
            _others++;
    }

    /// <summary>All in one sentence; null if there are none.</summary>
    public string? Sentence => _kept.Count == 0 ? null
        : string.Join("; ", _kept) + (_others > 0 ? string.Create(CultureInfo.InvariantCulture, $"; and {_others} more") : "");

    /// <summary>The beginning of a text that may be anything.</summary>
    public static string Shortened(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "...";
}
