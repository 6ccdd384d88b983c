using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

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
        ModelFile[] files = [.. paths.SelectMany(ModelFormats.Open).DistinctBy(file => file.Name)];
        if (output is not null)
        {
            using FileStream table = Created(output, overwrite);
            ModelTables.Write(files, table);
        }

        console.Print(writer, text => Print(files, output, text), stream => ModelTables.Write(files, stream));
        return ExitCode.Success;
    }

    private static FileStream Created(string path, bool overwrite)
    {
        if (File.Exists(path) && !overwrite)
            throw new TraceException($"{path}: exists already; --overwrite replaces it");
        try
        {
            return File.Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{path}: cannot be written: {exception.Message}", exception);
        }
    }

    private static void Print(ModelFile[] files, string? output, TextWriter text)
    {
        IReadOnlyList<TensorEntry> tensors = ModelTables.CatalogueOf(files).Tensors;
        long all = tensors.Sum(tensor => tensor.LengthBytes ?? 0);
        long header = files.Sum(file => file.DataStartBytes);
        text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Length} {(files.Length == 1 ? "file" : "files")} ({string.Join(", ", files.Select(file => file.Format).Distinct())}), {tensors.Count} tensors of {Units.Bytes(all)}, headers of {Units.Bytes(header)}"));
        text.WriteLine();
        ConsoleTable.Write(new Table("roles", "Tensors by role", s_columns, [.. tensors.GroupBy(tensor => (tensor.Role, tensor.Projection)).Select(group => Row(group.Key.Role, group.Key.Projection, [.. group], all))]), text);
        foreach (string unknown in tensors.Where(tensor => tensor is { Layer: null, Role: TensorRole.Weight }).Select(tensor => tensor.Name).Take(3))
            text.WriteLine($"Of no known layer and role: {PrintableText.Of(unknown)}");
        if (output is not null)
            text.WriteLine($"Written to {PrintableText.Of(output)}; put it into the run's folder beside the trace and the output of filefrag -v");
    }

    private static Value[] Row(TensorRole role, string? projection, TensorEntry[] tensors, long all)
    {
        int[] layers = [.. tensors.Select(tensor => tensor.Layer).OfType<int>().Distinct().Order()];
        int experts = Math.Max(tensors.Max(tensor => tensor.StackedExperts), tensors.Select(tensor => tensor.Expert).OfType<int>().Distinct().Count());
        long bytes = tensors.Sum(tensor => tensor.LengthBytes ?? 0);
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
