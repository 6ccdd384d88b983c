using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Cli;

/// <summary>Answers to command lines that make sense to blkparse, or to somebody who left out the verb, with the one that was meant.</summary>
internal static class Habits
{
    /// <summary>The answer; null if there is none.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="verb">The verb; null if it is missing.</param>
    public static string? AnswerTo(IReadOnlyList<string> args, string? verb)
    {
        // Its arguments are those of another command, too.
        if (verb == "capture")
            return null;
        if (ValueOf(args, "-i", "--input") is { } input)
            return $"-i: a trace is named without an option: {Calls(verb, input)}";
        if (ValueOf(args, "-d", "--dump-binary") is { } dump)
            return AboutD(dump, verb);
        return verb is null && TraceIn(args) is { } trace ? $"{Quoted(trace)} is a path, not a command: {Calls(null, trace)}" : null;
    }

    // -d is the device of blktrace, and the dump of blkparse.
    private static string AboutD(string value, string? verb) => value.StartsWith("/dev/", StringComparison.Ordinal)
        ? $"-d: nothing is recorded here; record with 'blktrace -d {Quoted(value)} -o - | traceanalyzer info -', or choose a device of a trace with '{Command(verb ?? "info")} TRACE --device {Quoted(value)}'"
        : $"-d: choose a device of a trace with '--device {Quoted(value)}'; a merged dump, as 'blkparse -d' writes it, is written by 'traceanalyzer convert TRACE -o {Quoted(value)} --format blktrace'";

    private static string Calls(string? verb, string trace) => verb is null
        ? $"'{Command("info")} {Quoted(trace)}' says what is in it, '{Command("analyze")} {Quoted(trace)} -o FOLDER' analyzes it"
        : $"'{Command(verb)} {Quoted(trace)}{(verb is "info" or "tensors" ? "" : " -o OUTPUT")}'";

    private static string Command(string verb) => $"traceanalyzer {verb}";

    // "-i run", "-irun", "--input run", "--input=run". Empty if the value is missing; null if there is no such option.
    private static string? ValueOf(IReadOnlyList<string> args, string shortName, string longName)
    {
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == shortName || args[i] == longName)
                return i + 1 < args.Count ? args[i + 1] : "TRACE";
            if (args[i].StartsWith(longName + "=", StringComparison.Ordinal))
                return args[i][(longName.Length + 1)..];
            if (args[i].Length > shortName.Length && args[i].StartsWith(shortName, StringComparison.Ordinal))
                return args[i][shortName.Length..];
        }

        return null;
    }

    private static string? TraceIn(IReadOnlyList<string> args)
    {
        foreach (string arg in args)
        {
            if (arg == TraceFormats.StandardInput || (!arg.StartsWith('-') && TraceFormats.IsThere(arg)))
                return arg;
            // The first word that is not an option is what stands for the verb.
            if (!arg.StartsWith('-') && !args[0].StartsWith('-'))
                return null;
        }

        return null;
    }

    private static string Quoted(string path) => path.Any(char.IsWhiteSpace) ? $"\"{path}\"" : path;
}
