namespace TraceAnalyzer.Reading.Inputs;

/// <summary>What the inputs of two traces have in common.</summary>
internal enum InputRelation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are the same files.</summary>
    SameFiles,

    /// <summary>Some of their files are the same.</summary>
    SharedFiles,

    /// <summary>They are different files that hold the same events.</summary>
    SameEvents,
}
