namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>blktrace's letters for the four events of a request.</summary>
public enum TwinAction
{
    Q,
    G,
    D,
    C,
}

/// <summary>One event. <paramref name="Sequence"/> counts from 1 on each CPU.</summary>
public readonly record struct TwinEvent(long TimeNs, uint Sequence, TwinAction Action, TwinRequest Request);

/// <summary>The events of a run in order of time, no two at the same nanosecond, so that every tool sorts them alike.</summary>
public static class TwinEvents
{
    public static IEnumerable<TwinEvent> Of(KvRun run)
    {
        // Holds the few requests in flight: each leaves it event by event.
        var pending = new PriorityQueue<(TwinAction Action, TwinRequest Request), long>();
        uint[] sequence = new uint[TwinRequests.Cpus];
        long lastNs = 0;
        foreach (TwinRequest request in new TwinRequests(run).All())
        {
            while (pending.TryPeek(out _, out long timeNs) && timeNs < request.QueueNs)
                yield return Next();
            pending.Enqueue((TwinAction.Q, request), request.QueueNs);
        }

        while (pending.Count > 0)
            yield return Next();

        TwinEvent Next()
        {
            pending.TryDequeue(out (TwinAction Action, TwinRequest Request) next, out long timeNs);
            TwinRequest request = next.Request;
            if (next.Action != TwinAction.C)
            {
                TwinAction following = next.Action + 1;
                pending.Enqueue((following, request), following switch
                {
                    TwinAction.G => request.GetNs,
                    TwinAction.D => request.IssueNs,
                    _ => request.CompleteNs,
                });
            }

            lastNs = Math.Max(timeNs, lastNs + 1);
            return new TwinEvent(lastNs, ++sequence[request.Cpu], next.Action, request);
        }
    }
}
