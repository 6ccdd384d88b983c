namespace TraceAnalyzer.Text;

/// <summary>Reads and writes in sentences and titles.</summary>
public static class OperationWords
{
    /// <summary>The requests, and what a program does: <c>reads</c> or <c>writes</c>.</summary>
    public static string Plural(this OperationClass @class) => @class.Name() + "s";

    /// <summary>The same at the start of a sentence: <c>Reads</c> or <c>Writes</c>.</summary>
    public static string Subject(this OperationClass @class) => @class == OperationClass.Read ? "Reads" : "Writes";

    /// <summary>What is done to data: <c>read</c> or <c>written</c>.</summary>
    public static string Participle(this OperationClass @class) => @class == OperationClass.Read ? "read" : "written";
}
