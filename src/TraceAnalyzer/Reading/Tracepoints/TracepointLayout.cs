// 	field:unsigned int nr_sector;	offset:24;	size:4;	signed:0;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Reading.Tracepoints;

/// <summary>Where the fields of a tracepoint lie in its binary record. Offsets count from the record's start (<c>common_type</c>); -1 = no such field.</summary>
internal sealed record TracepointLayout
{
    private static readonly Regex s_nameLine = new(@"^name:\s*(?<name>\w+)", RegexOptions.Multiline | RegexOptions.NonBacktracking);

    // Four digits are more than any record has, and cannot overflow.
    private static readonly Regex s_fieldLine =
        new(@"field:[^;]*?\b(?<name>\w+)(\[[^\]]*\])?;\s*offset:(?<offset>[0-9]{1,4});\s*size:(?<size>[0-9]{1,4});", RegexOptions.NonBacktracking);

    /// <summary>Offset of <c>common_pid</c>, the thread that was current; the same in every kernel since 2.6.31.</summary>
    public const int CommonPid = 4;

    public int Device { get; init; } = -1;

    public int Sector { get; init; } = -1;

    public int Sectors { get; init; } = -1;

    public int Bytes { get; init; } = -1;

    public int Error { get; init; } = -1;

    public int Rwbs { get; init; } = -1;

    public int RwbsLength { get; init; }

    public int Command { get; init; } = -1;

    public int CommandLength { get; init; }

    public int NewSector { get; init; } = -1;

    public int OldDevice { get; init; } = -1;

    public int OldSector { get; init; } = -1;

    public int Count { get; init; } = -1;

    /// <summary>The word that says where the packet command lies (<c>__data_loc char[] cmd</c>): it must point right behind itself, which tells layouts apart.</summary>
    public int PacketLocation { get; init; } = -1;

    /// <summary>Least length of a record, in bytes.</summary>
    public int MinLength { get; init; }

    /// <summary>
    /// The layouts a tracepoint has had, for traces without the kernel's own <c>format</c> files. Up to <c>nr_sector</c> and what follows it,
    /// all kernels agree; the I/O priority came with 6.9 and lies before rwbs, which has grown from 8 letters to 10.
    /// </summary>
    public static IReadOnlyList<TracepointLayout> Known(TracepointShape shape) => shape switch
    {
        TracepointShape.Request =>
        [
            new() { Device = 8, Sector = 16, Sectors = 24, Bytes = 28, Rwbs = 34, RwbsLength = 8, PacketLocation = 60, MinLength = 64 },
            new() { Device = 8, Sector = 16, Sectors = 24, Bytes = 28, Rwbs = 32, RwbsLength = 8, Command = 40, CommandLength = 16, PacketLocation = 56, MinLength = 60 },
        ],
        TracepointShape.RequestEnd =>
        [
            new() { Device = 8, Sector = 16, Sectors = 24, Error = 28, Rwbs = 34, RwbsLength = 8, PacketLocation = 44, MinLength = 48 },
            new() { Device = 8, Sector = 16, Sectors = 24, Error = 28, Rwbs = 32, RwbsLength = 8, PacketLocation = 40, MinLength = 44 },
            new() { Device = 8, Sector = 16, Sectors = 24, Rwbs = 28, RwbsLength = 8, PacketLocation = 36, MinLength = 40 },
        ],
        TracepointShape.Bio => [new() { Device = 8, Sector = 16, Sectors = 24, Rwbs = 28, RwbsLength = 8, MinLength = 52 }],
        TracepointShape.BioEnd => [new() { Device = 8, Sector = 16, Sectors = 24, Error = 28, Rwbs = 32, RwbsLength = 8, MinLength = 40 }],
        TracepointShape.Split => [new() { Device = 8, Sector = 16, NewSector = 24, Rwbs = 32, RwbsLength = 8, MinLength = 56 }],
        TracepointShape.Remap => [new() { Device = 8, Sector = 16, Sectors = 24, OldDevice = 28, OldSector = 32, Rwbs = 40, RwbsLength = 8, MinLength = 48 }],
        TracepointShape.Plug => [new() { Command = 8, CommandLength = 16, MinLength = 24 }],
        TracepointShape.Unplug => [new() { Count = 8, Command = 12, CommandLength = 16, MinLength = 28 }],
        _ => [],
    };

    /// <summary>Reads a kernel's <c>events/block/NAME/format</c>.</summary>
    /// <returns>The tracepoint's name and its layout; null if the text is no such file or lacks a field that the tracepoint must have.</returns>
    public static (string Name, TracepointLayout Layout)? Parse(string format)
    {
        Match name = s_nameLine.Match(format);
        int index = name.Success ? BlockTracepoints.IndexOf(name.Groups["name"].Value) : -1;
        if (index < 0)
            return null;
        var layout = new TracepointLayout();
        int end = 0;
        foreach (Match field in s_fieldLine.Matches(format))
        {
            int offset = int.Parse(field.Groups["offset"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            int size = int.Parse(field.Groups["size"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            end = Math.Max(end, offset + size);
            layout = field.Groups["name"].Value switch
            {
                "dev" => layout with { Device = offset },
                "sector" => layout with { Sector = offset },
                "nr_sector" => layout with { Sectors = offset },
                "bytes" => layout with { Bytes = offset },
                "error" => layout with { Error = offset },
                "rwbs" => layout with { Rwbs = offset, RwbsLength = size },
                "comm" => layout with { Command = offset, CommandLength = size },
                "new_sector" => layout with { NewSector = offset },
                "old_dev" => layout with { OldDevice = offset },
                "old_sector" => layout with { OldSector = offset },
                "nr_rq" => layout with { Count = offset },
                _ => layout,
            };
        }

        layout = layout with { MinLength = end };
        return layout.Has(BlockTracepoints.All[index].Shape) ? (name.Groups["name"].Value, layout) : null;
    }

    /// <summary>True if a record can have this layout.</summary>
    public bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= MinLength
        && (PacketLocation < 0 || BinaryPrimitives.ReadUInt16LittleEndian(record[PacketLocation..]) == PacketLocation + sizeof(uint));

    private bool Has(TracepointShape shape) => shape switch
    {
        TracepointShape.Plug => Command >= 0,
        TracepointShape.Unplug => Count >= 0,
        TracepointShape.Split => Device >= 0 && Sector >= 0 && NewSector >= 0 && Rwbs >= 0,
        TracepointShape.Remap => Device >= 0 && Sector >= 0 && Sectors >= 0 && OldDevice >= 0 && OldSector >= 0 && Rwbs >= 0,
        _ => Device >= 0 && Sector >= 0 && Sectors >= 0 && Rwbs >= 0,
    };
}
