using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do bytes take the same path: buffered, synchronous, neither?</summary>
/// <param name="class">Read or write.</param>
public sealed class IoPaths(OperationClass @class) : PairRule($"{@class.Name()}-path", $"{@class.Subject()} take the same I/O path in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if shares of bytes by rwbs letters (A, or S without A) differ by {Points(thresholds.ShareDifference)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds) || IoPath.Of(facts.First, @class) is not { } first || IoPath.Of(facts.Other, @class) is not { } other)
            return null;
        bool same = Math.Max(Math.Abs(first.ReadAhead - other.ReadAhead), Math.Abs(first.Synchronous - other.Synchronous)) < thresholds.ShareDifference;
        return Answer(
            same,
            same
                ? $"{@class.Subject()} are {other.Describe(@class)} in both runs."
                : $"{@class.Subject()} of {facts.Other.Label} are {other.Describe(@class)}, those of {facts.First.Label} {first.Describe(@class)}.",
            Evidence.OfBoth("bytes marked A (read-ahead)", Unit.Share, first.ReadAhead, other.ReadAhead),
            Evidence.OfBoth("bytes marked S (synchronous) and not A", Unit.Share, first.Synchronous, other.Synchronous));
    }

    /// <summary>
    /// By which way bytes came, from the letters of their rwbs strings (fill_rwbs in the kernel's kernel/trace/blktrace.c): <c>A</c> is set by
    /// read-ahead, which only buffered and mapped reads have; direct I/O is marked synchronous (<c>S</c>), writes always, reads on newer
    /// kernels (seen on 6.18) while older ones mark them with nothing.
    /// </summary>
    private sealed record IoPath(double ReadAhead, double Synchronous)
    {
        // Enough to name the whole after it.
        private const double Most = 0.9;

        // Null without rwbs strings: a report need not have them.
        public static IoPath? Of(RunView run, OperationClass @class)
        {
            OperationReport[] operations = [.. run.Device!.ByRwbs.Where(operation => operation.Class == @class)];
            double Bytes(Func<string, bool> has) => operations.Where(operation => has(operation.Name)).Sum(operation => (double)operation.Overview.Bytes);
            double all = Bytes(_ => true);
            return all == 0 ? null : new IoPath(Bytes(IsAhead) / all, Bytes(name => !IsAhead(name) && name.Contains('S', StringComparison.Ordinal)) / all);

            static bool IsAhead(string name) => name.Contains('A', StringComparison.Ordinal);
        }

        public string Describe(OperationClass @class)
        {
            double plain = 1 - ReadAhead - Synchronous;
            if (ReadAhead >= Most)
                return $"buffered ({Units.Share(ReadAhead)} of the bytes by read-ahead)";
            if (Synchronous >= Most)
                return $"synchronous{(@class == OperationClass.Write ? ", as direct and flushed writes are" : " without read-ahead, as direct I/O is")} ({Units.Share(Synchronous)} of the bytes)";
            if (@class == OperationClass.Write)
                return plain >= Most ? $"buffered write-back ({Units.Share(plain)} of the bytes not synchronous)" : $"mixed ({Units.Share(Synchronous)} of the bytes synchronous, {Units.Share(plain)} not)";
            return plain >= Most
                ? $"neither read-ahead nor synchronous ({Units.Share(plain)} of the bytes)"
                : $"mixed ({Units.Share(ReadAhead)} of the bytes read-ahead, {Units.Share(Synchronous)} synchronous, {Units.Share(plain)} neither)";
        }
    }
}
