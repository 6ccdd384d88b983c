using System.Globalization;
using System.Text;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// A run's time on one screen: GPU, reads, writes, requests in flight and phases as rows over one axis, as SVG within the page, so that it follows the page's
/// theme, prints, and needs no script. Widths are percentages and curves stretch with them; text keeps its size on a phone.
/// </summary>
internal static class GlanceTimeline
{
    // As many as a phone can show apart, and no more than a screen needs.
    private const int Columns = 300;
    private const int LabelHeight = 16;
    private const int LaneHeight = 34;
    private const int PhaseHeight = 18;
    private const int Gap = 6;
    private const int MaxPhases = 200;

    // Where a name of a phase still fits on a phone: pixels of the narrowest page, and of a letter.
    private const double NarrowestPixels = 340;
    private const double LetterPixels = 7.5;

    /// <summary>Writes it; nothing if the report has no time axis.</summary>
    public static void Write(HtmlBuilder html, TraceReport report, DeviceReport device)
    {
        TimeBinning time = report.Time;
        double spanNs = (double)time.WidthNs * time.Count;
        if (time.Count == 0 || spanNs <= 0)
            return;

        Lane[] lanes = [.. Lanes(report, device, spanNs)];
        SpanUseReport[] phases = report.RunDevice == device ? [.. report.Run!.Phases.Take(MaxPhases)] : [];
        if (lanes.Length == 0)
            return;

        int height = (lanes.Length * (LabelHeight + LaneHeight + Gap)) + (phases.Length > 0 ? LabelHeight + PhaseHeight + Gap : 0) + LabelHeight;
        string names = string.Join(", ", lanes.Select(lane => lane.Label));
        html.Add($"""<figure class="glance"><figcaption>The run over time, means over {Units.Duration(spanNs / Columns)}</figcaption>""");
        html.Add($"""<svg role="img" aria-label="Over {Units.Duration(spanNs)}: {names}." width="100%" height="{height}">""");
        int top = 0;
        foreach (Lane lane in lanes)
        {
            html.Add($"""<text x="0" y="{top + 12}" class="{lane.Class}">{lane.Label}</text>""");
            top += LabelHeight;
            html.Add($"""<rect class="lane" x="0" y="{top}" width="100%" height="{LaneHeight}"></rect><svg x="0" y="{top}" width="100%" height="{LaneHeight}" viewBox="0 0 {Columns} 100" preserveAspectRatio="none"><path class="{lane.Class}" d="{PathOf(lane.Values, lane.Top)}"></path></svg>""");
            top += LaneHeight + Gap;
        }

        if (phases.Length > 0)
        {
            html.Add($"""<text x="0" y="{top + 12}">Phases</text>""");
            top += LabelHeight;
            WritePhases(html, phases, time.OriginNs, spanNs, top);
            top += PhaseHeight + Gap;
        }

        WriteAxis(html, spanNs, top);
        html.Add($"</svg></figure>");
    }

    private static IEnumerable<Lane> Lanes(TraceReport report, DeviceReport device, double spanNs)
    {
        long origin = report.Time.OriginNs;
        if (report.RunDevice == device && report.Run!.Gpu is { UtcOffsetMinutes: not null, SampleNs.Length: > 1 } gpu)
        {
            double[] percent = Means(Enumerable.Range(0, gpu.SampleNs.Length - 1).Select(i => ((double)gpu.SampleNs[i] - origin, (double)gpu.SampleNs[i + 1] - origin, gpu.SamplePercent[i])), spanNs);
            yield return new Lane("gpu", $"GPU utilization, up to {Units.Of(percent.Max(), Unit.Percent)} of 100 %", percent, 100);
        }

        foreach (OperationClass @class in OperationClasses.MovingData)
        {
            if (device.OfClass(@class) is not { } operation)
                continue;
            double[] rates = Means(Bins(report.Time, origin, operation.Throughput.Bytes.Select(bytes => bytes / (report.Time.WidthNs / 1e9))), spanNs);
            yield return new Lane(@class.Name(), $"{@class.Subject()}, up to {Units.Rate(rates.Max())}", rates, rates.Max());
        }

        if (device.QueueDepth is { Columns.Count: > 0 } depth)
        {
            double[] means = Means(Bins(depth.Columns, origin, depth.Mean), spanNs);
            yield return new Lane("depth", $"Requests in flight, up to {Units.Count(means.Max())}", means, means.Max());
        }
    }

