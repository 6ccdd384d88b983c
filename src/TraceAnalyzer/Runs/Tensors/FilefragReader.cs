using System.Globalization;
using TraceAnalyzer.SideFiles;
//  ext:     logical_offset:        physical_offset: length:   expected: flags:
//    0:        0..   24583:    8355840..   8380423:  24584:             last,eof
//  ext logical physical expected length flags                                      (e2fsprogs up to 1.42.3)
//    1    1024    90000    35071   1024 eof

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>
/// Reads what <c>filefrag -v</c> printed for one or more files, in either layout, with any block size (<c>-b</c>, <c>-k</c>) and in hexadecimal (<c>-X</c>).
/// Nothing in the output says that it is hexadecimal: it is taken for that where more extents are as long as they say, or a digit is a letter.
/// (e2fsprogs, misc/filefrag.c)
/// </summary>
internal sealed class FilefragReader
{
    private const string FilesystemLine = "Filesystem ";

    // BTRFS_SUPER_MAGIC (kernel, include/uapi/linux/magic.h)
    private const string BtrfsLine = "Filesystem type is: 9123683e";
    private const string FileLine = "File size of ";
    private const int HexDigits = 15;

    // Notes of a shell may come first.
    private const int LinesSearched = 32;

    private readonly List<Row> _rows = [];
    private readonly SideRemarks _remarks = new();
    private string? _file;
    private long _blockBytes;
    private int _decimal;
    private int _hexadecimal;
    private bool _hasLetters;
    private int _skipped;
    private int _beyond;
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private int _beyondFiles;
    private bool _isOfBtrfs;

    /// <summary>True if a file that begins with these lines is such output.</summary>
    public static bool IsFilefrag(IEnumerable<string> firstLines) =>
        firstLines.Take(LinesSearched).Any(line => line.StartsWith("Filesystem type is:", StringComparison.Ordinal) || TryParseHeader(line, out _, out _));

    /// <summary>Reads it.</summary>
    public FileExtents Read(TextReader text)
    {
        while (text.ReadLine() is { } line)
            Add(line);
        bool isHexadecimal = _hexadecimal > _decimal || (_hexadecimal == _decimal && _hasLetters);
        var extents = new List<FileExtent>(_rows.Count);
        foreach (Row row in _rows)
        {
            if (ExtentOf(row, isHexadecimal) is { } extent)
                extents.Add(extent);
            else
                _skipped++;
        }

        if (isHexadecimal)
            _remarks.Add("taken for hexadecimal (filefrag -X)");
        if (extents.Count == 0)
            _remarks.Add("no extent in it; record with 'filefrag -v -e'");
        if (_beyond > 0)
            _remarks.Add(FileExtents.BeyondExtents(_beyond));
        return new FileExtents(extents, [], _skipped) { IsOfBtrfs = _isOfBtrfs, Remarks = [.. new[] { _remarks.Sentence, FileExtents.Beyond(_beyondFiles), FileExtents.Unplaced(extents) }.OfType<string>()] };
    }

    private void Add(string line)
    {
        ReadOnlySpan<char> rest = line;
        _isOfBtrfs |= rest.StartsWith(BtrfsLine);
        if (TryParseHeader(line, out string? file, out long blockBytes))
        {
            _file = file;
            _blockBytes = blockBytes;
        }
        else if (_file is not null && (TryParseExtent(rest, out Row row) || TryParseOldExtent(rest, out row)))
        {
            if (_rows.Count == SideRanges.MostExtents)
                _beyond++;
            else if (_files.Count == SideRanges.MostFiles && !_files.Contains(_file))
                _beyondFiles++;
            else
            {
                _files.Add(_file);
                _rows.Add(row);
            }
        }
        else if (!rest.IsWhiteSpace() && !rest.StartsWith(FilesystemLine) && !rest.StartsWith(" ext") && !IsFooter(line))
        {
            _skipped++;
        }
    }

    // "(73473 blocks of 512 bytes)", or of old "(2048 blocks, blocksize 4096)". The name may hold anything, " is " too.
    private static bool TryParseHeader(string line, out string? file, out long blockBytes)
    {
        file = null;
        blockBytes = 0;
        if (!line.StartsWith(FileLine, StringComparison.Ordinal))
            return false;
        int open = line.LastIndexOf(" (", StringComparison.Ordinal);
        int name = open < 0 ? -1 : line.LastIndexOf(" is ", open, StringComparison.Ordinal);
        if (name < FileLine.Length || !IsNumber(line.AsSpan(name + 4, open - name - 4)))
            return false;
        string[] words = line[(open + 2)..].TrimEnd().Split([' ', ')'], StringSplitOptions.RemoveEmptyEntries);
        string? size = words switch
        {
            [_, "block" or "blocks", "of", var bytes, "bytes"] => bytes,
            [_, "block," or "blocks,", "blocksize", var bytes] => bytes,
            _ => null,
        };
        if (size is null || SideRanges.BlockBytes.Parse(size) is not { } known)
            return false;
        file = line[FileLine.Length..name];
        blockBytes = known;
        return true;
    }

