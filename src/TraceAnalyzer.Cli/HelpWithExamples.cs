using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TraceAnalyzer.Cli;

/// <summary>The usual help, and the verb's examples below it.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Makes it the help of a command and its verbs.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        IEnumerable<Verb> verbs = parseResult.CommandResult.Command is Verb verb ? [verb] : parseResult.CommandResult.Command.Subcommands.OfType<Verb>();
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in verbs.SelectMany(verb => verb.Examples))
            output.WriteLine($"  {example}");
        return code;
    }
}
