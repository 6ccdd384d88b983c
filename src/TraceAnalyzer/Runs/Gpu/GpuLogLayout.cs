using System.Globalization;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Gpu;

/// <summary>How the lines of a GPU log are read.</summary>
internal sealed record GpuLogLayout
{
    private const string TimeColumn = "timestamp";
    private const string UtilizationColumn = "utilization.gpu";

    // Notes of a shell or of nvidia-smi may come first.
    private const int LinesSearched = 32;
    private const int RowsCompared = 256;

    private static readonly string[] s_timeFormats =
        ["yyyy/MM/dd HH:mm:ss.fff", "yyyy/MM/dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss.fff", "yyyy-MM-ddTHH:mm:ss"];

    // As nvidia-smi --help-query-gpu lists them; a table of times that has one of these comes from it.
    private static readonly string[] s_otherColumns =
        ["utilization.memory", "memory.used", "memory.total", "memory.free", "power.draw", "temperature.gpu", "pstate", "gpu_uuid", "gpu_bus_id", "pci.bus_id", "clocks.sm", "clocks.gr", "fan.speed"];

    private static readonly char[] s_separators = [',', ';', '\t'];
    private static readonly string[] s_identities = ["uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id"];

    /// <summary>Separates the fields; a blank if they are aligned (<c>dmon</c>).</summary>
    public char Separator { get; private init; }

    /// <summary>Number of fields of a line.</summary>
    public int Fields { get; private init; }

    /// <summary>Column of the time, or of the time of day.</summary>
    public int Time { get; private init; } = -1;

    /// <summary>Column of the date where it stands apart; -1 if it does not.</summary>
    public int Date { get; private init; } = -1;

    /// <summary>Column of the utilization.</summary>
    public int Utilization { get; private init; } = -1;

    /// <summary>Column of the GPU's index; -1 without one.</summary>
    public int Index { get; private init; } = -1;

    /// <summary>Column of another thing that only one GPU has; -1 without one.</summary>
    public int Identity { get; private init; } = -1;

    /// <summary>Column of its name, which several may share; -1 without one.</summary>
    public int Name { get; private init; } = -1;

    /// <summary>Lines before the first sample, header included, that are not samples; 0 without a header.</summary>
    public int HeaderLines { get; private init; }

    /// <summary>What was taken for granted; null if nothing was.</summary>
    public string? Remark { get; private init; }

    /// <summary>Why the log cannot be used although it is one; null if it can.</summary>
    public string? Fault { get; private init; }

    /// <summary>True if the lines are those of <c>nvidia-smi dmon</c>.</summary>
    public bool IsAligned => Separator == ' ';

    /// <summary>The layout of a log that begins with these lines; null if it is none.</summary>
    public static GpuLogLayout? Of(IEnumerable<string> firstLines)
    {
        string[] lines = [.. firstLines.Take(RowsCompared)];
        for (int i = 0; i < Math.Min(lines.Length, LinesSearched); i++)
        {
            if ((lines[i].StartsWith('#') ? OfAlignedHeader(lines[i]) : OfHeader(lines[i])) is { } layout)
                return layout with { HeaderLines = i + 1 };
        }

        return OfRows([.. lines.Where(line => line.Length > 0)]);
    }

