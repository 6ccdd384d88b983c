// # tid comm tgid                 (comm.txt)
// 110 kworker/u64:2 110
// 22 ksoftirqd/1                  (tracefs saved_cmdlines)
using System.Globalization;

namespace TraceAnalyzer.Runs;

/// <summary>
/// Names of threads that were noted beside a trace without process records: a table of threads (<c>comm.txt</c>), or the kernel's own
/// <c>saved_cmdlines</c> (kernel, Documentation/trace/ftrace.rst).
/// </summary>
/// <param name="Names">Number and name, in the file's order.</param>
/// <param name="SkippedLines">Lines that are neither.</param>
public sealed record ThreadNames(IReadOnlyList<ThreadName> Names, int SkippedLines)
{
    private const string TableHeader = "# tid comm";

    // TASK_COMM_LEN of the kernel, without the closing zero.
    private const int LongestName = 15;

    /// <summary>True if a file that begins so is one of these: a header, or nothing but lines of a number and a name as the kernel keeps it.</summary>
    internal static bool IsNames(string first, bool isWhole)
    {
        if (first.StartsWith(TableHeader, StringComparison.Ordinal))
            return true;
        string[] lines = first.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // The last line may be cut by the look at the file's beginning.
        IEnumerable<string> whole = isWhole ? lines : lines.SkipLast(1);
        return lines.Length >= 2 && whole.All(line => Parse(line) is { Name.Length: <= LongestName });
    }

    /// <summary>Reads the file from its beginning.</summary>
    public static ThreadNames Read(TextReader text)
    {
        var names = new List<ThreadName>();
        int skipped = 0;
        bool hasGroups = false;
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                hasGroups |= line.TrimEnd().EndsWith(" tgid", StringComparison.Ordinal);
            else if (Parse(line) is { } name)
                names.Add(hasGroups ? name with { Name = WithoutGroup(name.Name) } : name);
            else if (line.Length > 0)
                skipped++;
        }

        return new ThreadNames(names, skipped);
    }

    // A name may hold spaces and slashes, but no kernel or program is called by a number alone.
    private static ThreadName? Parse(string line)
    {
        string[] parts = line.TrimEnd('\r').Split(' ', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int thread) && parts[1].Any(char.IsLetter)
            ? new ThreadName(thread, parts[1])
            : null;
    }

    private static string WithoutGroup(string name)
    {
        int space = name.LastIndexOf(' ');
        return space > 0 && name.AsSpan(space + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..space] : name;
    }
}

/// <summary>A thread's name.</summary>
/// <param name="Thread">Its number: what block traces call the process.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ThreadName(int Thread, string Name);
