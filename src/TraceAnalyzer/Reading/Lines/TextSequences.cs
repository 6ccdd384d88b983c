namespace TraceAnalyzer.Reading.Lines;

/// <summary>
/// The sequence numbers that a text prints, by device and CPU, to tell lines that are missing. Pieces of the text are observed apart and merged in
/// order. Numbers that are missing are not a loss if blkparse was told to print some events only (<c>-a</c>), so they are believed only where no such
/// choice explains them; see <see cref="Lost"/>.
/// </summary>
internal sealed class TextSequences
{
    // A text with more devices and CPUs than this is damaged, and nothing is told of it.
    private const int MaxStreams = 16_384;

    // Beyond this, most requests have an event that was not printed, as with -a.
    private const int LeastPairsPerGap = 8;

    // Splits are the one action that neither queue, issue nor complete prints; they come one by one.
    private const int LeastGapOfNoSplits = 8;

    private const int Recent = 256;

    private static readonly Rwbs s_write = Rwbs.Of("W");
    private static readonly Rwbs s_read = Rwbs.Of("R");
    private static readonly Rwbs s_readAhead = Rwbs.Of("RA");

    private readonly Dictionary<(DeviceId Device, ushort Cpu), Stream> _streams = [];
    private readonly Stream?[] _recent = new Stream?[Recent];
    private bool _hasTooMany;
    private long _remaps;
    private int _plainReadActions;
    private int _plainWriteActions;
    private int _actions;

    /// <summary>Where the first gap was seen, in bytes from the text's start; null if there was none.</summary>
    public long? FirstGapOffset { get; private set; }

    /// <summary>
    /// Lines that are missing. 0 if a choice of actions, directions or flags may have left them out: unless plain reads and plain writes are there, each
    /// queued, issued and completed, gaps are rare, and they are not all as splits would leave them.
    /// </summary>
    public long Lost
    {
        get
        {
            const int Whole = (1 << (int)BlockAction.Queue) | (1 << (int)BlockAction.Issue) | (1 << (int)BlockAction.Complete);
            long missing = 0;
            long gaps = 0;
            long pairs = 0;
            long longest = 0;
            foreach (Stream stream in _streams.Values)
            {
                missing += Math.Max(0, stream.Last - stream.First + 1 - stream.Count);
                gaps += stream.Gaps;
                pairs += stream.Count - 1;
                longest = Math.Max(longest, stream.LongestGap);
            }

            // Remaps have numbers, but are printed with the device that they go to.
            missing -= _remaps;
            gaps -= _remaps;
            bool isAllPrinted = (_plainReadActions & Whole) == Whole && (_plainWriteActions & Whole) == Whole
                && ((_actions & (1 << (int)BlockAction.Split)) != 0 || longest >= LeastGapOfNoSplits);
            return !_hasTooMany && isAllPrinted && gaps * LeastPairsPerGap <= pairs ? Math.Max(0, missing) : 0;
        }
    }

    /// <summary>Takes note of an event that stands at byte <paramref name="offset"/> of the text.</summary>
    public void Observe(in BlockEvent e, long offset)
    {
        // Messages and traces without numbers print 0; else it is the number after 2^32-1.
        if ((e.Sequence == 0 && !Wraps(e)) || e.Cpu == BlockEvent.UnknownCpu || e.Action == BlockAction.Message)
            return;
        int action = 1 << (int)e.Action;
        _actions |= action;
        if (e.Rwbs == s_write)
            _plainWriteActions |= action;
        else if (e.Rwbs == s_readAhead || e.Rwbs == s_read)
            _plainReadActions |= action;
        if (e.Action == BlockAction.Remap)
        {
            _remaps++;
            return;
        }

        Stream? stream = _recent[e.Cpu % Recent];
        if (stream is null || stream.Cpu != e.Cpu || stream.Device != e.Device)
        {
            stream = Find(e.Device, e.Cpu);
            if (stream is null)
                return;
        }

        if (stream.Count == 0)
            stream.Start(e.Sequence);
        else if (stream.Add(e.Sequence))
            FirstGapOffset ??= offset;
    }

    /// <summary>Adds a later piece of the same text.</summary>
    public void Merge(TextSequences later)
    {
        foreach (Stream theirs in later._streams.Values)
        {
            if (theirs.Count > 0 && Find(theirs.Device, theirs.Cpu) is { } ours && ours.Add(theirs))
                FirstGapOffset ??= later.FirstGapOffset;
        }

        FirstGapOffset ??= later.FirstGapOffset;
        _hasTooMany |= later._hasTooMany;
        _remaps += later._remaps;
        _plainReadActions |= later._plainReadActions;
        _plainWriteActions |= later._plainWriteActions;
        _actions |= later._actions;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        // The next piece mostly has the same devices and CPUs.
        foreach (Stream stream in _streams.Values)
            stream.Count = 0;
        if (_streams.Count > Recent)
        {
            _streams.Clear();
            Array.Clear(_recent);
        }

        _hasTooMany = false;
        _remaps = 0;
        _plainReadActions = 0;
        _plainWriteActions = 0;
        _actions = 0;
        FirstGapOffset = null;
    }

    private bool Wraps(in BlockEvent e) => _recent[e.Cpu % Recent] is { Count: > 0, Last: var last } stream && stream.Cpu == e.Cpu && stream.Device == e.Device && (uint)last == uint.MaxValue;

    private Stream? Find(DeviceId device, ushort cpu)
    {
        if (!_streams.TryGetValue((device, cpu), out Stream? stream))
        {
            if (_streams.Count == MaxStreams)
            {
                _hasTooMany = true;
                return null;
            }

            stream = new Stream { Device = device, Cpu = cpu };
            _streams.Add((device, cpu), stream);
        }

        _recent[cpu % Recent] = stream;
        return stream;
    }

    // The numbers of one CPU. They are 32 bits wide and may wrap, so they are counted on from the first one.
    private sealed class Stream
    {
        public required DeviceId Device;
        public required ushort Cpu;
        public long First;
        public long Last;
        public long Count;
        public long Gaps;
        public long LongestGap;

        public void Start(uint sequence)
        {
            First = Last = sequence;
            Count = 1;
            Gaps = 0;
            LongestGap = 0;
        }

        // True if numbers are left out before it, which may still come: a nested interrupt swaps two.
        public bool Add(uint sequence)
        {
            Count++;
            if (sequence == (uint)Last + 1)
            {
                Last++;
                return false;
            }

            long number = NumberOf(sequence);
            return Extend(number, number);
        }

        public bool Add(Stream later)
        {
            if (Count == 0)
            {
                (First, Last, Count, Gaps, LongestGap) = (later.First, later.Last, later.Count, later.Gaps, later.LongestGap);
                return false;
            }

            long first = NumberOf((uint)later.First);
            bool hasGap = Extend(first, first + (later.Last - later.First));
            Count += later.Count;
            Gaps += later.Gaps;
            LongestGap = Math.Max(LongestGap, later.LongestGap);
            return hasGap;
        }

        private long NumberOf(uint sequence) => Last + (int)(sequence - (uint)Last);

        private bool Extend(long first, long last)
        {
            long leftOut = first - Last - 1;
            First = Math.Min(First, first);
            Last = Math.Max(Last, last);
            if (leftOut <= 0)
                return false;
            Gaps++;
            LongestGap = Math.Max(LongestGap, leftOut);
            return true;
        }
    }
}
