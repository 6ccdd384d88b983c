using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TraceAnalyzer.Reading.Tar;

/// <summary>
/// Lists the files of an archive: of V7, POSIX (ustar, pax), star and GNU tar, with long names and holes. .NET's own reader stops at what it does not know,
/// and does not look at the sums of headers.
/// </summary>
/// <param name="file">The archive.</param>
/// <param name="length">Its bytes.</param>
internal sealed class TarListing(SafeFileHandle file, long length)
{
    // Of names and extended headers; the map of a sparse file may be long.
    private const int MaxTextBytes = 1 << 20;
    private const int MaxPieces = 1 << 20;

    private readonly PaxRecords _global = new();
    private readonly PaxRecords _local = new();
    private readonly List<TarMember> _members = [];
    private string? _longName;
    private long _at;

    /// <summary>The files, in their order.</summary>
    public IReadOnlyList<TarMember> Members => _members;

    /// <summary>What is wrong first: the archive ends early or is damaged, or a file in it cannot be read; null if all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads all headers.</summary>
    public void Read()
    {
        Span<byte> block = stackalloc byte[TarHeader.BlockBytes];
        try
        {
            while (TryRead(_at, block) && block.ContainsAnyExcept((byte)0))
            {
                if (!TarHeader.IsHeader(block))
                    throw new InvalidDataException("the header of a file does not match its sum");
                _at += block.Length;
                ReadEntry(new TarHeader(block));
            }

            // The end of the file is taken for that of the archive only behind a block of zeros.
            if (_at + block.Length > length)
                Problem ??= "it ends without its end mark";
        }
        catch (EndOfStreamException)
        {
            Problem ??= "it ends early";
        }
        catch (InvalidDataException exception)
        {
            Problem ??= exception.Message;
        }
    }

    private void ReadEntry(TarHeader header)
    {
        long stored = header.Stored;
        switch (header.Kind)
        {
            case 'L':
                _longName = Encoding.UTF8.GetString(Text(stored).AsSpan().TrimEnd((byte)0));
                break;
            case 'x' or 'X':
                _local.Read(Text(stored));
                break;
            case 'g':
                _global.Read(Text(stored));
                break;
            case >= '1' and <= '6':
                // Links, devices, folders, pipes: whatever their size says, nothing is stored.
                End(0);
                return;
            case 'D' or 'V' or 'N' or 'A' or 'I':
                End(stored);
                return;
            case 'M':
                // What follows of a file that began in another volume.
                Problem ??= $"'{NameOf(header)}' began in another volume";
                End(stored);
                return;
            case 'S':
                ReadSparse(header, stored);
                return;
            case 'K':
                break;
            default:
                // POSIX wants what is not known to be taken for a file.
                ReadFile(header, Find("size") ?? stored);
                return;
        }

        Skip(stored);
    }

    private void ReadFile(TarHeader header, long stored)
    {
        string name = NameOf(header);
        List<TarPiece>? pieces = _local.Pieces();
        long fileLength = _local.FindNumber("GNU.sparse.realsize") ?? _local.FindNumber("GNU.sparse.size") ?? _local.FindNumber("SCHILY.realsize") ?? stored;
        long offset = _at;
        long bytes = stored;
        if (_local.FindNumber("GNU.sparse.major") is { } version)
        {
            if (version != 1)
                pieces = [new TarPiece(0, -1)];
            else
                pieces = ReadMap(ref offset, ref bytes);
        }

        // Folders of V7 end with a slash.
        if (header.Kind != '\0' || !name.EndsWith('/'))
            Add(new TarMember(name, offset, bytes, pieces is null ? bytes : fileLength, pieces));
        End(stored);
    }

    private void ReadSparse(TarHeader header, long stored)
    {
        stored = Find("size") ?? stored;
        var pieces = new List<TarPiece>();
        header.AddPieces(pieces);
        Span<byte> block = stackalloc byte[TarHeader.BlockBytes];
        for (bool more = header.HasMorePieces; more && pieces.Count <= MaxPieces; _at += block.Length)
        {
            if (!TryRead(_at, block))
                throw new EndOfStreamException();
            more = TarHeader.AddMorePieces(block, pieces);
        }

        Add(new TarMember(NameOf(header), _at, stored, header.SparseLength, pieces));
        End(stored);
    }

    // Version 1.0 has its map ahead of the file's bytes: how many pieces, and each one's offset and length, a line each.
    private List<TarPiece> ReadMap(ref long offset, ref long bytes)
    {
        var numbers = new List<long>();
        long wanted = 1;
        string digits = "";
        Span<byte> block = stackalloc byte[TarHeader.BlockBytes];
        while (numbers.Count < wanted)
        {
            if (bytes < block.Length || !TryRead(offset, block))
                throw new EndOfStreamException();
            offset += block.Length;
            bytes -= block.Length;
            foreach (char character in Encoding.Latin1.GetString(block))
            {
                if (numbers.Count == wanted)
                    break;
                if (character != '\n')
                {
                    digits += digits.Length < 20 ? character : throw new InvalidDataException("the map of a sparse file is damaged");
                    continue;
                }

                numbers.Add(PaxRecords.Number(digits));
                digits = "";
                if (numbers.Count == 1)
                    wanted = numbers[0] <= MaxPieces ? 1 + (2 * numbers[0]) : throw new InvalidDataException("the map of a sparse file is damaged");
            }
        }

        return PaxRecords.Pieces(numbers[1..]);
    }

    // A map that does not fit tells nothing of where the bytes belong.
    private void Add(TarMember member)
    {
        if (member.Pieces is not null && !TarPiece.Fit(member.Pieces, member.Length, member.Stored))
        {
            Problem ??= $"'{member.Name}' is a sparse file whose map does not fit what is stored";
            return;
        }

        long there = Math.Clamp(length - member.Offset, 0, member.Stored);
        if (there < member.Stored)
            Problem ??= $"it ends within '{member.Name}'";
        _members.Add(member.Pieces is null ? member with { Stored = there, Length = there } : member);
    }

    private string NameOf(TarHeader header)
    {
        string name = _local.Find("GNU.sparse.name") ?? _local.Find("path") ?? _global.Find("path") ?? _longName ?? header.Name;
        // As every program in C has it. A path with a NUL in it is refused by whoever is given it.
        return name.Split('\0', 2)[0];
    }

    private long? Find(string key) => _local.FindNumber(key) ?? _global.FindNumber(key);

    private void End(long stored)
    {
        _local.Clear();
        _longName = null;
        Skip(stored);
    }

    private void Skip(long stored)
    {
        if (stored > length - _at)
            throw new EndOfStreamException();
        _at += (stored + TarHeader.BlockBytes - 1) / TarHeader.BlockBytes * TarHeader.BlockBytes;
    }

    private byte[] Text(long stored)
    {
        byte[] text = stored <= MaxTextBytes ? new byte[stored] : throw new InvalidDataException("a name or an extended header is too long");
        return TryRead(_at, text) ? text : throw new EndOfStreamException();
    }

    private bool TryRead(long offset, Span<byte> bytes)
    {
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], offset + read) is > 0 and int count)
            read += count;
        return read == bytes.Length;
    }
}
