using TraceAnalyzer.Analysis;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Text;
using static TraceAnalyzer.Tests.Findings.SmallRun;

namespace TraceAnalyzer.Tests.Findings;

public sealed class RunFindingTests
{
    private const ulong MiB = 2048;

    [Fact]
    public void Uniform_is_not_answerable_where_every_sector_was_read_once()
    {
        TraceReport once = Report([.. Enumerable.Range(0, 50).Select(i => Read(i * Ms, (ulong)i * 256))]);
        TraceReport twice = Report([.. Enumerable.Range(0, 100).Select(i => Read(i * Ms, (ulong)(i % 50) * 256))]);

        Assert.Equal(Verdict.NotAnswerable, Finding(once, "uniform-access").Verdict);
        Assert.Contains("once", Finding(once, "uniform-access").Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.Shown, Finding(twice, "uniform-access").Verdict);
    }

    [Theory]
    [InlineData(5, Verdict.NotAnswerable)]
    [InlineData(60, Verdict.NotShown)]
    public void Uniform_needs_as_many_repeats_as_could_make_it_uneven(int repeats, Verdict verdict)
    {
        // 50 blocks read once, and one of them again and again: 5 repeats are 1/11 of the reads, and no Gini coefficient above that is possible.
        TraceReport report = Report([.. Enumerable.Range(0, 50).Select(i => Read(i * Ms, (ulong)i * 256)), .. Enumerable.Range(50, repeats).Select(i => Read(i * Ms, 0))]);

        Assert.Equal(verdict, Finding(report, "uniform-access").Verdict);
    }

    [Fact]
    public void No_access_counts_have_a_greater_Gini_coefficient_than_their_mean_allows()
    {
        var random = new Random(7);
        for (int run = 0; run < 2000; run++)
        {
            long[] counts = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(4) == 0 ? random.Next(1, 500) : 1L)];
            double mean = counts.Average();
            // The mean absolute difference of all pairs, over twice the mean: the coefficient's definition.
            double gini = counts.Sum(a => counts.Sum(b => Math.Abs(a - (double)b))) / (2 * counts.Length * counts.Length * mean);

