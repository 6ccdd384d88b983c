namespace TraceAnalyzer.Cli;

/// <summary>What the command returns. Documented in docs/commands.md.</summary>
internal enum ExitCode
{
    /// <summary>Done, and nothing was lost.</summary>
    Success = 0,

    /// <summary>A fault of this program.</summary>
    InternalError = 1,

    /// <summary>The command line makes no sense.</summary>
    Usage = 2,

    /// <summary>The input cannot be read or is not a trace, or the output cannot be written.</summary>
    Failed = 3,

    /// <summary>Done, but the trace has losses or damage: an integrity counter is above zero.</summary>
    Losses = 4,

    /// <summary>There was not enough memory.</summary>
    OutOfMemory = 5,

    /// <summary>Interrupted (Ctrl-C): 128 + SIGINT, as shells have it.</summary>
    Cancelled = 130,
}
