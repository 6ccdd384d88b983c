using System.Text;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Turns the texts of rows into values, remembering those it met: there are few devices, operations and processes.</summary>
internal sealed class ParquetRows
{
    private readonly Dictionary<string, DeviceId> _devices = [];
    private readonly Dictionary<string, Rwbs?> _rwbs = [];
    private readonly Dictionary<string, BlockAction> _actions = [];

    /// <summary>Names of processes that the rows told since they were last taken.</summary>
    public Dictionary<int, string> Processes { get; } = [];

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
    public bool TryFill(ref BlockEvent e, string? rwbs, string? @class, long? sector, long? lengthBytes, long? pid, long? cpu, string? process)
    {
        if (RwbsOf(rwbs) is not { } letters || sector is null || lengthBytes is not (>= 0 and <= uint.MaxValue) || cpu is < 0 or > ushort.MaxValue || pid is < int.MinValue or > int.MaxValue)
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
        if (process is not null && pid is not null)
            Processes[e.Pid] = process;
        return true;
    }
}
