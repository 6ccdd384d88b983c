namespace TraceAnalyzer.Writing;

/// <summary>The class that analyses count an I/O as.</summary>
internal static class CountedClass
{
    /// <summary>A write without data is a flush.</summary>
    public static OperationClass Of(OperationClass @class, uint lengthBytes) =>
        lengthBytes == 0 && @class == OperationClass.Write ? OperationClass.Flush : @class;
}
