using System.Text;

namespace TraceAnalyzer.Cli;

/// <summary>Standard output that is closed: whatever is written to it fails.</summary>
internal sealed class ClosedOutput : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>The error of writing.</summary>
    public static IOException Error() => new("standard output is closed: redirect it, to /dev/null perhaps, or ask for --quiet");

    /// <inheritdoc/>
    public override void Write(char value) => throw Error();
}