    private static IEnumerable<(double FromNs, double ToNs, double Value)> Bins(TimeBinning bins, long originNs, IEnumerable<double> values)
    {
        double start = (double)bins.OriginNs - originNs;
        return values.Select((value, i) => (start + ((double)i * bins.WidthNs), start + ((i + 1.0) * bins.WidthNs), value));
    }

    /// <summary>The mean of each of <see cref="Columns"/> equal columns from 0 to <paramref name="spanNs"/>; what no span covers counts as 0.</summary>
    internal static double[] Means(IEnumerable<(double FromNs, double ToNs, double Value)> spans, double spanNs)
    {
        double width = spanNs / Columns;
        var means = new double[Columns];
        foreach ((double from, double to, double value) in spans)
        {
            int first = (int)Math.Clamp(from / width, 0, Columns);
            int end = (int)Math.Clamp(Math.Ceiling(to / width), 0, Columns);
            for (int column = first; column < end; column++)
                means[column] += value * Math.Max(0, Math.Min(to, (column + 1) * width) - Math.Max(from, column * width)) / width;
        }

        return means;
    }

    // A filled staircase; equal neighbors are one step.
    private static string PathOf(double[] values, double top)
    {
        var path = new StringBuilder("M0 100");
        for (int i = 0; i < values.Length; i++)
        {
            double y = top > 0 ? 100 * (1 - Math.Min(1, values[i] / top)) : 100;
            // What is little still shows.
            if (values[i] > 0)
                y = Math.Min(y, 97);
            path.Append(CultureInfo.InvariantCulture, $"V{y:0.#}H{i + 1}");
        }

        return path.Append("V100Z").ToString();
    }

    private static void WritePhases(HtmlBuilder html, SpanUseReport[] phases, long originNs, double spanNs, int top)
    {
        // What holds other phases says nothing beside them.
        phases = [.. phases.Where(phase => !phases.Any(inner => inner.StartNs >= phase.StartNs && inner.EndNs <= phase.EndNs && inner.EndNs - inner.StartNs < phase.EndNs - phase.StartNs))];
        for (int i = 0; i < phases.Length; i++)
        {
            double from = Math.Clamp(((double)phases[i].StartNs - originNs) / spanNs, 0, 1);
            double to = Math.Clamp(((double)phases[i].EndNs - originNs) / spanNs, 0, 1);
            if (to <= from)
                continue;
            html.Add($"""<rect class="{(i % 2 == 0 ? "phase" : "phase other")}" x="{Percent(from)}" y="{top}" width="{Percent(to - from)}" height="{PhaseHeight}"><title>{phases[i].Name}, {Units.Duration((double)phases[i].EndNs - phases[i].StartNs)}</title></rect>""");
            if ((to - from) * NarrowestPixels > phases[i].Name.Length * LetterPixels)
                html.Add($"""<text x="{Percent((from + to) / 2)}" y="{top + 13}" text-anchor="middle">{phases[i].Name}</text>""");
        }
    }

    private static void WriteAxis(HtmlBuilder html, double spanNs, int top)
    {
        const int Ticks = 4;
        // Up to two minutes in round seconds or parts of them, beyond in round minutes.
        double unit = spanNs > 120e9 ? 60e9 : 1;
        double step = LinearScale.NiceStep(spanNs / unit / Ticks) * unit;
        for (int tick = 0; tick * step <= spanNs; tick++)
        {
            double share = tick * step / spanNs;
            string anchor = tick == 0 ? "start" : share > 0.93 ? "end" : "middle";
            html.Add($"""<text x="{Percent(share)}" y="{top + 12}" text-anchor="{anchor}">{(tick == 0 ? "0" : Units.Duration(tick * step))}</text>""");
        }
    }

    private static string Percent(double share) => (share * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private sealed record Lane(string Class, string Label, double[] Values, double Top);
}
