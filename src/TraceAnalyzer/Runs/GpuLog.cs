// timestamp, utilization.gpu [%]
// 2025/01/16 13:25:54.949, 0 %
using System.Globalization;

namespace TraceAnalyzer.Runs;

/// <summary>
/// What <c>nvidia-smi --query-gpu=timestamp,utilization.gpu --format=csv</c> printed; further columns are kept as text.
/// The times are local wall-clock times of the machine: the log does not say of which time zone.
/// </summary>
/// <param name="FurtherColumns">Names of the columns besides time and utilisation, as in the header.</param>
/// <param name="Samples">The samples, as they stand in the log.</param>
/// <param name="SkippedLines">Lines that are no sample: cut, or without a number (<c>[N/A]</c>).</param>
public sealed record GpuLog(IReadOnlyList<string> FurtherColumns, IReadOnlyList<GpuSample> Samples, int SkippedLines)
{
    private const string TimeColumn = "timestamp";
    private const string UtilizationColumn = "utilization.gpu";
    private static readonly string[] s_timeFormats = ["yyyy/MM/dd HH:mm:ss.fff", "yyyy/MM/dd HH:mm:ss"];

    /// <summary>Plain mean of all samples in percent, start-up zeros included, as the study has it; null without samples.</summary>
    public double? MeanPercent => Samples.Count == 0 ? null : Samples.Average(sample => sample.UtilizationPercent);

    /// <summary>Mean in percent where each sample counts for the time until the next one, so that gaps in the sampling do not shift it; null if no time passes.</summary>
    public double? TimeWeightedMeanPercent
    {
        get
        {
            double weighted = 0;
            double seconds = 0;
            for (int i = 0; i + 1 < Samples.Count; i++)
            {
                double span = (Samples[i + 1].LocalTime - Samples[i].LocalTime).TotalSeconds;
                weighted += Samples[i].UtilizationPercent * span;
                seconds += span;
            }

            return seconds > 0 ? weighted / seconds : null;
        }
    }

    /// <summary>True if <paramref name="firstLine"/> is the header of such a log.</summary>
    public static bool IsHeader(string firstLine)
    {
        string[] names = firstLine.Split(',', StringSplitOptions.TrimEntries);
        return Array.IndexOf(names, TimeColumn) >= 0 && Array.FindIndex(names, IsUtilization) >= 0;
    }

    /// <summary>Reads a log from its header on.</summary>
    /// <exception cref="TraceException">The first line is no header of such a log.</exception>
    public static GpuLog Read(TextReader text)
    {
        string header = text.ReadLine() ?? "";
        if (!IsHeader(header))
            throw new TraceException($"no GPU log: expected a header with {TimeColumn} and {UtilizationColumn} [%], found '{header}'");
        string[] names = header.Split(',', StringSplitOptions.TrimEntries);
        int time = Array.IndexOf(names, TimeColumn);
        int utilization = Array.FindIndex(names, IsUtilization);
        int[] further = [.. Enumerable.Range(0, names.Length).Where(column => column != time && column != utilization)];

        var samples = new List<GpuSample>();
        int skipped = 0;
        while (text.ReadLine() is { } line)
        {
            string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length == names.Length
                && DateTime.TryParseExact(fields[time], s_timeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime localTime)
                && TryParsePercent(fields[utilization], out double percent))
            {
                samples.Add(new GpuSample(localTime, percent, [.. further.Select(column => fields[column])]));
            }
            else if (line.Length > 0)
            {
                skipped++;
            }
        }

        return new GpuLog([.. further.Select(column => names[column])], samples, skipped);
    }

    private static bool IsUtilization(string name) => name == UtilizationColumn || name.StartsWith(UtilizationColumn + " ", StringComparison.Ordinal);

    // "37 %", or "37" with --format=csv,nounits. A cut "37" of the last line cannot be told from it, "3" of "37" neither.
    private static bool TryParsePercent(string field, out double percent) =>
        double.TryParse(field.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent) && percent <= 100;
}

/// <summary>One line of a GPU log.</summary>
/// <param name="LocalTime">Wall-clock time in the machine's time zone (kind unspecified).</param>
/// <param name="UtilizationPercent">Share of the last sample period in which a kernel ran, 0 to 100.</param>
/// <param name="Further">The further columns, as printed with their units.</param>
public readonly record struct GpuSample(DateTime LocalTime, double UtilizationPercent, IReadOnlyList<string> Further);
