namespace TraceAnalyzer.Analysis;

/// <summary>Requests and their bytes.</summary>
internal readonly record struct IoCounts(long Requests, long Bytes)
{
    public static IoCounts operator +(IoCounts left, IoCounts right) => new(left.Requests + right.Requests, left.Bytes + right.Bytes);
}

/// <summary>Requests by what they do: reads, writes, and how many move no data.</summary>
internal readonly record struct ClassCounts(IoCounts Read, IoCounts Write, long OtherRequests)
{
    /// <summary>Bytes read and written.</summary>
    public long Bytes => Read.Bytes + Write.Bytes;

    /// <summary>Requests of one class.</summary>
    public static ClassCounts Of(OperationClass @class, IoCounts counts) => @class switch
    {
        OperationClass.Read => new(counts, default, 0),
        OperationClass.Write => new(default, counts, 0),
        _ => new(default, default, counts.Requests),
    };

    public static ClassCounts operator +(ClassCounts left, ClassCounts right) => new(left.Read + right.Read, left.Write + right.Write, left.OtherRequests + right.OtherRequests);
}
