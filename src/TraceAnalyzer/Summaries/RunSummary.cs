using System.Globalization;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;
using static TraceAnalyzer.Text.Units;

namespace TraceAnalyzer.Summaries;

/// <summary>The lines of <see cref="ConsoleSummary"/> about the run and the findings.</summary>
internal static class RunSummary
{
    private const int MostTokens = 3;
    private const int MostGpus = 16;
    private const int MostFiles = 10;

    // A layer stands out if it waits at least twice as long as a typical one.
    private const double StandsOut = 2;

    private static readonly string[] s_spanColumns = ["duration_ns", "read_bytes", "write_bytes", "io_busy_share", "compute_share", "stall_share"];

    /// <summary>Writes what is known of the run; nothing if it is not known.</summary>
    public static void WriteRun(TraceReport report, TextWriter writer)
    {
        if (report.Run is not { } run)
            return;
        Field(writer, "Run", PrintableText.Of(run.Folder) + (run.OtherTraces.Length > 0 ? $" (not analyzed: {string.Join(", ", run.OtherTraces.Select(PrintableText.Of))})" : ""));
        foreach (FrameworkFigures log in run.Frameworks)
            Field(writer, "Framework", Invariant($"{PrintableText.Of(log.File)}: model {Text(log.ModelGiB)} GiB, cache {Text(log.CacheGiB)} GiB, prefill {Text(log.PrefillSeconds)} s, decode {Text(log.DecodeSeconds)} s, total {Text(log.TotalSeconds)} s"));
        if (run.Clock is { } clock)
            Field(writer, "Clock", $"joined by {PrintableText.Of(clock.Anchor)}{(clock.UncertaintyNs is { } ns ? $", to within {Duration(ns)}" : "")}");
        if (run.Gpu is { } gpu)
        {
            bool isOne = gpu.Gpus.Length == 0;
            Field(writer, "GPU", Invariant($"{(isOne ? "" : $"{gpu.Gpus.Length} GPUs, ")}{Count(gpu.Samples)} samples, {(gpu.TraceMeanPercent is { } inTrace ? Invariant($"mean {inTrace:F2} % over the time of the trace; ") : "")}{MeansOf(isOne ? "whole log: mean" : "whole log: mean of all", gpu.MeanPercent, gpu.TimeWeightedMeanPercent)}"));
            WriteShares(gpu.Shares, isOne ? "GPU" : "any GPU", writer);
            foreach (GpuSeriesUse one in gpu.Gpus.Take(MostGpus))
            {
                string alone = one.Shares is { } part ? $"; above 0 % with I/O in flight {Share(part.Both)} of the time, without {Share(part.GpuOnly)}; at 0 % with I/O {Share(part.IoOnly)}, without {Share(part.Neither)}" : "";
                Field(writer, "", $"{PrintableText.Of(one.Name)}: {MeansOf("mean", one.MeanPercent, one.TimeWeightedMeanPercent)}{alone}");
            }

            if (gpu.Gpus.Length > MostGpus)
                Field(writer, "", $"and {Count(gpu.Gpus.Length - MostGpus)} more GPUs");
        }

        if (run.DeviceMap.Length > 0)
            Field(writer, "Device map", PrintableText.Of(string.Join("; ", run.DeviceMap)));
        if (run.Trace is null)
            WriteLogged(report, writer);
        WritePhases(report, writer);
        WriteTokens(report, run, writer);
        if (run.Movement is not null && run.Tokens.Length == 0 && (run.Logged is null || run.Trace is not null))
            writer.WriteLine();
        WriteMovement(report, writer);
        WriteModel(report, writer);
        foreach (string line in run.NotAnswerable)
            Field(writer, "Unknown", PrintableText.Of(line));
        writer.WriteLine();
    }

    /// <summary>Writes the findings.</summary>
    public static void WriteFindings(Finding[] findings, TextWriter writer)
    {
        foreach (Finding finding in Finding.ByImportance(findings))
        {
            writer.WriteLine($"{finding.Verdict.Name() + ":",-16}{finding.Title}. {PrintableText.Of(finding.Sentence)}");
            if (finding.Caveats.Length > 0)
                writer.WriteLine($"{"",-16}But {string.Join("; ", finding.Caveats)}.");
        }

        if (findings.Length > 0)
            writer.WriteLine();
    }

