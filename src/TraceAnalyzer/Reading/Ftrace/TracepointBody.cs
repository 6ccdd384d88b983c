// 259,0 R 131072 () 69944 + 256 [fio]
// 259,0 WS 16384 () 2347664 + 32 none,0,0 [fio]
// 259,0 R () 69944 + 256 [-5]
// 259,0 RM 35976 + 8 <- (259,1) 33928
// 259,0 R 131072 / 131328 [fio]
// [fio] 3
using System.Text;
using TraceAnalyzer.Reading.Lines;
using TraceAnalyzer.Reading.Tracepoints;
using Shape = TraceAnalyzer.Reading.Tracepoints.TracepointShape;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>The text of the block tracepoints as the kernel's <c>include/trace/events/block.h</c> prints it, in its versions.</summary>
internal static class TracepointBody
{
    private static readonly (byte[] Name, Shape Shape, BlockAction Action)[] s_tracepoints =
        [.. BlockTracepoints.All.Select(tracepoint => (Encoding.ASCII.GetBytes(tracepoint.Name), tracepoint.Shape, tracepoint.Action))];

    /// <summary>True if the tracepoint <c>block_<paramref name="name"/></c> is an event of a block trace: the one that blktrace hangs on to, too.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> name) => ShapeOf(name).Shape != Shape.None;

    /// <summary>Reads the fields of the tracepoint <c>block_<paramref name="name"/></c>; false if they are damaged.</summary>
    /// <param name="name">The tracepoint's name behind <c>block_</c>.</param>
    /// <param name="text">Its fields.</param>
    /// <param name="parsed">The event to fill in.</param>
    /// <param name="command">The command name of the process, if the tracepoint prints it.</param>
    public static bool TryRead(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ref BlockEvent parsed, out ReadOnlySpan<byte> command)
    {
        (Shape shape, parsed.Action) = ShapeOf(name);
        var cursor = new FieldCursor(text);
        command = default;
        switch (shape)
        {
            case Shape.Plug:
                return TryReadCommand(text, out command);
            case Shape.Unplug:
                int bracket = text.LastIndexOf((byte)']');
                var count = new FieldCursor(text[(bracket + 1)..].TrimStart((byte)' '));
                bool isUnplug = TryReadCommand(text[..(bracket + 1)], out command) && count.TryReadNumber(int.MaxValue, out parsed.RelatedSector);
                return isUnplug && count.Rest.IsEmpty;
        }

        if (!cursor.TryReadDevice(out parsed.Device)
            || !cursor.TryReadWord(out ReadOnlySpan<byte> letters)
            || !Rwbs.TryParse(letters, out parsed.Rwbs))
        {
            return false;
        }

        parsed.Class = parsed.Rwbs.Class;
        return shape switch
        {
            Shape.Request => TryReadRequest(ref cursor, ref parsed) && TryReadCommand(cursor.Rest, out command),
            Shape.RequestEnd => TryReadPacket(ref cursor, ref parsed) && TryReadPlace(ref cursor, ref parsed) && TryReadError(cursor.Rest, out parsed.Error),
            Shape.Bio => TryReadPlace(ref cursor, ref parsed) && TryReadCommand(cursor.Rest, out command),
            Shape.BioEnd => TryReadPlace(ref cursor, ref parsed) && TryReadError(cursor.Rest, out parsed.Error),
            Shape.Split => TryReadSplit(ref cursor, ref parsed) && TryReadCommand(cursor.Rest, out command),
            _ => TryReadPlace(ref cursor, ref parsed) && TryReadRemap(ref cursor, ref parsed),
        };
    }

    private static (Shape Shape, BlockAction Action) ShapeOf(ReadOnlySpan<byte> name)
    {
        foreach ((byte[] known, Shape shape, BlockAction action) in s_tracepoints)
        {
            if (name.SequenceEqual(known))
                return (shape, action);
        }

        return default;
    }

