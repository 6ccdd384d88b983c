using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

// 93 4e 55 4d 50 59 01 00 76 00 {'descr': '<f2', 'fortran_order': False, 'shape': (287, 16, 4096), }
namespace TraceAnalyzer.ModelFiles;

/// <summary>Reads the header of a NumPy array file, version 1 to 3. (NumPy, NEP 1)</summary>
internal static class NpyReader
{
    private const int MostDictionaryBytes = 1 << 16;

    private static readonly Regex s_type = new("'descr' *: *'[<>|=](?<kind>[a-zA-Z])(?<bytes>[0-9]{1,3})'", RegexOptions.NonBacktracking);
    private static readonly Regex s_shape = new(@"'shape' *: *\((?<lengths>[0-9, ]*)\)", RegexOptions.NonBacktracking);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>True if a file that begins so is one.</summary>
    public static bool Is(ReadOnlySpan<byte> first) => first.StartsWith(Magic);

    /// <summary>Reads the header: one tensor, named as the file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The file from its start.</param>
    /// <param name="fileBytes">The file's length; null if it is not known.</param>
    /// <exception cref="TraceException">The header is cut, or says what cannot be.</exception>
    public static ModelFile Read(string name, Stream content, long? fileBytes)
    {
        var header = new HeaderStream(name, content);
        header.Skip(Magic.Length, "the magic number");
        ulong version = header.Number(1, "a version");
        header.Skip(1, "a version");
        if (version is < 1 or > 3)
            throw header.Fault(FormattableString.Invariant($"expected npy version 1 to 3, found {version}"), Magic.Length);
        long length = (long)header.Number(version == 1 ? 2 : 4, "the length of the header");
        if (length > MostDictionaryBytes)
            throw header.Fault(FormattableString.Invariant($"expected a header of at most {MostDictionaryBytes} bytes, found {length}"));
        long at = header.Position;
        string text = Encoding.UTF8.GetString(header.Bytes(length, "the header"));
        Match type = s_type.Match(text);
        Match shape = s_shape.Match(text);
        if (!type.Success || !shape.Success || LengthsOf(shape.Groups["lengths"].Value) is not { } lengths || ModelLimits.ElementsOf(lengths) is not { } elements)
            throw header.Fault("expected descr and shape of an array of numbers", at);
        string whole = ModelFile.NameOf(name);
        long bytes = elements * int.Parse(type.Groups["bytes"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        if (bytes > ModelLimits.MostFileBytes)
            throw header.Fault(FormattableString.Invariant($"expected an array of at most {ModelLimits.MostFileBytes} bytes, found {bytes}"), at);
        bool isWhole = fileBytes > header.Position && whole == name;
        if (isWhole && header.Position + bytes > fileBytes)
            throw header.Fault(FormattableString.Invariant($"the array ends {header.Position + bytes - fileBytes} bytes beyond the end of the file"), at);
        return new ModelFile(whole, "npy", header.Position, [new StoredTensor(Path.GetFileNameWithoutExtension(whole), DtypeOf(type), lengths, header.Position, bytes)]) { FileBytes = isWhole ? fileBytes : null };
    }

    private static string DtypeOf(Match type)
    {
        string kind = type.Groups["kind"].Value switch { "f" => "float", "i" => "int", "u" => "uint", "b" => "bool", "c" => "complex", var other => other };
        return kind + (int.Parse(type.Groups["bytes"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) * 8).ToString(CultureInfo.InvariantCulture);
    }

    private static long[]? LengthsOf(string text)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long[] lengths = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]))
                return null;
        }

        return lengths.Length <= 2 * ModelLimits.MostDimensions ? lengths : null;
    }
}
