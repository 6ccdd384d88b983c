using System.Text.Json;
using TraceAnalyzer.Reporting.Figures.Run;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>What the page's script needs of a run: GPU, phases and tokens on the time axis, layers over time, and which sectors hold which tensor.</summary>
internal static class RunPageData
{
    // With these the page stays below its size: about 20, 40 and 15 characters each.
    private const int MaxSamples = 20_000;
    private const int MaxSpans = 5_000;
    private const int MaxPlaces = 40_000;
    private const int MaxLayerLength = 600_000;

    // A map that is coarser shows nothing.
    private const int LeastColumns = 64;

    /// <summary>Writes it as the property <c>run</c>.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="report">The report; its run is known.</param>
    /// <param name="device">Index of the device that the run's sectors are of.</param>
    public static void Write(Utf8JsonWriter json, TraceReport report, int device)
    {
        RunReport run = report.Run!;
        json.WriteStartObject("run");
        json.WriteNumber("device", device);
        WriteGpus(json, run.Gpu, report.Time.OriginNs);
        WriteSpans(json, run, report.Time.OriginNs);
        WriteLayers(json, run.Layers, report.Time.OriginNs);
        WritePlaces(json, run);
        json.WriteEndObject();
    }

    // A sample stands until the next one.
    private static void WriteGpus(Utf8JsonWriter json, GpuUse? gpu, long originNs)
    {
        if (gpu is not { UtcOffsetMinutes: not null })
            return;

        GpuCurve[] curves = [.. GpuCurve.Of(gpu).Where(curve => curve.SampleNs.Length > 1)];
        json.WriteStartArray("gpus");
        foreach (GpuCurve curve in curves)
            WriteGpu(json, curve, originNs, MaxSamples / curves.Length);
        json.WriteEndArray();
    }

    private static void WriteGpu(Utf8JsonWriter json, GpuCurve gpu, long originNs, int maxSamples)
    {
        int factor = PageData.CeilingDivide(gpu.SampleNs.Length, maxSamples);
        json.WriteStartObject();
        json.WriteString("name", gpu.Name);
        json.WriteStartArray("ns");
        for (int i = 0; i < gpu.SampleNs.Length - 1; i += factor)
            json.WriteNumberValue((double)gpu.SampleNs[i] - originNs);
        json.WriteNumberValue((double)gpu.SampleNs[^1] - originNs);
        json.WriteEndArray();
        json.WriteStartArray("percent");
        for (int i = 0; i < gpu.SampleNs.Length - 1; i += factor)
        {
            // Joined samples weigh with the time they stand for.
            double weight = 0;
            double sum = 0;
            for (int k = i; k < Math.Min(i + factor, gpu.SampleNs.Length - 1); k++)
            {
                double ns = gpu.SampleNs[k + 1] - gpu.SampleNs[k];
                weight += ns;
                sum += ns * gpu.SamplePercent[k];
            }

            json.WriteNumberValue(weight > 0 ? Math.Round(sum / weight, 2) : gpu.SamplePercent[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSpans(Utf8JsonWriter json, RunReport run, long originNs)
    {
        SpanUseReport[] spans = RunTimelineFigure.Bands(run);
        json.WriteString("spansAre", run.Tokens.Length == 0 ? "phases" : spans.Length > run.Tokens.Length ? "phases, tokens" : "tokens");
        json.WriteStartArray("spans");
        foreach (SpanUseReport span in spans.Take(MaxSpans))
        {
            json.WriteStartObject();
            json.WriteString("name", PrintableText.Of(span.Index is { } index && span.Kind != SpanKind.Prefill ? FormattableString.Invariant($"{span.Name} {index}") : span.Name));
            json.WriteNumber("from", (double)span.StartNs - originNs);
            json.WriteNumber("to", (double)span.EndNs - originNs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLayers(Utf8JsonWriter json, LayersOverTime? layers, long originNs)
    {
        if (layers is null || layers.Columns.Count == 0)
            return;

        int factor = 1;
        long[][][] cells = Cells();
        while (cells.Sum(rows => rows.Sum(row => PageData.Length(PageData.Packed(row)))) > MaxLayerLength && layers.Columns.Count / factor > LeastColumns)
        {
            factor *= 2;
            cells = Cells();
        }

        json.WriteStartObject("layers");
        json.WriteNumber("startNs", (double)layers.Columns.OriginNs - originNs);
        json.WriteNumber("columnNs", (double)layers.Columns.WidthNs * factor);
        json.WriteNumber("columns", PageData.CeilingDivide(layers.Columns.Count, factor));
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].All(row => row.Length == 0))
                continue;
            json.WriteStartArray(OperationClasses.MovingData[i].Name());
            foreach (long[] row in cells[i])
                PageData.WriteArray(json, null, PageData.Packed(row));
            json.WriteEndArray();
        }

        json.WriteEndObject();

        long[][][] Cells() => [Array.ConvertAll(layers.ReadBytes, row => PageData.Merged(row, factor)), Array.ConvertAll(layers.WriteBytes, row => PageData.Merged(row, factor))];
    }

    private static void WritePlaces(Utf8JsonWriter json, RunReport run)
    {
        if (run.Places.Length is 0 or > MaxPlaces)
            return;

        json.WriteStartArray("tensors");
        foreach (TensorUse tensor in run.Tensors)
            json.WriteStringValue(PrintableText.Of(tensor.Tensor is { } name ? $"{name} ({tensor.File})" : tensor.File));
        json.WriteEndArray();
        // First sector, sectors, tensor: one after the other.
        PageData.WriteArray(json, "places", run.Places.SelectMany(place => (long[])[place.FirstSector, place.Sectors, place.Tensor]));
    }
}
