namespace TraceAnalyzer.Reading.Tracepoints;

/// <summary>The fields that a block tracepoint has (the classes of events of the kernel's <c>include/trace/events/block.h</c>).</summary>
internal enum TracepointShape
{
    /// <summary>No event of a block trace.</summary>
    None,

    /// <summary>A request: device, sector, length, bytes, operation, command.</summary>
    Request,

    /// <summary>A request that ended: as above, with an error instead of bytes and command.</summary>
    RequestEnd,

    /// <summary>A bio: device, sector, length, operation, command.</summary>
    Bio,

    /// <summary>A bio that ended, with an error.</summary>
    BioEnd,

    /// <summary>A bio cut in two.</summary>
    Split,

    /// <summary>A bio or request moved to another device.</summary>
    Remap,

    /// <summary>A command only.</summary>
    Plug,

    /// <summary>A command and a number of requests.</summary>
    Unplug,
}

/// <summary>A tracepoint of the block layer that a block trace has: the one that blktrace hangs on to, too.</summary>
/// <param name="Name">Its name behind <c>block_</c>.</param>
/// <param name="Shape">Its fields.</param>
/// <param name="Action">What it tells.</param>
internal sealed record Tracepoint(string Name, TracepointShape Shape, BlockAction Action);

/// <summary>The table of them.</summary>
internal static class BlockTracepoints
{
    /// <summary>Every tracepoint; the commonest first.</summary>
    public static IReadOnlyList<Tracepoint> All { get; } =
    [
        new("rq_issue", TracepointShape.Request, BlockAction.Issue),
        new("rq_complete", TracepointShape.RequestEnd, BlockAction.Complete),
        new("bio_queue", TracepointShape.Bio, BlockAction.Queue),
        new("getrq", TracepointShape.Bio, BlockAction.GetRequest),
        new("rq_insert", TracepointShape.Request, BlockAction.Insert),
        new("bio_complete", TracepointShape.BioEnd, BlockAction.Complete),
        new("bio_remap", TracepointShape.Remap, BlockAction.Remap),
        // Its name up to Linux 2.6.38.
        new("remap", TracepointShape.Remap, BlockAction.Remap),
        new("rq_remap", TracepointShape.Remap, BlockAction.Remap),
        new("split", TracepointShape.Split, BlockAction.Split),
        new("bio_backmerge", TracepointShape.Bio, BlockAction.BackMerge),
        new("bio_frontmerge", TracepointShape.Bio, BlockAction.FrontMerge),
        new("rq_merge", TracepointShape.Request, BlockAction.BackMerge),
        new("rq_requeue", TracepointShape.RequestEnd, BlockAction.Requeue),
        new("rq_abort", TracepointShape.RequestEnd, BlockAction.Abort),
        new("sleeprq", TracepointShape.Bio, BlockAction.SleepRequest),
        new("bio_bounce", TracepointShape.Bio, BlockAction.Bounce),
        new("plug", TracepointShape.Plug, BlockAction.Plug),
        new("unplug", TracepointShape.Unplug, BlockAction.Unplug),
        new("unplug_io", TracepointShape.Unplug, BlockAction.Unplug),
        new("unplug_timer", TracepointShape.Unplug, BlockAction.UnplugTimer),
    ];

    /// <summary>Place in <see cref="All"/> of the tracepoint <paramref name="name"/>, with or without <c>block_</c>; -1 if there is none.</summary>
    public static int IndexOf(string name)
    {
        string bare = name.StartsWith("block_", StringComparison.Ordinal) ? name["block_".Length..] : name;
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i].Name == bare)
                return i;
        }

        return -1;
    }
}
