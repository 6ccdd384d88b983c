using System.Globalization;
using System.Text;
using System.Text.Json;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// What the page's script draws from: JSON in which <c>&lt;</c> is escaped, so that it can stand in a script element. Series and maps
/// are merged into fewer bins and cells where they would make the page too large.
/// </summary>
internal static class PageData
{
    // Twice what a wide screen shows, so that zooming is worth it.
    private const int MaxBins = 8192;

    // Characters of all maps together: with the pictures and tables the page stays below 10 MB.
    private const int MaxMapLength = 3_000_000;

    // More rows than the report has, as small gaps become rows.
    private const int MaxRows = 2048;

    // A map that is coarser shows nothing.
    private const int LeastCells = 16;

    /// <summary>The data of all devices that are shown.</summary>
    public static string Of(TraceReport report, IReadOnlyList<FigureContext> devices)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            int factor = Math.Max(1, CeilingDivide(report.Time.Count, Math.Max(128, MaxBins / Math.Max(1, devices.Count))));
            json.WriteStartObject();
            json.WriteString("name", PrintableText.Of(report.Source.Name));
            json.WriteNumber("binNs", (double)report.Time.WidthNs * factor);
            json.WriteNumber("bins", CeilingDivide(report.Time.Count, factor));
            json.WriteStartArray("devices");
            DeviceReport? ofRun = report.RunDevice;
            foreach (FigureContext device in devices)
            {
                json.WriteStartObject();
                json.WriteString("device", PrintableText.Of(device.Device.Device));
                json.WriteString("label", PrintableText.Of(device.Device.Label()));
                WriteSeries(json, device.Read, factor);
                WriteSeries(json, device.Write, factor);
                WriteMaps(json, device, MaxMapLength / devices.Count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            for (int i = 0; i < devices.Count; i++)
            {
                if (devices[i].Device == ofRun)
                    RunPageData.Write(json, report, i);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>
    /// A row of cells as the page has it: a negative number stands for that many zeros, zeros at the end are left out. Most cells of
    /// a map are zero, in long stretches.
    /// </summary>
    internal static List<long> Packed(ReadOnlySpan<long> cells)
    {
        var packed = new List<long>();
        long zeros = 0;
        foreach (long cell in cells)
        {
            if (cell == 0)
            {
                zeros++;
                continue;
            }

            if (zeros > 0)
                packed.Add(-zeros);
            zeros = 0;
            packed.Add(cell);
        }

        return packed;
    }

    private static void WriteSeries(Utf8JsonWriter json, OperationReport? operation, int factor)
    {
        if (operation is null)
            return;

        json.WriteStartObject(operation.Name);
        WriteArray(json, "bytes", Merged(operation.Throughput.Bytes, factor));
        WriteArray(json, "requests", Merged(operation.Throughput.Requests, factor));
        json.WriteEndObject();
    }

    private static void WriteMaps(Utf8JsonWriter json, FigureContext context, int maxLength)
    {
        SectorTimeResult[] maps = [.. context.Device.SectorTime.Where(map => map.Columns.Count > 0)];
        if (maps.Length == 0 || context.Device.Space is not { RowStartSectors.Length: > 0 } space)
            return;

        // The longer side is halved first, until everything fits.
        int factor = 1;
        var layout = SpaceLayout.Of(space, MaxRows);
        List<long>[][] packed = Pack();
        while (packed.Sum(rows => rows.Sum(Length)) > maxLength && Math.Max(layout.RowStartSectors.Length, maps[0].Columns.Count / factor) > LeastCells)
        {
            if (maps[0].Columns.Count / factor > layout.RowStartSectors.Length)
                factor *= 2;
            else
                layout = SpaceLayout.Of(space, layout.RowStartSectors.Length / 2);
            packed = Pack();
        }

        json.WriteNumber("rowSectors", layout.RowSectors);
        json.WriteStartArray("rowStarts");
        foreach (long start in layout.RowStartSectors)
        {
            // As text: a script's numbers are exact up to 2^53 only.
            json.WriteStringValue(start.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
        json.WriteStartObject("maps");
        for (int i = 0; i < maps.Length; i++)
        {
            TimeBinning columns = maps[i].Columns;
            json.WriteStartObject(maps[i].Class.Name());
            json.WriteNumber("startNs", (double)columns.OriginNs - context.Report.Time.OriginNs);
            json.WriteNumber("columnNs", (double)columns.WidthNs * factor);
            json.WriteNumber("columns", CeilingDivide(columns.Count, factor));
            json.WriteStartArray("rows");
            foreach (List<long> row in packed[i])
                WriteArray(json, null, row);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();

        List<long>[][] Pack() => [.. maps.Select(map => Array.ConvertAll(Cells(map, layout, factor), row => Packed(row)))];
    }

    private static long[][] Cells(SectorTimeResult map, SpaceLayout layout, int factor)
    {
        var cells = new long[layout.RowStartSectors.Length][];
        for (int row = 0; row < cells.Length; row++)
            cells[row] = new long[CeilingDivide(map.Columns.Count, factor)];
        for (int source = 0; source < map.Rows.Length; source++)
        {
            long[] target = cells[layout.RowOfSource(source)];
            long[] values = map.Rows[source];
            for (int column = 0; column < Math.Min(values.Length, map.Columns.Count); column++)
                target[column / factor] += values[column];
        }

        return cells;
    }

    /// <summary>About what the numbers take as JSON.</summary>
    internal static int Length(List<long> row)
    {
        int length = 3;
        foreach (long value in row)
            length += value < 0 ? 4 : 2 + (int)Math.Log10(value);
        return length;
    }

    /// <summary>Sums of as many neighbors.</summary>
    internal static long[] Merged(long[] values, int factor)
    {
        if (factor == 1)
            return values;

        var merged = new long[CeilingDivide(values.Length, factor)];
        for (int i = 0; i < values.Length; i++)
            merged[i / factor] += values[i];
        return merged;
    }

    /// <summary>Writes an array; <paramref name="name"/> is null within another one.</summary>
    internal static void WriteArray(Utf8JsonWriter json, string? name, IEnumerable<long> values)
    {
        if (name is null)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (long value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    /// <summary>Rounded up.</summary>
    internal static int CeilingDivide(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
