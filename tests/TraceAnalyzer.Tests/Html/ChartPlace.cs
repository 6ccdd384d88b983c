using System.Text.Json;

namespace TraceAnalyzer.Tests.Html;

/// <summary>Where a chart is on the screen, and what it shows: from and to on its axis (nanoseconds, or shares), lowest and highest row.</summary>
internal sealed record ChartPlace(double Left, double Top, double Width, double Height, double[] View)
{
    public double X(double at) => Left + ((at - View[0]) / (View[1] - View[0]) * Width);

    public double Y(double row) => Top + Height - ((row - View[2]) / (View[3] - View[2]) * Height);

    public static async Task<ChartPlace> OfAsync(ChromiumPage page, string chart)
    {
        // Rows are those of the map that is shown below the timeline.
        JsonElement place = await page.CallWithVariablesAsync("#" + chart, "wheel", ["view", "charts"], """
            function(view, charts) {
              this.scrollIntoView({ block: 'center', behavior: 'instant' });
              const chart = charts[this.id], rows = chart.hasRows ? chart : charts.heatmap ?? chart;
              const box = this.getBoundingClientRect(), { plot } = chart;
              return [box.left + plot.left, box.top + plot.top, plot.width, plot.height, view.from, view.to, rows.low, rows.high];
            }
            """);
        double[] values = place.Deserialize<double[]>()!;
        return new ChartPlace(values[0], values[1], values[2], values[3], values[4..]);
    }

    public static async Task PointAsync(ChromiumPage page, string chart, double x, double y)
    {
        ChartPlace place = await OfAsync(page, chart);
        await page.MoveAsync(place.Left + (x * place.Width), place.Top + (y * place.Height));
    }

    public static async Task<double[]> ViewAsync(ChromiumPage page, string chart) => (await OfAsync(page, chart)).View;
}
