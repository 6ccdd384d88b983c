using System.Globalization;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>Keys and values that a Parquet file of this tool carries besides its rows; docs/parquet-schema.md says what they mean.</summary>
internal static class ParquetMetadata
{
    private static readonly string s_version = typeof(ParquetMetadata).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>Those of a file.</summary>
    /// <param name="context">What is known of the trace.</param>
    /// <param name="content">What the rows are.</param>
    /// <param name="part">Which part of a set it is; null for a file alone.</param>
    /// <param name="isLast">True if the whole trace has been read.</param>
    public static Dictionary<string, string> Of(WriteContext context, string content, SetPart? part, bool isLast)
    {
        var all = new Dictionary<string, string>
        {
            [ParquetKeys.SchemaVersion] = Text(ParquetKeys.Version),
            [ParquetKeys.Content] = content,
            [ParquetKeys.Prefix + "tool_version"] = s_version,
            [ParquetKeys.Prefix + "clock"] = "nanoseconds of the trace's clock",
            [ParquetKeys.Prefix + "source"] = context.Source.Name,
            [ParquetKeys.Prefix + "source_format"] = context.Source.Format,
            [ParquetKeys.Prefix + "source_files"] = string.Join('\n', context.Source.Files),
        };
        if (context.StartNs is { } startNs)
            all[ParquetKeys.StartNs] = Text(startNs);
        if (context.WallClock is { } wallClock)
        {
            all[ParquetKeys.WallClockTraceNs] = Text(wallClock.TraceNs);
            all[ParquetKeys.WallClockUnixNs] = Text(wallClock.UnixNs);
        }

        if (context.DeviceNames is { } names)
            all[ParquetKeys.DeviceNames] = string.Join('\n', names.All.Select(device => $"{device.Device}={device.Name}"));
        if (!context.Options.Filter.IsNone)
            all[ParquetKeys.Prefix + "filter"] = string.Join(", ", context.Options.Filter.Describe());
        if (isLast)
            all[ParquetKeys.Integrity] = CarriedLosses.Text(context.Diagnostics, content);
        if (part is not null)
        {
            all[ParquetKeys.Device] = part.Device.ToString();
            all[ParquetKeys.Prefix + "run"] = part.Run;
            all[ParquetKeys.Part] = Text(part.Number);
            if (part.Set is not null)
                all[ParquetKeys.Set] = part.Set;
        }

        return all;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