    private static void WriteTokens(TraceReport report, RunReport run, TextWriter writer)
    {
        if (run.Detection is { } found)
        {
            string starts = found.StartsAgree() switch { true => $", starts to within {Duration(found.GreatestErrorNs!.Value)}", false => ", whose starts are others", null => "" };
            string known = found.KnownCount is { } count ? $", {Count(count)} noted{starts}" : "";
            Field(writer, "Passes", !found.AreTold() ? Invariant($"not told: what the trace repeats is too irregular (confidence {found.Confidence:F2}) to say where each begins") : Invariant($"{found.PassStartNs.Length} found in the trace ({EnumNames.Kebab(found.Kind)}, confidence {found.Confidence:F2}, median {Duration(found.MedianPassNs)}{known})"));
        }

        if (run.Tokens.Length == 0)
            return;
        if (run.Tokens.Any(token => token.Kind != SpanKind.Pass))
            Field(writer, "Tokens", $"{Count(run.Tokens.Length)} from {PrintableText.Of(run.TokenSource ?? "")}{(run.TokenUncertaintyNs is { } off ? $", to within {Duration(off)}" : "")}");
        writer.WriteLine();
        Table tokens = SpanTables.TokensOrPasses(report);
        Table some = tokens.Rows.Count <= 2 * MostTokens ? tokens : tokens with { Rows = [.. tokens.Rows.Take(MostTokens), tokens.Rows[^1]] };
        ConsoleTable.Write(some.Select(["token", "step", .. s_spanColumns]).WithoutEmptyColumns(), writer);
        WriteStalls(run, writer);
    }

    private static void WritePhases(TraceReport report, TextWriter writer)
    {
        SpanUseReport[] phases = report.Run!.Phases;
        if (phases.Length == 0)
            return;
        Field(writer, "Phases", string.Join("; ", phases.GroupBy(phase => phase.DescribeSource()).Select(source => $"{string.Join(", ", source.Select(phase => PrintableText.Of(phase.Name)))}: {source.Key}")));
        writer.WriteLine();
        ConsoleTable.Write(SpanTables.Phases.Of(report).Select(["phase", .. s_spanColumns]).WithoutEmptyColumns(), writer);
    }

    private static void WriteLogged(TraceReport report, TextWriter writer)
    {
        if (report.Run!.Logged is not { } logged)
            return;
        Field(writer, "Phases", $"{PrintableText.Of(logged.File)}, placed in the GPU log: {logged.Anchor}{(logged.UncertaintyNs is { } ns ? $", to within {Duration(ns)}" : "")}");
        writer.WriteLine();
        Table phases = GpuTables.LoggedPhases.Of(report).Select("phase", "token", "duration_ns", "gpu_mean_percent", "gpu_idle_share");
        ConsoleTable.Write(phases.Rows.Count <= 2 * MostTokens ? phases : phases with { Rows = [.. phases.Rows.Take(MostTokens + 1), phases.Rows[^1]] }, writer);
    }

    // Calls that read their own data are not computing.
    private static void WriteCalls(RunReport run, TextWriter writer)
    {
        SpanUseReport[] known = [.. run.Tokens.Where(token => token.InCallsNs is not null)];
        double all = known.Sum(token => (double)(token.EndNs - token.StartNs));
        if (all == 0)
            return;
        Field(writer, "Calls", $"{Share(known.Sum(token => (double)token.InCallsNs!.Value) / all)} of the tokens' time is in layer calls, {Share(known.Sum(token => (double)token.InCallsIoNs!.Value) / all)} in layer calls with I/O in flight (from {PrintableText.Of(run.CallSource ?? "")});");
        Field(writer, "", "the calls read their own data, so how much of them is computing is not known");
        writer.WriteLine();
    }

    private static void WriteStalls(RunReport run, TextWriter writer)
    {
        WriteCalls(run, writer);
        SpanUseReport[] known = [.. run.Tokens.Where(token => token.StallNs is not null)];
        double all = known.Sum(token => (double)(token.EndNs - token.StartNs));
        if (all == 0)
            return;
        string Of(Func<SpanUseReport, long?> part) => Share(known.Sum(token => (double)part(token)!.Value) / all);
        Field(writer, "Stalls", $"of the tokens' time {Of(token => token.ComputeNs)} in layer calls and not waiting for data (host time), {Of(token => token.StallNs)} outside of these with I/O in flight, {Of(token => token.IdleNs)} neither "
            + $"(from {PrintableText.Of(run.StallSource ?? "")})");
        WriteWorstLayer(run, writer);
        writer.WriteLine();
    }

