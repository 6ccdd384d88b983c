using System.CommandLine;
using TraceAnalyzer.Benchmarks.Twin;

namespace TraceAnalyzer.Benchmarks.Commands;

internal static class HardCommand
{
    private static int Write(string kind, long count, string path, TextWriter log)
    {
        try
        {
            HardTrace.Write(kind, count, path);
            return 0;
        }
        catch (FormatException e)
        {
            log.WriteLine(e.Message);
            return 2;
        }
    }

    public static Command Create()
    {
        var kind = new Option<string>("--kind") { Description = "What there is without number: " + string.Join(", ", HardTrace.Kinds) + ".", Required = true };
        var count = new Option<long>("--count") { Description = "How many.", Required = true };
        var path = new Option<string>("--out") { Description = "File to write.", Required = true };
        var command = new Command("hard", "Write a trace that takes much memory for its size, to measure with /usr/bin/time -v.") { kind, count, path };
        command.SetAction(result => Write(result.GetValue(kind)!, result.GetValue(count), result.GetValue(path)!, Console.Error));
        return command;
    }
}
