namespace TraceAnalyzer.Writing.Blkparse;

/// <summary>What blkparse counts of a CPU; of each pair the first is of reads, the second of writes.</summary>
internal sealed class BlkparseCounts
{
    public long Events { get; set; }

    public uint? LastSequence { get; set; }

    public Sum[] Queued { get; } = new Sum[2];

    public Sum[] Issued { get; } = new Sum[2];

    public Sum[] Completed { get; } = new Sum[2];

    public Sum[] Merged { get; } = new Sum[2];

    public long[] Requeued { get; } = new long[2];

    public Sum[] PassthroughQueued { get; } = new Sum[2];

    public Sum[] PassthroughIssued { get; } = new Sum[2];

    public long[] PassthroughRequeued { get; } = new long[2];

    public long[] PassthroughCompleted { get; } = new long[2];

    public long Unplugs { get; private set; }

    public long TimerUnplugs { get; private set; }

    public bool HasPassthrough =>
        PassthroughQueued[0].Count + PassthroughQueued[1].Count + PassthroughIssued[0].Count + PassthroughIssued[1].Count
        + PassthroughRequeued[0] + PassthroughRequeued[1] + PassthroughCompleted[0] + PassthroughCompleted[1] > 0;

    public void Add(BlockAction action, int direction, uint bytes, bool isPassthrough)
    {
        switch (action)
        {
            case BlockAction.Queue:
                (isPassthrough ? PassthroughQueued : Queued)[direction].Add(bytes);
                break;
            case BlockAction.Issue:
                (isPassthrough ? PassthroughIssued : Issued)[direction].Add(bytes);
                break;
            case BlockAction.Requeue:
                (isPassthrough ? PassthroughRequeued : Requeued)[direction]++;
                (isPassthrough ? PassthroughIssued : Issued)[direction].TakeBytes(bytes);
                break;
            case BlockAction.Complete when isPassthrough:
                PassthroughCompleted[direction]++;
                break;
            case BlockAction.Complete:
                Completed[direction].Add(bytes);
                break;
            case BlockAction.BackMerge or BlockAction.FrontMerge:
                Merged[direction].Add(bytes);
                break;
            case BlockAction.Unplug:
                Unplugs++;
                break;
            case BlockAction.UnplugTimer:
                TimerUnplugs++;
                break;
        }
    }

    public void Add(BlkparseCounts other)
    {
        for (int i = 0; i < 2; i++)
        {
            Queued[i].Add(other.Queued[i]);
            Issued[i].Add(other.Issued[i]);
            Completed[i].Add(other.Completed[i]);
            Merged[i].Add(other.Merged[i]);
            Requeued[i] += other.Requeued[i];
            PassthroughQueued[i].Add(other.PassthroughQueued[i]);
            PassthroughIssued[i].Add(other.PassthroughIssued[i]);
            PassthroughRequeued[i] += other.PassthroughRequeued[i];
            PassthroughCompleted[i] += other.PassthroughCompleted[i];
        }

        Unplugs += other.Unplugs;
        TimerUnplugs += other.TimerUnplugs;
    }

    /// <summary>A count and its bytes, kept as blkparse keeps them: whole KiB and the rest of each, added up by themselves.</summary>
    internal struct Sum
    {
        public long Count;
        public long Kib;
        public long RestBytes;

        public void Add(uint bytes)
        {
            Count++;
            Kib += bytes >> 10;
            RestBytes += bytes & 1023;
        }

        public void TakeBytes(uint bytes)
        {
            Kib -= bytes >> 10;
            RestBytes -= bytes & 1023;
        }

        public void Add(Sum other)
        {
            Count += other.Count;
            Kib += other.Kib;
            RestBytes += other.RestBytes;
        }
    }
}
