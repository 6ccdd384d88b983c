using System.Globalization;
using System.Runtime.InteropServices;
using TraceAnalyzer.Reading;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Gpu;

/// <summary>Reads a GPU log line by line and tells its GPUs apart.</summary>
internal sealed class GpuLogReader
{
    private const int MostGpus = 1024;
    private const int MostWords = 8;
    private const int MostFirstLines = 256;

    // A time of day that is so much earlier than the one before it is on the next day.
    private static readonly TimeSpan s_halfADay = TimeSpan.FromHours(12);

    private readonly List<GpuRow> _rows = [];
    private readonly Dictionary<string, int> _gpus = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly List<string> _remarks = [];
    private GpuLogLayout _layout = null!;
    private TimeSpan _lastTimeOfDay;
    private int _days;
    private int _notUnderstood;
    private int _beyond;
    private int _incomplete;

    /// <summary>The layout of a log that begins with these lines; null if it is none.</summary>
    public static GpuLogLayout? LayoutOf(IEnumerable<string> firstLines) => GpuLogLayout.Of(firstLines);

    /// <summary>Reads a log from its first line on.</summary>
    /// <exception cref="TraceException">It is not a GPU log, or lacks what is needed.</exception>
    public GpuLog Read(TextReader text)
    {
        var first = new List<string>();
        int characters = 0;
        while (first.Count < MostFirstLines && characters < TraceFormat.SniffBytes && text.ReadLine() is { } line)
        {
            first.Add(line);
            characters += line.Length;
        }

        _layout = LayoutOf(first) ?? throw new TraceException($"not a GPU log: expected a header with timestamp and utilization.gpu [%], found '{SideRemarks.Shortened(first.FirstOrDefault(""))}'");
        if (_layout.Fault is { } fault)
            throw new TraceException(fault);
        if (_layout.Remark is { } remark)
            _remarks.Add(remark);
        foreach (string line in first.Skip(_layout.HeaderLines))
            Add(line);
        while (text.ReadLine() is { } line)
            Add(line);
        GpuSeries[] gpus = Series();
        Conclude(gpus);
        return new GpuLog(gpus, _notUnderstood + _words.Values.Sum() + _beyond + _incomplete) { Remarks = _remarks, HasDate = !_layout.IsAligned || _layout.Date >= 0 };
    }

    private void Add(string line)
    {
        // dmon repeats its header.
        if (line.Length == 0 || (_layout.IsAligned && line.StartsWith('#')))
            return;
        string[] fields = _layout.Split(line);
        if (fields.Length != _layout.Fields || !TryParseTime(fields, out DateTime time))
        {
            // So does a log that was continued.
            if (fields.Length != _layout.Fields || !fields[Math.Max(0, _layout.Time)].Equals("timestamp", StringComparison.OrdinalIgnoreCase))
                _notUnderstood++;
            return;
        }

        if (PercentOf(fields[_layout.Utilization]) is not { } percent)
        {
            string word = SideRemarks.Shortened(fields[_layout.Utilization]);
            CollectionsMarshal.GetValueRefOrAddDefault(_words, _words.Count < MostWords || _words.ContainsKey(word) ? word : "other", out _)++;
        }
        else if (_rows.Count == SideRanges.MostRows)
        {
            _beyond++;
        }
        else
        {
            _rows.Add(new GpuRow(time, percent, GpuOf(fields)));
        }
    }

    private bool TryParseTime(string[] fields, out DateTime time)
    {
        if (!_layout.IsAligned)
            return GpuLogLayout.TryParseTime(fields[_layout.Time], out time);
        time = default;
        if (!TimeSpan.TryParseExact(fields[_layout.Time], @"hh\:mm\:ss", CultureInfo.InvariantCulture, out TimeSpan timeOfDay))
            return false;
        if (_layout.Date >= 0)
        {
            if (!DateTime.TryParseExact(fields[_layout.Date], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date))
                return false;
            time = date + timeOfDay;
            return GpuLogLayout.IsInRange(time);
        }

        if (_lastTimeOfDay - timeOfDay > s_halfADay)
            _days++;
        _lastTimeOfDay = timeOfDay;
        time = DateTime.UnixEpoch.AddDays(_days) + timeOfDay;
        return true;
    }

    // "37 %", or "37" with nounits, "37,5 %" in other languages. A cut "37" of the last line cannot be told from it, "3" of "37" neither.
    private static double? PercentOf(string field) => SideRanges.Percent.Parse(field.AsSpan().TrimEnd("% ").ToString().Replace(',', '.'));