    // Of layers that all wait alike one waits longest by chance. Layers that hardly wait are not what it is compared with: half of the other layers' stalled
    // time is in layers that wait as long as the typical one, or longer.
    private static void WriteWorstLayer(RunReport run, TextWriter writer)
    {
        LayerTurn[] layers = [.. run.LayerTurns.Where(turn => turn.StallNs is not null).OrderByDescending(turn => turn.StallNs)];
        double all = layers.Sum(turn => (double)turn.StallNs!.Value);
        if (layers.Length < 2 || all == 0)
            return;
        LayerTurn worst = layers[0];
        double others = all - worst.StallNs!.Value;
        double sum = 0;
        LayerTurn typical = layers.Skip(1).First(turn => (sum += turn.StallNs!.Value) >= others / 2);
        string both = Invariant($"layer {worst.Number} has {Share(worst.StallNs.Value / all)} of the stalled time, a typical stalling layer {Share(typical.StallNs!.Value / all)}");
        Field(writer, "", worst.StallNs >= StandsOut * typical.StallNs
            ? Invariant($"the framework's {both}; {Duration((double)worst.StallNs.Value / worst.Turns)} per token")
            : $"no layer of the framework stands out: {both}");
    }

    private static void WriteMovement(TraceReport report, TextWriter writer)
    {
        if (report.Run!.Movement is not { } movement)
            return;
        ConsoleTable.Write(MovementTables.Movement.Of(report), writer);
        if (movement.CacheHitBytes is { } hits)
        {
            Field(writer, "Reads", $"page-cache hits {Bytes(hits)} ({Share(movement.FrameworkReadBytes is > 0 and { } read ? (double)hits / read : 0)}), read and not logged by the framework {Bytes(movement.ExcessReadBytes ?? 0)}, "
                + $"unmapped {Bytes(movement.UnmappedReadBytes ?? 0)}, framework reads of files without extents {Bytes(movement.FrameworkElsewhereReadBytes ?? 0)}, unexplained {Bytes(movement.UnexplainedReadBytes ?? 0)}");
        }
    }

    private static void WriteModel(TraceReport report, TextWriter writer)
    {
        if (report.Run is not { ModelUse: { } model } run)
            return;
        Field(writer, "Model", $"{Count(model.Roles.Sum(role => role.Tensors))} {(model.Roles.Sum(role => role.Tensors) == 1 ? "tensor" : "tensors")} of {Bytes(model.TensorBytes)}{(model.PassBytes is { } pass ? $"; a pass reads {Bytes(pass)} if nothing is cached{Decoded(run, pass)}" : "")}");
        writer.WriteLine();
        ConsoleTable.Write(ModelUseTables.Roles.Of(report).WithoutEmptyColumns(), writer);
        WriteOrder(model.Order, writer);
        if (model.Experts is not { } experts)
            return;
        string fetches = experts.RequestsPerFetch is { } requests ? $"; {Count(experts.Fetches!.Value)} fetches of {Count(requests)} requests on average" : "";
        Field(writer, "Experts", $"{Count(experts.Experts.Length)}, of which {Count(experts.HoldHalf)} have half, {Count(experts.Hold80Percent)} have 80 % and {Count(experts.Hold95Percent)} have 95 % of the bytes read {(experts.OfTokens ? "while tokens were made" : "of experts")}, {Count(experts.NeverRead)} have none{fetches}; "
            + $"an expert lies in {Count(experts.PiecesPerExpert)} {(experts.PiecesPerExpert == 1 ? "piece" : "pieces")} of the file");
        if (experts is { PackedRequestsPerFetch: { } packed, LaidOutRequestsPerFetch: { } laidOut })
        {
            Field(writer, "", $"a fetched expert lies in {Count(experts.DeviceExtentsPerFetch!.Value)} extents of the device and needs at least {Count(laidOut)} requests of up to {Bytes(experts.MaxRequestBytes!.Value)}, with its matrices together {Count(packed)}; "
                + $"that would save at most {Bytes(experts.PackedSavedBytes!.Value)} of {Bytes(experts.UnfetchedReadBytes!.Value)} over-read of other experts");
        }

        if (experts.RoutedFetches is { } routed)
            Field(writer, "", $"the router chose {Count(routed)} experts of tokens, {Count(experts.RoutedWithoutReads!.Value)} of them without a read (page cache); {Bytes(experts.UnroutedReadBytes!.Value)} were read of experts that the token does not use");
        writer.WriteLine();
    }

