using System.Runtime.InteropServices;

namespace TraceAnalyzer.Analysis.Pages;

/// <summary>
/// Accesses of pages in the order of time. Space is cut wherever a request begins or ends, so that all pages of a part are always accessed together; they have the same reuse distances,
/// and a request of a thousand pages that is always the same is one step. Exact for as many steps as are allowed; beyond, of a sample of the pages (<see cref="PageSample"/>).
/// </summary>
internal sealed class PageSequence
{
    /// <summary>Bytes of a page.</summary>
    public const long PageBytes = 1L << (PageLog.SectorShift + 9);

    /// <summary>Most steps; a sample of 8,192 pages is known to give miss ratios to within a percent (FAST'15), and this is many times as many.</summary>
    public const int MostSteps = 1 << 17;

    private PageSequence(int level, int[] parts, bool[] writes, long[] timesNs, long[] pages, int[] groups)
    {
        Level = level;
        Parts = parts;
        Writes = writes;
        TimesNs = timesNs;
        Pages = pages;
        Groups = groups;
    }

    /// <summary>Of the pages one of 2 to this power is followed.</summary>
    public int Level { get; }

    /// <summary>The part accessed in each step.</summary>
    public int[] Parts { get; }

    /// <summary>Whether the step writes.</summary>
    public bool[] Writes { get; }

    /// <summary>Time of the step.</summary>
    public long[] TimesNs { get; }

    /// <summary>Pages of each part that are followed.</summary>
    public long[] Pages { get; }

    /// <summary>What each part belongs to, an index that the caller chose; -1 for nothing.</summary>
    public int[] Groups { get; }

    /// <summary>Bytes that a followed page stands for.</summary>
    public long BytesPerPage => PageBytes << Level;

    /// <summary>Puts accesses of several spaces (devices) in order; null if there are none.</summary>
    /// <param name="spaces">The spaces.</param>
    /// <param name="level">Least level of the sample.</param>
    /// <param name="mostSteps">Most steps.</param>
    public static PageSequence? Of(IReadOnlyList<PageSpace> spaces, int level = 0, int mostSteps = MostSteps)
    {
        var maker = new Maker(spaces);
        for (; level <= PageSample.MostLevel; level++)
        {
            if (maker.TryMake(level, mostSteps) is { } made)
                return made.Parts.Length == 0 ? null : made;
        }

        return null;
    }

    /// <summary>The same, of every other page of the sample only: those that the next level keeps, or those that it leaves out. Of two halves the difference shows the error of both.</summary>
    public (PageSequence Kept, PageSequence LeftOut) Halves(IReadOnlyList<PageSpace> spaces) => (
        new Maker(spaces).TryMake(Level + 1, int.MaxValue)!,
        new Maker(spaces).TryMake(Level + 1, int.MaxValue, static (page, level) => PageSample.Rank(page, level - 1) - PageSample.Rank(page, level))!);

    // Levels are tried one after the other; what each needs is kept for the next.
    private sealed class Maker(IReadOnlyList<PageSpace> spaces)
    {
        private readonly List<Request> _requests = new(spaces.Sum(space => space.Reads.Count + space.Writes.Count));
        private readonly List<(long TimeNs, ulong First, ulong End, bool IsWrite)> _ranges = new(spaces.Select(space => space.Reads.Count + space.Writes.Count).DefaultIfEmpty(0).Max());
        private readonly List<ulong> _bounds = new(2 * spaces.Select(space => space.Reads.Count + space.Writes.Count + space.Groups.Count).DefaultIfEmpty(0).Max());
        private readonly List<long> _pages = [];
        private readonly List<int> _groups = [];

