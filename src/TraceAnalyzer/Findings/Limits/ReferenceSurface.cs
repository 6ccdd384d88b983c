using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.Limits;

/// <summary>
/// What a device can do by request size and queue depth, from points that were measured apart from the run. Between measured points the bandwidth is taken as linear
/// in the logarithms of size and depth; outside of them the nearest is a bound, on the assumption that larger requests and deeper queues are not slower, or there is nothing.
/// </summary>
public sealed class ReferenceSurface
{
    private readonly Row[][] _rows;

    /// <summary>A surface; of several points at one size and depth the fastest counts.</summary>
    /// <param name="points">What was measured.</param>
    public ReferenceSurface(IReadOnlyList<DevicePoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        _rows = [RowsOf(points.Where(point => !point.IsWrite)), RowsOf(points.Where(point => point.IsWrite))];
        Files = [.. points.Select(point => point.File).Distinct()];
    }

    /// <summary>The files that the points come from.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What the device does at a size and depth; null outside of what was measured.</summary>
    /// <param name="isWrite">True for writing.</param>
    /// <param name="sizeBytes">Request size in bytes, above 0.</param>
    /// <param name="depth">Requests in flight, above 0.</param>
    public SurfaceValue? At(bool isWrite, double sizeBytes, double depth) => BySize(_rows[isWrite ? 1 : 0], sizeBytes, row => row.At(depth), bounded: false);

    /// <summary>The most that the device does at a size and at this depth or deeper; null if what was measured does not even bound it.</summary>
    /// <param name="isWrite">True for writing.</param>
    /// <param name="sizeBytes">Request size in bytes, above 0.</param>
    /// <param name="depth">Requests in flight, above 0.</param>
    public SurfaceValue? Most(bool isWrite, double sizeBytes, double depth) => BySize(_rows[isWrite ? 1 : 0], sizeBytes, row => row.Most(depth), bounded: true);

    private static Row[] RowsOf(IEnumerable<DevicePoint> points) =>
    [
        .. points.GroupBy(point => point.SizeBytes).OrderBy(size => size.Key)
            .Select(size => new Row(size.Key, [.. size.GroupBy(point => point.Depth).OrderBy(depth => depth.Key).Select(depth => depth.MaxBy(point => point.BytesPerSecond)!)])),
    ];

    private static SurfaceValue? BySize(Row[] rows, double sizeBytes, Func<Row, SurfaceValue?> of, bool bounded)
    {
        int above = Array.FindIndex(rows, row => row.SizeBytes >= sizeBytes);
        if (above >= 0 && (rows[above].SizeBytes == sizeBytes || above > 0))
            return rows[above].SizeBytes == sizeBytes ? of(rows[above]) : Between(rows[above - 1], rows[above], sizeBytes, of);
        if (!bounded || rows.Length == 0)
            return null;
        Row nearest = above == 0 ? rows[0] : rows[^1];
        SurfaceBound bound = above == 0 ? SurfaceBound.AtMost : SurfaceBound.AtLeast;
        // Bounds from opposite sides say nothing.
        return of(nearest) is { } value && (value.Bound == SurfaceBound.Measured || value.Bound == bound)
            ? value with { Bound = bound, Words = $"{value.Words}, the {(above == 0 ? "smallest" : "largest")} size measured, which for {Units.Bytes(sizeBytes)} is {(above == 0 ? "an upper" : "a lower")} bound" }
            : null;
    }

    private static SurfaceValue? Between(Row below, Row above, double sizeBytes, Func<Row, SurfaceValue?> of)
    {
        if (of(below) is not { } low || of(above) is not { } high)
            return null;
        SurfaceBound bound = low.Bound == SurfaceBound.Measured ? high.Bound : low.Bound;
        return new SurfaceValue(Linear(below.SizeBytes, low.BytesPerSecond, above.SizeBytes, high.BytesPerSecond, sizeBytes), bound, $"{low.Words}, and {high.Words}; between them {Units.Bytes(sizeBytes)}");
    }

    private static double Linear(double x0, double y0, double x1, double y1, double x) => y0 + ((y1 - y0) * (Math.Log2(x) - Math.Log2(x0)) / (Math.Log2(x1) - Math.Log2(x0)));

    // The points of one size, by depth, each once.
    private sealed record Row(long SizeBytes, DevicePoint[] Points)
    {
        public SurfaceValue? At(double depth)
        {
            int above = Array.FindIndex(Points, point => point.Depth >= depth);
            if (above < 0 || (above == 0 && Points[0].Depth > depth))
                return null;
            DevicePoint high = Points[above];
            if (high.Depth == depth)
                return Measured(high);
            DevicePoint low = Points[above - 1];
            double rate = Linear(low.Depth, low.BytesPerSecond, high.Depth, high.BytesPerSecond, depth);
            return new SurfaceValue(rate, SurfaceBound.Measured, $"at {Units.Bytes(SizeBytes)} and depth {Units.Count(low.Depth)} to {Units.Count(high.Depth)} fio measured {Units.Rate(low.BytesPerSecond)} to {Units.Rate(high.BytesPerSecond)}");
        }

        public SurfaceValue? Most(double depth)
        {
            DevicePoint[] deeper = [.. Points.Where(point => point.Depth >= depth)];
            SurfaceValue most = Measured((deeper.Length > 0 ? deeper : Points).MaxBy(point => point.BytesPerSecond)!);
            if (deeper.Length == 0)
                return most with { Bound = SurfaceBound.AtLeast, Words = $"{most.Words}, and nothing at depth {Units.Count(depth)} or deeper, so that it may do more" };
            return At(depth) is { } here && here.BytesPerSecond > most.BytesPerSecond ? here : most;
        }

        private SurfaceValue Measured(DevicePoint point) =>
            new(point.BytesPerSecond, SurfaceBound.Measured, $"at {Units.Bytes(SizeBytes)} and depth {Units.Count(point.Depth)} fio measured {Units.Rate(point.BytesPerSecond)}");
    }
}

/// <summary>A bandwidth that was measured, or lies between measured ones, or bounds what was not measured.</summary>
/// <param name="BytesPerSecond">The bandwidth.</param>
/// <param name="Bound">Which of these.</param>
/// <param name="Words">The measured points, such as <c>at 128 KiB and depth 4 fio measured 2 GiB/s</c>.</param>
public readonly record struct SurfaceValue(double BytesPerSecond, SurfaceBound Bound, string Words);

/// <summary>How a bandwidth is known.</summary>
public enum SurfaceBound
{
    /// <summary>It was measured, or lies between measured points.</summary>
    Measured,

    /// <summary>The device does at least so much.</summary>
    AtLeast,

    /// <summary>The device does at most so much.</summary>
    AtMost,
}
