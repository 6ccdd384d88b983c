using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Checks a file before the library sees it, which on bytes that are missing or wrong reads on forever or asks for all memory: the footer is whole, each row
/// group and page lies within the file, and none is larger than this tool decodes (parquet.thrift of the Parquet format).
/// </summary>
internal sealed class ParquetFrame
{
    /// <summary>The most rows of a row group: their columns are in memory together, at some 200 bytes per row. Engines write 100,000 to 1,048,576 (pyarrow).</summary>
    public const int MaxRows = 1 << 20;

    /// <summary>The most bytes that the pages of a row group are unpacked to.</summary>
    public const long MaxUnpackedBytes = 1L << 30;

    private const int MagicBytes = 4;
    private const int MaxFooterBytes = 256 << 20;
    private const int MaxPageHeaderBytes = 1 << 20;
    private const int MaxSchemaDepth = 32;

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly long _dataEnd;
    private readonly byte[] _header = new byte[MaxPageHeaderBytes];

    private ParquetFrame(SafeFileHandle file, long length)
    {
        const int TailBytes = 4 + MagicBytes;
        _file = file;
        _length = length;
        Span<byte> tail = stackalloc byte[TailBytes];
        Span<byte> magic = stackalloc byte[MagicBytes];
        if (length < MagicBytes + TailBytes || Read(0, magic) < MagicBytes || !magic.SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not begin as Parquet");
        Read(length - TailBytes, tail);
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not end as Parquet: it is cut, or was not finished");
        uint footerBytes = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (footerBytes > length - MagicBytes - TailBytes || footerBytes > MaxFooterBytes)
            throw new InvalidDataException("its footer is longer than the file");
        _dataEnd = length - TailBytes - footerBytes;
        byte[] footer = new byte[footerBytes];
        Read(_dataEnd, footer);
        CheckFooter(footer);
    }

    /// <summary>Checks a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or larger in some way than this tool decodes.</exception>
    /// <exception cref="EndOfStreamException">Something ends early.</exception>
    public static void Check(FileStream file) => _ = new ParquetFrame(file.SafeFileHandle, file.Length);

    private void CheckFooter(ReadOnlySpan<byte> footer)
    {
        const int Schema = 2, RowGroups = 4;
        var cursor = new ThriftCursor(footer);
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            if (id == Schema)
            {
                CheckSchema(ref cursor, cursor.TakeStructs(type));
            }
            else if (id == RowGroups)
            {
                for (int count = cursor.TakeStructs(type); count > 0; count--)
                    CheckRowGroup(ref cursor);
            }
            else
            {
                cursor.Skip(type);
            }
        }
    }

    // The elements of a tree, each with how many of those behind it are its own.
    private static void CheckSchema(ref ThriftCursor cursor, int count)
    {
        const int NumChildren = 5;
        var open = new Stack<long>([1]);
        for (int i = 0; i < count; i++)
        {
            long children = 0;
            for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
            {
                if (id == NumChildren && type is > ThriftCursor.Byte and <= ThriftCursor.Int64)
                    children = cursor.TakeNumber();
                else
                    cursor.Skip(type);
            }

            while (open.TryPeek(out long left) && left == 0)
                open.Pop();
            if (open.Count is 0 or > MaxSchemaDepth || children < 0 || children > count)
                throw new InvalidDataException("its schema is damaged");
            open.Push(open.Pop() - 1);
            open.Push(children);
        }

        if (open.Any(left => left != 0))
            throw new InvalidDataException("its schema is damaged");
    }

    private void CheckRowGroup(ref ThriftCursor cursor)
    {
        const int Columns = 1, NumRows = 3;
        var chunks = new List<ParquetChunk>();
        long rows = -1;
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            if (id == Columns)
            {
                for (int count = cursor.TakeStructs(type); count > 0; count--)
                    chunks.Add(ParquetChunk.Read(ref cursor));
            }
            else if (id == NumRows && type == ThriftCursor.Int64)
            {
                rows = cursor.TakeNumber();
            }
            else
            {
                cursor.Skip(type);
            }
        }

        if (rows is < 0 or > MaxRows)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"a row group of {rows} rows; expected at most {MaxRows}, as DuckDB writes them: COPY (FROM 'OLD.parquet') TO 'NEW.parquet' (ROW_GROUP_SIZE 100000)"));
        }

        long unpacked = 0;
        foreach (ParquetChunk chunk in chunks)
        {
            if (chunk.Depth == 1 && chunk.Values != rows)
                throw new InvalidDataException("a column has not as many values as its row group has rows");
            unpacked += CheckPages(chunk);
            if (unpacked > MaxUnpackedBytes)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"a row group is unpacked to more than {MaxUnpackedBytes} bytes"));
        }
    }

    // Returns the bytes that they are unpacked to.
    private long CheckPages(ParquetChunk chunk)
    {
        if (chunk.Offset < MagicBytes || chunk.Offset > _dataEnd || chunk.Bytes > _dataEnd - chunk.Offset)
            throw new InvalidDataException("a column lies outside of the file");
        long at = chunk.Offset;
        long end = chunk.Offset + chunk.Bytes;
        long values = 0;
        long unpacked = 0;
        while (values < chunk.Values)
        {
            // Nearly all headers are short.
            int wanted = 256;
            PageHeader page;
            while (!TryReadPage(at, (int)Math.Min(wanted, end - at), out page))
            {
                if (wanted >= MaxPageHeaderBytes || wanted >= end - at)
                    throw new EndOfStreamException("a page ends early");
                wanted = MaxPageHeaderBytes;
            }

            at += page.HeaderBytes;
            if (page.Packed < 0 || page.Packed > end - at || page.Unpacked < 0 || page.Unpacked > MaxUnpackedBytes || page.Values < 0)
                throw new InvalidDataException("a page lies outside of its column");
            at += page.Packed;
            unpacked += page.Unpacked;

            // Packed without levels, a value of a dictionary has a byte at least.
            if (page.IsDictionary && page.Values > page.Unpacked)
                throw new InvalidDataException("a dictionary has more values than bytes");
            if (!page.IsDictionary)
                values += page.Values;
            if (page.HeaderBytes + page.Packed == 0 || values > chunk.Values)
                throw new InvalidDataException("the pages of a column hold other values than it says");
        }

        return unpacked;
    }

    private bool TryReadPage(long at, int bytes, out PageHeader page)
    {
        int read = Read(at, _header.AsSpan(0, bytes));
        try
        {
            page = PageHeader.Read(_header.AsSpan(0, read));
            return true;
        }
        catch (EndOfStreamException)
        {
            page = default;
            return false;
        }
    }

    private int Read(long offset, Span<byte> bytes)
    {
        int read = 0;
        while (read < bytes.Length && offset + read < _length && RandomAccess.Read(_file, bytes[read..], offset + read) is > 0 and int count)
            read += count;
        return read;
    }
}
