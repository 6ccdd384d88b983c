using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// {"critical_warning":0,"temperature":311,"avail_spare":100,"data_units_read":14523423,"data_units_written":18349022,"host_read_commands":1,"host_write_commands":2}
// {"Physical media units written":{"hi":0,"lo":14862708019200},"Physical media units read":{"hi":0,"lo":1},"Percent free blocks":99}
namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// Bytes that a drive says were written since it was made: <c>nvme smart-log -o json</c> (NVM Express Base Specification, SMART / Health Information, log 02h: data units of 1,000 blocks of 512 bytes)
/// or <c>nvme ocp smart-add-log -o json</c> (OCP Datacenter NVMe SSD Specification, log C0h: bytes). A copy before the run and one after say what it wrote.
/// </summary>
/// <param name="HostWriteBytes">Bytes that hosts wrote, in whole data units rounded up; null if the log does not say.</param>
/// <param name="MediaWriteBytes">Bytes that were written to the flash; null if the log does not say.</param>
public sealed record SmartLog(long? HostWriteBytes, long? MediaWriteBytes)
{
    /// <summary>Bytes of a data unit.</summary>
    public const long DataUnitBytes = 512_000;

    private const string DataUnits = "data_units_written";

    private static readonly string[] s_media = ["Physical media units written", "physical_media_units_written", "Physical Media Units Written"];
    private static readonly NumberRange<long> s_units = new(0, SideRanges.MostBytes / DataUnitBytes);
    private static readonly NumberRange<long> s_bytes = new(0, SideRanges.MostBytes);
    private static readonly NumberRange<long> s_none = new(0, 0);

    internal static bool IsLog(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && (s_media.Any(name => root.TryGetProperty(name, out _)) || (root.TryGetProperty(DataUnits, out _) && root.TryGetProperty("host_write_commands", out _)));

    internal static SmartLog FromJson(JsonElement root, SideRemarks remarks) => new(
        JsonText.Number(root, DataUnits, s_units, remarks) * DataUnitBytes,
        s_media.Select(name => Media(root, name, remarks)).FirstOrDefault(bytes => bytes is not null));

    // 128 bits in two halves, or a number.
    private static long? Media(JsonElement root, string name, SideRemarks remarks) => JsonText.Object(root, name) switch
    {
        { ValueKind: JsonValueKind.Object } halves => JsonText.Number(halves, "hi", s_none, remarks) is null ? null : JsonText.Number(halves, "lo", s_bytes, remarks),
        _ => JsonText.Number(root, name, s_bytes, remarks),
    };
}
