using System.Globalization;
using ScottPlot;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>
/// The touched space of a device as an axis from 0 to 1: rows next to each other, and a narrow band for each gap that
/// nothing touched. Segments too small to be seen are stretched. Where there are more rows than paper shows, rows are merged into longer ones.
/// </summary>
internal sealed class SpaceLayout
{
    // 1.5 points of a heatmap's axis: the least that can be seen of a segment.
    private const double MinSegment = 0.0143;

    private readonly int[] _rowOfSource;
    private readonly double[] _coveredSectors;

    private SpaceLayout(SpaceAxis axis, long factor)
    {
        RowSectors = axis.RowSectors * factor;
        RowStartSectors = WithSmallGaps(DistinctStarts(axis, RowSectors), RowSectors);
        _rowOfSource = new int[axis.RowStartSectors.Length];
        _coveredSectors = new double[RowStartSectors.Length];
        int row = 0;
        for (int i = 0; i < _rowOfSource.Length; i++)
        {
            while (RowStartSectors[row] + RowSectors <= axis.RowStartSectors[i])
                row++;
            _rowOfSource[i] = row;
            _coveredSectors[row] += axis.RowSectors;
        }

        Segments = FindSegments();
        (Low, High, Gaps) = Place();
    }

    /// <summary>Sectors a row covers.</summary>
    public long RowSectors { get; }

    /// <summary>First sector of each row, ascending.</summary>
    public long[] RowStartSectors { get; }

    /// <summary>Lower end of each row on the axis, 0 to 1.</summary>
    public double[] Low { get; }

    /// <summary>Upper end of each row on the axis, 0 to 1.</summary>
    public double[] High { get; }

    /// <summary>Runs of rows without a gap: first row and number of rows.</summary>
    public (int First, int Count)[] Segments { get; }

    /// <summary>Where the gaps' bands lie on the axis; one fewer than <see cref="Segments"/>.</summary>
    public (double Low, double High)[] Gaps { get; }

    /// <summary>Label of the axis.</summary>
    public string Label => Gaps.Length switch
    {
        0 => "Offset on device",
        1 => "Offset (1 gap cut out)",
        _ => string.Create(CultureInfo.InvariantCulture, $"Offset ({Gaps.Length} gaps cut out)"),
    };

    /// <summary>Sectors of the report's rows in a row: fewer than <see cref="RowSectors"/> where untouched space was merged in.</summary>
    public double CoveredSectors(int row) => _coveredSectors[row];

    /// <summary>The row that a row of the report became part of.</summary>
    public int RowOfSource(int sourceRow) => _rowOfSource[sourceRow];

    /// <summary>Lays <paramref name="axis"/> out in <paramref name="maxRows"/> rows or fewer. Its rows must ascend; there must be one.</summary>
    public static SpaceLayout Of(SpaceAxis axis, int maxRows)
    {
        for (long factor = 1; ; factor *= 2)
        {
            var layout = new SpaceLayout(axis, factor);
            if (layout.RowStartSectors.Length <= maxRows)
                return layout;
        }
    }

    /// <summary>
    /// Ticks on an axis of <paramref name="length"/> figure units: segments begin with their offset on the device, and
    /// large ones go on with the distance from there (<c>+4 GiB</c>).
    /// </summary>
    /// <param name="length">Length of the axis.</param>
    /// <param name="extent">Room that a label needs along the axis.</param>
    public Tick[] Ticks(float length, Func<string, float> extent)
    {
        var taken = new List<(double From, double To)>();
        var ticks = new List<Tick>();
        string[] starts = StartLabels();
        foreach (int segment in Enumerable.Range(0, Segments.Length).OrderByDescending(i => Segments[i].Count).ThenBy(i => i))
            Place(Low[Segments[segment].First], starts[segment]);

        double bytesPerUnit = RowStartSectors.Length * (double)RowSectors * 512 / length;
        double step = Math.Max(RowSectors * 512, Math.Pow(2, Math.Ceiling(Math.Log2(bytesPerUnit * 1.3 * extent("+128 GiB")))));
        foreach ((int first, int count) in Segments)
        {
            double segmentBytes = count * (double)RowSectors * 512;
            for (double offset = step; offset < segmentBytes; offset += step)
                Place(Low[first] + ((High[first + count - 1] - Low[first]) * offset / segmentBytes), (RowStartSectors[first] == 0 ? "" : "+") + Units.Bytes(offset));
        }

        ticks.Sort((a, b) => a.Position.CompareTo(b.Position));
        return [.. ticks];

        void Place(double position, string label)
        {
            double half = (extent(label) + 4) / 2 / length;
            if (taken.Exists(other => position - half < other.To && position + half > other.From))
                return;
            taken.Add((position - half, position + half));
            ticks.Add(Tick.Major(position, label));
        }
    }

