using TraceAnalyzer.SideFiles;
// vg-lv: 0 4194304 striped 2 256 259:0 2048 259:1 2048
// vg-lv: 4194304 2048 linear 259:2 2048
// 0 2048 linear 259:0 34                                  (of one device: dmsetup table NAME)

namespace TraceAnalyzer.Runs.Devices;

/// <summary>Reads <c>dmsetup table</c>: linear, striped and crypt targets, which LVM makes its volumes of. (kernel, Documentation/admin-guide/device-mapper)</summary>
internal static class DmTableReader
{
    private const int LinesSearched = 8;
    private const string None = "No devices found";

    // A striped line of the most members has 40 characters for each.
    private const int MostLineChars = 40 * StripedSegment.MostMembers;
    private const int MostListedMembers = 1 << 20;

    private static readonly string[] s_targets =
        ["linear", "striped", "crypt", "raid", "mirror", "thin", "thin-pool", "cache", "writecache", "snapshot", "snapshot-origin", "snapshot-merge", "multipath", "verity", "integrity", "era", "zero", "error", "delay", "flakey", "clone", "vdo", "dust", "ebs", "switch", "unstriped", "zoned", "log-writes", "raid45"];

    /// <summary>True if a file begins like it.</summary>
    public static bool IsTable(IEnumerable<string> firstLines)
    {
        string[] lines = [.. firstLines.Where(line => line.Trim().Length > 0).Take(LinesSearched)];
        return lines.Length > 0 && (lines is [None] || Array.TrueForAll(lines, line => Parse(line) is { } parsed && s_targets.Contains(parsed.Target)));
    }

    /// <summary>Reads it.</summary>
    public static DeviceTables Read(TextReader text)
    {
        var lines = new List<Part>();
        int skipped = 0;
        int members = 0;
        for (string? line = text.ReadLine(); line is not null; line = text.ReadLine())
        {
            if (Parse(line) is { } parsed && lines.Count < SideRanges.MostSegments && (members += parsed.Segment?.Columns.Count ?? 0) <= MostListedMembers)
                lines.Add(parsed);
            else if (line.Trim() is not ("" or None))
                skipped++;
        }

        IGrouping<string, Part>[] devices = [.. lines.GroupBy(line => line.Device, StringComparer.Ordinal)];
        skipped += devices.Skip(SideRanges.MostDevices).Sum(device => device.Count());
        DeviceTable[] tables = [.. devices.Take(SideRanges.MostDevices).Select(device => Table(device.Key, [.. device.OrderBy(line => line.First)]))];
        return new DeviceTables(tables, skipped, [.. tables.Select(table => table.Fault).OfType<string>()]);
    }

    // A name may hold spaces, but no colon followed by one.
    private static Part? Parse(string line)
    {
        if (line.Length > MostLineChars)
            return null;
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        string[] words = line[(colon < 0 ? 0 : colon + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 3 && SideRanges.Sector.Parse(words[0]) is { } first && SideRanges.Sector.Parse(words[1]) is > 0 and var sectors
            ? new Part(colon < 0 ? "" : line[..colon].Trim(), first, sectors, words[2], Segment(first, sectors, words[2..]))
            : null;
    }

    // Without the words of its line, which can be many.
    private readonly record struct Part(string Device, long First, long Sectors, string Target, StripedSegment? Segment);

    private static DeviceTable Table(string device, Part[] lines)
    {
        var segments = new List<StripedSegment>();
        long end = 0;
        foreach ((_, long first, long sectors, string target, StripedSegment? part) in lines)
        {
            if (first < end)
                return Refused("its parts overlap");
            end = first + sectors;
            if (part is not { } segment)
                return Refused(target is "linear" or "striped" or "crypt" ? $"its {target} part is not understood" : $"target {SideRemarks.Shortened(target)} is neither linear nor striped");
            segments.Add(segment);
        }

        return new DeviceTable(device, segments);

        DeviceTable Refused(string why) => new(device, []) { Fault = $"{(device.Length == 0 ? "the device" : SideRemarks.Shortened(device))} cannot be mapped: {why}" };
    }

    private static StripedSegment? Segment(long first, long sectors, string[] words)
    {
        switch (words)
        {
            case ["linear", var member, var start, ..]:
                return Member(member, start) is { } linear ? StripedSegment.Linear(first, sectors, linear) : null;
            // Cipher, key and offset of the IV stand before: data is encrypted in its place.
            case ["crypt", _, _, _, var member, var start, ..]:
                return Member(member, start) is { } crypt ? StripedSegment.Linear(first, sectors, crypt) : null;
            case ["striped", var number, var chunk, .. var members]:
                int count = SideRanges.Members.Parse(number) ?? 0;
                long chunkSectors = SideRanges.Sector.Parse(chunk) ?? 0;
                if (count == 0 || chunkSectors < StripedSegment.LeastChunkSectors || members.Length < 2 * count || sectors % count != 0)
                    return null;
                SegmentMember?[] stripes = [.. Enumerable.Range(0, count).Select(i => Member(members[2 * i], members[(2 * i) + 1]))];
                return stripes.Any(member => member is null) ? null : new StripedSegment(first, sectors, chunkSectors, [.. stripes.Select(member => (IReadOnlyList<SegmentMember>)[member!.Value])]);
            default:
                return null;
        }
    }

    private static SegmentMember? Member(string device, string start) => SideRanges.Sector.Parse(start) is { } first ? new SegmentMember(device, first) : null;
}
