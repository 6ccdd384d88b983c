using TraceAnalyzer.Fuzzing;

return FuzzCommand.Create().Parse(args).Invoke();