    private int GpuOf(string[] fields)
    {
        string key = _layout.Index >= 0 ? fields[_layout.Index] : _layout.Identity >= 0 ? fields[_layout.Identity] : _layout.Name >= 0 ? fields[_layout.Name] : "";
        if (_gpus.TryGetValue(key, out int gpu))
            return gpu;
        if (_gpus.Count == MostGpus)
            throw new TraceException(FormattableString.Invariant($"names more than {MostGpus} GPUs; the columns are not those of a GPU log"));
        _gpus.Add(key, _gpus.Count);
        return _gpus.Count - 1;
    }

    private GpuSeries[] Series()
    {
        bool isNamed = _layout.Index >= 0 || _layout.Identity >= 0;
        var series = new List<GpuSeries>();
        ILookup<int, GpuRow> rowsOf = _rows.ToLookup(row => row.Gpu);
        foreach ((string key, int gpu) in _gpus)
        {
            GpuRow[] rows = [.. rowsOf[gpu]];
            if (isNamed)
                series.Add(Sorted(_layout.Index >= 0 ? $"GPU {SideRemarks.Shortened(key)}" : SideRemarks.Shortened(key), rows));
            else
                series.AddRange(Apart(key, rows));
        }

        if (_layout.Index >= 0)
            series.Sort((one, other) => one.Name!.Length != other.Name!.Length ? one.Name.Length - other.Name.Length : string.CompareOrdinal(one.Name, other.Name));
        return [.. series];
    }

    private IEnumerable<GpuSeries> Apart(string name, GpuRow[] rows)
    {
        int[] gpus = new int[rows.Length];
        int count = GpuBursts.Split(Array.ConvertAll(rows, row => row.LocalTime), gpus);
        int incomplete = gpus.Count(gpu => gpu < 0);
        if (count > 1)
        {
            _remarks.Add(FormattableString.Invariant($"no column tells the GPUs{(name.Length > 0 ? $" called '{SideRemarks.Shortened(name)}'" : "")} apart: the {count} rows of each sample were taken for GPU 0 to {count - 1} in this order"));
            if (incomplete > 0)
                _remarks.Add(FormattableString.Invariant($"{incomplete} {(incomplete == 1 ? "line" : "lines")} of samples that do not have a row for each GPU, skipped"));
            _incomplete += incomplete;
        }

        string? prefix = name.Length == 0 ? "GPU" : SideRemarks.Shortened(name);
        for (int gpu = 0; gpu < count; gpu++)
        {
            int number = gpu;
            string? label = count > 1 ? FormattableString.Invariant($"{prefix} {gpu}") : name.Length > 0 ? prefix : null;
            yield return Sorted(label, [.. rows.Where((_, i) => gpus[i] == number)]);
        }
    }

    // A clock that was set back, or a daylight-saving change.
    private GpuSeries Sorted(string? name, GpuRow[] rows)
    {
        int back = 0;
        for (int i = 1; i < rows.Length; i++)
            back += rows[i].LocalTime < rows[i - 1].LocalTime ? 1 : 0;
        if (back > 0)
        {
            _remarks.Add(FormattableString.Invariant($"{back} {(back == 1 ? "sample is" : "samples are")} earlier than the one before; sorted by time"));
            rows = [.. rows.OrderBy(row => row.LocalTime)];
        }

        return new GpuSeries(name, Array.ConvertAll(rows, row => new GpuSample(row.LocalTime, row.Percent)));
    }

    private void Conclude(GpuSeries[] gpus)
    {
        if (_words.Count > 0)
        {
            string which = string.Join(", ", _words.OrderByDescending(word => word.Value).Select(word => FormattableString.Invariant($"{word.Value} {(word.Value == 1 ? "line" : "lines")} '{word.Key}'")));
            _remarks.Insert(gpus.Length == 0 ? 0 : _remarks.Count, $"{(gpus.Length == 0 ? "no line has a utilization" : "without a utilization")}: {which}");
        }
        else if (gpus.Length == 0)
        {
            _remarks.Insert(0, "no line has a utilization");
        }

        if (_notUnderstood > 0)
            _remarks.Add(FormattableString.Invariant($"{_notUnderstood} {(_notUnderstood == 1 ? "line" : "lines")} not understood and skipped"));
        if (_beyond > 0)
            _remarks.Add(FormattableString.Invariant($"{_beyond} samples beyond the first {SideRanges.MostRows} left out"));
    }
}
