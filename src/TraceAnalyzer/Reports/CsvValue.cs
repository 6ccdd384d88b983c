using System.Globalization;

namespace TraceAnalyzer.Reports;

/// <summary>A field of a CSV row: a text, a whole number, a number or nothing. Converts by itself, so that rows are written as plain argument lists.</summary>
internal readonly struct CsvValue
{
    private enum Kind : byte
    {
        Empty,
        Text,
        Integer,
        Number,
    }

    /// <summary>Most bytes a number takes.</summary>
    public const int MaxNumberBytes = 32;

    private readonly string? _text;
    private readonly long _integer;
    private readonly double _number;
    private readonly Kind _kind;

    private CsvValue(Kind kind, string? text = null, long integer = 0, double number = 0)
    {
        _kind = kind;
        _text = text;
        _integer = integer;
        _number = number;
    }

    /// <summary>The text; null if the value is a number or nothing.</summary>
    public string? Text => _text;

    /// <summary>Formats a number into <paramref name="buffer"/> (<see cref="MaxNumberBytes"/> or more), doubles so that they read back the same; 0 bytes for nothing.</summary>
    public int FormatNumber(Span<byte> buffer)
    {
        int written = 0;
        if (_kind == Kind.Integer)
            _integer.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
        else if (_kind == Kind.Number)
            _number.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
        return written;
    }

    public static implicit operator CsvValue(string? text) => text is null ? default : new(Kind.Text, text: text);

    public static implicit operator CsvValue(long integer) => new(Kind.Integer, integer: integer);

    public static implicit operator CsvValue(double number) => new(Kind.Number, number: number);

    public static implicit operator CsvValue(double? number) => number is null ? default : new(Kind.Number, number: number.Value);
}
