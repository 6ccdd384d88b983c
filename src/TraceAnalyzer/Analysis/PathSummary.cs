using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>Folds the call stacks of a device's requests into the paths that issued them.</summary>
internal static class PathSummary
{
    /// <summary>Requests by path, most bytes first; empty if no request has a stack.</summary>
    public static PathUse[] Paths(IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations, StackTable? stacks)
    {
        var paths = new SortedDictionary<string, ClassCounts>(StringComparer.Ordinal);
        bool hasStacks = false;
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
        {
            foreach ((int number, Use use) in accumulators.Use.ByStack)
            {
                hasStacks |= number > 0;
                string path = number > 0 && stacks is not null ? KernelPaths.Of(stacks.Frames(number)) : KernelPaths.NoStack;
                paths[path] = paths.GetValueOrDefault(path) + ClassCounts.Of(key.Class, use.Counts);
            }
        }

        if (!hasStacks)
            return [];
        long allBytes = paths.Values.Sum(counts => counts.Bytes);
        return [.. paths.OrderByDescending(path => path.Value.Bytes).Select(path => new PathUse(
            path.Key, KernelPaths.Meaning(path.Key), path.Value.Read.Requests, path.Value.Read.Bytes, path.Value.Write.Requests, path.Value.Write.Bytes, path.Value.OtherRequests,
            allBytes == 0 ? null : (double)path.Value.Bytes / allBytes))];
    }

    /// <summary>Each different stack of each class, ordered by class and text: what flame graphs are drawn from.</summary>
    public static FoldedStack[] Folded(IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations, StackTable? stacks)
    {
        if (stacks is null)
            return [];
        var folded = new SortedDictionary<(OperationClass Class, string Frames), IoCounts>(
            Comparer<(OperationClass Class, string Frames)>.Create(static (left, right) =>
                left.Class != right.Class ? left.Class.CompareTo(right.Class) : string.CompareOrdinal(left.Frames, right.Frames)));
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
        {
            foreach ((int number, Use use) in accumulators.Use.ByStack.Where(stack => stack.Stack > 0))
            {
                string frames = string.Join(';', stacks.Frames(number).Reverse());
                folded[(key.Class, frames)] = folded.GetValueOrDefault((key.Class, frames)) + use.Counts;
            }
        }

        return [.. folded.Select(pair => new FoldedStack(pair.Key.Class, pair.Key.Frames, pair.Value.Requests, pair.Value.Bytes))];
    }
}
