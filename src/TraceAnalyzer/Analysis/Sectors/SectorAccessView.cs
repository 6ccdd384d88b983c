namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>Several sector access maps looked at as one, without a copy: those of the operations of a class, or of reads and writes.</summary>
internal sealed class SectorAccessView(IReadOnlyList<SectorAccessAccumulator> parts)
{
    /// <summary>One of 2 to this power units is looked at: the least that a part keeps.</summary>
    public int Level { get; } = parts.Count == 0 ? 0 : parts.Max(part => part.Level);

    /// <summary>Sectors accessed in all units, looked at or not.</summary>
    public long AccessedSectors { get; } = parts.Sum(part => part.AccessedSectors);

    /// <summary>See <see cref="SectorAccessAccumulator.Runs"/>.</summary>
    public IEnumerable<SectorRun> Runs()
    {
        var changes = new List<SectorChange>();
        var cursors = new PriorityQueue<Cursor, ulong>();
        foreach (SectorAccessAccumulator part in parts)
        {
            var cursor = new Cursor(part);
            if (cursor.HasPage)
                cursors.Enqueue(cursor, cursor.Page);
        }

        ulong unitEnd = 0;
        ulong start = 0;
        uint accesses = 0;
        while (cursors.TryPeek(out _, out ulong page))
        {
            changes.Clear();
            int sources = 0;
            while (cursors.TryPeek(out Cursor? cursor, out ulong at) && at == page)
            {
                sources += cursor.CopyPage(changes);
                if (cursor.HasPage)
                    cursors.DequeueEnqueue(cursor, cursor.Page);
                else
                    cursors.Dequeue();
            }

            ulong pageStart = page << SectorPage.Shift;
            if (Level > 0 && !SectorAccessAccumulator.IsKept(pageStart >> SectorAccessAccumulator.UnitShift, Level))
                continue;
            if (sources > 1)
                changes.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
            if (pageStart >= unitEnd)
            {
                if (accesses > 0)
                    yield return new SectorRun(start, unitEnd, accesses);
                accesses = 0;
                unitEnd = ((pageStart >> SectorAccessAccumulator.UnitShift) + 1) << SectorAccessAccumulator.UnitShift;
            }

            for (int i = 0; i < changes.Count;)
            {
                ulong at = pageStart + (ulong)changes[i].Offset;
                int change = changes[i].Change;
                while (++i < changes.Count && pageStart + (ulong)changes[i].Offset == at)
                    change = unchecked(change + changes[i].Change);
                if (change == 0)
                    continue;
                if (accesses > 0)
                    yield return new SectorRun(start, at, accesses);
                accesses = unchecked(accesses + (uint)change);
                start = at;
            }
        }

        if (accesses > 0)
            yield return new SectorRun(start, unitEnd, accesses);
    }

    // Goes through the pages of a part, whether its changes are in cells or listed.
    private sealed class Cursor
    {
        private readonly SectorAccessAccumulator _part;
        private readonly SortedChanges _listed;
        private readonly ulong[] _numbers;
        private int _nextListed;
        private int _nextNumber;

        public Cursor(SectorAccessAccumulator part)
        {
            _part = part;

            // First: it may move changes to pages.
            _listed = part.Listed();
            _numbers = part.PageNumbers();
            Find();
        }

        public ulong Page { get; private set; }

        public bool HasPage { get; private set; }

        // Returns how many sorted pieces it added.
        public int CopyPage(List<SectorChange> changes)
        {
            int pieces = 0;
            if (_nextNumber < _numbers.Length && _numbers[_nextNumber] == Page)
            {
                _part.PageAt(Page).CopyChanges(changes);
                _nextNumber++;
                pieces++;
            }

            if (_nextListed < _listed.Count && PageOf(_listed.Packed[_nextListed]) == Page)
                pieces++;
            while (_nextListed < _listed.Count && PageOf(_listed.Packed[_nextListed]) == Page)
            {
                ulong packed = _listed.Packed[_nextListed++];
                changes.Add(new SectorChange((int)(SectorChangeLog.SectorOf(packed) & SectorPage.Mask), SectorChangeLog.ChangeOf(packed)));
            }

            Find();
            return pieces;
        }

        private static ulong PageOf(ulong packed) => SectorChangeLog.SectorOf(packed) >> SectorPage.Shift;

        private void Find()
        {
            ulong page = ulong.MaxValue;
            if (_nextNumber < _numbers.Length)
                page = _numbers[_nextNumber];
            if (_nextListed < _listed.Count)
                page = Math.Min(page, PageOf(_listed.Packed[_nextListed]));
            Page = page;
            HasPage = page != ulong.MaxValue;
        }
    }
}
