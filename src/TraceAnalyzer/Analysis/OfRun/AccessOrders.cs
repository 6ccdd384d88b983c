using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>The order in which tokens read tensors, in the files as they are and in others that follow it.</summary>
internal sealed class AccessOrders
{
    // Norms, biases and small routers are read with a neighbor: the kernel reads ahead as much by default.
    private const long MostNeighborBytes = 128 << 10;

    private readonly TensorPart?[] _parts;
    private readonly List<PartRead[]> _tokens = [];
    private readonly long _maxRequestBytes;
    private readonly long _neighborBytes;
    private long _leftOutBytes;
    private long _requests;

    private AccessOrders(TensorMap map, long maxRequestBytes)
    {
        _parts = [.. Enumerable.Range(0, map.Parts).Select(map.TensorPartOf)];
        _maxRequestBytes = maxRequestBytes;
        _neighborBytes = Math.Min(MostNeighborBytes, maxRequestBytes);
    }

    /// <summary>The order; null if no tokens are known, there are too many, or no file holds several of the tensors read.</summary>
    /// <param name="map">The tensors.</param>
    /// <param name="reads">What tokens read of their parts.</param>
    /// <param name="requests">Requests that read while each token was made.</param>
    /// <param name="maxRequestBytes">The largest of all reads.</param>
    public static AccessOrder? Of(TensorMap map, TokenPartReads reads, long[] requests, long maxRequestBytes)
    {
        var orders = new AccessOrders(map, maxRequestBytes);
        for (int token = 0; token < reads.Tokens; token++)
            orders.AddToken(reads.Of(token), requests[token]);
        bool isOrdered = orders._tokens.SelectMany(token => token).Select(tensor => tensor.Part).Distinct().GroupBy(part => orders._parts[part]!.Value.File).Any(file => file.Skip(1).Any());
        return isOrdered ? orders.Result() : null;
    }

    private void AddToken(IEnumerable<PartRead> reads, long requests)
    {
        PartRead[] tensors = [.. reads.Where(read => _parts[read.Part] is not null)];
        PartRead[] used =
        [
            .. tensors.Where(read => _parts[read.Part]!.Value.LengthBytes >= _neighborBytes && ModelUses.IsFetch(read.Bytes, _parts[read.Part]!.Value.LengthBytes)).OrderBy(read => read.MeanNs).ThenBy(read => read.Part),
        ];
        _leftOutBytes += tensors.Sum(read => read.Bytes) - used.Sum(read => read.Bytes);
        if (used.Length == 0)
            return;
        _tokens.Add(used);
        _requests += requests;
    }

    private AccessOrder Result() => new()
    {
        Tokens = _tokens.Count,
        ReadBytes = _tokens.SelectMany(token => token).Sum(read => read.Bytes),
        LeftOutBytes = _leftOutBytes,
        Requests = _requests,
        MaxRequestBytes = _maxRequestBytes,
        Steps = [Steps(changesLayer: false), Steps(changesLayer: true)],
        AsLaidOut = _tokens.Select(token => InLayout(token, Continues)).Aggregate(Sum),
        InOrderOfUse = _tokens.Count < 2 ? null : InOrderOfUse(),
    };

    // An order fits the tokens that it is made of: each half is judged by the other's.
    private LayoutUse InOrderOfUse()
    {
        LayoutUse[] halves =
        [
            .. Enumerable.Range(0, 2).Select(half =>
            {
                int[] next = UseOrder.Successors([.. _tokens.Where((_, token) => token % 2 != half).Select(token => Array.ConvertAll(token, read => read.Part))], _parts.Length);
                return _tokens.Where((_, token) => token % 2 == half).Select(token => InLayout(token, (part, before) => next[before] == part)).Aggregate(Sum);
            }),
        ];
        return halves.Aggregate(Sum);
    }

    private LayoutUse InLayout(PartRead[] token, Func<int, int, bool> follows)
    {
        long sequential = 0;
        long runs = 0;
        long requests = 0;
        long run = 0;
        for (int i = 0; i < token.Length; i++)
        {
            if (i > 0 && follows(token[i].Part, token[i - 1].Part))
            {
                sequential += token[i].Bytes;
            }
            else
            {
                requests += RequestsFor(run, _maxRequestBytes);
                runs++;
                run = 0;
            }

            run += token[i].Bytes;
        }

        return new LayoutUse(sequential, runs, requests + RequestsFor(run, _maxRequestBytes));
    }

    // What lies between is padding, and tensors that are read with their neighbors.
    private bool Continues(int part, int before)
    {
        (TensorPart next, TensorPart last) = (_parts[part]!.Value, _parts[before]!.Value);
        return next.File == last.File && next.StartBytes - last.EndBytes is >= 0 and var gap && gap < _neighborBytes;
    }

    /// <summary>The fewest requests for bytes that follow each other.</summary>
    public static long RequestsFor(long bytes, long maxRequestBytes) => maxRequestBytes == 0 ? 0 : (bytes + maxRequestBytes - 1) / maxRequestBytes;

    private OrderSteps Steps(bool changesLayer)
    {
        long steps = 0;
        long sequential = 0;
        long otherFile = 0;
        long forward = 0;
        var jumps = new List<long>();
        foreach (PartRead[] token in _tokens)
        {
            for (int i = 1; i < token.Length; i++)
            {
                TensorPart before = _parts[token[i - 1].Part]!.Value;
                TensorPart next = _parts[token[i].Part]!.Value;
                if ((next.Layer != before.Layer) != changesLayer)
                    continue;
                steps++;
                if (Continues(token[i].Part, token[i - 1].Part))
                {
                    sequential++;
                }
                else if (next.File != before.File)
                {
                    otherFile++;
                }
                else
                {
                    forward += next.StartBytes >= before.EndBytes ? 1 : 0;
                    jumps.Add(Math.Abs(next.StartBytes - before.EndBytes));
                }
            }
        }

        jumps.Sort();
        return new OrderSteps
        {
            ChangesLayer = changesLayer,
            Steps = steps,
            Sequential = sequential,
            Forward = forward,
            Backward = jumps.Count - forward,
            OtherFile = otherFile,
            MedianJumpBytes = jumps.Count == 0 ? null : jumps[(jumps.Count - 1) / 2],
            MaxJumpBytes = jumps.Count == 0 ? null : jumps[^1],
        };
    }

    private static LayoutUse Sum(LayoutUse one, LayoutUse other) => new(one.SequentialBytes + other.SequentialBytes, one.Runs + other.Runs, one.Requests + other.Requests);
}
