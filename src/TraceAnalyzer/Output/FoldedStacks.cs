using System.Globalization;
using System.Text;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Output;

/// <summary>
/// <c>stacks.folded</c>: the call stacks of the counted requests, one a line, as flamegraph.pl and its relatives read them: frames from the
/// outermost to the innermost, joined by <c>;</c>, then a space and the number of requests. Device and class come first.
/// </summary>
public static class FoldedStacks
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "stacks.folded";

    /// <summary>Writes the file into <paramref name="folder"/>, unless no request has a stack.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteTo(TraceReport report, string folder)
    {
        if (report.Devices.All(device => device.Stacks.Length == 0))
            return;
        using var writer = new StreamWriter(Path.Combine(folder, FileName), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        foreach (DeviceReport device in report.Devices)
        {
            foreach (FoldedStack stack in device.Stacks)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{device.Device};{stack.Class.Name()};{PrintableText.Of(stack.Frames)} {stack.Requests}"));
        }
    }
}