    private bool TryParseExtent(ReadOnlySpan<char> rest, out Row row)
    {
        row = default;
        if (!TakeNumber(ref rest, out _) || !Take(ref rest, ":")
            || !TakeNumber(ref rest, out ulong logical) || !Take(ref rest, "..") || !TakeNumber(ref rest, out ulong logicalEnd) || !Take(ref rest, ":")
            || !TakeNumber(ref rest, out ulong physical) || !Take(ref rest, "..") || !TakeNumber(ref rest, out _) || !Take(ref rest, ":")
            || !TakeNumber(ref rest, out ulong length) || !Take(ref rest, ":"))
        {
            return false;
        }

        // The expected place, where the extent is not there. A flag may begin with letters that are digits.
        ReadOnlySpan<char> behind = rest;
        if (TakeNumber(ref behind, out _) && Take(ref behind, ":"))
            rest = behind;
        rest = rest.Trim();
        if (rest.IndexOfAnyExcept(s_flagLetters) >= 0)
            return false;
        row = new Row(_file!, _blockBytes, logical, physical, length, rest.ToString());
        if (length > 0)
        {
            _hexadecimal += logicalEnd - logical + 1 == length ? 1 : 0;
            _decimal += Decimal(logical) is { } first && Decimal(logicalEnd) is { } last && Decimal(length) is { } all && last - first + 1 == all ? 1 : 0;
        }

        _hasLetters |= Decimal(logical) is null || Decimal(physical) is null || Decimal(length) is null || Decimal(logicalEnd) is null;
        return true;
    }

    // Number, place in the file, place on the device, perhaps the expected one, length, perhaps flags.
    private bool TryParseOldExtent(ReadOnlySpan<char> rest, out Row row)
    {
        row = default;
        Span<ulong> numbers = stackalloc ulong[5];
        int count = 0;
        while (count < numbers.Length)
        {
            ReadOnlySpan<char> behind = rest;
            if (!TakeNumber(ref behind, out numbers[count]) || Decimal(numbers[count]) is null || (!behind.IsEmpty && behind[0] != ' '))
                break;
            rest = behind;
            count++;
        }

        rest = rest.Trim();
        if (count < 4 || rest.IndexOfAnyExcept(s_flagLetters) >= 0)
            return false;
        row = new Row(_file!, _blockBytes, numbers[1], numbers[2], numbers[count - 1], rest.ToString());
        // These are never hexadecimal.
        _decimal++;
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> s_flagLetters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz_,0123456789");

    private static FileExtent? ExtentOf(Row row, bool isHexadecimal)
    {
        if (isHexadecimal)
            return Extent(row, row.Logical, row.Physical, row.Length);
        return Decimal(row.Logical) is { } logical && Decimal(row.Physical) is { } physical && Decimal(row.Length) is { } length ? Extent(row, logical, physical, length) : null;
    }

    private static FileExtent? Extent(Row row, ulong logical, ulong physical, ulong length)
    {
        long? Sectors(ulong blocks, NumberRange<long> range)
        {
            UInt128 sectors = (UInt128)blocks * (ulong)row.BlockBytes / FileExtents.SectorBytes;
            return sectors <= (ulong)range.Most ? (long)sectors : null;
        }

        return Sectors(logical, SideRanges.Sector) is { } first && Sectors(physical, SideRanges.Sector) is { } place && Sectors(length, SideRanges.ExtentSectors) is { } sectors
            ? new FileExtent(row.File, first, place, sectors, row.Flags)
            : null;
    }

    // "t: 3 extents found", "t: 1 extent found, perfection would be 1 extent"
    private static bool IsFooter(string line) =>
        line.LastIndexOf(" found", StringComparison.Ordinal) is > 0 and var found && line.AsSpan(0, found) is var before
        && (before.EndsWith(" extent") || before.EndsWith(" extents")) && before.Contains(": ", StringComparison.Ordinal);

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool Take(ref ReadOnlySpan<char> rest, ReadOnlySpan<char> sign)
    {
        if (!rest.StartsWith(sign))
            return false;
        rest = rest[sign.Length..];
        return true;
    }

    // Digits are read as hexadecimal; Decimal() tells what they are if they are not.
    private static bool TakeNumber(ref ReadOnlySpan<char> rest, out ulong number)
    {
        ReadOnlySpan<char> trimmed = rest.TrimStart(' ');
        int length = 0;
        while (length < trimmed.Length && char.IsAsciiHexDigitLower(trimmed[length]))
            length++;
        number = 0;
        if (length is 0 or > HexDigits)
            return false;
        number = ulong.Parse(trimmed[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        rest = trimmed[length..];
        return true;
    }

    // The number whose decimal digits are the hexadecimal ones of this; null if one is a letter.
    private static ulong? Decimal(ulong digits)
    {
        ulong number = 0;
        ulong power = 1;
        for (; digits > 0; digits >>= 4, power *= 10)
        {
            if ((digits & 15) > 9)
                return null;
            number += (digits & 15) * power;
        }

        return number;
    }

    private readonly record struct Row(string File, long BlockBytes, ulong Logical, ulong Physical, ulong Length, string Flags);
}
