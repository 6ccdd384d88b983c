using System.Globalization;

namespace TraceAnalyzer.Reading;

/// <summary>The files <c>NAME.blktrace.CPU</c> that blktrace writes, one a CPU; each may be compressed (<c>.gz</c>, <c>.zst</c>, <c>.xz</c>).</summary>
/// <param name="BaseName">NAME, without folders.</param>
/// <param name="Files">Paths, by CPU; within the archive if it is in one.</param>
/// <param name="MissingCpus">CPUs below the highest that have no file.</param>
internal sealed record BlktraceSet(string BaseName, IReadOnlyList<string> Files, int MissingCpus)
{
    private const string Infix = ".blktrace.";
    private const int MostDigits = 5;
    private static readonly string[] s_packed = [".gz", ".zst", ".xz"];

    /// <summary>Splits the name of a file of a set; false if it is not named so.</summary>
    public static bool TrySplitName(string path, out string baseName, out int cpu)
    {
        // By hand: every start looks at names, and a regular expression would take half a millisecond to set up.
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        foreach (string ending in s_packed)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                name = name[..^ending.Length];
                break;
            }
        }

        (baseName, cpu) = ("", -1);
        int at = name.LastIndexOf(Infix, StringComparison.Ordinal);
        if (at <= 0)
            return false;
        ReadOnlySpan<char> digits = name[(at + Infix.Length)..];
        if (digits.Length > MostDigits || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return false;
        (baseName, cpu) = (name[..at].ToString(), number);
        return true;
    }

    /// <summary>The sets among the files of one folder, by name.</summary>
    public static IReadOnlyList<BlktraceSet> Among(IEnumerable<string> paths)
    {
        var files = new SortedDictionary<string, SortedDictionary<int, string>>(StringComparer.Ordinal);
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            if (!TrySplitName(path, out string baseName, out int cpu))
                continue;
            if (!files.TryGetValue(baseName, out SortedDictionary<int, string>? byCpu))
                files.Add(baseName, byCpu = []);
            if (!byCpu.TryAdd(cpu, path))
                throw new TraceException($"{path}: CPU {cpu} of '{baseName}' is there twice, the other is {Path.GetFileName(byCpu[cpu])}; remove one");
        }

        return [.. files.Select(set => new BlktraceSet(set.Key, [.. set.Value.Values], set.Value.Keys.Last() + 1 - set.Value.Count))];
    }
}
