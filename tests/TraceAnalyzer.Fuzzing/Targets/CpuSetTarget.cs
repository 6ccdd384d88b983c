using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A per-CPU set of which one file is damaged; the others are intact.</summary>
internal sealed class CpuSetTarget(string name, FuzzOptions options) : TraceTarget(name, options, [.. BinarySeeds.Blktrace(), BinarySeeds.OfCpu(1)], isText: false)
{
    private readonly byte[] _first = BinarySeeds.OfCpu(0);
    private readonly byte[] _last = BinarySeeds.OfCpu(2);

    protected override long LengthOf(byte[] input) => _first.Length + input.Length + _last.Length;

    protected override ITraceReader Open(byte[] input) => TraceFormats.OpenParts([new TracePart("t", [Of(0, _first), Of(1, input), Of(2, _last)], 0)], Reading);

    private static TraceInput Of(int cpu, byte[] bytes) => CompressedInput.Open(FormattableString.Invariant($"t.blktrace.{cpu}"), new MemoryStream(bytes));
}
