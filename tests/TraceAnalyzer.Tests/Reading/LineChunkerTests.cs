using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Tests.Reading;

public sealed class LineChunkerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(TraceChunk.TargetBytes - 1)]
    [InlineData(TraceChunk.TargetBytes)]
    [InlineData(TraceChunk.TargetBytes + 1)]
    [InlineData((3 * TraceChunk.TargetBytes) + 17)]
    public void Chunks_are_whole_lines_and_together_the_input(int length)
    {
        var random = new Random(length);
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        for (int i = 0; i < length; i += random.Next(1, 200))
            bytes[i] = (byte)'\n';

        List<byte[]> chunks = Cut(bytes, LineChunker.AfterLastNewline);
        Assert.True(bytes.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk).ToArray()));
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal((byte)'\n', chunk[^1]));
    }

    [Fact]
    public void A_line_longer_than_a_chunk_is_kept_whole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(new string('x', 2 * TraceChunk.TargetBytes) + "\nlast");
        List<byte[]> chunks = Cut(bytes, LineChunker.AfterLastNewline);
        Assert.True(bytes.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk).ToArray()));
        Assert.True(chunks[0].Length >= 2 * TraceChunk.TargetBytes);
    }

    [Fact]
    public void A_line_without_end_does_not_grow_a_chunk_without_end()
    {
        byte[] bytes = new byte[5 * LineChunker.MaxLineBytes];
        List<byte[]> chunks = Cut(bytes, LineChunker.AfterLastNewline);
        Assert.Equal(bytes.Length, chunks.Sum(chunk => chunk.Length));
        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, 2 * LineChunker.MaxLineBytes));
    }

    [Fact]
    public void Damaged_compression_is_counted_once()
    {
        using var chunker = new LineChunker(TextTraces.Input("a\nb\n") with { IsDamaged = () => true }, LineChunker.AfterLastNewline);
        var chunk = new TraceChunk();
        long damaged = 0;
        bool more;
        do
        {
            more = chunker.Read(chunk);
            damaged += chunk.Diagnostics[ReadCounter.DamagedCompression];
        }
        while (more);
        Assert.Equal(1, damaged);
    }

    [Fact]
    public void A_stream_that_fails_is_named()
    {
        using var chunker = new LineChunker(new TraceInput("bad.txt", new FailingStream(), default, static () => false), LineChunker.AfterLastNewline);
        TraceException e = Assert.Throws<TraceException>(() => chunker.Read(new TraceChunk()));
        Assert.StartsWith("bad.txt: cannot be read", e.Message);
    }

    private static List<byte[]> Cut(byte[] bytes, LineChunker.CutFinder findCut)
    {
        using var chunker = new LineChunker(TraceInput.Of("x", new TrickleStream(bytes)), findCut);
        var chunk = new TraceChunk();
        var chunks = new List<byte[]>();
        while (chunker.Read(chunk))
        {
            chunks.Add(chunk.Bytes.ToArray());
            bool isLast = chunks.Sum(part => part.Length) == bytes.Length;
            Assert.True(isLast || !chunk.EndsInput);
            Assert.True(!isLast || chunk.EndsInput || chunk.Bytes[^1] == '\n' || chunk.Length >= LineChunker.MaxLineBytes);
        }

        return chunks;
    }

    // A pipe gives what it has.
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly Random _random = new(7);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, _random.Next(1, 50_000))]);
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("the disk is gone");
    }
}
