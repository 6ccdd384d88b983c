using System.Text;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Reads Thrift's compact protocol, in which Parquet's footer and the headers of its pages are written (thrift-compact-protocol.md). Every step takes bytes
/// or fails, so reading ends.
/// </summary>
internal ref struct ThriftCursor(ReadOnlySpan<byte> bytes)
{
    // Types of fields.
    public const int Stop = 0;
    public const int True = 1;
    public const int False = 2;
    public const int Byte = 3;
    public const int Int16 = 4;
    public const int Int64 = 6;
    public const int Double = 7;
    public const int Binary = 8;
    public const int List = 9;
    public const int Set = 10;
    public const int Map = 11;
    public const int Struct = 12;

    // Parquet's own structures are seven deep.
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes taken.</summary>
    public int Position { get; private set; }

    /// <summary>The next field's type and, in <paramref name="id"/>, which was the last one's, its number; <see cref="Stop"/> at the end of the structure.</summary>
    public int NextField(ref int id)
    {
        int header = TakeByte();
        int type = header & 0x0F;
        if (type == Stop)
            return header == 0 ? Stop : throw Damaged();
        id = header >> 4 == 0 ? checked((int)TakeNumber()) : id + (header >> 4);
        return type;
    }

    /// <summary>Takes a whole number of any width.</summary>
    public long TakeNumber()
    {
        ulong value = TakeVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Takes a text.</summary>
    public string TakeText() => Encoding.UTF8.GetString(Take((long)Math.Min(TakeVarint(), long.MaxValue)));

    /// <summary>Takes the header of a list: how many elements and of which type. There are no more than bytes left.</summary>
    public int TakeList(out int type)
    {
        int header = TakeByte();
        type = header & 0x0F;
        ulong count = header >> 4 == 15 ? TakeVarint() : (ulong)(header >> 4);
        return count <= (ulong)(_bytes.Length - Position) ? (int)count : throw Damaged();
    }

    /// <summary>Takes a list of structures; fails if it is none.</summary>
    public int TakeStructs(int fieldType)
    {
        if (fieldType != List)
            throw Damaged();
        int count = TakeList(out int type);
        return count == 0 || type == Struct ? count : throw Damaged();
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(int type, int depth = 0)
    {
        if (depth > MaxDepth)
            throw Damaged();
        switch (type)
        {
            case True or False:
                break;
            case Byte:
                TakeByte();
                break;
            case >= Int16 and <= Int64:
                TakeVarint();
                break;
            case Double:
                Take(sizeof(double));
                break;
            case Binary:
                Take((long)Math.Min(TakeVarint(), long.MaxValue));
                break;
            case List or Set:
                int count = TakeList(out int element);
                for (int i = 0; i < count; i++)
                    SkipElement(element, depth);
                break;
            case Map:
                SkipMap(depth);
                break;
            case Struct:
                for (int id = 0; NextField(ref id) is var field and not Stop;)
                    Skip(field, depth + 1);
                break;
            default:
                throw Damaged();
        }
    }

    /// <summary>What damage is told by.</summary>
    public static InvalidDataException Damaged() => new("its metadata is damaged");

    private void SkipMap(int depth)
    {
        ulong count = TakeVarint();
        if (count == 0)
            return;
        if (count > (ulong)(_bytes.Length - Position))
            throw Damaged();
        int types = TakeByte();
        for (ulong i = 0; i < count; i++)
        {
            SkipElement(types >> 4, depth);
            SkipElement(types & 0x0F, depth);
        }
    }

    // A boolean that is not a field has a byte.
    private void SkipElement(int type, int depth)
    {
        if (type is True or False)
            TakeByte();
        else
            Skip(type, depth + 1);
    }

    private ulong TakeVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = TakeByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Damaged();
    }

    private byte TakeByte() => Position < _bytes.Length ? _bytes[Position++] : throw new EndOfStreamException("its metadata ends early");

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _bytes.Length - Position)
            throw new EndOfStreamException("its metadata ends early");
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }
}
