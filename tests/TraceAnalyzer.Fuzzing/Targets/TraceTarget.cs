using TraceAnalyzer.Fuzzing.Mutations;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A format of traces, read from memory.</summary>
/// <param name="name">See <see cref="FuzzTarget"/>.</param>
/// <param name="options">How to fuzz.</param>
/// <param name="seeds">Intact traces.</param>
/// <param name="isText">True if it is text.</param>
internal class TraceTarget(string name, FuzzOptions options, byte[][] seeds, bool isText) : FuzzTarget(name, options)
{
    private readonly FuzzOptions _options = options;
    private readonly TraceOracle _oracle = new();

    /// <summary>How to read it.</summary>
    public ReadOptions Reading { get; init; } = new();

    /// <summary>True if every byte is understood or counted as skipped.</summary>
    public bool AccountsForBytes { get; init; } = true;

    /// <summary>The most events that there can be for each byte.</summary>
    public int MostEventsPerByte { get; init; } = 1;

    public override byte[] Make(int iteration, Random random) => Mutator.Mutate(seeds, isText, random);

    public override void Try(byte[] input, int iteration)
    {
        long length = LengthOf(input);
        long events = Bounded(length, () =>
        {
            using ITraceReader reader = Open(input);
            return _oracle.Read(reader, AccountsForBytes ? length : null, length * MostEventsPerByte);
        });
        if (IsAnalyzed(iteration))
            TraceOracle.Analyze(() => Open(input), events, iteration / _options.AnalyzedShare);
    }

    /// <summary>Bytes that must be accounted for, and that memory may grow with: of what is packed, its content's.</summary>
    protected virtual long LengthOf(byte[] input) => ContentLength(input);

    /// <summary>Opens an input as the product opens a file of unknown format.</summary>
    protected virtual ITraceReader Open(byte[] input) => OpenAny(CompressedInput.Open("t", new MemoryStream(input)), Reading);

    /// <summary>Bytes of an input once it is unpacked and is UTF-8.</summary>
    internal static long ContentLength(byte[] input)
    {
        // The first bytes of gzip, zstd and xz; other inputs are what they are.
        if (!TextEncodings.AreConverted(input) && (input.Length == 0 || input[0] is not (0x1F or 0x28 or 0xFD)))
            return input.Length;
        using TraceInput opened = CompressedInput.Open("t", new MemoryStream(input));
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        while (opened.Content.Read(buffer) is > 0 and int count)
            length += count;
        return length;
    }

    /// <summary>Opens what a file holds.</summary>
    /// <exception cref="TraceException">It is not a trace.</exception>
    internal static ITraceReader OpenAny(TraceInput input, ReadOptions reading) => TraceFormats.OpenParts([new TracePart("t", [input], 0)], reading);
}