            Assert.True(gini <= UniformAccess.GreatestGini(mean) + 1e-12);
        }

        long[] extreme = [.. Enumerable.Repeat(1L, 9999), 10_001];
        Assert.Equal(UniformAccess.GreatestGini(extreme.Average()), Gini(extreme), 0.001);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    [InlineData(100L)]
    [InlineData(10_000L)]
    public void Read_only_after_the_write_out_does_not_depend_on_bins(long? binMs)
    {
        // The last write is a millisecond before the first read, which any bin but the finest has together with it.
        BlockEvent[] events =
        [
            .. Enumerable.Range(0, 1000).Select(i => Write(i * Ms, (ulong)i * 256)),
            .. Enumerable.Range(0, 3000).Select(i => Read((1000 + i) * Ms, (ulong)(i % 1000) * 256)),
        ];
        Finding finding = Finding(Report(events, new AnalysisOptions { BinWidthNs = binMs * Ms }), "read-only-after-write-out");

        Assert.Equal(Verdict.Shown, finding.Verdict);
        // The first hundredth of the reads, 30 of them, does not count as the start; a column of the search is at most a two-thousandth of the trace.
        Assert.InRange(finding.Evidence[0].Value, 1000.0 * Ms, 1030.0 * Ms);
        Assert.Equal(1000 * 131_072.0, finding.Evidence.Single(evidence => evidence.Name == "written before").Value);
        Assert.Equal(0, finding.Evidence.Single(evidence => evidence.Name == "written after").Value);
        Assert.Contains($"written by the time 1 % of the reads were done ({Units.Duration(finding.Evidence[0].Value)} after the first read or write)", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_only_after_the_write_out_needs_a_write_out()
    {
        BlockEvent[] reads = [.. Enumerable.Range(0, 1000).Select(i => Read((1000 + i) * Ms, (ulong)(i % 500) * 256))];
        TraceReport nothing = Report(reads);
        TraceReport journal = Report([Write(5 * Ms, 1 << 20, 8), .. reads]);
        TraceReport writeOnly = Report([.. Enumerable.Range(0, 10).Select(i => Write(i * Ms, (ulong)i * 256))]);
        TraceReport filtered = Report([Write(5 * Ms, 0, 8192), .. reads], new AnalysisOptions { Filter = new EventFilter { Class = OperationClass.Read } });

        Assert.All([nothing, journal, writeOnly, filtered], report => Assert.Equal(Verdict.NotAnswerable, Finding(report, "read-only-after-write-out").Verdict));
        Assert.Contains("no write-out", Finding(journal, "read-only-after-write-out").Sentence, StringComparison.Ordinal);
        Assert.Contains("operation read", Finding(filtered, "read-above-write").Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.NotAnswerable, Finding(filtered, "read-above-write").Verdict);
    }

    [Fact]
    public void Writes_between_the_reads_are_not_read_only()
    {
        TraceReport report = Report(
        [
            .. Enumerable.Range(0, 100).Select(i => Write(i * Ms, (ulong)i * 256)),
            .. Enumerable.Range(0, 1000).Select(i => Read((200 + i) * Ms, (ulong)(i % 100) * 256)),
            .. Enumerable.Range(0, 10).Select(i => Write((205 + (i * 100)) * Ms, MiB + ((ulong)i * 256))),
        ]);
        Finding finding = Finding(report, "read-only-after-write-out");

        // 1 % of the reads are done with the first 10.
        Assert.Equal(Verdict.NotShown, finding.Verdict);
        Assert.Equal(9 * 131_072.0, finding.Evidence.Single(evidence => evidence.Name == "written after").Value, 131_072.0);
    }

    [Fact]
    public void Read_ahead_caps_only_what_is_read_ahead()
    {
        TraceReport ahead = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);
        TraceReport direct = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256, 256, "R"))]);
        var limits = new QueueLimits(512, null, 128);

        Finding ofAhead = Judge(new RequestSizeCap(), Facts(ahead) with { Queue = limits });
        Finding ofDirect = Judge(new RequestSizeCap(), Facts(direct) with { Queue = limits });
        Assert.Equal(Verdict.Shown, ofAhead.Verdict);
        Assert.Contains("equals read_ahead_kb", ofAhead.Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.NotShown, ofDirect.Verdict);
        Assert.DoesNotContain("read_ahead_kb", ofDirect.Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.NotAnswerable, Judge(new RequestSizeCap(), Facts(direct) with { Queue = new QueueLimits(null, null, 128) }).Verdict);
    }

    [Theory]
    [InlineData(128, "equals read_ahead_kb: the window of read-ahead, so")]
    [InlineData(64, "equals 2 x read_ahead_kb: the window of read-ahead of files that are read with posix_fadvise(SEQUENTIAL), so")]
    [InlineData(32, "is not a known limit (max_sectors_kb 512 KiB, read_ahead_kb 32 KiB)")]
    public void Read_ahead_caps_at_its_window_or_at_twice_that(int readAheadKiB, string words)
    {
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);

        Assert.Contains(words, Judge(new RequestSizeCap(), Facts(report) with { Queue = new QueueLimits(512, null, readAheadKiB) }).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_queues_limit_cuts_whatever_the_window_of_read_ahead_is()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);

        Assert.Contains("equals max_sectors_kb: larger", Judge(new RequestSizeCap(), Facts(report) with { Queue = new QueueLimits(128, null, 128) }).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_window_of_read_ahead_is_that_of_the_array_and_unknown_on_btrfs()
    {
        QueueSettings Queue(string device, int readAheadKiB) => new() { Device = DeviceId.TryParse(device, out DeviceId id) ? id : null, MaxRequestKiB = 128, ReadAheadKiB = readAheadKiB };
        QueueSettings[] queues = [Queue("9,0", 1024), Queue("259,0", 128), Queue("259,1", 128)];
        string[] members = ["259,0", "259,1"];

        Assert.Equal(new QueueLimits(128, null, 128), DeviceQueues.LimitsOf(queues, members, [], isBtrfs: false));
        Assert.Equal(new QueueLimits(128, null, 1024), DeviceQueues.LimitsOf(queues, members, ["9,0"], isBtrfs: false));
        Assert.Equal(new QueueLimits(128, null, null) { UnknownReadAhead = "read-ahead of the array is not recorded" }, DeviceQueues.LimitsOf(queues, members, ["9,1"], isBtrfs: false));
        QueueLimits btrfs = DeviceQueues.LimitsOf(queues, members, [], isBtrfs: true);
        Assert.Null(btrfs.ReadAheadKiB);
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 512, 512))]);
        Assert.Contains("is not a known limit (max_sectors_kb 128 KiB; read-ahead of btrfs is not recorded)", Judge(new RequestSizeCap(), Facts(report) with { Queue = btrfs }).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_equal_to_max_sectors_is_the_systems_where_requests_were_split()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);
        TraceFacts facts = Facts(report) with { Queue = new QueueLimits(128, null, null) };
        Finding unsplit = Judge(new RequestSizeCap(), facts);
        Finding split = Judge(new RequestSizeCap(), facts with { Splits = 7 });

        Assert.Contains("can reflect the system", unsplit.Sentence, StringComparison.Ordinal);
        Assert.Contains("split 7 times, so it reflects the system", split.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Splits_of_writes_are_not_splits_of_reads()
    {
        // 20 reads, of which 2 were split; 3 splits of writes.
        BlockEvent[] reads = [.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))];
        BlockEvent[] splits = [.. reads.Take(2), .. Enumerable.Range(0, 3).Select(i => Write(i * Ms, MiB + ((ulong)i * 256)))];
        var rule = new Splits();
        Report([.. reads, .. splits.Select(e => e with { Action = BlockAction.Split })], new AnalysisOptions { Rules = [rule] });

        Assert.Equal(2, rule.Seen);
    }

    [Theory]
    [InlineData(5, Verdict.Shown)]
    [InlineData(6, Verdict.NotShown)]
    public void A_size_dominates_only_with_half_of_the_bytes_too(int large, Verdict verdict)
    {
        // 10 reads of 64 KiB against 5 or 6 of 128 KiB: two thirds of the requests and 1/2 of the bytes, or 10 of 22.
        TraceReport report = Report([.. Enumerable.Range(0, 10).Select(i => Read(i * Ms, (ulong)i * 128, 128)), .. Enumerable.Range(0, large).Select(i => Read((20 + i) * Ms, MiB + ((ulong)i * 256)))]);

        Assert.Equal(verdict, Finding(report, "dominating-size").Verdict);
    }

    [Fact]
    public void Dominating_size_gives_its_share_of_the_bytes_too()
    {
        // 9 reads of 4 KiB and one of 128 KiB: 90 % of the requests, 36 of 164 KiB.
        TraceReport report = Report([.. Enumerable.Range(0, 9).Select(i => Read(i * Ms, (ulong)i * 8, 8)), Read(20 * Ms, MiB)]);

        Assert.Equal("90 % of the reads, with 22 % of their bytes, are 4 KiB.", Finding(report, "dominating-size").Sentence);
    }

    [Fact]
    public void Sequential_names_the_pattern()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);
        Finding Of(double continuing, int streams = 1, double byChance = 0, double strided = 0)
        {
            var sequence = new SequenceResult
            {
                Requests = 1000,
                Continuing = (long)(1000 * continuing),
                ContinuingShare = continuing,
                ByChance = (long)(1000 * byChance),
                Following = 120,
                FollowingShare = 0.12,
                Streams = streams,
                HalfOfBytesRunBytes = 12 << 20,
                Jumps = new JumpResult { Forward = 500, Backward = 380, DistanceP50Bytes = 1 << 30, DistanceP95Bytes = 2.0 * (1 << 30), RelativeError = 0.03, StrideBytes = 98_304, StrideAtLeast = (long)(1000 * strided), Buckets = [] },
            };
            OperationReport[] operations = [.. report.BusiestDevice!.Operations.Select(operation => operation.Name == "read" ? operation with { Sequence = sequence } : operation)];
            return Judge(new SequentialReads(), new TraceFacts(report, report.BusiestDevice! with { Operations = operations }));
        }

        Assert.Equal((Verdict.Shown, "4 interleaved sequential streams, half of the bytes in runs of 12 MiB or more: 99.5 % of the reads start where one of the last streams ended, 12 % where the read right before them ended."), (Of(0.995, 4).Verdict, Of(0.995, 4).Sentence));
        Assert.StartsWith("One sequential stream,", Of(0.95).Sentence, StringComparison.Ordinal);
        Assert.Equal((Verdict.NotShown, "Random reads, 128 KiB: 5 % of the reads start where one of the last 64 streams ended, 12 % where the read right before them ended; the median jump is 1 GiB."), (Of(0.05).Verdict, Of(0.05).Sentence));
        Assert.StartsWith("Random reads, 128 KiB: 15 % of the reads start where one of the last 64 streams ended (14 % about by chance)", Of(0.15, byChance: 0.14).Sentence, StringComparison.Ordinal);
        Assert.StartsWith("Reads partly sequential, 128 KiB: 50 %", Of(0.5).Sentence, StringComparison.Ordinal);
        Assert.StartsWith("Strided reads, at least 60 % of them 96 KiB after the start of the one before: 1 %", Of(0.01, strided: 0.6).Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.NotAnswerable, Finding(report, "sequential").Verdict);
        Assert.Equal(Verdict.Shown, Finding(Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))], new AnalysisOptions { Btt = true }), "sequential").Verdict);
    }

    [Fact]
    public void Positions_that_only_the_page_cache_has_do_not_make_earlier_ones_more_often_read()
    {
        // As in a KV run of 32 tokens after a prompt of 256: the newest rows never leave the page cache.
        double[] cached = [.. Enumerable.Repeat(31.0, 257), .. Enumerable.Repeat(0.0, 29), 0.06];
        double[] growing = [.. Enumerable.Repeat(255.0, 256), .. Enumerable.Range(1, 255).Select(i => 255.0 - i)];

        Assert.True(RankCorrelation.WithPosition(cached) < new Thresholds().EarlierRowsCorrelation);
        Assert.Equal(Verdict.NotShown, Judge(new EarlierRowsMoreOften(), WithRows(cached)).Verdict);
        Assert.Equal(30, Judge(new EarlierRowsMoreOften(), WithRows(cached)).Evidence[^1].Value);
        Assert.Equal(Verdict.Shown, Judge(new EarlierRowsMoreOften(), WithRows(growing)).Verdict);
        Assert.Equal(Verdict.NotAnswerable, Judge(new EarlierRowsMoreOften(), WithRows([0.4, 3, 0.2])).Verdict);
    }

    [Fact]
    public void A_trend_of_ranks_alone_is_not_a_trend_of_reads()
    {
        // Each position is read a thousandth less often than the one before: the ranks agree perfectly.
        double[] reads = [.. Enumerable.Range(0, 40).Select(i => 10 - (i / 1000.0))];

        Assert.Equal(-1, RankCorrelation.WithPosition(reads)!.Value, 1e-12);
        Assert.Equal(Verdict.NotShown, Judge(new EarlierRowsMoreOften(), WithRows(reads)).Verdict);
    }

    [Fact]
    public void Saturated_names_the_window_of_the_peak()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 500).Select(i => Read(i * Ms, (ulong)(i % 50) * 256))]);
        report = report with { Run = SampleReport.Full().Run! with { Facts = new RunFacts { DeviceReadGiBPerSecond = 1, DeviceBandwidthSource = "--roofline" } } };
        Finding finding = Judge(new SaturatedDevice(), Facts(report));

        Assert.Equal(Verdict.NotShown, finding.Verdict);
        Assert.EndsWith($"over {Units.Duration(report.Time.WidthNs)}.", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_are_issued_by_a_process_which_need_not_be_the_one_that_reads()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 20).Select(i => Read(i * Ms, (ulong)i * 256))]);
        DeviceReport device = report.BusiestDevice! with { Processes = [new ProcessUse(5, "kworker/0:1", 12, 12 * 131_072, 0, 0, 0), new ProcessUse(6, "kworker/0:1", 4, 4 * 131_072, 0, 0, 0), new ProcessUse(7, "python3", 4, 4 * 131_072, 0, 0, 0)] };

        Assert.EndsWith(" 80 % of the bytes read are issued by 'kworker/0:1'.", Judge(new BufferedReads(), new TraceFacts(report, device)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_that_contradict_each_other_say_so()
    {
        Finding uniform = new("uniform-access", "Sectors are read uniformly", Verdict.Shown, "", [], null);
        Finding earlier = new("earlier-rows-more-often", "Earlier KV-cache positions are read more often", Verdict.Shown, "", [], null);
        Finding[] marked = Contradictions.Mark([uniform, earlier]);

        Assert.StartsWith("contradicts 'Earlier KV-cache positions are read more often'", Assert.Single(marked[0].Caveats), StringComparison.Ordinal);
        Assert.StartsWith("contradicts 'Sectors are read uniformly'", Assert.Single(marked[1].Caveats), StringComparison.Ordinal);
        Assert.All(Contradictions.Mark([uniform, earlier with { Verdict = Verdict.NotShown }]), finding => Assert.Empty(finding.Caveats));
    }

    private static double Gini(long[] ascending)
    {
        // The formula for sorted values; the definition takes their square.
        double sum = ascending.Sum();
        return (ascending.Select((count, i) => ((2.0 * (i + 1)) - ascending.Length - 1) * count).Sum() / (ascending.Length * sum));
    }

    private static TraceFacts WithRows(double[] reads)
    {
        TraceReport report = Report([Read(0, 0), Read(Ms, 256)]);
        KvRowUse rows = SampleReport.Full().Run!.KvRows! with { Reads = reads, PredictedReads = null, RankCorrelation = RankCorrelation.WithPosition(reads) };
        return Facts(report with { Run = SampleReport.Full().Run! with { KvRows = rows } });
    }

    [Theory]
    [InlineData(true, 4L, 1, Verdict.Shown)]
    [InlineData(true, 4L, 2, Verdict.NotShown)]
    [InlineData(true, 3L, 1, Verdict.NotAnswerable)]
    [InlineData(false, 40L, 1, Verdict.NotAnswerable)]
    public void Experts_are_skewed_if_few_have_half_of_many_fetches(bool ofTokens, long fetchesPerExpert, int holdHalf, Verdict verdict)
    {
        var experts = new ExpertReport
        {
            OfTokens = ofTokens,
            HoldHalf = holdHalf,
            Hold80Percent = 3,
            Hold95Percent = 4,
            NeverRead = 0,
            Fetches = 4 * fetchesPerExpert,
            Experts = [.. Enumerable.Range(0, 4).Select(i => new ExpertUse { Layer = 0, Expert = i, LengthBytes = 1, ReadRequests = 1, ReadBytes = 1, Pieces = 3 })],
        };
        TraceReport report = SampleReport.Full();
        TraceFacts facts = Facts(report with { Run = report.Run! with { ModelUse = report.Run.ModelUse! with { Experts = experts } } });

        Assert.Equal(verdict, Judge(new SkewedExperts(), facts).Verdict);
        if (verdict != Verdict.NotAnswerable)
            Assert.Contains("0 are not read while tokens are made.", Judge(new SkewedExperts(), facts).Sentence, StringComparison.Ordinal);
        Assert.Null(new SkewedExperts().Judge(Facts(report with { Run = report.Run with { ModelUse = null } }), new Thresholds()));
    }

    [Theory]
    [InlineData(2, 90L, Verdict.Shown)]
    [InlineData(2, 89L, Verdict.NotShown)]
    [InlineData(1, 90L, Verdict.NotAnswerable)]
    public void A_layout_follows_the_use_if_most_bytes_continue_the_tensor_before(int tokens, long sequential, Verdict verdict)
    {
        var order = new AccessOrder
        {
            Tokens = tokens,
            ReadBytes = 100,
            LeftOutBytes = 0,
            Requests = 7,
            MaxRequestBytes = 30,
            Steps = [],
            AsLaidOut = new LayoutUse(sequential, 3, 5),
            InOrderOfUse = tokens < 2 ? null : new LayoutUse(95, 1, 4),
        };
        TraceReport report = SampleReport.Full();
        TraceReport Of(ModelUse? model) => report with { Run = report.Run! with { ModelUse = model } };
        Finding finding = Judge(new LayoutFollowsUse(), Facts(Of(report.Run!.ModelUse! with { Order = order })));

        Assert.Equal(verdict, finding.Verdict);
        if (verdict != Verdict.NotAnswerable)
            Assert.Contains("the other half would have 95 %. In requests of up to 30 B that is at least 5 now and 4 then; 7 were seen.", finding.Sentence, StringComparison.Ordinal);
        // Nothing to order, nothing read in tokens, no tokens.
        Assert.Null(new LayoutFollowsUse().Judge(Facts(Of(null)), new Thresholds()));
        Assert.Null(new LayoutFollowsUse().Judge(Facts(Of(report.Run.ModelUse with { Order = null })), new Thresholds()));
        TraceReport untimed = Of(report.Run.ModelUse with { Order = null });
        Assert.Equal(Verdict.NotAnswerable, Judge(new LayoutFollowsUse(), Facts(untimed with { Run = untimed.Run! with { Tokens = [] } })).Verdict);
    }

    private sealed class Splits() : FindingRule<TraceFacts>("splits", "Requests were split")
    {
        public long Seen { get; private set; } = -1;

        public override string Criterion(Thresholds thresholds) => "";

        public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
        {
            Seen = facts.Splits;
            return null;
        }
    }
}
