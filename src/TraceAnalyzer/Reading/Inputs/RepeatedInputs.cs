using TraceAnalyzer.Reading.Blktrace;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>
/// The one place that decides whether two inputs are one: the same file by two paths, which is read once, or the same content in two files (a copy, a packed copy,
/// the merged dump of a per-CPU set), which is refused, as nobody but the user knows which of them is meant.
/// </summary>
internal static class RepeatedInputs
{
    /// <summary>The parts without files that are in another of them; those that then have none are left out. Closes what is left out.</summary>
    /// <exception cref="TraceException">Two parts hold the same in different files.</exception>
    public static IReadOnlyList<TracePart> LeaveOut(IReadOnlyList<TracePart> parts)
    {
        if (parts.Count < 2)
            return parts;
        var seen = new HashSet<InputIdentity>();
        var repeated = new HashSet<TraceInput>(ReferenceEqualityComparer.Instance);

        // The run of a Parquet set is one input of many files, and so comes before one of these alone.
        foreach (TraceInput input in parts.SelectMany(part => part.Inputs).OrderByDescending(input => input.Identities.Count))
        {
            bool isNew = input.Identities.Count == 0;
            foreach (InputIdentity identity in input.Identities)
                isNew |= seen.Add(identity);
            if (!isNew)
                repeated.Add(input);
        }

        foreach (TraceInput input in repeated)
            input.Dispose();
        List<TracePart> left =
        [
            .. parts
                .Select(part => part.Inputs.Any(repeated.Contains) ? part with { Inputs = [.. part.Inputs.Where(input => !repeated.Contains(input))] } : part)
                .Where(part => part.Inputs.Count > 0),
        ];
        RefuseCopies(left);
        return left;
    }

    /// <summary>What two traces that are each to be a run of its own have in common.</summary>
    public static InputRelation Compare(TraceSource one, TraceSource other)
    {
        HashSet<InputIdentity> files = [.. one.Inputs.SelectMany(input => input.Identities)];
        HashSet<InputIdentity> others = [.. other.Inputs.SelectMany(input => input.Identities)];
        if (files.Count > 0 && files.SetEquals(others))
            return InputRelation.SameFiles;
        if (files.Overlaps(others))
            return InputRelation.SharedFiles;
        return BeginAlike(one.Inputs, other.Inputs) || FirstEvents.Of(one.Inputs).AreThoseOf(FirstEvents.Of(other.Inputs)) ? InputRelation.SameEvents : InputRelation.None;
    }

    private static void RefuseCopies(List<TracePart> parts)
    {
        FirstEvents[] first = parts.Count < 2 ? [] : [.. parts.Select(part => FirstEvents.Of(part.Inputs))];
        for (int i = 1; i < first.Length; i++)
        {
            for (int k = 0; k < i; k++)
            {
                if (BeginAlike(parts[i].Inputs, parts[k].Inputs) || first[i].AreThoseOf(first[k]))
                    throw new TraceException($"{Label(parts[i])} holds the same events as {Label(parts[k])}; name one of them");
            }
        }
    }

    // Of one file each: times make the first 64 KiB of every trace its own.
    private static bool BeginAlike(IReadOnlyList<TraceInput> ones, IReadOnlyList<TraceInput> others) =>
        ones is [{ First.IsEmpty: false } one] && others is [var other] && one.First.Span.SequenceEqual(other.First.Span);

    private static string Label(TracePart part) => part.Inputs is [var only] ? only.Path ?? only.Name : $"the per-CPU set {part.Name}";
}