    private static void WriteOrder(AccessOrder? order, TextWriter writer)
    {
        if (order is null)
            return;
        string asLaidOut = $"{Share((double)order.AsLaidOut.SequentialBytes / order.ReadBytes)} of the bytes that {Count(order.Tokens)} {(order.Tokens == 1 ? "token" : "tokens")} read are of tensors that begin where the one read before ends";
        string reordered = order.InOrderOfUse is { } use ? $", laid out in the order of use {Share((double)use.SequentialBytes / order.ReadBytes)}; at least {Count(order.AsLaidOut.Requests)} and {Count(use.Requests)} requests of up to {Bytes(order.MaxRequestBytes)}, {Count(order.Requests)} seen" : "";
        Field(writer, "Order", asLaidOut + reordered);
        if (order.Steps.Where(step => step.Steps > step.Sequential && step.MedianJumpBytes is not null).MaxBy(step => step.Forward + step.Backward) is { } jumps)
            Field(writer, "", $"jumps {(jumps.ChangesLayer ? "from layer to layer" : "within a layer")}: {Count(jumps.Forward)} forward, {Count(jumps.Backward)} backward, median {Bytes(jumps.MedianJumpBytes!.Value)}");
    }

    private static string Decoded(RunReport run, long passBytes)
    {
        SpanUseReport[] decoded = [.. run.Tokens.Skip(1)];
        return decoded.Length == 0 || passBytes == 0 ? "" : $", decoded tokens read {Share(decoded.Average(token => (double)token.ReadBytes) / passBytes)} of that on average";
    }

    private static string MeansOf(string name, double? mean, double? weighted) =>
        Invariant($"{name} {mean:F2} %{(weighted is { } byTime ? Invariant($", time-weighted {byTime:F2} %") : "")}");

    private static void WriteShares(BusyShares? shares, string gpu, TextWriter writer)
    {
        if (shares is not null)
            Field(writer, "", $"{gpu} sampled above 0 %: with I/O in flight {Share(shares.Both)} of the time, without {Share(shares.GpuOnly)}; at 0 %: with I/O {Share(shares.IoOnly)}, without {Share(shares.Neither)}");
    }

    /// <summary>Writes which files of the run's folder were not read, in whole or in part, with the reason; pictures, scripts and such in one line.</summary>
    public static void WriteFiles(RunReport? run, TextWriter writer)
    {
        if (run is null)
            return;
        WriteSome([.. run.Problems.Select(problem => ("Problem", problem.File, problem.Message))], writer);
        WriteSome([.. run.Files.Where(file => file.Kind == RunFile.NotUnderstood).Select(file => ("Not read", file.Name, file.Reason ?? ""))], writer);
        string[] unused = [.. run.Files.Where(file => file.Kind == RunFile.NotUsed).Select(file => PrintableText.Of(file.Name))];
        if (unused.Length > 0)
        {
            Field(writer, "Not used", string.Join(", ", unused.Take(MostFiles)) + (unused.Length > MostFiles ? $" and {Count(unused.Length - MostFiles)} more" : ""));
        }

        if (run.Problems.Length > 0 || run.Files.Any(file => file.Reason is not null))
            writer.WriteLine();
    }

    private static void WriteSome((string Field, string File, string Message)[] lines, TextWriter writer)
    {
        foreach ((string field, string file, string message) in lines.Take(MostFiles))
            Field(writer, field, $"{PrintableText.Of(file)}: {PrintableText.Of(message)}");
        if (lines.Length > MostFiles)
            Field(writer, "", $"and {Count(lines.Length - MostFiles)} more, which report.json lists");
    }

    private static string Text(double? number) => number?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static void Field(TextWriter writer, string name, string value) => ConsoleSummary.WriteField(writer, name, value);
}
