using System.Globalization;
using System.Text;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli;

/// <summary>How much is printed, and in what form.</summary>
/// <param name="Quiet">Nothing but errors.</param>
/// <param name="Verbose">Also what was read, how, and how long each step took, on standard error.</param>
/// <param name="Json">JSON instead of a summary.</param>
internal sealed record ConsoleMode(bool Quiet, bool Verbose, bool Json)
{
    /// <summary>A summary for people.</summary>
    public static readonly ConsoleMode Summary = new(false, false, false);

    /// <summary>Progress while a trace is read.</summary>
    public ProgressLine StartProgress() => new(enabled: !Quiet);

    /// <summary>Prints a result.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="summary">Writes it for people.</param>
    /// <param name="json">Writes it as JSON in UTF-8.</param>
    public void Print(TextWriter output, Action<TextWriter> summary, Action<Stream> json)
    {
        if (Quiet)
            return;
        if (!Json)
        {
            summary(output);
            return;
        }

        using var text = new MemoryStream();
        json(text);
        output.WriteLine(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).TrimEnd());
    }

    /// <summary>Says what was unpacked into temporary files, if asked for.</summary>
    public void SayUnpacked(long bytes)
    {
        if (Verbose && bytes > 0)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"unpacked: {bytes} bytes of archives into temporary files"));
    }

    /// <summary>Says what was read, if asked for.</summary>
    public void SayRead(TraceReport report, TextWriter error)
    {
        if (!Verbose)
            return;
        string files = report.Source.Files.Length == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{report.Source.Files.Length} files");
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"read: {PrintableText.Of(report.Source.Name)}: {report.Source.Format}, {files}, {report.Source.Bytes} bytes unpacked, {report.Events} events"));
    }
}
