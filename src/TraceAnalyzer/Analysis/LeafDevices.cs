using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>Which devices of a trace served its I/O (docs/analyses/devices.md): those that issue requests and are not made of others, so that no request counts twice.</summary>
/// <param name="Devices">The devices.</param>
/// <param name="LeftOut">The others that did something, with the reason.</param>
internal sealed record LeafDevices(DeviceReport[] Devices, string[] LeftOut)
{
    private const int MostSentences = 20;
    private const uint LoopMajor = 7;

    /// <summary>Finds them.</summary>
    /// <param name="devices">All devices of the trace.</param>
    /// <param name="madeOfOthers">Those that the trace's remaps or the run show to be made of others.</param>
    public static LeafDevices Of(DeviceReport[] devices, IReadOnlySet<DeviceId> madeOfOthers)
    {
        DeviceReport[] counted = [.. devices.Where(device => device.Transfers is { Overview.Requests: > 0 })];
        bool issues = counted.Any(Issues);
        bool hasOthersThanLoops = counted.Any(device => Issues(device) && !IsLoop(device) && !IsMade(device));
        var leaves = new List<DeviceReport>();
        var leftOut = new List<string>();
        foreach (DeviceReport device in devices.Where(device => device.Actions.Length > 0))
        {
            string? why = IsMade(device) ? "is made of other devices, to which its requests go"
                : issues && !Issues(device) && Queues(device) ? "queues requests and issues none, as devices do that are made of others"
                : IsLoop(device) && hasOthersThanLoops ? "is a loop device, whose file may lie on the others"
                : null;
            if (why is not null)
                leftOut.Add($"{device.Label()} {why}: its requests are not counted again.");
            else if (counted.Contains(device))
                leaves.Add(device);
        }

        if (leftOut.Count > MostSentences)
            leftOut = [.. leftOut.Take(MostSentences), $"So are {Units.Count(leftOut.Count - MostSentences)} more."];
        return new LeafDevices([.. leaves], [.. leftOut]);

        bool IsMade(DeviceReport device) => DeviceId.TryParse(device.Device, out DeviceId id) && madeOfOthers.Contains(id);
    }

    /// <summary>True if there are several of which each matters: at least two moved a tenth of what the busiest did.</summary>
    public bool AreSeveral => Devices.Length > 1 && Devices.Max(device => device.TransferredBytes) is > 0 and var most && Devices.Count(device => 10 * (Int128)device.TransferredBytes >= most) > 1;

    private static bool Issues(DeviceReport device) => Has(device, BlockAction.Issue);

    private static bool Queues(DeviceReport device) => Has(device, BlockAction.Queue) && Has(device, BlockAction.Complete);

    private static bool Has(DeviceReport device, BlockAction action) => device.Actions.Any(count => count.Action == action.Name() && count.Count > 0);

    private static bool IsLoop(DeviceReport device) => DeviceId.TryParse(device.Device, out DeviceId id) && id.Major == LoopMajor;
}
