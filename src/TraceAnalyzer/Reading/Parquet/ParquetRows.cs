using System.Text;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Turns the texts of rows into values, remembering those it met: there are few devices, operations and processes.</summary>
internal sealed class ParquetRows
{
    private readonly Dictionary<string, DeviceId> _devices = [];
    private readonly Dictionary<string, Rwbs?> _rwbs = [];
    private readonly Dictionary<string, BlockAction> _actions = [];

    private readonly Dictionary<int, string> _names = [];

    /// <summary>The least and the greatest time that makes sense, a hundred years from zero: differences of any two fit a number.</summary>
    private const long LimitNs = 1L << 61;

    /// <summary>Device of the rows of a file without a column that names it.</summary>
    public DeviceId DeviceOfFolder { get; set; } = DeviceId.Unknown;

    /// <summary>Names of processes that rows told, where they are new; whoever takes them out has to tell them.</summary>
    public Queue<NamedProcess> Named { get; } = [];

    /// <summary>True if a time can be one, or is none.</summary>
    public static bool IsTime(long? timeNs) => timeNs is null or (> -LimitNs and < LimitNs);

    /// <summary>The device of a row.</summary>
    /// <param name="column">The column of devices; null if the file has none.</param>
    /// <param name="row">The row.</param>
    public DeviceId DeviceOf(string?[]? column, int row) => column is null ? DeviceOfFolder : DeviceOf(column[row]);

    /// <summary>A device; the unknown one for none or a text that is none.</summary>
    public DeviceId DeviceOf(string? text)
    {
        if (text is null)
            return DeviceId.Unknown;
        if (!_devices.TryGetValue(text, out DeviceId device))
        {
            device = DeviceId.TryParse(text, out DeviceId parsed) ? parsed : DeviceId.Unknown;
            _devices.Add(text, device);
        }

        return device;
    }

    /// <summary>An rwbs string; null for a text that is none.</summary>
    public Rwbs? RwbsOf(string? text)
    {
        if (text is null)
            return null;
        if (!_rwbs.TryGetValue(text, out Rwbs? rwbs))
        {
            rwbs = Rwbs.TryParse(Encoding.UTF8.GetBytes(text), out Rwbs parsed) ? parsed : null;
            _rwbs.Add(text, rwbs);
        }

        return rwbs;
    }

    /// <summary>An action by its letters.</summary>
    public BlockAction ActionOf(string? text)
    {
        if (text is null)
            return BlockAction.Unknown;
        if (!_actions.TryGetValue(text, out BlockAction action))
        {
            action = Enum.GetValues<BlockAction>().FirstOrDefault(known => known.Letter() == text);
            _actions.Add(text, action);
        }

        return action;
    }

    /// <summary>Fills in what requests and events have in common.</summary>
    /// <returns>False if the row makes no sense.</returns>
    public bool TryFill(ref BlockEvent e, string? rwbs, string? @class, long? sector, long? lengthBytes, long? pid, long? cpu, string? process, long? timeNs)
    {
        if (RwbsOf(rwbs) is not { } letters || sector is not (>= 0 and <= (long)BlockEvent.MaxSector) || lengthBytes is not (>= 0 and <= uint.MaxValue) || cpu is < 0 or > ushort.MaxValue || pid is < int.MinValue or > int.MaxValue)
            return false;
        e.Rwbs = letters;

        // "other" with the letters of a read: a passthrough command, which has bytes but no sectors.
        bool isPassthrough = @class == OperationClass.Other.Name() && letters.Class != OperationClass.Other;
        e.Class = isPassthrough ? OperationClass.Other : letters.Class;
        e.Sector = (ulong)sector.Value;
        e.LengthBytes = (uint)lengthBytes.Value;
        e.LengthSectors = isPassthrough ? 0 : e.LengthBytes / BlockEvent.SectorBytes;
        e.Pid = pid is null ? BlockEvent.UnknownPid : (int)pid;
        e.Cpu = cpu is null ? BlockEvent.UnknownCpu : (ushort)cpu;
        if (process is not null && pid is not null && !(_names.TryGetValue(e.Pid, out string? known) && known == process))
        {
            _names[e.Pid] = process;
            Named.Enqueue(new NamedProcess(timeNs ?? long.MinValue, e.Pid, process));
        }

        return true;
    }
}