    private static bool TryReadRequest(ref FieldCursor cursor, ref BlockEvent parsed)
    {
        if (!cursor.TryReadNumber(uint.MaxValue, out ulong bytes) || !TryReadPacket(ref cursor, ref parsed) || !TryReadPlace(ref cursor, ref parsed))
            return false;

        // Old kernels print 0 bytes for all but packet commands, which have no sectors.
        if (bytes != 0)
            parsed.LengthBytes = (uint)bytes;
        if (bytes != 0 && parsed.LengthSectors == 0)
            parsed.Class = OperationClass.Other;
        return true;
    }

    // "()", or the bytes of a packet command in hexadecimal.
    private static bool TryReadPacket(ref FieldCursor cursor, ref BlockEvent parsed)
    {
        if (!cursor.TrySkip("("u8))
            return false;
        while (cursor.Rest.Length > 1 && char.IsAsciiHexDigit((char)cursor.Rest[0]))
        {
            parsed.Class = OperationClass.Other;
            if (!cursor.TrySkip(cursor.Rest[..1]))
                return false;
        }

        // Two dots stand for the zeros at its end.
        _ = cursor.TrySkip(".."u8);
        return cursor.TrySkip(")"u8);
    }

    private static bool TryReadPlace(ref FieldCursor cursor, ref BlockEvent parsed)
    {
        if (!cursor.TryReadNumber(ulong.MaxValue, out parsed.Sector)
            || !cursor.TrySkip("+"u8)
            || !cursor.TryReadNumber(uint.MaxValue / BlockEvent.SectorBytes, out ulong sectors))
        {
            return false;
        }

        parsed.LengthSectors = (uint)sectors;
        parsed.LengthBytes = (uint)sectors * BlockEvent.SectorBytes;
        if (parsed.Sector == ulong.MaxValue)
        {
            // -1: a flush or passthrough command, which has no place.
            parsed.Sector = 0;
            parsed.LengthSectors = 0;
        }

        return cursor.Rest.StartsWith("["u8) || cursor.Rest.StartsWith("<-"u8) || TrySkipPriority(ref cursor);
    }

    // Of newer kernels: "be,0,4" from the kernel, "0x2,0,4" from tools that cannot resolve the names.
    private static bool TrySkipPriority(ref FieldCursor cursor) => cursor.TryReadWord(out ReadOnlySpan<byte> priority) && priority.Count((byte)',') == 2;

    private static bool TryReadSplit(ref FieldCursor cursor, ref BlockEvent parsed) =>
        cursor.TryReadNumber(ulong.MaxValue, out parsed.Sector) && cursor.TrySkip("/"u8) && cursor.TryReadNumber(ulong.MaxValue, out parsed.RelatedSector);

    // A remapped request has the number of its bios behind it.
    private static bool TryReadRemap(ref FieldCursor cursor, ref BlockEvent parsed) =>
        cursor.TrySkip("<-"u8)
        && cursor.TrySkip("("u8)
        && cursor.TryReadDevice(out parsed.RelatedDevice)
        && cursor.TrySkip(")"u8)
        && cursor.TryReadNumber(ulong.MaxValue, out parsed.RelatedSector)
        && (cursor.Rest.IsEmpty || (cursor.TryReadNumber(uint.MaxValue, out _) && cursor.Rest.IsEmpty));

    // "[fio]"; the name may hold brackets.
    private static bool TryReadCommand(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> command)
    {
        bool isCommand = text.StartsWith("["u8) && text.EndsWith("]"u8);
        command = isCommand ? text[1..^1] : default;
        return isCommand;
    }

    private static bool TryReadError(ReadOnlySpan<byte> text, out short error)
    {
        error = 0;
        if (!TryReadCommand(text, out ReadOnlySpan<byte> number))
            return false;
        bool isNegative = number.StartsWith("-"u8);
        var cursor = new FieldCursor(isNegative ? number[1..] : number);
        if (!cursor.TryReadNumber((ulong)short.MaxValue, out ulong value) || !cursor.Rest.IsEmpty)
            return false;
        error = (short)(isNegative ? -(int)value : (int)value);
        return true;
    }
}
