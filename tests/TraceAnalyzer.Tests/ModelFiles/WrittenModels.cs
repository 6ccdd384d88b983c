using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.Tests.ModelFiles;

/// <summary>Writes model files as their public descriptions lay them out (ggml's docs/gguf.md, the README of safetensors, NumPy's NEP 1), apart from the readers.</summary>
internal static class WrittenModels
{
    /// <summary>A tensor of a GGUF file: dimensions with the innermost first, as the file lists them; its bytes are given, not computed.</summary>
    internal sealed record GgufTensor(string Name, ulong[] Dimensions, uint Type, int Bytes);

    /// <summary>A GGUF file of these keys (texts, or 32-bit numbers) and tensors, each at the next multiple of the alignment.</summary>
    public static byte[] Gguf(IEnumerable<(string Key, object Value)> keys, IReadOnlyList<GgufTensor> tensors, uint version = 3, bool isBigEndian = false, int alignment = 32)
    {
        var bytes = new List<byte>("GGUF"u8.ToArray());
        (string Key, object Value)[] all = [.. keys];
        Add32(version);
        Add64((ulong)tensors.Count);
        Add64((ulong)all.Length);
        foreach ((string key, object value) in all)
        {
            AddText(key);
            AddValue(value);
        }

        ulong offset = 0;
        foreach (GgufTensor tensor in tensors)
        {
            AddText(tensor.Name);
            Add32((uint)tensor.Dimensions.Length);
            foreach (ulong length in tensor.Dimensions)
                Add64(length);
            Add32(tensor.Type);
            Add64(offset);
            offset = RoundUp(offset + (ulong)tensor.Bytes, (ulong)alignment);
        }

        while (bytes.Count % alignment != 0)
            bytes.Add(0);
        int start = bytes.Count;
        bytes.AddRange(new byte[tensors.Count == 0 ? 0 : (int)offset]);
        return [.. bytes];

        void Add32(uint number)
        {
            Span<byte> four = stackalloc byte[4];
            if (isBigEndian)
                BinaryPrimitives.WriteUInt32BigEndian(four, number);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(four, number);
            bytes.AddRange(four);
        }

        void Add64(ulong number)
        {
            Span<byte> eight = stackalloc byte[8];
            if (isBigEndian)
                BinaryPrimitives.WriteUInt64BigEndian(eight, number);
            else
                BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
            bytes.AddRange(eight);
        }

        void AddText(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Add64((ulong)utf8.Length);
            bytes.AddRange(utf8);
        }

        void AddValue(object value)
        {
            if (value is string text)
            {
                Add32(8);
                AddText(text);
            }
            else if (value is uint number)
            {
                Add32(4);
                Add32(number);
            }
            else if (value is ushort small)
            {
                Add32(2);
                byte[] two = new byte[2];
                if (isBigEndian)
                    BinaryPrimitives.WriteUInt16BigEndian(two, small);
                else
                    BinaryPrimitives.WriteUInt16LittleEndian(two, small);
                bytes.AddRange(two);
            }
            else if (value is string[] texts)
            {
                Add32(9);
                Add32(8);
                Add64((ulong)texts.Length);
                foreach (string item in texts)
                    AddText(item);
            }
            else
            {
                uint[] numbers = (uint[])value;
                Add32(9);
                Add32(5);
                Add64((ulong)numbers.Length);
                foreach (uint item in numbers)
                    Add32(item);
            }
        }
    }

    /// <summary>A safetensors file with this header, followed by so many bytes.</summary>
    public static byte[] Safetensors(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. new byte[dataBytes]];
    }

    /// <summary>An .npy file of version 1: a dictionary that fills the header up to 128 bytes.</summary>
    public static byte[] Npy(string dictionary, int dataBytes)
    {
        byte[] text = Encoding.ASCII.GetBytes(dictionary.PadRight(117) + "\n");
        return [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)text.Length, 0, .. text, .. new byte[dataBytes]];
    }

    private static ulong RoundUp(ulong value, ulong multiple) => (value + multiple - 1) / multiple * multiple;
}
