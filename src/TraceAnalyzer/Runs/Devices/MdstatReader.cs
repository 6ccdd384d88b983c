using TraceAnalyzer.SideFiles;
// Personalities : [raid0]
// md0 : active raid0 nvme3n1[3] nvme2n1[2] nvme1n1[1] nvme0n1[0]
//       1306624 blocks super 1.2 128k chunks

namespace TraceAnalyzer.Runs.Devices;

/// <summary>Reads <c>/proc/mdstat</c>: level, chunk and order of the members. It does not tell where on the members the data begins. (kernel, drivers/md/md.c, md_seq_show)</summary>
internal static class MdstatReader
{
    private const int SectorsPerKiB = 2;

    /// <summary>True if a file begins like it.</summary>
    public static bool IsMdstat(string firstLine) => firstLine.StartsWith("Personalities :", StringComparison.Ordinal);

    /// <summary>Reads it.</summary>
    public static DeviceTables Read(TextReader text)
    {
        var tables = new List<DeviceTable>();
        int skipped = 0;
        string[]? array = null;
        for (string? line = text.ReadLine(); line is not null; line = text.ReadLine())
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, ":", "active" or "inactive", ..] && tables.Count < SideRanges.MostDevices)
            {
                array = words;
            }
            else if (array is not null && words is [var blocks, "blocks", ..])
            {
                tables.Add(Table(array, blocks, words));
                array = null;
            }
            else if (array is not null && words.Length > 0)
            {
                skipped++;
            }
        }

        return new DeviceTables(tables, skipped, [.. tables.Select(table => table.Fault).OfType<string>()]);
    }

    // "(auto-read-only)" or "(read-only)" may stand before the level.
    private static DeviceTable Table(string[] array, string blocks, string[] words)
    {
        string name = array[0];
        string[] rest = [.. array[3..].Where(word => word[0] != '(')];
        DeviceTable Refused(string why) => new(name, []) { Fault = $"{SideRemarks.Shortened(name)} cannot be mapped: {why}" };
        if (rest.Length < 2)
            return Refused("its members are not listed");
        if (rest[0] is not ("raid0" or "raid1"))
            return Refused($"{SideRemarks.Shortened(rest[0])} is neither raid0 nor raid1");
        (string Device, int Slot)?[] members = [.. rest[1..].Where(word => !word.EndsWith("(S)", StringComparison.Ordinal)).Select(MemberOf)];
        if (members.Length is 0 or > StripedSegment.MostMembers || members.Any(member => member is null))
            return Refused("its members are not understood");
        string[] inOrder = [.. members.OrderBy(member => member!.Value.Slot).Select(member => member!.Value.Device)];
        // A member of a mirror that was replaced has a new number.
        if (rest[0] == "raid0" && !members.Select(member => member!.Value.Slot).Order().SequenceEqual(Enumerable.Range(0, members.Length)))
            return Refused("a member is missing");
        long sectors = (SideRanges.Sector.Parse(blocks) ?? 0) * SectorsPerKiB;
        if (sectors == 0 || !SideRanges.Sector.Holds(sectors))
            return Refused("its size is not known");
        SegmentMember[] starts = [.. inOrder.Select(member => new SegmentMember(member, 0))];
        if (rest[0] == "raid1")
            return new DeviceTable(name, [new StripedSegment(0, sectors, sectors, [starts])]) { LacksStarts = true };
        int at = Array.FindIndex(words, word => word is "chunks" or "chunk");
        if (at < 1 || !words[at - 1].EndsWith('k') || SideRanges.ChunkKiB.Parse(words[at - 1].AsSpan()[..^1]) is not { } chunk || chunk * SectorsPerKiB < StripedSegment.LeastChunkSectors)
            return Refused("its chunk is not known");
        long chunkSectors = (long)chunk * SectorsPerKiB;

        // Members of different sizes make zones: behind the end of the smallest, chunks go round over the others.
        return sectors % (chunkSectors * starts.Length) != 0
            ? Refused("its members are of different sizes, so that it has zones of different numbers of members")
            : new DeviceTable(name, [new StripedSegment(0, sectors, chunkSectors, [.. starts.Select(member => (IReadOnlyList<SegmentMember>)[member])])]) { LacksStarts = true };
    }

    private static (string Device, int Slot)? MemberOf(string word)
    {
        int open = word.IndexOf('[', StringComparison.Ordinal);
        int close = open < 0 ? -1 : word.IndexOf(']', open);
        return open > 0 && close > open && SideRanges.Slot.Parse(word.AsSpan(open + 1, close - open - 1)) is { } slot ? (word[..open], slot) : null;
    }
}
