using System.Globalization;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>What a file says of the set that it is part of.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Device">Its device; empty if it does not say.</param>
/// <param name="Number">Which file of the device it is, from 0; null if it does not say, as files of engines and of earlier versions.</param>
/// <param name="Set">How many files and rows each device has; null if it is not the device's last file.</param>
/// <param name="Integrity">Losses of the trace; null if it does not say.</param>
internal sealed record ParquetPart(long Rows, string Device, int? Number, string? Set, string? Integrity)
{
    /// <summary>That of a file.</summary>
    public static ParquetPart Of(ParquetFile file) => new(
        file.Rows,
        file.Metadata.GetValueOrDefault(ParquetKeys.Device, ""),
        file.Metadata.TryGetValue(ParquetKeys.Part, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
        file.Metadata.GetValueOrDefault(ParquetKeys.Set),
        file.Metadata.GetValueOrDefault(ParquetKeys.Integrity));

    /// <summary>Counts what of a set is missing.</summary>
    /// <param name="parts">The files that are there.</param>
    /// <param name="isWholeRun">False if a device was asked for alone.</param>
    /// <param name="diagnostics">Takes the counts.</param>
    public static void CountMissing(IReadOnlyCollection<ParquetPart> parts, bool isWholeRun, ReadDiagnostics diagnostics)
    {
        ILookup<string, ParquetPart> there = parts.Where(part => part.Number is not null).ToLookup(part => part.Device);
        if (there.Count == 0)
            return;
        if (parts.FirstOrDefault(part => part.Set is not null)?.Set is { } set)
        {
            foreach ((string device, long files, long rows) in Devices(set))
            {
                if (!isWholeRun && !there.Contains(device))
                    continue;
                diagnostics.Add(ReadCounter.MissingParts, files - there[device].Count());
                diagnostics.Add(ReadCounter.MissingRows, rows - there[device].Sum(part => part.Rows));
            }

            return;
        }

        // The last of each device is missing, and whatever lies before the last that is there.
        foreach (IGrouping<string, ParquetPart> device in there)
            diagnostics.Add(ReadCounter.MissingParts, device.Max(part => part.Number!.Value) + 2L - device.Count());
    }

    private static IEnumerable<(string Device, long Files, long Rows)> Devices(string set)
    {
        foreach (string line in set.Split('\n'))
        {
            string[] sides = line.Split('=');
            string[] numbers = sides[^1].Split(',');
            if (sides.Length == 2 && numbers.Length == 2
                && long.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out long files)
                && long.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out long rows))
                yield return (sides[0], files, rows);
        }
    }
}
