using System.CommandLine;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer completion</c>: prints a script with which a shell completes verbs, options and their values.</summary>
internal static class CompletionCommand
{
    // Each asks the program itself, through System.CommandLine's suggest directive, so that a script never grows old.
    // Where the program suggests nothing, the shell completes file names.
    private static readonly (string Shell, string Script)[] s_scripts =
    [
        ("bash",
            """
            _traceanalyzer() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(traceanalyzer "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _traceanalyzer traceanalyzer
            """),
        ("zsh",
            """
            #compdef traceanalyzer
            _traceanalyzer() {
              local -a words_found
              words_found=("${(@f)$(traceanalyzer "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              if (( ${#words_found[1]} )); then
                compadd -- "${words_found[@]}"
              else
                _files
              fi
            }
            compdef _traceanalyzer traceanalyzer
            """),
        ("fish",
            """
            function __traceanalyzer_complete
              set -l line (commandline --current-process --cut-at-cursor)
              traceanalyzer "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete --command traceanalyzer --arguments '(__traceanalyzer_complete)'
            """),
    ];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> shell = new Argument<string>("shell") { Description = "The shell to print a script for." }
            .AcceptOnlyFromAmong([.. s_scripts.Select(entry => entry.Shell)]);
        var command = new Verb(
            "completion",
            "Prints a script with which bash, zsh or fish completes the command line.",
            "source <(traceanalyzer completion bash)",
            "traceanalyzer completion fish > ~/.config/fish/completions/traceanalyzer.fish")
        {
            shell,
        };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(
            Array.Find(s_scripts, entry => entry.Shell == parsed.GetRequiredValue(shell)).Script.ReplaceLineEndings("\n")));
        return command;
    }
}
