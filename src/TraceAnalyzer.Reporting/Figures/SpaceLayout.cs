using System.Globalization;
using ScottPlot;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>
/// The touched space of a device as an axis from 0 to 1: rows next to each other, and a narrow band for each gap that
/// nothing touched. Where there are more rows than paper shows, rows are merged into longer ones.
/// </summary>
internal sealed class SpaceLayout
{
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
                Place(Low[first] + ((High[first + count - 1] - Low[first]) * offset / segmentBytes), (RowStartSectors[first] == 0 ? "" : "+") + Quantity.Bytes(offset));
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
        double height = (1 - (gap * gapCount)) / RowStartSectors.Length;
        var low = new double[RowStartSectors.Length];
        var high = new double[RowStartSectors.Length];
        var gaps = new (double, double)[gapCount];
        for (int segment = 0; segment < Segments.Length; segment++)
        {
            (int first, int count) = Segments[segment];
            if (segment > 0)
                gaps[segment - 1] = ((first * height) + ((segment - 1) * gap), (first * height) + (segment * gap));
            for (int row = first; row < first + count; row++)
            {
                low[row] = (row * height) + (segment * gap);
                high[row] = ((row + 1) * height) + (segment * gap);
            }
        }

        return (low, high, gaps);
    }

    // One unit for all, and as many decimals as it takes to tell the segments apart and to be right within a twentieth of it.
    private string[] StartLabels()
    {
        double[] offsets = [.. Segments.Select(segment => RowStartSectors[segment.First] * 512.0)];
        (string unit, double size) = Quantity.BinaryUnit(Math.Min(offsets[^1], Math.Pow(2, 39))); // GiB at most
        string[] labels = [];
        for (int decimals = 0; decimals <= 3; decimals++)
        {
            string format = decimals == 0 ? "0" : "0." + new string('#', decimals);
            labels = [.. offsets.Select(offset => offset == 0 ? "0" : (offset / size).ToString(format, CultureInfo.InvariantCulture) + " " + unit)];
            bool isRight = offsets.All(offset => Math.Abs((offset / size) - Math.Round(offset / size, decimals)) <= 0.05);
            if (isRight && labels.Distinct().Count() == labels.Length)
                break;
        }

        return labels;
    }
}
