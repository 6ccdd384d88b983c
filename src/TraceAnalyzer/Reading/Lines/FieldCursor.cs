namespace TraceAnalyzer.Reading.Lines;

/// <summary>Takes the fields off a line, from left to right.</summary>
internal ref struct FieldCursor(ReadOnlySpan<byte> text)
{
    /// <summary>What is left.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = text;

    /// <summary>Takes an unsigned number of at most <paramref name="max"/> and the spaces after it.</summary>
    public bool TryReadNumber(ulong max, out ulong value)
    {
        TextNumbers.Number number = TextNumbers.Read(Rest, 0);
        value = number.Value;
        if (number.End == 0 || value > max)
            return false;
        Rest = Rest[number.End..].TrimStart((byte)' ');
        return true;
    }

    /// <summary>Takes what stands before the next space, and the spaces after it.</summary>
    public bool TryReadWord(out ReadOnlySpan<byte> word)
    {
        int end = Rest.IndexOf((byte)' ');
        word = end < 0 ? Rest : Rest[..end];
        Rest = Rest[word.Length..].TrimStart((byte)' ');
        return !word.IsEmpty;
    }

    /// <summary>Takes <paramref name="literal"/> and the spaces after it.</summary>
    public bool TrySkip(ReadOnlySpan<byte> literal)
    {
        if (!Rest.StartsWith(literal))
            return false;
        Rest = Rest[literal.Length..].TrimStart((byte)' ');
        return true;
    }

    /// <summary>Takes <c>259,0</c> and the spaces after it.</summary>
    public bool TryReadDevice(out DeviceId device)
    {
        device = default;
        if (!TryReadNumber(4095, out ulong major) || !TrySkip(","u8) || !TryReadNumber((1 << 20) - 1, out ulong minor))
            return false;
        device = DeviceId.Of((uint)major, (uint)minor);
        return true;
    }
}
