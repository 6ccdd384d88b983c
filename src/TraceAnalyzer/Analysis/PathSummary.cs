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
        var paths = new SortedDictionary<string, PathUse>(StringComparer.Ordinal);
        bool hasStacks = false;
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
        {
            foreach ((int number, Use use) in accumulators.Use.ByStack)
            {
                hasStacks |= number > 0;
                string path = number > 0 && stacks is not null ? KernelPaths.Of(stacks.Frames(number)) : KernelPaths.NoStack;
                PathUse sum = paths.GetValueOrDefault(path) ?? new PathUse(path, KernelPaths.Meaning(path), 0, 0, 0, 0, 0, null);
                paths[path] = key.Class switch
                {
                    OperationClass.Read => sum with { ReadRequests = sum.ReadRequests + use.Requests, ReadBytes = sum.ReadBytes + use.Bytes },
                    OperationClass.Write => sum with { WriteRequests = sum.WriteRequests + use.Requests, WriteBytes = sum.WriteBytes + use.Bytes },
                    _ => sum with { OtherRequests = sum.OtherRequests + use.Requests },
                };
            }
        }

        if (!hasStacks)
            return [];
        long allBytes = paths.Values.Sum(path => path.ReadBytes + path.WriteBytes);
        return [.. paths.Values
            .Select(path => path with { ShareOfBytes = allBytes == 0 ? null : (double)(path.ReadBytes + path.WriteBytes) / allBytes })
            .OrderByDescending(path => path.ReadBytes + path.WriteBytes)];
    }

    /// <summary>Each different stack of each class, ordered by class and text: what flame graphs are drawn from.</summary>
    public static FoldedStack[] Folded(IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> operations, StackTable? stacks)
    {
        if (stacks is null)
            return [];
        var folded = new SortedDictionary<(OperationClass Class, string Frames), (long Requests, long Bytes)>(
            Comparer<(OperationClass Class, string Frames)>.Create(static (left, right) =>
                left.Class != right.Class ? left.Class.CompareTo(right.Class) : string.CompareOrdinal(left.Frames, right.Frames)));
        foreach ((OperationKey key, OperationAccumulators accumulators) in operations)
        {
            foreach ((int number, Use use) in accumulators.Use.ByStack.Where(stack => stack.Stack > 0))
            {
                string frames = string.Join(';', stacks.Frames(number).Reverse());
                (long requests, long bytes) = folded.GetValueOrDefault((key.Class, frames));
                folded[(key.Class, frames)] = (requests + use.Requests, bytes + use.Bytes);
            }
        }

        return [.. folded.Select(pair => new FoldedStack(pair.Key.Class, pair.Key.Frames, pair.Value.Requests, pair.Value.Bytes))];
    }
}
