using System.Collections.Immutable;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables.OfTrace;

namespace TraceAnalyzer.Reporting.Sections;

/// <summary>The sections about the devices of a trace that served its I/O together.</summary>
internal static class AggregateSections
{
    /// <summary>All of them, in the order of the page.</summary>
    public static readonly ImmutableArray<Section<TraceReport>> All =
    [
        new("balance", "How the devices shared the work", [new DeviceBandwidthFigure()], [BalanceTable.Balance.Of],
            "Added up are the devices that issue requests and are not made of others, so that a remapped request counts once; they are busy together while anything is in flight on any. Most over mean is 1 if all move as many bytes, and the number of devices if one moves all; the Gini coefficient is that of their bytes.")
        {
            Note = report => report.Aggregate is not { } aggregate ? null : string.Join(" ", [.. aggregate.LeftOut.Prepend(Sentence(aggregate))]),
        },
    ];

    /// <summary>Every figure of several devices together.</summary>
    public static readonly ImmutableArray<Figure<TraceReport>> Figures = [.. All.SelectMany(section => section.Figures)];

    private static string Sentence(AggregateReport aggregate)
    {
        string sentence = BalanceTable.Sentence(aggregate);
        return char.ToUpperInvariant(sentence[0]) + sentence[1..] + ".";
    }
}
