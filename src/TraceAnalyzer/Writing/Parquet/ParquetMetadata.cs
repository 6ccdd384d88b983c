using System.Globalization;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>Keys and values that a Parquet file of this tool carries besides its rows; docs/parquet-schema.md says what they mean.</summary>
internal static class ParquetMetadata
{
    private static readonly string s_version = typeof(ParquetMetadata).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>Those of a file.</summary>
    public static Dictionary<string, string> Of(WriteContext context, string content, DeviceId? onlyDevice, string? run)
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
        if (onlyDevice is { } device)
            all[ParquetKeys.Prefix + "device"] = device.ToString();
        if (run is not null)
            all[ParquetKeys.Prefix + "run"] = run;
        return all;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