    /// <summary>The fields of a line, without quotes and blanks around them.</summary>
    public string[] Split(string line) => IsAligned
        ? line.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries)
        : Split(line, Separator);

    /// <summary>A wall-clock time as nvidia-smi and the tools around it write it.</summary>
    public static bool TryParseTime(string field, out DateTime time) =>
        DateTime.TryParseExact(field, s_timeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time) && IsInRange(time);

    /// <summary>True for a time that nanoseconds since 1970 can have in a side file (<see cref="SideRanges.TimeNs"/>).</summary>
    public static bool IsInRange(DateTime time) => time.Year is >= 1970 and < 2060;

    private static string[] Split(string line, char separator)
    {
        if (!line.Contains('"'))
            return line.Split(separator, StringSplitOptions.TrimEntries);
        var fields = new List<string>();
        int start = 0;
        bool isQuoted = false;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
                isQuoted = !isQuoted;
            if (i < line.Length && (line[i] != separator || isQuoted))
                continue;
            fields.Add(line[start..i].Trim().Trim('"').Trim());
            start = i + 1;
        }

        return [.. fields];
    }

    // # gpu     pwr  gtemp  mtemp     sm    mem  ...
    // #Date       Time        gpu     pwr  ...        (-o DT)
    private static GpuLogLayout? OfAlignedHeader(string line)
    {
        string[] names = line.TrimStart('#').ToLowerInvariant().Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int gpu = Array.IndexOf(names, "gpu");
        if (gpu < 0 || !names.Any(name => name is "sm" or "pwr" or "mem" or "fb" or "pid"))
            return null;
        var layout = new GpuLogLayout
        {
            Separator = ' ',
            Fields = names.Length,
            Index = gpu,
            Utilization = Array.IndexOf(names, "sm"),
            Date = Array.IndexOf(names, "date"),
            Time = Array.IndexOf(names, "time"),
        };
        return layout with
        {
            Fault = names.Contains("pid") ? "nvidia-smi pmon lists processes; the use of the whole GPU comes from 'nvidia-smi dmon -o DT' or '--query-gpu=timestamp,utilization.gpu --format=csv'"
                : layout.Utilization < 0 ? "nvidia-smi dmon without utilization (column sm); record with 'nvidia-smi dmon -s u -o DT'"
                : layout.Time < 0 ? "nvidia-smi dmon without times; record with 'nvidia-smi dmon -o DT'"
                : null,
        };
    }

    private static GpuLogLayout? OfHeader(string line)
    {
        foreach (char separator in s_separators)
        {
            string[] names = Array.ConvertAll(Split(line, separator), NameOf);
            int time = Array.IndexOf(names, TimeColumn);
            int utilization = Array.IndexOf(names, UtilizationColumn);
            if (utilization < 0 && !(time >= 0 && names.Any(s_otherColumns.Contains)))
                continue;
            return new GpuLogLayout
            {
                Separator = separator,
                Fields = names.Length,
                Time = time,
                Utilization = utilization,
                Index = Array.FindIndex(names, name => name is "index" or "gpu"),
                Identity = Array.FindIndex(names, s_identities.Contains),
                Name = Array.FindIndex(names, name => name is "name" or "gpu_name"),
                Fault = time < 0 ? "a GPU log without times; add 'timestamp' to --query-gpu"
                    : utilization < 0 ? "a GPU log without utilization; add 'utilization.gpu' to --query-gpu"
                    : null,
            };
        }

        return null;
    }

    // "utilization.gpu [%]" has its unit in the name.
    private static string NameOf(string field)
    {
        int unit = field.IndexOf('[', StringComparison.Ordinal);
        return (unit > 0 ? field[..unit] : field).Trim().ToLowerInvariant();
    }

    // --format=csv,noheader: told by its first time, which only nvidia-smi writes so.
    private static GpuLogLayout? OfRows(string[] lines)
    {
        foreach (char separator in s_separators)
        {
            string[] first = lines.Length == 0 ? [] : Split(lines[0], separator);
            int time = Array.FindIndex(first, field => field.Contains('/', StringComparison.Ordinal) && TryParseTime(field, out _));
            if (time < 0 || first.Length < 2)
                continue;
            string[][] rows = [.. lines.Select(line => Split(line, separator)).Where(row => row.Length == first.Length && TryParseTime(row[time], out _))];
            int[] columns = [.. Enumerable.Range(0, first.Length).Where(column => column != time)];
            int index = Array.Find(columns, column => Cycles(rows, column)) is var cycling and > 0 ? cycling : -1;
            var layout = new GpuLogLayout
            {
                Separator = separator,
                Fields = first.Length,
                Time = time,
                Index = index,
                Identity = Array.FindIndex(first, field => field.StartsWith("GPU-", StringComparison.Ordinal) || IsBusAddress(field)),
            };
            return UtilizationOf(rows, [.. columns.Where(column => column != index)], layout);
        }

        return null;
    }

    private static GpuLogLayout UtilizationOf(string[][] rows, int[] columns, GpuLogLayout layout)
    {
        int[] shares = [.. columns.Where(column => rows.Any(row => row[column].EndsWith('%')))];
        if (shares.Length > 0)
            return Taken(layout, shares[0], shares.Length == 1 ? "the only column in %" : "the first column in %");
        // timestamp,name,pci.bus_id,driver_version,pstate,pcie.link.gen.max,pcie.link.gen.current,temperature.gpu,utilization.gpu,...
        const int QueryOfManual = 13;
        if (layout.Fields == QueryOfManual && IsBusAddress(rows[0][2]) && rows[0][4] is ['P', >= '0' and <= '9', ..])
            return Taken(layout, 8, "the column it has in NVIDIA's own example");
        int[] numbers = [.. columns.Where(column => rows.All(row => SideRanges.Percent.Parse(row[column]) is not null || IsMissing(row[column])) && rows.Any(row => SideRanges.Percent.Parse(row[column]) is not null))];
        if (numbers.Length == 1)
            return Taken(layout, numbers[0], "the only number from 0 to 100");
        return layout with
        {
            Fault = numbers.Length == 0 && columns.Any(column => rows.All(row => IsMissing(row[column]))) ? "a GPU log without header and without a number"
                : "a GPU log without header and units, in which more than one column or none can be the utilization; record with --format=csv, or with 'noheader' alone",
        };
    }

    private static GpuLogLayout Taken(GpuLogLayout layout, int column, string why) => layout with
    {
        Utilization = column,
        Remark = FormattableString.Invariant($"no header: column {column + 1}, {why}, was taken for utilization.gpu"),
    };

    /// <summary>True for what nvidia-smi writes in place of a number.</summary>
    public static bool IsMissing(string field) => field is "" or "-" or "N/A" or "ERR!" || field is ['[', .., ']'];

    // 0, 1, 2, 0, 1, 2, ...: the index of each of several GPUs.
    private static bool Cycles(string[][] rows, int column)
    {
        int count = 0;
        while (count < rows.Length && rows[count][column] == count.ToString(CultureInfo.InvariantCulture))
            count++;
        return count > 1 && count < rows.Length && Enumerable.Range(0, rows.Length).All(i => rows[i][column] == (i % count).ToString(CultureInfo.InvariantCulture));
    }

    // 00000000:3B:00.0
    private static bool IsBusAddress(string field) =>
        field.Length is 12 or 16 && field[^2] == '.' && field[^5] == ':' && field[^8] == ':' && field.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.');
}
