using System.Globalization;
using System.Text;

namespace TraceAnalyzer.Reading.Tar;

/// <summary>
/// Records of an extended header, <c>LENGTH KEY=VALUE\n</c> each (pax(1), "Extended Header"), and those of them that say how a sparse file is stored
/// (GNU tar's manual, "Storing Sparse Files").
/// </summary>
internal sealed class PaxRecords
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    // Version 0.0 has a pair of records for each piece.
    private readonly List<long> _map = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _values.Clear();
        _map.Clear();
    }

    /// <summary>Adds those of a header.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (bytes is not ([] or [0, ..]))
        {
            int space = bytes.IndexOf((byte)' ');
            if (space is < 1 or > 9 || !int.TryParse(bytes[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length <= space + 1 || length > bytes.Length || bytes[length - 1] != '\n')
                throw new InvalidDataException("a record of an extended header is damaged");
            ReadOnlySpan<byte> record = bytes[(space + 1)..(length - 1)];
            bytes = bytes[length..];
            int equals = record.IndexOf((byte)'=');
            if (equals < 0)
                throw new InvalidDataException("a record of an extended header is damaged");
            Add(Encoding.UTF8.GetString(record[..equals]), Encoding.UTF8.GetString(record[(equals + 1)..]));
        }
    }

    /// <summary>The value of a key; null if there is none.</summary>
    public string? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>The number of a key; null if there is none.</summary>
    /// <exception cref="InvalidDataException">It is not a number, or negative.</exception>
    public long? FindNumber(string key) => Find(key) is { } text ? Number(text) : null;

    /// <summary>Where the file's bytes belong, in versions 0.0 and 0.1 of sparse files; null if it is none.</summary>
    /// <exception cref="InvalidDataException">The map is damaged.</exception>
    public List<TarPiece>? Pieces()
    {
        if (Find("GNU.sparse.map") is { } map)
        {
            return Pieces(map.Length == 0 ? [] : [.. map.Split(',').Select(Number)]);
        }

        return FindNumber("GNU.sparse.numblocks") is null && _map.Count == 0 ? null : Pieces(_map);
    }

    /// <summary>Pieces of pairs of offset and length.</summary>
    /// <exception cref="InvalidDataException">One lacks its half.</exception>
    public static List<TarPiece> Pieces(List<long> numbers)
    {
        if (numbers.Count % 2 != 0)
            throw new InvalidDataException("the map of a sparse file is damaged");
        return [.. Enumerable.Range(0, numbers.Count / 2).Select(i => new TarPiece(numbers[2 * i], numbers[(2 * i) + 1]))];
    }

    /// <summary>A decimal number.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new InvalidDataException("a number in an extended header is damaged");

    private void Add(string key, string value)
    {
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
            _map.Add(Number(value));
        else if (value.Length == 0)
            _values.Remove(key);
        else
            _values[key] = value;
    }
}
