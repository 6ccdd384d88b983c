using System.Text;

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
namespace TraceAnalyzer.Cli.Capture.Devices;

/// <summary>A mounted file system, from <c>/proc/self/mountinfo</c> (proc(5)).</summary>
/// <param name="Number">The number of its device; not that of a disk on btrfs, overlayfs and tmpfs.</param>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Options">Its options, those of the mount first.</param>
/// <param name="Type">Its type, such as <c>ext4</c>.</param>
/// <param name="Source">Its device, as mount knows it.</param>
internal sealed record Mount(DeviceId Number, string Point, string Options, string Type, string Source)
{
    /// <summary>True if it has no disk: its files are memory.</summary>
    public bool IsMemory => Type is "tmpfs" or "ramfs" or "devtmpfs" or "hugetlbfs";

    /// <summary>All that are mounted, in the order in which they were.</summary>
    public static IReadOnlyList<Mount> All() => [.. KernelFile.Lines("/proc/self/mountinfo").Select(Parse).OfType<Mount>()];

    /// <summary>The one that serves a path, which must be absolute and without links; null if there is none.</summary>
    public static Mount? Of(string path, IEnumerable<Mount> all) =>
        // The last of those mounted over each other is seen.
        all.Where(mount => mount.Serves(path)).Select((mount, order) => (mount, order)).OrderByDescending(each => each.mount.Point.Length).ThenByDescending(each => each.order).FirstOrDefault().mount;

    /// <summary>True if a path lies at or below its point.</summary>
    public bool Serves(string path) => Point == "/" || (path.StartsWith(Point, StringComparison.Ordinal) && (path.Length == Point.Length || path[Point.Length] == '/'));

    /// <summary>Reads a line; null if it is none.</summary>
    internal static Mount? Parse(string line)
    {
        string[] words = line.Split(' ');
        int dash = Array.IndexOf(words, "-");
        return dash >= 6 && words.Length >= dash + 3 && DeviceId.TryParse(words[2], out DeviceId number)
            ? new Mount(number, Unescape(words[4]), words[5] + (words.Length > dash + 3 ? "," + words[dash + 3] : ""), words[dash + 1], Unescape(words[dash + 2]))
            : null;
    }

    // Blanks, tabs, newlines and backslashes stand as \040 and so on.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
