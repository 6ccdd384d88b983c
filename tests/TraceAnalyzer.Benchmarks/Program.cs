using System.CommandLine;
using TraceAnalyzer.Benchmarks.Commands;

var root = new RootCommand("Benchmarks of traceanalyzer at the size of the study's runs; see docs/benchmarks/README.md.")
{
    GenerateCommand.Create(),
    HardCommand.Create(),
    RunCommand.Create(),
    DuckDbCommand.Create(),
};
return root.Parse(args).Invoke();
