using System.Buffers.Binary;
using System.Security.Cryptography;
using SharpCompress.Compressors.Xz;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>The check over a block's uncompressed bytes.</summary>
internal sealed class XzCheck : IDisposable
{
    private readonly CheckType _type;
    private readonly IncrementalHash? _sha256;
    private uint _crc32 = uint.MaxValue;
    private ulong _crc64 = ulong.MaxValue;

    /// <exception cref="IOException">It is one that no version of the format defines.</exception>
    public XzCheck(CheckType type)
    {
        _type = type;
        Size = type switch
        {
            CheckType.NONE => 0,
            CheckType.CRC32 => sizeof(uint),
            CheckType.CRC64 => sizeof(ulong),
            CheckType.SHA256 => SHA256.HashSizeInBytes,
            _ => throw new IOException($"packed with a check of xz that is not known ({(int)type}); unpack it with 'xz -dc' first"),
        };
        if (type == CheckType.SHA256)
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    /// <summary>How many bytes the check takes in the file.</summary>
    public int Size { get; }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_type == CheckType.CRC32)
            _crc32 = Crc32.Update(_crc32, bytes);
        else if (_type == CheckType.CRC64)
            _crc64 = Crc64.UpdateXz(_crc64, bytes);
        else
            _sha256?.AppendData(bytes);
    }

    /// <summary>True if what was added is what the file's <paramref name="check"/> was made of.</summary>
    public bool Agrees(ReadOnlySpan<byte> check) => _type switch
    {
        CheckType.CRC32 => BinaryPrimitives.ReadUInt32LittleEndian(check) == ~_crc32,
        CheckType.CRC64 => BinaryPrimitives.ReadUInt64LittleEndian(check) == ~_crc64,
        CheckType.SHA256 => check.SequenceEqual(_sha256!.GetHashAndReset()),
        _ => true,
    };

    public void Dispose() => _sha256?.Dispose();
}
