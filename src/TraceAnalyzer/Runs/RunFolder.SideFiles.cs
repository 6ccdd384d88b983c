using System.Text.Json;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

// Files that tell something of the run: told by the table of kinds, read by their readers.
public sealed partial class RunFolder
{
    private bool AddSideFile(SideFile file)
    {
        foreach (TextFileKind kind in RunFileKinds.All.OfType<TextFileKind>())
        {
            if (kind.Recognizes(file))
            {
                Add(file, kind);
                return true;
            }
        }

        if (StampedLines.IsHeader(file.FirstLine))
            return AddLog(file.Name, file.Lines(), new OutputPhases());
        bool isLog = s_logSigns.Any(sign => file.Beginning.Contains(sign, StringComparison.OrdinalIgnoreCase));
        bool isYaml = System.IO.Path.GetExtension(file.Name) is ".yaml" or ".yml";
        bool isJson = JsonText.MayBegin(file.Beginning) || (System.IO.Path.GetExtension(file.Name) == ".json" && JsonText.StartsAsJson(file.FirstLine));
        // What somebody wrote by hand without calling it so is short.
        bool mayBeYaml = isYaml || (!isJson && file.IsWhole && YamlText.MayBegin(file.FirstLine));
        bool mayBeJson = isJson || (!isLog && file.FirstLines.Any(JsonText.StartsAsJson));
        if (!mayBeYaml && !mayBeJson)
            return isLog && AddLog(file.Name, file.Lines());
        string text = file.Text(isYaml ? SideFile.MostYamlBytes : SideFile.MostJsonBytes);
        if (mayBeYaml && AddYaml(file.Name, text, isYaml))
            return true;
        return mayBeJson ? AddJson(file.Name, text, isJson) : AddText(file.Name, text);
    }

    private void Add(SideFile file, TextFileKind kind)
    {
        TextFileContent content;
        try
        {
            content = kind.Read(file);
        }
        catch (TraceException exception)
        {
            _unreadable.TryAdd(kind.Name, $"{file.Name}: {exception.Message}");
            throw;
        }

        (RunPart part, int skippedLines, IReadOnlyList<string> remarks) = content;
        _parts.Add(part with { Kind = kind });
        if (skippedLines > 0)
            _parts.AddProblem(file.Name, FormattableString.Invariant($"{skippedLines} {(skippedLines == 1 ? "line" : "lines")} not understood and skipped"));
        foreach (string remark in remarks)
            _parts.AddProblem(file.Name, remark);
        SayLongLines(file);
    }

    private void SayLongLines(SideFile file)
    {
        if (file.LongLines > 0)
            _parts.AddProblem(file.Name, FormattableString.Invariant($"{file.LongLines} {(file.LongLines == 1 ? "line" : "lines")} of more than {LineReader.MostCharacters >> 20} Mi characters skipped"));
    }

    private bool AddYaml(string name, string text, bool isYaml)
    {
        try
        {
            if (YamlText.Parse(text) is var root && RunEnvironment.IsEnvironment(root))
            {
                AddEnvironment(name, root, byHand: true);
                return true;
            }
        }
        catch (TraceException) when (!isYaml)
        {
            // Some other text.
        }

        return false;
    }

    // After notes and warnings only what cannot be anything else: a log may print its settings as JSON.
    private bool AddJson(string name, string text, bool isJson)
    {
        foreach (JsonElement root in JsonText.In(text))
        {
            if (RunFileKinds.All.OfType<JsonFileKind>().FirstOrDefault(kind => kind.Recognizes(root)) is { } kind)
            {
                var remarks = new SideRemarks();
                _parts.Add(kind.Read(name, root, remarks) with { Kind = kind });
                if (remarks.Sentence is { } remark)
                    _parts.AddProblem(name, remark);
                return true;
            }

            if (RunEnvironment.IsEnvironment(root) && (isJson || System.IO.Path.GetExtension(name) == ".json"))
            {
                AddEnvironment(name, root, byHand: false);
                return true;
            }
        }

        if (AddText(name, text))
            return true;
        return isJson && JsonText.Fault(text) is { Length: > 0 } fault ? throw new TraceException($"neither JSON nor a known log: {fault}") : false;
    }

