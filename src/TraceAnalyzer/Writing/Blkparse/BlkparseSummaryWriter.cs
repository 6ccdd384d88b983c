using System.Globalization;

namespace TraceAnalyzer.Writing.Blkparse;

/// <summary>
/// The summary that blkparse prints below the events, with its habits: bytes in KiB, from a million on divided by 1000 and called MiB; discards counted as
/// writes; sequence numbers that are missing as skips, but not of a per-CPU set.
/// </summary>
internal sealed class BlkparseSummaryWriter(OutputBuffer output, bool countsSkips)
{
    private readonly List<Device> _devices = [];
    private Device? _last;

    /// <summary>Counts an event.</summary>
    public void Add(in BlockEvent e, long timeNs, bool isPassthrough)
    {
        Device device = DeviceOf(e.Device);
        BlkparseCounts cpu = device.Saw(e, timeNs);
        bool isWrite = e.Rwbs.Class is OperationClass.Write or OperationClass.Discard;
        int direction = isWrite ? 1 : 0;
        cpu.Add(e.Action, direction, e.LengthBytes, isPassthrough);
        if (e.Action == BlockAction.Issue)
            device.Issue(direction);
        else if (e.Action is BlockAction.Complete or BlockAction.Requeue)
            device.End(direction);
        if (countsSkips)
            device.Observe(cpu, e.Sequence);
    }

    /// <summary>Counts a message.</summary>
    public void AddMessage(in BlockEvent e, long timeNs) => DeviceOf(e.Device).Saw(e, timeNs);

    /// <summary>Writes the summary.</summary>
    /// <param name="name">Name of the first device; the others, or all if it is null, are called by their numbers.</param>
    public void Write(string? name)
    {
        for (int i = 0; i < _devices.Count; i++)
        {
            if (i > 0)
                output.Append((byte)'\n');
            Write(_devices[i], i == 0 && name is not null ? name : _devices[i].Id.ToString());
        }
    }

    private Device DeviceOf(DeviceId id)
    {
        if (_last is not null && _last.Id == id)
            return _last;
        _last = _devices.Find(device => device.Id == id);
        if (_last is null)
            _devices.Add(_last = new Device(id));
        return _last;
    }

    private void Write(Device device, string name)
    {
        var total = new BlkparseCounts();
        BlkparseCounts[] cpus = [.. device.Cpus.Where(cpu => cpu is { Events: > 0 })!];
        for (int i = 0; i < device.Cpus.Count; i++)
        {
            if (device.Cpus[i] is not { Events: > 0 } cpu)
                continue;
            Line($"CPU{i} ({name}):");
            Write(cpu, device);
            total.Add(cpu);
        }

        if (cpus.Length > 1)
        {
            Line("");
            Line($"Total ({name}):");
            Write(total, device: null);
        }

        long ms = (device.LastNs - device.FirstNs) / 1_000_000;
        Line("");
        Line($"Throughput (R/W): {Rate(total.Completed[0], ms)}KiB/s / {Rate(total.Completed[1], ms)}KiB/s");
        Line($"Events ({name}): {device.Events} entries");
        double share = device.SkippedEvents == 0 ? 0 : 100.0 * device.SkippedEvents / (device.Events + device.SkippedEvents);
        Line($"Skips: {device.Skips} forward ({device.SkippedEvents} - {share,5:F1}%)");
    }

