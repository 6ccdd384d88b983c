using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>Takes numbers off bytes, from left to right. Past the end everything is zero and <see cref="IsGood"/> false.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes taken.</summary>
    public int Position { get; private set; }

    /// <summary>False once more was asked for than there is, or a number was too long.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>True if nothing is left.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>Takes <paramref name="length"/> bytes; none if there are fewer.</summary>
    public ReadOnlySpan<byte> Take(long length)
    {
        if (!IsGood || length < 0 || length > _bytes.Length - Position)
        {
            IsGood = false;
            return default;
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    public byte TakeByte() => Take(1) is [var value] ? value : (byte)0;

    public ushort TakeUInt16() => Take(sizeof(ushort)) is { Length: > 0 } two ? BinaryPrimitives.ReadUInt16LittleEndian(two) : (ushort)0;

    public int TakeInt32() => Take(sizeof(int)) is { Length: > 0 } four ? BinaryPrimitives.ReadInt32LittleEndian(four) : 0;

    public long TakeInt64() => Take(sizeof(long)) is { Length: > 0 } eight ? BinaryPrimitives.ReadInt64LittleEndian(eight) : 0;

    /// <summary>Takes an unsigned number of 7 bits a byte, lowest first (ULEB128).</summary>
    public ulong TakeVarUInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = TakeByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        IsGood = false;
        return 0;
    }

    /// <summary>Takes UTF-8 text that its length in 16 bits leads.</summary>
    public ReadOnlySpan<byte> TakeShortText() => Take(TakeUInt16());

    /// <summary>As text.</summary>
    public string TakeShortString() => Encoding.UTF8.GetString(TakeShortText());
}