    private static List<long> DistinctStarts(SpaceAxis axis, long rowSectors)
    {
        var starts = new List<long>();
        foreach (long source in axis.RowStartSectors)
        {
            long start = source / rowSectors * rowSectors;
            if (starts.Count == 0 || starts[^1] != start)
                starts.Add(start);
        }

        return starts;
    }

    // A gap that would be hardly longer than its mark is shown as it is, by rows that nothing touched.
    private static long[] WithSmallGaps(List<long> starts, long rowSectors)
    {
        long small = Math.Max(1, starts.Count / 50);
        var rows = new List<long>(starts.Count);
        foreach (long start in starts)
        {
            long gap = rows.Count == 0 ? 0 : ((start - rows[^1]) / rowSectors) - 1;
            for (long i = gap; i > 0 && gap <= small; i--)
                rows.Add(start - (i * rowSectors));
            rows.Add(start);
        }

        return [.. rows];
    }

    private (int First, int Count)[] FindSegments()
    {
        var segments = new List<(int First, int Count)>();
        int first = 0;
        for (int row = 1; row <= RowStartSectors.Length; row++)
        {
            if (row < RowStartSectors.Length && RowStartSectors[row] == RowStartSectors[row - 1] + RowSectors)
                continue;
            segments.Add((first, row - first));
            first = row;
        }

        return [.. segments];
    }

    private (double[] Low, double[] High, (double Low, double High)[] Gaps) Place()
    {
        int gapCount = Segments.Length - 1;
        // All gaps together take a fifth of the axis at most, and one no more than the eye needs.
        double gap = gapCount == 0 ? 0 : Math.Min(0.018, 0.2 / gapCount);
        double[] heights = SegmentHeights(1 - (gap * gapCount));
        var low = new double[RowStartSectors.Length];
        var high = new double[RowStartSectors.Length];
        var gaps = new (double, double)[gapCount];
        double start = 0;
        for (int segment = 0; segment < Segments.Length; segment++)
        {
            (int first, int count) = Segments[segment];
            if (segment > 0)
            {
                gaps[segment - 1] = (start, start + gap);
                start += gap;
            }

            double end = segment == gapCount ? 1 : start + heights[segment];
            for (int i = 0; i < count; i++)
            {
                low[first + i] = start + ((end - start) * i / count);
                high[first + i] = i == count - 1 ? end : start + ((end - start) * (i + 1) / count);
            }

            start = end;
        }

        return (low, high, gaps);
    }

    // In proportion to their rows, but none below the least height as long as half of the axis is enough for that.
    private double[] SegmentHeights(double available)
    {
        double least = Math.Min(MinSegment, available / 2 / Segments.Length);
        var heights = new double[Segments.Length];
        double free = available;
        long freeRows = RowStartSectors.Length;
        // Smallest first: each that is raised leaves less for a row of the others.
        foreach (int segment in Enumerable.Range(0, Segments.Length).OrderBy(i => Segments[i].Count))
        {
            int rows = Segments[segment].Count;
            heights[segment] = Math.Max(least, free * rows / freeRows);
            free -= heights[segment];
            freeRows -= rows;
        }

        return heights;
    }

    // One unit for all. Whole MiB are easier to read than hundredths of a GiB, as long as they are not too many.
    private string[] StartLabels()
    {
        double[] offsets = [.. Segments.Select(segment => RowStartSectors[segment.First] * 512.0)];
        double largest = Math.Min(offsets[^1], Math.Pow(2, 39)); // GiB at most
        (string unit, double size) = Units.BinaryUnit(largest);
        if (StartLabels(offsets, unit, size, maxDecimals: 1) is { } labels)
            return labels;
        (string smallerUnit, double smallerSize) = Units.BinaryUnit(Math.Max(largest / 1024, 1));
        if (offsets[^1] / smallerSize < 100_000 && StartLabels(offsets, smallerUnit, smallerSize, maxDecimals: 1) is { } smaller)
            return smaller;
        return StartLabels(offsets, unit, size, maxDecimals: 3) ?? [.. offsets.Select(Units.Bytes)];
    }

    // As many decimals as it takes to tell the segments apart and to be right within a twentieth of the unit; null if more than allowed.
    private static string[]? StartLabels(double[] offsets, string unit, double size, int maxDecimals)
    {
        for (int decimals = 0; decimals <= maxDecimals; decimals++)
        {
            string format = decimals == 0 ? "0" : "0." + new string('#', decimals);
            string[] labels = [.. offsets.Select(offset => offset == 0 ? "0" : (offset / size).ToString(format, CultureInfo.InvariantCulture) + " " + unit)];
            bool isRight = offsets.All(offset =>
                Math.Round(offset / size, decimals) is var shown && Math.Abs((offset / size) - shown) <= 0.05 && (shown > 0 || offset == 0));
            if (isRight && labels.Distinct().Count() == labels.Length)
                return labels;
        }

        return null;
    }
}
