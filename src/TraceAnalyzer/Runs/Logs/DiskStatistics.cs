using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

//  259       0 nvme0n1 37230 0 9443170 598995 8139 777 2039288 850109 0 50764 1449105 0 0 0 0 0 0
// md0 78 0 2286 36 3895 0 894944 20304 0 1832 20340 0 0 0 0 0 0
namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// The kernel's own counters of block devices: a copy of <c>/proc/diskstats</c>, with the devices' numbers or without (kernel, Documentation/admin-guide/iostats.rst).
/// They count from the start of the machine, so that one copy says nothing of a run and two say what was moved between them.
/// </summary>
/// <param name="Disks">The devices, in the file's order.</param>
/// <param name="SkippedLines">Lines that are none.</param>
public sealed record DiskStatistics(IReadOnlyList<DiskCounters> Disks, int SkippedLines)
{
    // Reads, merged, sectors, milliseconds; the same of writes; in flight and two times. Newer kernels add discards and flushes.
    private const int LeastNumbers = 11;
    private const int ReadSectorsAt = 2;
    private const int WriteSectorsAt = 6;

    /// <summary>Values out of range and rows left out, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsStatistics(string firstLine) => HasShape(Words(firstLine), out _, out _);

    /// <summary>Reads the file from its beginning.</summary>
    public static DiskStatistics Read(TextReader text)
    {
        var disks = new List<DiskCounters>();
        int skipped = 0;
        int left = 0;
        int beyond = 0;
        while (text.ReadLine() is { } line)
        {
            if (CountersOf(line) is not { } disk)
            {
                skipped += line.AsSpan().IsWhiteSpace() ? 0 : 1;
                beyond += IsStatistics(line) ? 1 : 0;
            }
            else if (disks.Count < MostDisks)
                disks.Add(disk);
            else
                left++;
        }

        return new DiskStatistics(disks, skipped) { Remarks = [.. Remarked(left, beyond)] };
    }

    private static IEnumerable<string> Remarked(int left, int beyond)
    {
        if (left > 0)
            yield return FormattableString.Invariant($"more than {MostDisks} devices; {left} left out");
        if (beyond > 0)
            yield return FormattableString.Invariant($"{beyond} {(beyond == 1 ? "device has" : "devices have")} a counter of sectors above {SideRanges.Sector.Most}");
    }

    /// <summary>Devices that are kept: no machine has as many.</summary>
    internal const int MostDisks = 1 << 16;

    /// <summary>What each device that is in both moved between two copies; those whose counters go backwards, as after a restart, are left out.</summary>
    public static IReadOnlyList<DiskCounters> Between(IReadOnlyList<DiskCounters> before, IReadOnlyList<DiskCounters> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<string, DiskCounters> earlier = [];
        foreach (DiskCounters disk in before)
            earlier.TryAdd(disk.Name, disk);
        return
        [
            .. after.Where(disk => earlier.TryGetValue(disk.Name, out DiskCounters first) && disk.ReadSectors >= first.ReadSectors && disk.WriteSectors >= first.WriteSectors)
                .Select(disk => disk with { ReadSectors = disk.ReadSectors - earlier[disk.Name].ReadSectors, WriteSectors = disk.WriteSectors - earlier[disk.Name].WriteSectors }),
        ];
    }

    /// <summary>What a run.json or env.json says that devices moved while it was traced: texts of both times, counters of both, or their difference.</summary>
    internal static IReadOnlyList<DiskCounters> InEnvironment(JsonElement root, SideRemarks remarks)
    {
        if (JsonText.Text(root, "diskstats_start") is { } start && JsonText.Text(root, "diskstats_stop") is { } stop)
            return Between(Read(new StringReader(start)).Disks, Read(new StringReader(stop)).Disks);
        JsonElement trace = JsonText.Object(root, "trace");
        JsonElement each = JsonText.Object(trace, "diskstats_delta");
        if (each.ValueKind == JsonValueKind.Object)
            return [.. JsonText.Members(each).Select(disk => Counters(disk.Name, Device(JsonText.Object(JsonText.Object(root, "env"), disk.Name)), disk.Value, remarks)).OfType<DiskCounters>().Take(MostDisks)];
        JsonProperty[] traces = [.. JsonText.Members(JsonText.Object(root, "traces")).Take(2)];
        if (traces.Length == 1)
        {
            JsonElement device = JsonText.Object(root, "device");
            return Counters(JsonText.Text(device, "name") ?? "", Device(device), JsonText.Object(traces[0].Value, "diskstats_delta"), remarks) is { } disk ? [disk] : [];
        }

        return
        [
            .. JsonText.Members(JsonText.Object(trace, "devices"))
                .Select(disk => Counters(disk.Name, Device(disk.Value), JsonText.Object(disk.Value, "diskstats_delta"), remarks)).OfType<DiskCounters>().Take(MostDisks),
        ];
    }

    private static DeviceId? Device(JsonElement element) => DeviceId.TryParse(JsonText.Text(element, "dev")?.Replace(':', ','), out DeviceId device) ? device : null;

    private static DiskCounters? Counters(string name, DeviceId? device, JsonElement counters, SideRemarks remarks)
    {
        long? Number(string name, string otherName) => JsonText.Number(counters, name, SideRanges.Sector, remarks) ?? JsonText.Number(counters, otherName, SideRanges.Sector, remarks);
        return Number("sectors_read", "read_sectors") is { } read && Number("sectors_written", "write_sectors") is { } written ? new DiskCounters(name, device, read, written) : null;
    }

    private static DiskCounters? CountersOf(string line)
    {
        string[] words = Words(line);
        return HasShape(words, out int first, out DeviceId? device)
            && SideRanges.Sector.Parse(words[first + ReadSectorsAt]) is { } read && SideRanges.Sector.Parse(words[first + WriteSectorsAt]) is { } written
            ? new DiskCounters(words[first - 1], device, read, written)
            : null;
    }

    private static string[] Words(string line) => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);

    // What a line is does not depend on how large its numbers are.
    private static bool HasShape(string[] words, out int first, out DeviceId? number)
    {
        DeviceId device = default;
        bool isNumbered = words.Length > 3 && DeviceId.TryParse($"{words[0]},{words[1]}", out device);
        first = isNumbered ? 3 : 1;
        number = isNumbered ? device : null;
        if (words.Length < first + LeastNumbers || !words[first - 1].Any(char.IsLetter))
            return false;
        foreach (string word in words.AsSpan(first))
        {
            if (word.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
                return false;
        }

        return true;
    }
}

/// <summary>Counters of one block device, or what they rose by.</summary>
/// <param name="Name">Its name, such as <c>nvme0n1</c>.</param>
/// <param name="Device">Its number; null if the file does not have it.</param>
/// <param name="ReadSectors">Sectors of 512 bytes read.</param>
/// <param name="WriteSectors">Sectors written.</param>
public readonly record struct DiskCounters(string Name, DeviceId? Device, long ReadSectors, long WriteSectors);
