using System.Collections.Immutable;
using System.Text.Json;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.ModelFiles;

/// <summary>The one table of model files: what each begins with and who reads its header.</summary>
public static class ModelFormats
{
    private const string IndexEnding = ".index.json";
    private const int FirstBytes = 64;
    private const int MostFiles = 10_000;
    private const long MostIndexBytes = 64L << 20;

    private static readonly ImmutableArray<ModelFormat> s_all =
    [
        new("GGUF", GgufReader.Is, GgufReader.Read),
        new("safetensors", SafetensorsReader.Is, SafetensorsReader.Read),
        new("npy", NpyReader.Is, NpyReader.Read),
    ];

    /// <summary>The formats' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(format => format.Name)];

    /// <summary>True if a file with these first bytes is a model file.</summary>
    public static bool Is(ReadOnlySpan<byte> first) => Find(first) is not null;

    /// <summary>The same for one whose tensors have names of their own.</summary>
    internal static bool NamesTensors(ReadOnlySpan<byte> first) => GgufReader.Is(first) || SafetensorsReader.Is(first);

    /// <summary>Reads a header from an opened file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="first">Its first bytes, at least 16 if there are as many.</param>
    /// <param name="content">The file from its start.</param>
    /// <param name="fileBytes">Its length; null if it is not known.</param>
    /// <exception cref="TraceException">It is not a model file, or its header is cut or says what cannot be.</exception>
    public static ModelFile Read(string name, ReadOnlySpan<byte> first, Stream content, long? fileBytes) =>
        Find(first) is { } format ? format.Read(name, content, fileBytes) : throw new TraceException($"{name}: byte 0: expected the beginning of a {string.Join(", ", Names)} file");

    /// <summary>
    /// The files of a model: the file at <paramref name="path"/>; where it is a part of a split GGUF model all its parts, of a safetensors index the files that it names, of a folder
    /// all model files in it. Links are followed, and the names of both ends kept.
    /// </summary>
    /// <exception cref="TraceException">There is none, or one cannot be read.</exception>
    public static IReadOnlyList<ModelFile> Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return InFolder(path);
            if (path.EndsWith(IndexEnding, StringComparison.OrdinalIgnoreCase))
                return [.. FilesOfIndex(path).Select(OpenFile)];
            ModelFile file = OpenFile(path);
            return file.Split is { } split ? Parts(path, file, split.Count) : [file];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TraceException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The files of all <paramref name="paths"/>, each once. Of a file and its kept beginning, the file counts.</summary>
    /// <exception cref="TraceException">One cannot be read, or two different files have the same name, by which tables tell them apart.</exception>
    public static IReadOnlyList<ModelFile> OpenAll(IEnumerable<string> paths)
    {
        var files = new List<ModelFile>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ModelFile file in paths.SelectMany(Open))
        {
            if (places.TryAdd(file.Name, files.Count))
                files.Add(file);
            else if (InputIdentity.Of(file.Path!) != InputIdentity.Of(files[places[file.Name]].Path!))
                files[places[file.Name]] = WholeOf(files[places[file.Name]], file);
        }

