using TraceAnalyzer.Analysis.OfRun;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Requests and bytes in each span of time (phases, or tokens), and what lies in none of them.</summary>
internal sealed class SpanAccumulator(TimeSpans spans) : IAccumulator<CountedIo, SpanAccumulator>
{
    private int _last;

    /// <summary>For each span, and last for no span.</summary>
    public SpanUse[] Uses { get; } = [.. Enumerable.Range(0, spans.All.Count + 1).Select(_ => new SpanUse())];

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        foreach (ref readonly CountedIo item in items)
        {
            _last = spans.Find(item.TimeNs, _last);
            SpanUse use = Uses[_last];
            use.Requests++;
            use.Bytes += item.LengthBytes;
            use.FirstNs = Math.Min(use.FirstNs, item.TimeNs);
            use.LastNs = Math.Max(use.LastNs, item.TimeNs);
        }
    }

    /// <inheritdoc/>
    public void Merge(SpanAccumulator other)
    {
        for (int i = 0; i < Uses.Length; i++)
        {
            Uses[i].Requests += other.Uses[i].Requests;
            Uses[i].Bytes += other.Uses[i].Bytes;
            Uses[i].FirstNs = Math.Min(Uses[i].FirstNs, other.Uses[i].FirstNs);
            Uses[i].LastNs = Math.Max(Uses[i].LastNs, other.Uses[i].LastNs);
        }
    }
}

/// <summary>What happened in a span.</summary>
internal sealed class SpanUse
{
    /// <summary>Requests.</summary>
    public long Requests { get; set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>Time of the first; <see cref="long.MaxValue"/> if there is none.</summary>
    public long FirstNs { get; set; } = long.MaxValue;

    /// <summary>Time of the last; <see cref="long.MinValue"/> if there is none.</summary>
    public long LastNs { get; set; } = long.MinValue;
}
