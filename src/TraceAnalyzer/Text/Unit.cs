namespace TraceAnalyzer.Text;

/// <summary>What a number counts. Values are always in the base unit named here; <see cref="Units"/> scales them for people.</summary>
public enum Unit
{
    /// <summary>No number: words.</summary>
    Text,

    /// <summary>How many things there are; also plain numbers such as a mean queue depth.</summary>
    Count,

    /// <summary>A number that names something (process, CPU, layer, token, sector, point in time of the trace's clock): never scaled or rounded.</summary>
    Identifier,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Bytes per second.</summary>
    BytesPerSecond,

    /// <summary>A span of time in nanoseconds.</summary>
    Nanoseconds,

    /// <summary>A span of time in seconds.</summary>
    Seconds,

    /// <summary>Part of a whole, 0 to 1; shown in percent.</summary>
    Share,

    /// <summary>Percent, 0 to 100, as GPU logs have it.</summary>
    Percent,

    /// <summary>A number that is not part of anything, such as Gini's or a correlation: -1 to 1, three decimals.</summary>
    Coefficient,

    /// <summary>How many times as large, shown as <c>1.33x</c>.</summary>
    Ratio,

    /// <summary>Factors of two.</summary>
    Octaves,

    /// <summary>GiB per second, as roofline options and DeepNVMe logs have it.</summary>
    GiBPerSecond,

    /// <summary>GiB, as framework logs have it.</summary>
    GiB,
}