        return files;
    }

    private static ModelFile WholeOf(ModelFile one, ModelFile other)
    {
        bool isBeginning = (one.FileBytes is null) != (other.FileBytes is null) && one.DataStartBytes == other.DataStartBytes
            && one.Tensors.Select(tensor => (tensor.Name, tensor.OffsetBytes)).SequenceEqual(other.Tensors.Select(tensor => (tensor.Name, tensor.OffsetBytes)));
        if (!isBeginning)
            throw new TraceException($"'{one.Path}' and '{other.Path}' are two files of the same name, by which tensors are found; describe them one by one");
        return one.FileBytes is null ? other : one;
    }

    private static ModelFormat? Find(ReadOnlySpan<byte> first)
    {
        foreach (ModelFormat format in s_all)
        {
            if (format.Is(first))
                return format;
        }

        return null;
    }

    private static ModelFile[] InFolder(string path)
    {
        string[] files = [.. Directory.EnumerateFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.') && !SpecialFile.IsAt(file)).Order(StringComparer.Ordinal)];
        string[] models = [.. files.Where(IsModel).Take(MostFiles + 1)];
        if (models.Length > MostFiles)
            throw new TraceException(FormattableString.Invariant($"{path}: expected at most {MostFiles} model files in a folder, found more"));
        return models.Length > 0 ? [.. models.Select(OpenFile)] : throw new TraceException($"{path}: has no {string.Join(", ", Names)} file");
    }

    private static bool IsModel(string path)
    {
        using FileStream file = OpenRegular(path);
        return Is(FirstOf(file));
    }

    private static byte[] FirstOf(FileStream file)
    {
        byte[] first = new byte[FirstBytes];
        return first[..file.ReadAtLeast(first, FirstBytes, throwOnEndOfStream: false)];
    }

    // A pipe has no length, and opening one waits until somebody writes to it.
    private static FileStream OpenRegular(string path) =>
        SpecialFile.IsAt(path) ? throw new TraceException($"{path}: is a device or a pipe; expected a file") : File.OpenRead(path);

    private static ModelFile OpenFile(string path)
    {
        using FileStream file = OpenRegular(path);
        byte[] first = FirstOf(file);
        file.Position = 0;
        string? linked = File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name;
        return Read(Path.GetFileName(path), first, file, file.Length) with { Path = path, LinkedName = linked == Path.GetFileName(path) ? null : linked };
    }

    // NAME-00001-of-00004.gguf
    private static ModelFile[] Parts(string path, ModelFile opened, int count)
    {
        string own = FormattableString.Invariant($"-{opened.Split!.Value.Number + 1:D5}-of-{count:D5}");
        string file = Path.GetFileName(path);
        int at = file.LastIndexOf(own, StringComparison.Ordinal);
        if (at < 0 || count > MostFiles)
            throw new TraceException($"{path}: is part {opened.Split!.Value.Number + 1} of {count}; expected '{own}' in its name, by which the others are found");
        return
        [
            .. Enumerable.Range(1, count).Select(number =>
                OpenFile(Path.Combine(Path.GetDirectoryName(path) ?? "", FormattableString.Invariant($"{file[..at]}-{number:D5}-of-{count:D5}{file[(at + own.Length)..]}")))),
        ];
    }

    // {"metadata": {...}, "weight_map": {"lm_head.weight": "model-00008-of-00008.safetensors", ...}}
    private static string[] FilesOfIndex(string path)
    {
        using FileStream file = OpenRegular(path);
        if (file.Length > MostIndexBytes)
            throw new TraceException(FormattableString.Invariant($"{path}: expected an index of at most {MostIndexBytes} bytes, found {file.Length}"));
        byte[] json = new byte[file.Length];
        file.ReadExactly(json);
        try
        {
            SortedSet<string> names = NamesInIndex(path, json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsSpan(3) : json);
            return [.. names.Select(name => Path.Combine(Path.GetDirectoryName(path) ?? "", name))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new TraceException($"{path}: expected JSON: {exception.Message}", exception);
        }
    }

    // Token by token: of a million tensors only the few names of files are kept.
    private static SortedSet<string> NamesInIndex(string path, ReadOnlySpan<byte> json)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMap = reader.ValueTextEquals("weight_map"u8);
            reader.Read();
            if (isMap && reader.TokenType == JsonTokenType.StartObject)
                AddNames(path, ref reader, names);
            else
                reader.Skip();
        }

        // What follows the object is an error.
        if (isObject)
            reader.Read();
        if (names.Count == 0)
            throw new TraceException($"{path}: expected an object 'weight_map' that names the file of each tensor");
        return names;
    }

    private static void AddNames(string path, ref Utf8JsonReader reader, SortedSet<string> names)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            string name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
            names.Add(name);
            if (names.Count > MostFiles || name.Length == 0 || name.Contains('\0') || Path.GetFileName(name) != name)
                throw new TraceException($"{path}: expected names of at most {MostFiles} files beside it in 'weight_map'");
        }
    }

    private delegate bool Recognizer(ReadOnlySpan<byte> first);

    private sealed record ModelFormat(string Name, Recognizer Is, Func<string, Stream, long?, ModelFile> Read);
}
