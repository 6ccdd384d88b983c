using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>A trace small enough to count by hand: two devices, four processes, reads, writes and a discard.</summary>
internal static class SmallTrace
{
    public const string Text =
        """
          8,0    0        1     0.000000000   100  D   R 0 + 8 [reader]
          8,0    0        2     0.500000000   100  C   R 0 + 8 [0]
          8,0    0        3     0.900000000   100  Q  RA 8 + 256 [reader]
          8,0    0        4     1.000000000   100  D  RA 8 + 256 [reader]
          8,0    0        5     1.250000000   100  C  RA 8 + 256 [0]
          8,0    1        6     2.000000000   200  D   W 1000 + 16 [writer]
          8,0    1        7     2.100000000   200  C   W 1000 + 16 [0]
          8,0    1        8     3.000000000   201  D  WS 2000 + 8 [writer]
          8,0    1        9     3.200000000   201  C  WS 2000 + 8 [0]
          8,16   0       10     4.000000000   300  D   R 0 + 8 [my proc]
          8,16   0       11     4.100000000   300  C   R 0 + 8 [0]
          8,0    1       12     5.000000000   200  D   D 4096 + 2048 [writer]
          8,0    1       13     5.100000000   200  C   D 4096 + 2048 [0]
          8,0    0       14     6.000000000   100  D  RA 8 + 8 [reader]
          8,0    0       15     6.500000000   100  C  RA 8 + 8 [0]

        """;

    /// <summary>Requests and bytes of a class, over all devices.</summary>
    public static (long Requests, long Bytes) Of(TraceReport report, string @class)
    {
        OverviewResult[] found = [.. report.Devices.SelectMany(device => device.Operations)
            .Where(operation => operation.Scope == OperationScope.Class && operation.Name == @class).Select(operation => operation.Overview)];
        return (found.Sum(overview => overview.Requests), found.Sum(overview => overview.Bytes));
    }
}
