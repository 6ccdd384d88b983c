using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blkparse;
using TraceAnalyzer.Reading.Bpftrace;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>A text trace read as a whole.</summary>
internal sealed class TextTraces
{
    public List<BlockEvent> Events { get; } = [];

    public ReadDiagnostics Diagnostics { get; } = new();

    public ProcessNames Processes { get; } = new();

    public static TextTraces ReadBlkparse(string text, string? format = null) => ReadBlkparse(Input(text), format);

    public static TextTraces ReadBlkparse(TraceInput input, string? format = null)
    {
        using BlkparseReader reader = BlkparseReader.Open(new TraceParts(input.Name, [input], 0), new ReadOptions { BlkparseFormat = format });
        return Read(reader);
    }

    public static TextTraces ReadBpftrace(string text) => ReadBpftrace(Input(text));

    public static TextTraces ReadBpftrace(TraceInput input)
    {
        using BpftraceCsvReader reader = BpftraceCsvReader.Open(new TraceParts(input.Name, [input], 0), new ReadOptions());
        return Read(reader);
    }

    public static TraceInput Input(string text) => Input(Encoding.Latin1.GetBytes(text));

    public static TraceInput Input(byte[] bytes) => TraceInput.Of("trace.txt", new MemoryStream(bytes));

    public static TraceInput InputOf(string path) => TraceInput.Of(Path.GetFileName(path), File.OpenRead(path));

    public long this[ReadCounter counter] => Diagnostics[counter];

    /// <summary>Reads to the end and checks that every byte is accounted for.</summary>
    public static TextTraces Read(ITraceReader reader)
    {
        var trace = new TextTraces();
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        long offset = 0;
        while (reader.ReadChunk(chunk))
        {
            reader.Decode(chunk, batch);
            ChunkSlice slice = Assert.Single(chunk.Slices);
            Assert.Equal(new ChunkSlice(0, chunk.Length, "", offset), slice with { File = "" });
            Assert.Equal(chunk.Length, batch.UnderstoodBytes + batch.Diagnostics[ReadCounter.SkippedBytes]);
            offset += chunk.Length;
            trace.Events.AddRange(batch.Events);
            trace.Diagnostics.Merge(batch.Diagnostics);
            trace.Processes.Merge(batch.Processes);
        }

        Assert.Equal(0, chunk.Length);
        return trace;
    }

    /// <summary>Cuts, overwrites and splices <paramref name="bytes"/> at random.</summary>
    public static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] damaged = bytes[random.Next(bytes.Length / 2)..random.Next(bytes.Length / 2, bytes.Length)];
        for (int i = random.Next(20); i > 0; i--)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        for (int i = random.Next(3); i > 0; i--)
        {
            int from = random.Next(damaged.Length);
            int to = random.Next(from, damaged.Length);
            damaged = [.. damaged[..random.Next(damaged.Length)], .. damaged[from..to], .. damaged[to..]];
        }

        return damaged;
    }
}
