namespace TraceAnalyzer;

/// <summary>
/// Something the user can mend: an input that is not a trace, a file that cannot be read, an option that does not fit.
/// The message is one line that names the file and place, what was expected and what was found; the command prints it without a stack trace.
/// </summary>
public sealed class TraceException : Exception
{
    /// <summary>With a message for the user.</summary>
    public TraceException(string message) : base(message)
    {
    }

    /// <summary>With a message for the user and what led to it.</summary>
    public TraceException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
