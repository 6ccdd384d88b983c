namespace TraceAnalyzer.ModelFiles;

/// <summary>What the header of a model file may say: far above any model, and low enough that sums and products stay within 63 bits.</summary>
internal static class ModelLimits
{
    /// <summary>Tensors of a file: a model of 100 layers with 512 experts of three unstacked matrices has 154,000.</summary>
    public const int MostTensors = 1 << 20;

    /// <summary>Bytes of a header: the vocabulary and merges of a tokenizer take up to 20 MB of it.</summary>
    public const long MostHeaderBytes = 256L << 20;

    /// <summary>Bytes of the name of a tensor or a key.</summary>
    public const int MostNameBytes = 4096;

    /// <summary>Dimensions of a tensor. (GGUF has up to 4)</summary>
    public const int MostDimensions = 8;

    /// <summary>Bytes of a file, and of a tensor in it: 16 TiB.</summary>
    public const long MostFileBytes = 1L << 44;

    /// <summary>Elements of a tensor.</summary>
    public const long MostElements = 1L << 44;

    /// <summary>The number of elements of a shape; null if it is beyond <see cref="MostElements"/>.</summary>
    public static long? ElementsOf(IEnumerable<long> shape)
    {
        long elements = 1;
        foreach (long length in shape)
        {
            if (length < 0 || (UInt128)(ulong)elements * (ulong)length > (ulong)MostElements)
                return null;
            elements *= length;
        }

        return elements;
    }
}
