using System.Text.Json;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>Moments a workload noted while it ran (<c>marks.json</c> of the captures made under NVMeVirt).</summary>
/// <param name="Marks">The moments, in the order noted.</param>
public sealed record RunMarks(IReadOnlyList<RunMark> Marks)
{
    /// <summary>Shape of the tensors that the workload used, all alike; empty if it did not say.</summary>
    public IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>Their element type; null if it did not say.</summary>
    public string? Dtype { get; init; }

    internal static bool IsMarks(JsonElement root) => JsonText.Items(root, "marks").Any(mark => mark.ValueKind == JsonValueKind.Object && mark.TryGetProperty("ns", out _));

    internal static RunMarks FromJson(JsonElement root, SideRemarks remarks)
    {
        var marks = new List<RunMark>();
        foreach (JsonElement mark in JsonText.Items(root, "marks"))
        {
            if (JsonText.Number(mark, "ns", SideRanges.TimeNs, remarks) is { } ns)
            {
                marks.Add(new RunMark(
                    ns,
                    JsonText.Text(mark, "what") ?? "",
                    JsonText.Number(mark, "layer", SideRanges.Index, remarks),
                    JsonText.Number(mark, "step", SideRanges.Index, remarks) ?? JsonText.Number(mark, "it", SideRanges.Index, remarks)));
            }
        }

        return new RunMarks(marks) { Shape = TensorCatalogue.ShapeOf(root, remarks), Dtype = JsonText.Text(root, "dtype") };
    }
}

/// <summary>One noted moment.</summary>
/// <param name="MonotonicNs">On the monotonic clock, in nanoseconds.</param>
/// <param name="What">What begins here.</param>
/// <param name="Layer">Of which layer, from 0; null if of none.</param>
/// <param name="Step">Of which decode step or iteration, from 0; null if of none.</param>
public sealed record RunMark(long MonotonicNs, string What, int? Layer, int? Step);
