using TraceAnalyzer.Fuzzing.Mutations;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>A compressed trace, damaged before it is packed, after, or both.</summary>
/// <param name="name">See <see cref="FuzzTarget"/>.</param>
/// <param name="options">How to fuzz.</param>
/// <param name="contents">What is packed.</param>
/// <param name="packed">Packed files, changed as such.</param>
/// <param name="pack">Packs.</param>
internal sealed class PackedTarget(string name, FuzzOptions options, byte[][] contents, byte[][] packed, Func<byte[], byte[]> pack) : TraceTarget(name, options, packed, isText: false)
{
    private readonly byte[][] _packed = [.. packed, .. contents.Select(pack)];

    public override byte[] Make(int iteration, Random random)
    {
        byte[] input = random.Next(2) == 0 ? pack(Mutator.Mutate(contents, isText: true, random)) : _packed[random.Next(_packed.Length)];
        return random.Next(4) == 0 ? input : Mutator.Mutate([input, .. _packed], isText: false, random);
    }
}