    private bool AddText(string name, string text) =>
        s_logSigns.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)) && AddLog(name, new LineReader(new StringReader(text)));

    private void AddEnvironment(string name, JsonElement root, bool byHand)
    {
        var remarks = new SideRemarks();
        _parts.Add(new RunPart<RunEnvironment>(name, RunEnvironment.FromJson(root, remarks)) { Kind = RunFileKinds.Environment }, first: byHand);
        var settings = RunSettings.FromJson(root, remarks);
        if (byHand)
            _statedByHand = _statedByHand.Or(settings);
        else
            _stated = _stated.Or(settings);
        foreach (JsonProperty part in JsonText.Members(JsonText.Object(root, "parts")))
            _namedParts[part.Name] = [.. (part.Value.ValueKind == JsonValueKind.Array ? part.Value.EnumerateArray().Select(file => file.ToString()) : [part.Value.ToString()]).Take(MostNamedFiles)];
        if (remarks.Sentence is { } remark)
            _parts.AddProblem(name, remark);
    }

    // Of a command's output also what the times of its lines say.
    private bool AddLog(string name, LineReader lines, OutputPhases? phases = null)
    {
        var framework = new FrameworkLogBuilder();
        var transfers = new List<DeepNvmeTransfer>();
        RunSettings? firstCommand = null;
        string? fileSystem = DeepNvmeResults.FileSystemOf(System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name)));
        int skipped = 0;
        // The first line of a command's output is its heading.
        _ = phases is null ? null : lines.ReadLine();
        while (lines.ReadLine() is { } whole)
        {
            string line = whole;
            long ns = 0;
            if (phases is not null && !StampedLines.TryParse(whole, out ns, out line))
            {
                skipped++;
                continue;
            }

            phases?.Add(ns, line);
            RunSettings? command = RunSettings.FromCommand(line);
            firstCommand ??= command;
            framework.Add(line, command);
            if (transfers.Count < SideRanges.MostRows && DeepNvmeResults.Transfer(line, name, fileSystem) is { } transfer)
                transfers.Add(transfer);
        }

        if (framework.Log is { } log)
        {
            _parts.Add(new RunPart<FrameworkLog>(name, log) { Kind = RunFileKinds.FrameworkLog });
            _found = _found.Or(log.Settings);
        }
        else if (firstCommand is not null)
        {
            _parts.Add(new RunPart<RunSettings>(name, firstCommand) { Kind = RunFileKinds.CommandLine });
        }

        if (phases is not null)
            _parts.Add(new RunPart<RunEnvironment>(name, new RunEnvironment { Phases = phases.Phases }) { Kind = RunFileKinds.CommandOutput });
        if (skipped > 0)
            _parts.AddProblem(name, FormattableString.Invariant($"{skipped} {(skipped == 1 ? "line" : "lines")} not understood and skipped"));
        if (transfers.Count > 0)
            _parts.Add(new RunPart<IReadOnlyList<DeepNvmeTransfer>>(name, transfers) { Kind = RunFileKinds.DeepNvme });
        if (firstCommand is not null)
            _found = _found.Or(firstCommand);
        if (lines.LongLines > 0)
            _parts.AddProblem(name, FormattableString.Invariant($"{lines.LongLines} {(lines.LongLines == 1 ? "line" : "lines")} of more than {LineReader.MostCharacters >> 20} Mi characters skipped"));
        return phases is not null || framework.Log is not null || transfers.Count > 0 || firstCommand is not null;
    }

    // An index says the same as the headers of the files that it names.
    private void CheckIndexes()
    {
        TensorCatalogue[] catalogues = [.. _parts.Of<TensorCatalogue>().Select(part => part.Content)];
        foreach (RunPart<TensorIndex> index in _parts.Of<TensorIndex>())
        {
            foreach (string contradiction in index.Content.Contradictions(catalogues))
                _parts.AddProblem(index.File, contradiction);
        }
    }

    // "parts" of run.json: where it names files of a kind, they alone count, even from a folder in this one.
    private void KeepNamedParts()
    {
        foreach ((string kind, IReadOnlyList<string> files) in _namedParts.ToArray())
        {
            foreach (string file in files.Where(file => !_located.HasSeen(file)))
            {
                if (FaultOfPart(file) is { } fault)
                    _parts.AddProblem("parts", $"{kind}: '{SideRemarks.Shortened(file)}' {fault}");
                else if (System.IO.Path.GetDirectoryName(file) is { Length: > 0 } && File.Exists(System.IO.Path.Combine(Path, file)))
                    _located.LookAt(file, System.IO.Path.Combine(Path, file));
            }

            RunFileKind[] kinds = RunFileKinds.Named(kind);
            int kept = kind == "trace" ? _located.Keep(files) : kinds.Length > 0 ? _parts.Keep(kinds, files) : -1;
            if (kept < 0)
                _parts.AddProblem("parts", $"'{SideRemarks.Shortened(kind)}' is not a kind of part; expected trace, gpu, framework, extents, tokens, layers, tensor_io, tensors, devices or marks");
            else if (kept < files.Count)
                _parts.AddProblem("parts", $"{kind}: of the files named ({SideRemarks.Shortened(string.Join(", ", files))}) {files.Count - kept} are missing or hold something else");
        }
    }

    // A run comes from anywhere: it must not make us open what lies outside of it, nor wait for a pipe.
    private string? FaultOfPart(string file)
    {
        if (file.Length == 0 || file.Contains('\0'))
            return "is not the name of a file";
        if (System.IO.Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
            return "lies outside of the folder; only files in it are read";
        if (!Directory.Exists(Path))
            return null;
        string path = Path;
        foreach (string part in file.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = System.IO.Path.Combine(path, part);
            if (IsLink(path))
                return "is, or lies behind, a symbolic link, which may lead outside of the folder; name the file itself";
        }

        return SpecialFile.IsAt(path) ? "is a device or a pipe" : null;
    }

    private static bool IsLink(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false) is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
