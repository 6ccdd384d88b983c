namespace TraceAnalyzer.Tests.Capture;

/// <summary>All that a capture may change of the kernel's tracers.</summary>
internal static class TracerState
{
    private const string Root = "/sys/kernel/tracing";

    private static readonly string[] s_files = ["current_tracer", "tracing_on", "trace_clock", "buffer_size_kb", "set_event", "trace_options", "saved_cmdlines_size"];

    /// <summary>The settings, instances and devices that are traced. The size of a buffer is that which it has or will have, which the kernel rounds up to whole pages.</summary>
    public static string Read() => string.Join('\n', s_files.Select(file => $"{file}: {Normal(file, File.ReadAllText($"{Root}/{file}"))}")
        .Concat(Directory.EnumerateDirectories($"{Root}/instances").Order())
        .Concat(Directory.EnumerateDirectories("/sys/block").Order().Select(device => $"{device}: {Enabled(device)}"))
        .Concat(Directory.Exists("/run/traceanalyzer") ? Directory.EnumerateFiles("/run/traceanalyzer").Order() : []));

    /// <summary>Waits until it is as it was; fails if that never comes.</summary>
    public static void AwaitAgain(string before)
    {
        for (int i = 0; Read() != before; i++)
        {
            if (i == 1200)
                Assert.Equal(before, Read());
            Thread.Sleep(50);
        }
    }

    private static string Normal(string file, string text)
    {
        if (file != "buffer_size_kb")
            return text.Trim();
        string size = text.Contains("(expanded: ", StringComparison.Ordinal) ? text[(text.IndexOf("(expanded: ", StringComparison.Ordinal) + 11)..] : text;
        return ((int.Parse(size.Trim().TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture) + 15) / 16 * 16).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Enabled(string device) => File.Exists(device + "/trace/enable") ? File.ReadAllText(device + "/trace/enable").Trim() : "-";
}
