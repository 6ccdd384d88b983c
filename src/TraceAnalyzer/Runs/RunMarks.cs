using System.Text.Json;

namespace TraceAnalyzer.Runs;

/// <summary>Moments a workload noted while it ran (<c>marks.json</c> of the captures made under NVMeVirt).</summary>
/// <param name="Marks">The moments, in the order noted.</param>
public sealed record RunMarks(IReadOnlyList<RunMark> Marks)
{
    /// <summary>Shape of the tensors that the workload used, all alike; empty if it did not say.</summary>
    public IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>Their element type; null if it did not say.</summary>
    public string? Dtype { get; init; }

    internal static bool IsMarks(JsonElement root) => JsonText.Items(root, "marks").Any(mark => JsonText.Long(mark, "ns") is not null);

    internal static RunMarks FromJson(JsonElement root) => new(
    [
        .. JsonText.Items(root, "marks")
            .Where(mark => JsonText.Long(mark, "ns") is not null)
            .Select(mark => new RunMark(
                JsonText.Long(mark, "ns")!.Value,
                JsonText.Text(mark, "what") ?? "",
                JsonText.Integer(mark, "layer"),
                JsonText.Integer(mark, "step") ?? JsonText.Integer(mark, "it"))),
    ])
    {
        Shape = [.. JsonText.Items(root, "shape").Select(length => length.TryGetInt64(out long value) ? value : 0)],
        Dtype = JsonText.Text(root, "dtype"),
    };
}

/// <summary>One noted moment.</summary>
/// <param name="MonotonicNs">On the monotonic clock, in nanoseconds.</param>
/// <param name="What">What begins here.</param>
/// <param name="Layer">Of which layer, from 0; null if of none.</param>
/// <param name="Step">Of which decode step or iteration, from 0; null if of none.</param>
public sealed record RunMark(long MonotonicNs, string What, int? Layer, int? Step);
