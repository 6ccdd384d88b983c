using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer describe</c>: which tensor lies where in model files, from their headers.</summary>
internal static class DescribeCommand
{
    private static readonly ImmutableArray<Column> s_columns =
        [Column.Text("role", "Role"), Column.Text("projection", "Matrix"), Column.Text("layers", "Layers"), Column.Text("experts", "Experts"), Column.Count("tensors", "Tensors"), Column.Bytes("bytes", "Bytes"), Column.Share("share", "Of all")];

    /// <summary>Reads the headers, prints what they hold by role, and writes the table if asked to.</summary>
    /// <param name="paths">Model files, indexes or folders.</param>
    /// <param name="output">The table to write; null for none.</param>
    /// <param name="overwrite">Whether it may replace a file.</param>
    /// <param name="console">What to print.</param>
    /// <param name="writer">Standard output.</param>
    /// <exception cref="TraceException">A file cannot be read or is not a model file, or the table cannot be written.</exception>
    public static ExitCode Run(IReadOnlyList<string> paths, string? output, bool overwrite, ConsoleMode console, TextWriter writer)
    {
        if (paths.Contains(""))
            throw new UsageException("the path of a model is empty; expected a file or folder");
        if (output is "")
            throw new UsageException("--output is empty; expected the name of a file");
        IReadOnlyList<ModelFile> files = ModelFormats.OpenAll(paths);
        if (output is not null)
            Write(files, paths, output, overwrite);

        console.Print(writer, text => Print(files, output, text), stream => ModelTables.Write(files, stream));
        return ExitCode.Success;
    }

    private static void Write(IReadOnlyList<ModelFile> files, IReadOnlyList<string> paths, string output, bool overwrite)
    {
        var written = InputIdentity.Of(output);
        if (paths.Concat(files.Select(file => file.Path!)).Any(path => InputIdentity.Of(path) == written))
            throw new UsageException($"--output '{output}' is one of the files described; choose another name");
        using OutputFile table = OutputFile.Create(output, overwrite);
        ModelTables.Write(files, table.Stream);
        table.Commit();
    }

    private static void Print(IReadOnlyList<ModelFile> files, string? output, TextWriter text)
    {
        IReadOnlyList<TensorEntry> tensors = ModelTables.CatalogueOf(files).Tensors;
        long all = Sum(tensors.Select(tensor => tensor.LengthBytes ?? 0));
        long header = Sum(files.Select(file => file.DataStartBytes));
        text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Count} {(files.Count == 1 ? "file" : "files")} ({string.Join(", ", files.Select(file => file.Format).Distinct())}), {tensors.Count} tensors of {Units.Bytes(all)}, headers of {Units.Bytes(header)}"));
        text.WriteLine();
        ConsoleTable.Write(new Table("roles", "Tensors by role", s_columns, [.. tensors.GroupBy(tensor => (tensor.Role, tensor.Projection)).Select(group => Row(group.Key.Role, group.Key.Projection, [.. group], all))]), text);
        foreach (string unknown in tensors.Where(tensor => tensor is { Layer: null, Role: TensorRole.Weight }).Select(tensor => tensor.Name).Take(3))
            text.WriteLine($"Of no known layer and role: {PrintableText.Of(unknown)}");
        if (output is not null)
            text.WriteLine($"Written to {PrintableText.Of(output)}; put it into the run's folder beside the trace and the output of filefrag -v");
    }

    // So many files may be named that their headers claim more than can be counted.
    private static long Sum(IEnumerable<long> bytes) => bytes.Aggregate(0L, (sum, each) => Math.Min(long.MaxValue - each, sum) + each);

    private static Value[] Row(TensorRole role, string? projection, TensorEntry[] tensors, long all)
    {
        int[] layers = [.. tensors.Select(tensor => tensor.Layer).OfType<int>().Distinct().Order()];
        int experts = Math.Max(tensors.Max(tensor => tensor.StackedExperts), tensors.Select(tensor => tensor.Expert).OfType<int>().Distinct().Count());
        long bytes = Sum(tensors.Select(tensor => tensor.LengthBytes ?? 0));
        return
        [
            TensorRoles.NameOf(role), projection, layers.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{layers[0]}-{layers[^1]}"),
            experts == 0 ? null : experts.ToString(CultureInfo.InvariantCulture), tensors.Length, bytes, all == 0 ? 0 : (double)bytes / all,
        ];
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var models = new Argument<string[]>("model")
        {
            Description = "A GGUF, safetensors or .npy file, any part of a split GGUF model, an index (model.safetensors.index.json), or a folder with such files. Only headers are read.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o") { Description = "JSON file to write the table of tensors into, for the folder of a run on another machine.", HelpName = "file" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file." };
        var command = new Verb(
            "describe",
            "Lists the tensors of model files (layer, role, expert, place in the file) from their headers.",
            "traceanalyzer describe model-00001-of-00004.gguf -o run/tensors.json")
        {
            models, output, overwrite,
        };
        command.SetAction(parsed => (int)Run(parsed.GetRequiredValue(models), parsed.GetValue(output), parsed.GetValue(overwrite), console.ModeOf(parsed), parsed.InvocationConfiguration.Output));
        return command;
    }
}
