using System.Text;
using TraceAnalyzer.Fuzzing.Mutations;
using TraceAnalyzer.Fuzzing.Seeds;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>Archives, whose headers mostly have the right sum after they were damaged.</summary>
internal sealed class TarTarget(string name, FuzzOptions options) : FuzzTarget(name, options)
{
    private const string FileName = "t.tar";
    private const int BlockBytes = 512;
    private const int SumOffset = 148;
    private const int SumBytes = 8;

    // A header may claim a file with holes of 1 GiB, which reads as so many zeros.
    private const long MostReadBytes = 4 << 20;

    private readonly byte[][] _seeds = PackedSeeds.Tars();
    private readonly TraceOracle _oracle = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("traceanalyzer-fuzzing-");
    private readonly byte[] _buffer = new byte[1 << 16];

    public override byte[] Make(int iteration, Random random)
    {
        byte[] archive = Mutator.Mutate(_seeds, isText: false, random);
        // Most of an archive is content; what is hard is in the headers.
        for (int i = Mutator.Small(random); i > 0 && archive.Length > BlockBytes; i--)
        {
            int at = random.Next(archive.Length / BlockBytes) * BlockBytes;
            byte[] block = ByteMutations.Apply(archive[at..(at + BlockBytes)], _seeds, random);
            archive = [.. archive.AsSpan(0, at), .. block, .. archive.AsSpan(at + BlockBytes)];
        }

        return random.Next(4) == 0 ? archive : WithSums(archive);
    }

    public override void Try(byte[] input, int iteration)
    {
        Bounded(input.Length + MostReadBytes, () => ReadAll(input));
        if (!IsAnalyzed(iteration))
            return;
        string path = Path.Combine(_folder.FullName, FileName);
        File.WriteAllBytes(path, input);
        using var run = RunFolder.Open(path);
        using ITraceReader reader = TraceFormats.Open([path]);
        _oracle.Read(reader, null, MostReadBytes);
    }

    public override void Dispose()
    {
        _folder.Delete(recursive: true);
        base.Dispose();
    }

    private int ReadAll(byte[] input)
    {
        using TraceInput opened = CompressedInput.Open(FileName, new MemoryStream(input));
        if (!TarArchive.IsTar(opened.First.Span))
            throw new TraceException("not an archive");
        using var archive = TarArchive.Open(opened);
        var options = new ReadOptions();
        foreach (string file in archive.Files)
            TryRead(() => ReadFile(archive, file));
        using var located = new TraceLocator(FileName, options, new Ignored());
        using TraceInput again = CompressedInput.Open(FileName, new MemoryStream(input));
        _ = located.LookInto(again);
        foreach (FoundTrace trace in located.Traces)
        {
            if ((trace.IsSet ? trace.Bytes : archive.LengthOf(Path.GetRelativePath(FileName, trace.Path))) <= MostReadBytes)
                TryRead(() => ReadTrace(trace, options));
        }

        return archive.Files.Count;
    }

    private void ReadFile(TarArchive archive, string file)
    {
        TraceOracle.Require(archive.LengthOf(file) >= 0 && archive.OffsetOf(file) >= 0, $"a file of {archive.LengthOf(file)} bytes at {archive.OffsetOf(file)}");
        using TraceInput content = archive.OpenFile(file);
        for (long left = MostReadBytes; left > 0 && content.Content.Read(_buffer) is > 0 and int count; left -= count)
        {
        }
    }

    private void ReadTrace(FoundTrace trace, ReadOptions options)
    {
        using ITraceReader reader = trace.Open(options);
        _oracle.Read(reader, null, MostReadBytes);
    }

    // Each file for itself: that one is refused says nothing of the others.
    private static void TryRead(Action read)
    {
        try
        {
            read();
        }
        catch (TraceException)
        {
        }
    }

    private static byte[] WithSums(byte[] archive)
    {
        for (int at = 0; at + BlockBytes <= archive.Length; at += BlockBytes)
        {
            Span<byte> block = archive.AsSpan(at, BlockBytes);
            // Only what was a header once: a digit of octal in the sum's place.
            if (block[0] == 0 || block[SumOffset] is not ((byte)'0' or (byte)' ' or (byte)'1'))
                continue;
            block.Slice(SumOffset, SumBytes).Fill((byte)' ');
            int sum = 0;
            foreach (byte value in block)
                sum += value;
            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block[SumOffset..]);
        }

        return archive;
    }

    private sealed class Ignored : IOtherFiles
    {
        public void Take(string name, TraceInput input)
        {
        }

        public void TakeFault(string name, Exception fault)
        {
        }
    }
}
