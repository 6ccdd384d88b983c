using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Does the layout of the model's files follow the order in which tokens read its tensors?</summary>
public sealed class LayoutFollowsUse() : FindingRule<TraceFacts>("layout-order", "The model files are laid out in the order of use")
{
    // An order that one token shows can be chance, and the layout that would follow it cannot be tested.
    private const int LeastTokens = 2;

    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if at least {Units.Share(thresholds.SequentialShare)} of the bytes that tokens read of tensors are of tensors that begin where the tensor read before them ends; not answerable below {LeastTokens} tokens that read tensors";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.Report.Run?.ModelUse is not { } model)
            return null;
        if (model.Order is not { } order)
            return facts.Report.Run.Tokens.Length == 0 ? NotAnswerable("While the trace reads, no tokens are known in which tensors are read one after the other.") : null;
        var tokens = new Evidence("tokens that read tensors", order.Tokens, Unit.Count, LeastTokens);
        if (order.InOrderOfUse is not { } inOrder)
            return NotAnswerable("Only one token reads tensors; whether others read them in the same order is unknown.", tokens);
        double share = (double)order.AsLaidOut.SequentialBytes / order.ReadBytes;
        double inOrderShare = (double)inOrder.SequentialBytes / order.ReadBytes;
        return Answer(
            share >= thresholds.SequentialShare ? Verdict.Shown : Verdict.NotShown,
            $"Of {Units.Bytes(order.ReadBytes)} that {Units.Count(order.Tokens)} tokens read of tensors, {Units.Share(share)} are of tensors that begin where the one read before ends; laid out in the order that half of the tokens show, the other half would have {Units.Share(inOrderShare)}. "
                + $"In requests of up to {Units.Bytes(order.MaxRequestBytes)} that is at least {Units.Count(order.AsLaidOut.Requests)} now and {Units.Count(inOrder.Requests)} then; {Units.Count(order.Requests)} were seen.",
            new Evidence("share of the bytes in sequence, as laid out", share, Unit.Share, thresholds.SequentialShare),
            new Evidence("the same if laid out in the order of use", inOrderShare, Unit.Share),
            tokens);
    }
}
