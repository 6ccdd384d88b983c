using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Findings.Limits;

/// <summary>What a device can do at a run's own request sizes and at its depth or deeper, by what was measured.</summary>
internal static class SurfaceReference
{
    /// <summary>The reference; null if nothing was measured that bears on what the run moved.</summary>
    public static LimitReference? Of(LimitFacts facts, double? meanBusyDepth)
    {
        if (facts.Surface is not { } surface || meanBusyDepth is not (> 0 and var depth))
            return null;
        SurfaceValue? read = facts is { ReadBytes: > 0, ReadSizeBytes: > 0 } ? surface.Most(isWrite: false, facts.ReadSizeBytes, depth) : null;
        SurfaceValue? write = facts is { WriteBytes: > 0, WriteSizeBytes: > 0 } ? surface.Most(isWrite: true, facts.WriteSizeBytes, depth) : null;
        if (read is null && write is null)
            return null;

        // A few writes beside reads decide nothing.
        double few = LimitRules.MostUnstated * (facts.ReadBytes + (double)facts.WriteBytes);
        SurfaceValue?[] deciding = [facts.ReadBytes > few ? read : null, facts.WriteBytes > few ? write : null];
        string[] words = [.. read is { } ofReads ? (string[])[write is null ? ofReads.Words : $"reading, {ofReads.Words}"] : [], .. write is { } ofWrites ? (string[])[$"writing, {ofWrites.Words}"] : []];
        return new LimitReference(string.Join(", ", surface.Files), read?.BytesPerSecond, write?.BytesPerSecond, deciding.Any(value => value?.Bound == SurfaceBound.AtLeast))
        {
            IsUpperBound = deciding.Any(value => value?.Bound == SurfaceBound.AtMost),
            Points = $"{string.Join("; ", words)}; {string.Join(", ", surface.Files)}",
            ReadBytesPerSecondAtDepth = read is null ? null : surface.At(isWrite: false, facts.ReadSizeBytes, depth)?.BytesPerSecond,
            WriteBytesPerSecondAtDepth = write is null ? null : surface.At(isWrite: true, facts.WriteSizeBytes, depth)?.BytesPerSecond,
        };
    }
}
