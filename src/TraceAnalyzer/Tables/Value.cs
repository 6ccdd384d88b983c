using System.Globalization;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>A field of a row: a text, a whole number, a number or nothing. Converts by itself, so that rows are written as plain argument lists.</summary>
public readonly struct Value : IEquatable<Value>
{
    private enum Kind : byte
    {
        Empty,
        Text,
        Integer,
        Number,
    }

    /// <summary>Most bytes a number takes.</summary>
    internal const int MaxNumberBytes = 32;

    private readonly string? _text;
    private readonly long _integer;
    private readonly double _number;
    private readonly Kind _kind;

    private Value(Kind kind, string? text = null, long integer = 0, double number = 0)
    {
        _kind = kind;
        _text = text;
        _integer = integer;
        _number = number;
    }

    /// <summary>The text; null if the value is a number or nothing.</summary>
    public string? Text => _kind == Kind.Text ? _text : null;

    /// <summary>A number with a unit of its own, where a column has numbers of several; nothing for null.</summary>
    public static Value Of(double? number, Unit unit) => Of(number, Units.Of(number, unit));

    /// <summary>A number that is shown as <paramref name="display"/>; nothing for null.</summary>
    public static Value Of(double? number, string display) => number is null ? default : new(Kind.Number, display, number: number.Value);

    /// <summary>The number, whole or not; null if the value is a text or nothing.</summary>
    public double? Number => _kind switch
    {
        Kind.Integer => _integer,
        Kind.Number => _number,
        _ => null,
    };

    /// <summary>True if there is neither text nor number: it does not apply, or is not known.</summary>
    public bool IsEmpty => _kind == Kind.Empty;

    /// <summary>For people: a number with its unit, <see cref="Units.None"/> for nothing.</summary>
    public string Display(Unit unit) => _kind switch
    {
        _ when _text is not null => _text,
        Kind.Integer when unit == Unit.Identifier => _integer.ToString(CultureInfo.InvariantCulture),
        _ => Units.Of(Number, unit),
    };

    /// <summary>Exact: a text as it is, a number so that it reads back the same, empty for nothing.</summary>
    public string Exact() => _kind switch
    {
        Kind.Text => _text!,
        Kind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        Kind.Number => _number.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>Formats a number into <paramref name="buffer"/> (<see cref="MaxNumberBytes"/> or more), doubles so that they read back the same; 0 bytes for nothing.</summary>
    internal int FormatNumber(Span<byte> buffer)
    {
        int written = 0;
        if (_kind == Kind.Integer)
            _integer.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
        else if (_kind == Kind.Number)
            _number.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
        return written;
    }

    /// <inheritdoc/>
    public bool Equals(Value other) =>
        _kind == other._kind && _text == other._text && _integer == other._integer && _number.Equals(other._number);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_kind, _text, _integer, _number);

    /// <summary>A text, or nothing for null.</summary>
    public static implicit operator Value(string? text) => text is null ? default : new(Kind.Text, text: text);

    /// <summary>A whole number.</summary>
    public static implicit operator Value(long number) => new(Kind.Integer, integer: number);

    /// <summary>A whole number, or nothing for null.</summary>
    public static implicit operator Value(long? number) => number is null ? default : new(Kind.Integer, integer: number.Value);

    /// <summary>A whole number.</summary>
    public static implicit operator Value(int number) => new(Kind.Integer, integer: number);

    /// <summary>A whole number, or nothing for null.</summary>
    public static implicit operator Value(int? number) => number is null ? default : new(Kind.Integer, integer: number.Value);

    /// <summary>A number.</summary>
    public static implicit operator Value(double number) => new(Kind.Number, number: number);

    /// <summary>A number, or nothing for null.</summary>
    public static implicit operator Value(double? number) => number is null ? default : new(Kind.Number, number: number.Value);

    /// <summary>True if both are the same text, number or nothing.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>False if both are the same text, number or nothing.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);
}