    private void Write(BlkparseCounts counts, Device? device)
    {
        Line($" Reads Queued:    {Sized(counts.Queued[0])}\t Writes Queued:    {Sized(counts.Queued[1])}");
        Line($" Read Dispatches: {Sized(counts.Issued[0])}\t Write Dispatches: {Sized(counts.Issued[1])}");
        Line($" Reads Requeued:  {Short(counts.Requeued[0])}\t\t Writes Requeued:  {Short(counts.Requeued[1])}");
        Line($" Reads Completed: {Sized(counts.Completed[0])}\t Writes Completed: {Sized(counts.Completed[1])}");
        Line($" Read Merges:     {Sized(counts.Merged[0])}\t Write Merges:     {Sized(counts.Merged[1])}");
        if (device is not null)
            Line($" Read depth:      {device.MaxDepth[0],8}{' ',8}\t Write depth:      {device.MaxDepth[1],8}");
        if (counts.HasPassthrough)
        {
            Line($" PC Reads Queued: {Sized(counts.PassthroughQueued[0])}\t PC Writes Queued: {Sized(counts.PassthroughQueued[1])}");
            Line($" PC Read Disp.:   {Sized(counts.PassthroughIssued[0])}\t PC Write Disp.:   {Sized(counts.PassthroughIssued[1])}");
            Line($" PC Reads Req.:   {Short(counts.PassthroughRequeued[0])}\t\t PC Writes Req.:   {Short(counts.PassthroughRequeued[1])}");
            Line($" PC Reads Compl.: {Short(counts.PassthroughCompleted[0])}\t\t PC Writes Compl.: {Short(counts.PassthroughCompleted[1])}");
        }

        Line($" IO unplugs:      {counts.Unplugs,8}{' ',8}\t Timer unplugs:    {counts.TimerUnplugs,8}");
    }

    private void Line(FormattableString text)
    {
        output.AppendUtf8(text.ToString(CultureInfo.InvariantCulture));
        output.Append((byte)'\n');
    }

    private void Line(string text)
    {
        output.AppendUtf8(text);
        output.Append((byte)'\n');
    }

    private static string Sized(BlkparseCounts.Sum sum) => $"{Short(sum.Count)}, {Short(sum.Kib + (sum.RestBytes >> 10), "KMGP")}iB";

    private static string Short(long number) => Short(number, " KMGP");

    // From a million on in thousands, whatever the unit says.
    private static string Short(long number, string units)
    {
        int unit = 0;
        while (number > 1_000_000 && unit < units.Length - 1)
        {
            unit++;
            number /= 1000;
        }

        string digits = number.ToString(CultureInfo.InvariantCulture).PadLeft(8);
        return units[unit] == ' ' ? digits : digits + units[unit];
    }

    private static long Rate(BlkparseCounts.Sum sum, long ms) => ms == 0 ? 0 : ((1000 * sum.Kib) + sum.RestBytes) / ms;

    private sealed class Device(DeviceId id)
    {
        private readonly long[] _depth = new long[2];

        public DeviceId Id { get; } = id;

        public List<BlkparseCounts?> Cpus { get; } = [];

        public long[] MaxDepth { get; } = new long[2];

        public long Events { get; private set; }

        public long FirstNs { get; private set; }

        public long LastNs { get; private set; }

        public long Skips { get; private set; }

        public long SkippedEvents { get; private set; }

        public BlkparseCounts Saw(in BlockEvent e, long timeNs)
        {
            if (Events++ == 0)
                FirstNs = timeNs;
            LastNs = timeNs;
            int number = e.Cpu == BlockEvent.UnknownCpu ? 0 : e.Cpu;
            while (Cpus.Count <= number)
                Cpus.Add(null);
            BlkparseCounts cpu = Cpus[number] ??= new BlkparseCounts();
            cpu.Events++;
            return cpu;
        }

        public void Issue(int direction)
        {
            _depth[direction]++;
            MaxDepth[direction] = Math.Max(MaxDepth[direction], _depth[direction]);
        }

        public void End(int direction) => _depth[direction] = Math.Max(0, _depth[direction] - 1);

        public void Observe(BlkparseCounts cpu, uint sequence)
        {
            if (cpu.LastSequence is { } last && sequence > last + 1L)
            {
                Skips++;
                SkippedEvents += sequence - last - 1L;
            }

            cpu.LastSequence = sequence;
        }
    }
}
