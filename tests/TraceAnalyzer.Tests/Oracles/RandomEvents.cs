namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Seeded traces that have everything: several devices, merges, splits, requeues, flushes, discards, what never completes and what was never issued.</summary>
internal static class RandomEvents
{
    private static readonly Rwbs[] s_letters = [.. ((string[])["R", "RA", "RS", "W", "WS", "WSM", "WFSM", "DS", "FN", "N"]).Select(Rwbs.Of)];

    public static BlockEvent[] Create(int seed, int requests)
    {
        var random = new Random(seed);
        var events = new List<BlockEvent>();
        long timeNs = random.NextInt64(1L << 40);
        for (int i = 0; i < requests; i++)
        {
            timeNs += (long)Math.Exp(random.NextDouble() * 15);
            Rwbs rwbs = s_letters[random.Next(1 + random.Next(s_letters.Length))];
            uint sectors = rwbs.Class is OperationClass.Flush or OperationClass.Other ? 0 : random.Next(4) == 0 ? (uint)random.Next(1, 700) : 256;
            var e = new BlockEvent
            {
                Device = DeviceId.Of(259, (uint)random.Next(3)),
                Sector = ((ulong)random.Next(4) << 33) + ((ulong)random.Next(500) * (random.Next(10) == 0 ? 3u : 256u)),
                Rwbs = rwbs,
                Class = rwbs.Class,
                LengthSectors = sectors,
                LengthBytes = sectors * BlockEvent.SectorBytes,
                Pid = random.Next(5),
                Cpu = (ushort)random.Next(4),
            };
            AddLife(e, timeNs, random, events);
        }

        BlockEvent[] sorted = [.. events.OrderBy(e => e.TimeNs).ThenBy(e => e.Device)];
        for (int i = 0; i < sorted.Length; i++)
            sorted[i].Sequence = (uint)i + 1;
        return sorted;
    }

    private static void AddLife(BlockEvent e, long timeNs, Random random, List<BlockEvent> events)
    {
        // Device 2 is bio-based: nothing is ever issued.
        bool issues = e.Device.Minor != 2;
        long now = timeNs;
        if (random.Next(10) > 0)
            Add(BlockAction.Queue);
        if (random.Next(12) == 0)
        {
            Add(BlockAction.BackMerge);
            return;
        }

        if (random.Next(12) == 0)
            events.Add(e with { Action = BlockAction.Split, TimeNs = now += random.Next(1000), RelatedSector = (uint)(e.Sector + 64) });
        if (issues && random.Next(30) > 0)
            Add(BlockAction.Issue);
        if (issues && random.Next(25) == 0)
        {
            Add(BlockAction.Requeue);
            Add(BlockAction.Issue);
        }

        if (random.Next(20) > 0)
            Add(BlockAction.Complete);

        void Add(BlockAction action) => events.Add(e with { Action = action, TimeNs = now += (long)Math.Exp(random.NextDouble() * 17) });
    }
}
