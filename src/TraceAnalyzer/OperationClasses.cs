namespace TraceAnalyzer;

/// <summary>Names of <see cref="OperationClass"/> in options and reports.</summary>
public static class OperationClasses
{
    /// <summary><c>read</c>, <c>write</c>, <c>discard</c>, <c>flush</c> or <c>other</c>.</summary>
    public static string Name(this OperationClass @class) => @class switch
    {
        OperationClass.Read => "read",
        OperationClass.Write => "write",
        OperationClass.Discard => "discard",
        OperationClass.Flush => "flush",
        _ => "other",
    };

    /// <summary>The classes that move data: reads, then writes.</summary>
    public static IReadOnlyList<OperationClass> MovingData { get; } = [OperationClass.Read, OperationClass.Write];

    /// <summary>True if bytes are read or written.</summary>
    public static bool MovesData(this OperationClass @class) => @class is OperationClass.Read or OperationClass.Write;
}
