using System.CommandLine;
using TraceAnalyzer.Benchmarks.Twin;

namespace TraceAnalyzer.Benchmarks.Commands;

internal static class GenerateCommand
{
    private static int Generate(string scale, string folder, string[] kinds, TextWriter log)
    {
        try
        {
            new TwinFiles(KvRun.AtScale(scale), folder).Generate(kinds, log);
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
        var scale = new Option<string>("--scale") { Description = "tiny, 0.01 to 1 (fewer tokens), or a whole number (repeated runs).", DefaultValueFactory = _ => "0.01" };
        var folder = new Option<string>("--out") { Description = "Folder to write to.", Required = true };
        var kinds = new Option<string>("--kinds") { Description = "Comma-separated: " + string.Join(",", TwinFiles.AllKinds) + ".", DefaultValueFactory = _ => "csv,binary,text,set" };
        var command = new Command("generate", "Write the twin of the study's KV-cache run: traces with known answers.") { scale, folder, kinds };
        command.SetAction(result => Generate(result.GetValue(scale)!, result.GetValue(folder)!, result.GetValue(kinds)!.Split(','), Console.Error));
        return command;
    }
}
