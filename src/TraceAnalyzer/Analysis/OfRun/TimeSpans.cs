namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Spans of time in order, none overlapping another: an event belongs to one of them or to none.</summary>
public sealed class TimeSpans
{
    private readonly long[] _starts;
    private readonly long[] _ends;

    /// <summary>Spans in any order. Where two overlap the earlier one ends when the later one starts.</summary>
    public TimeSpans(IEnumerable<NamedSpan> spans)
    {
        NamedSpan[] sorted = [.. spans.Where(span => span.EndNs > span.StartNs).OrderBy(span => span.StartNs)];
        for (int i = 0; i + 1 < sorted.Length; i++)
            sorted[i] = sorted[i] with { EndNs = Math.Min(sorted[i].EndNs, sorted[i + 1].StartNs) };
        All = sorted;
        _starts = Array.ConvertAll(sorted, span => span.StartNs);
        _ends = Array.ConvertAll(sorted, span => span.EndNs);
    }

    /// <summary>The spans by their start.</summary>
    public IReadOnlyList<NamedSpan> All { get; }

    /// <summary>Number of the span that <paramref name="timeNs"/> falls into, or the number of spans if it falls into none.</summary>
    /// <param name="timeNs">A time.</param>
    /// <param name="hint">The last answer, where events come nearly in order; any number from 0 on does.</param>
    public int Find(long timeNs, int hint)
    {
        if (hint < _starts.Length && timeNs >= _starts[hint] && timeNs < _ends[hint])
            return hint;
        int at = Array.BinarySearch(_starts, timeNs);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 && timeNs < _ends[at] ? at : _starts.Length;
    }
}

/// <summary>A span of time with a name.</summary>
/// <param name="Name">What went on: a phase's name, <c>prefill</c> or <c>decode</c>.</param>
/// <param name="Index">Number of the token within the run, 0 for the prefill; null for phases.</param>
/// <param name="StartNs">Start on the trace's clock, in nanoseconds.</param>
/// <param name="EndNs">End (not included).</param>
public sealed record NamedSpan(string Name, int? Index, long StartNs, long EndNs);
