using System.Buffers.Binary;

namespace TraceAnalyzer.Reading.Tracepoints;

/// <summary>Turns binary records of block tracepoints into events, by the kernel's <c>format</c> files where they are at hand, else by the layouts kernels have had.</summary>
internal sealed class TracepointDecoder
{
    // No format file is anywhere near as long; whatever is, is something else.
    private const int MaxFormatBytes = 64 * 1024;

    private static readonly EnumerationOptions s_accessible = new() { IgnoreInaccessible = true };

    private readonly TracepointLayout[][] _layouts = [.. BlockTracepoints.All.Select(tracepoint => TracepointLayout.Known(tracepoint.Shape).ToArray())];

    /// <summary>Names of the tracepoints whose layout a <c>format</c> file gave.</summary>
    public List<string> Formats { get; } = [];

    /// <summary>A decoder that knows the <c>format</c> files beside a trace or in a folder beside it; the known layouts alone if there is none.</summary>
    /// <exception cref="TraceException">A file cannot be read.</exception>
    public static TracepointDecoder For(string? tracePath)
    {
        var decoder = new TracepointDecoder();
        if (tracePath is null || Path.GetDirectoryName(Path.GetFullPath(tracePath)) is not { } folder)
            return decoder;
        try
        {
            foreach (string file in FormatFilesIn(folder).Concat(Directory.EnumerateDirectories(folder, "*", s_accessible).Order(StringComparer.Ordinal).SelectMany(FormatFilesIn)))
            {
                if (new FileInfo(file).Length <= MaxFormatBytes)
                    decoder.AddFormat(File.ReadAllText(file));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{folder}: the tracepoints' format files cannot be read: {exception.Message}", exception);
        }

        return decoder;
    }

    /// <summary>Takes over the layout of a <c>format</c> file; false if it is none of a block tracepoint.</summary>
    public bool AddFormat(string format)
    {
        if (TracepointLayout.Parse(format) is not { } parsed)
            return false;
        _layouts[BlockTracepoints.IndexOf(parsed.Name)] = [parsed.Layout];
        Formats.Add(parsed.Name);
        return true;
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="tracepoint">Place of its tracepoint in <see cref="BlockTracepoints.All"/>.</param>
    /// <param name="record">Its bytes, from <c>common_type</c> on.</param>
    /// <param name="parsed">The event to fill in, but for time and CPU; all zero before. Undefined if the record is none.</param>
    /// <param name="command">The command name of the thread, if the record has it.</param>
    /// <returns>False if the record has no layout that is known or is damaged.</returns>
    public bool TryDecode(int tracepoint, ReadOnlySpan<byte> record, ref BlockEvent parsed, out ReadOnlySpan<byte> command)
    {
        command = default;
        foreach (TracepointLayout layout in _layouts[tracepoint])
        {
            if (layout.Fits(record))
                return TryRead(BlockTracepoints.All[tracepoint], layout, record, ref parsed, out command);
        }

        return false;
    }

    private static bool TryRead(Tracepoint tracepoint, TracepointLayout layout, ReadOnlySpan<byte> record, ref BlockEvent parsed, out ReadOnlySpan<byte> command)
    {
        parsed.Action = tracepoint.Action;
        parsed.Pid = BinaryPrimitives.ReadInt32LittleEndian(record[TracepointLayout.CommonPid..]);
        command = layout.Command < 0 ? default : UpToZero(record.Slice(layout.Command, layout.CommandLength));
        if (tracepoint.Shape is TracepointShape.Plug or TracepointShape.Unplug)
        {
            if (layout.Count >= 0)
                parsed.RelatedSector = BinaryPrimitives.ReadUInt32LittleEndian(record[layout.Count..]);
            return true;
        }

        if (!Rwbs.TryParse(UpToZero(record.Slice(layout.Rwbs, layout.RwbsLength)), out parsed.Rwbs))
            return false;
        parsed.Class = parsed.Rwbs.Class;
        parsed.Device = new DeviceId(BinaryPrimitives.ReadUInt32LittleEndian(record[layout.Device..]));
        parsed.Sector = BinaryPrimitives.ReadUInt64LittleEndian(record[layout.Sector..]);
        if (layout.Error >= 0)
            parsed.Error = (short)Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(record[layout.Error..]), short.MinValue, short.MaxValue);
        if (layout.NewSector >= 0)
            parsed.RelatedSector = BinaryPrimitives.ReadUInt64LittleEndian(record[layout.NewSector..]);
        if (layout.OldSector >= 0)
        {
            parsed.RelatedDevice = new DeviceId(BinaryPrimitives.ReadUInt32LittleEndian(record[layout.OldDevice..]));
            parsed.RelatedSector = BinaryPrimitives.ReadUInt64LittleEndian(record[layout.OldSector..]);
        }

        return layout.Sectors < 0 || TryReadLength(layout, record, ref parsed);
    }

    // As for the text of the same tracepoints: see TracepointBody.
    private static bool TryReadLength(TracepointLayout layout, ReadOnlySpan<byte> record, ref BlockEvent parsed)
    {
        uint sectors = BinaryPrimitives.ReadUInt32LittleEndian(record[layout.Sectors..]);
        if (sectors > uint.MaxValue / BlockEvent.SectorBytes)
            return false;
        parsed.LengthSectors = sectors;
        parsed.LengthBytes = sectors * BlockEvent.SectorBytes;
        if (parsed.Sector == ulong.MaxValue)
        {
            // -1: a flush or passthrough command, which has no place.
            parsed.Sector = 0;
            parsed.LengthSectors = 0;
        }

        uint bytes = layout.Bytes < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(record[layout.Bytes..]);
        if (bytes != 0)
            parsed.LengthBytes = bytes;
        if (bytes != 0 && parsed.LengthSectors == 0)
            parsed.Class = OperationClass.Other;
        return true;
    }

    private static ReadOnlySpan<byte> UpToZero(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    private static IEnumerable<string> FormatFilesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*format", s_accessible).Where(IsFormatFile).Order(StringComparer.Ordinal);

    // "format" as the kernel calls it, "block_rq_issue.format" as people copy it.
    private static bool IsFormatFile(string path) => Path.GetFileName(path) is "format" || path.EndsWith(".format", StringComparison.Ordinal);
}