        /// <summary>The sequence at a level; null if it has more steps.</summary>
        public PageSequence? TryMake(int level, int mostSteps, Func<ulong, int, ulong>? rank = null)
        {
            rank ??= PageSample.Rank;
            _requests.Clear();
            _pages.Clear();
            _groups.Clear();
            foreach (PageSpace space in spaces)
                Add(space, page => rank(page, level));
            long steps = 0;
            foreach (ref readonly Request request in CollectionsMarshal.AsSpan(_requests))
                steps += request.EndPart - request.FirstPart;
            if (steps > mostSteps && level < PageSample.MostLevel)
                return null;

            // Requests of one time have no order of their own; that of their places does not depend on who saw them first.
            _requests.Sort(static (left, right) =>
            {
                int order = left.TimeNs.CompareTo(right.TimeNs);
                if (order == 0)
                    order = left.FirstPart.CompareTo(right.FirstPart);
                if (order == 0)
                    order = left.EndPart.CompareTo(right.EndPart);
                return order != 0 ? order : left.IsWrite.CompareTo(right.IsWrite);
            });
            int[] parts = new int[steps];
            bool[] writes = new bool[steps];
            long[] times = new long[steps];
            int at = 0;
            foreach (ref readonly Request request in CollectionsMarshal.AsSpan(_requests))
            {
                for (int part = request.FirstPart; part < request.EndPart; part++, at++)
                    (parts[at], writes[at], times[at]) = (part, request.IsWrite, request.TimeNs);
            }

            return new PageSequence(level, parts, writes, times, [.. _pages], [.. _groups]);
        }

        private void Add(PageSpace space, Func<ulong, ulong> rank)
        {
            _bounds.Clear();
            _ranges.Clear();
            Collect(space.Reads, rank, isWrite: false);
            Collect(space.Writes, rank, isWrite: true);
            foreach (PageGroup group in space.Groups)
            {
                _bounds.Add(rank(group.First));
                _bounds.Add(rank(group.End));
            }

            _bounds.Sort();
            CollectionsMarshal.SetCount(_bounds, _bounds.Count == 0 ? 0 : Distinct(CollectionsMarshal.AsSpan(_bounds)));
            int firstPart = _pages.Count;
            int nextGroup = 0;
            for (int i = 0; i + 1 < _bounds.Count; i++)
            {
                _pages.Add((long)(_bounds[i + 1] - _bounds[i]));
                while (nextGroup < space.Groups.Count && rank(space.Groups[nextGroup].End) <= _bounds[i])
                    nextGroup++;
                _groups.Add(nextGroup < space.Groups.Count && rank(space.Groups[nextGroup].First) <= _bounds[i] ? space.Groups[nextGroup].Group : -1);
            }

            foreach ((long timeNs, ulong first, ulong end, bool isWrite) in _ranges)
                _requests.Add(new Request(timeNs, firstPart + _bounds.BinarySearch(first), firstPart + _bounds.BinarySearch(end), isWrite));
        }

        private void Collect(IReadOnlyList<PageAccess> accesses, Func<ulong, ulong> rank, bool isWrite)
        {
            foreach (PageAccess access in accesses)
            {
                (ulong first, ulong end) = (rank(access.First), rank(access.End));
                if (first == end)
                    continue;
                _ranges.Add((access.TimeNs, first, end, isWrite));
                _bounds.Add(first);
                _bounds.Add(end);
            }
        }

        private static int Distinct(Span<ulong> sorted)
        {
            int count = 1;
            foreach (ulong value in sorted)
            {
                if (value != sorted[count - 1])
                    sorted[count++] = value;
            }

            return count;
        }

        private readonly record struct Request(long TimeNs, int FirstPart, int EndPart, bool IsWrite);
    }
}

/// <summary>What was accessed of one device, or of anything else that has pages.</summary>
/// <param name="Reads">Reads, in any order.</param>
/// <param name="Writes">Writes, in any order.</param>
/// <param name="Groups">Which pages belong together, ascending and disjoint.</param>
internal sealed record PageSpace(IReadOnlyList<PageAccess> Reads, IReadOnlyList<PageAccess> Writes, IReadOnlyList<PageGroup> Groups);

/// <summary>Pages that belong together, such as a part of a layer.</summary>
/// <param name="First">First page.</param>
/// <param name="End">The page behind the last one.</param>
/// <param name="Group">To what they belong.</param>
internal readonly record struct PageGroup(ulong First, ulong End, int Group);
