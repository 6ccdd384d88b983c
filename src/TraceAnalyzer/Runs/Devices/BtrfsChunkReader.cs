using TraceAnalyzer.SideFiles;
// chunk tree
//	item 6 key (FIRST_CHUNK_TREE CHUNK_ITEM 298844160) itemoff 15491 itemsize 176
//		length 429391872 owner 2 stripe_len 65536 type DATA|RAID0
//		num_stripes 4 sub_stripes 1
//			stripe 0 devid 1 offset 22020096

namespace TraceAnalyzer.Runs.Devices;

/// <summary>Reads the chunks of btrfs (<c>btrfs inspect-internal dump-tree -t chunk</c>): where its logical addresses, which filefrag shows, lie on its devices. Chunks of other profiles than single, DUP, RAID-0, RAID-1 and RAID-10 are left out.</summary>
internal sealed class BtrfsChunkReader
{
    private const int LinesSearched = 32;
    private const int SectorBytes = 512;

    private readonly List<StripedSegment> _segments = [];
    private readonly List<string> _leftOut = [];
    private readonly List<SegmentMember> _stripes = [];
    private long _first = -1;
    private long _length;
    private long _stripeBytes;
    private string _type = "";
    private int _expected;
    private int _subStripes;
    private bool _isBad;
    private int _skipped;

    /// <summary>True if a file begins like it.</summary>
    public static bool AreChunks(IEnumerable<string> firstLines) => firstLines.Take(LinesSearched).Any(line => line == "chunk tree" || line.Contains(" CHUNK_ITEM ", StringComparison.Ordinal));

    /// <summary>Reads it.</summary>
    public static DeviceTables Read(TextReader text)
    {
        var reader = new BtrfsChunkReader();
        for (string? line = text.ReadLine(); line is not null; line = text.ReadLine())
            reader.Add(line.Split([' ', '\t', '(', ')'], StringSplitOptions.RemoveEmptyEntries));
        reader.EndChunk();
        return reader.Result();
    }

    private DeviceTables Result()
    {
        StripedSegment[] segments = [.. _segments.OrderBy(segment => segment.FirstSector)];
        for (int i = 1; i < segments.Length; i++)
        {
            if (segments[i].FirstSector < segments[i - 1].FirstSector + segments[i - 1].Sectors)
                return new DeviceTables([new DeviceTable("", []) { IsFileSystem = true, Fault = "btrfs cannot be mapped: its chunks overlap" }], _skipped, ["btrfs cannot be mapped: its chunks overlap"]);
        }

        return new DeviceTables([new DeviceTable("", segments) { IsFileSystem = true }], _skipped, [.. _leftOut.CountBy(why => why).Select(why => FormattableString.Invariant($"{why.Value} {(why.Value == 1 ? "chunk" : "chunks")} not mapped: {why.Key}"))]);
    }

    private void Add(string[] words)
    {
        switch (words)
        {
            case ["item", _, "key", .., var kind, var address, "itemoff", _, "itemsize", _]:
                EndChunk();
                _first = kind != "CHUNK_ITEM" ? -1 : SideRanges.FileSystemBytes.Parse(address) ?? -1;
                _skipped += kind == "CHUNK_ITEM" && _first < 0 ? 1 : 0;
                break;
            case ["length", var length, "owner", _, "stripe_len", var stripe, "type", var type, ..] when _first >= 0:
                _isBad |= !Take(length, out _length) || !Take(stripe, out _stripeBytes);
                _type = type;
                break;
            case ["num_stripes", var number, "sub_stripes", var sub, ..] when _first >= 0:
                _expected = SideRanges.Members.Parse(number) ?? 0;
                _subStripes = SideRanges.Members.Parse(sub) ?? 1;
                break;
            case ["stripe", _, "devid", var device, "offset", var offset, ..] when _first >= 0:
                if (Take(offset, out long start) && SideRanges.Slot.Parse(device) is { } number2 && _stripes.Count < StripedSegment.MostMembers)
                    _stripes.Add(new SegmentMember(NameOf(number2), start / SectorBytes));
                else
                    _isBad = true;
                break;
        }
    }

    /// <summary>What a device of btrfs is called until its number is known.</summary>
    public static string NameOf(int devid) => FormattableString.Invariant($"devid {devid}");

    private static bool Take(string text, out long bytes)
    {
        long? parsed = SideRanges.FileSystemBytes.Parse(text);
        bytes = parsed ?? 0;
        return parsed is not null && bytes % SectorBytes == 0;
    }

    private void EndChunk()
    {
        if (_first >= 0)
        {
            string[] words = _type.Split('|');
            string profile = words.FirstOrDefault(word => word is not ("DATA" or "METADATA" or "SYSTEM"), "single");
            if (_isBad || _length <= 0 || _stripes.Count == 0 || _stripes.Count != _expected || _first % SectorBytes != 0)
                _skipped++;
            else if (Columns(profile) is not { } columns || (columns.Length > 1 && _stripeBytes < StripedSegment.LeastChunkSectors * SectorBytes))
                _leftOut.Add(Columns(profile) is null ? $"profile {SideRemarks.Shortened(profile)}" : "stripe_len below 4096");
            else if (_segments.Count < SideRanges.MostSegments)
                _segments.Add(new StripedSegment(_first / SectorBytes, _length / SectorBytes, columns.Length == 1 ? _length / SectorBytes : _stripeBytes / SectorBytes, columns));
        }

        (_first, _length, _stripeBytes, _type, _expected, _subStripes, _isBad) = (-1, 0, 0, "", 0, 1, false);
        _stripes.Clear();
    }

    // What holds the same data lies side by side in the list. (kernel, fs/btrfs/volumes.c, __btrfs_map_block)
    private IReadOnlyList<SegmentMember>[]? Columns(string profile) => profile switch
    {
        "single" => [[.. _stripes]],
        "DUP" or "RAID1" or "RAID1C3" or "RAID1C4" => [[.. _stripes]],
        "RAID0" => [.. _stripes.Select(stripe => (IReadOnlyList<SegmentMember>)[stripe])],
        "RAID10" when _subStripes > 0 && _stripes.Count % _subStripes == 0 => [.. _stripes.Chunk(_subStripes)],
        _ => null,
    };
}
