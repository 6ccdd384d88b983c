using System.Text.RegularExpressions;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Tests;

/// <summary>
/// Real traces: those of <c>traces/</c> in the repository, and the larger ones beside it, in the folder <c>shared/traces</c> or
/// in that which the environment variable <c>TRACEANALYZER_SHARED</c> names. A test that needs one of the latter carries the
/// trait <see cref="Needs"/> and is skipped where it is missing; any other test fails.
/// </summary>
internal static partial class Captures
{
    /// <summary>Name of the trait of tests that need more than the repository holds; its value is <see cref="Shared"/>.</summary>
    public const string Needs = "Needs";

    /// <summary>Value of the trait <see cref="Needs"/>: the captures beside the repository.</summary>
    public const string Shared = "shared";

    private static readonly string[] s_packings = [".zst", ".xz"];

    private static readonly Lock s_unpacking = new();

    // Unpacked files are kept for the length of a test run.
    private static readonly Lazy<string> s_unpacked = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-captures-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    /// <summary>Path of a capture's file such as <c>nvmevirt/c-kvcache/c-kvcache.bin</c>, unpacked once in a run if it is kept packed.</summary>
    public static string File(string name)
    {
        // A reader that is given the file of one CPU reads those beside it too.
        if (CpuFile().Match(name) is { Success: true } cpu)
            return Set(name[..cpu.Index]) + cpu.Value;

        string path = Find(name, path => System.IO.File.Exists(path) || PackedAs(path) is not null);
        return PackedAs(path) is { } packed && !System.IO.File.Exists(path) ? Unpacked(packed, name) : path;
    }

    /// <summary>A per-CPU set of blktrace: the path without <c>.blktrace.N</c>. All its files are there, unpacked if they are kept packed.</summary>
    public static string Set(string name)
    {
        // What one CPU is packed as, all are.
        const string Cpu = ".blktrace.";
        string first = Find(name + Cpu + "0", path => System.IO.File.Exists(path) || PackedAs(path) is not null);
        if (PackedAs(first) is not { } packed)
            return first[..^(Cpu.Length + 1)];

        string extension = Path.GetExtension(packed);
        string unpacked = "";
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(first)!, Path.GetFileName(name) + Cpu + "*" + extension))
            unpacked = Unpacked(file, $"{Path.GetDirectoryName(name)}/{Path.GetFileNameWithoutExtension(file)}");
        return Path.Combine(Path.GetDirectoryName(unpacked)!, Path.GetFileName(name));
    }

    /// <summary>The archive with the per-CPU set of a trace that is kept as <c>NAME.tar.xz</c>, such as <c>flexgen/model-offload-b16/model-offload-b16-bench</c>.</summary>
    public static string Trace(string name) => Find(name + ".tar.xz", System.IO.File.Exists);

    /// <summary>The folder of a run such as <c>flexgen/kv-offload-omp1</c>, as it is kept.</summary>
    public static string Folder(string name) => Find(name, Directory.Exists);

    [GeneratedRegex(@"\.blktrace\.[0-9]+$")]
    private static partial Regex CpuFile();

    private static string? PackedAs(string path) => s_packings.Select(packing => path + packing).FirstOrDefault(System.IO.File.Exists);

    private static string Find(string name, Func<string, bool> isThere)
    {
        string own = Repository.Path("traces", name);
        if (isThere(own))
            return own;

        if (TestContext.Current.Test is { } test)
            Assert.True(test.Traits.TryGetValue(Needs, out var values) && values.Contains(Shared), $"traces/ has no {name}, and the test has no trait {Needs}={Shared}");
        string? shared = Environment.GetEnvironmentVariable("TRACEANALYZER_SHARED");
        if (string.IsNullOrEmpty(shared))
            shared = Path.Combine(Repository.Root, "..", "shared");
        string root = Path.GetFullPath(Path.Combine(shared, "traces"));
        Assert.SkipUnless(Directory.Exists(root), "no folder shared/traces with captures beside the repository, nor TRACEANALYZER_SHARED");
        string path = Path.Combine(root, name);
        Assert.SkipUnless(isThere(path), $"the capture {name} is not there");
        return path;
    }

    private static string Unpacked(string packed, string name)
    {
        string unpacked = Path.Combine(s_unpacked.Value, name);
        lock (s_unpacking)
        {
            if (System.IO.File.Exists(unpacked))
                return unpacked;
            Directory.CreateDirectory(Path.GetDirectoryName(unpacked)!);
            using (TraceInput input = CompressedInput.OpenFile(packed))
            {
                using (FileStream output = System.IO.File.Create(unpacked + ".partial"))
                    input.Content.CopyTo(output);
                Assert.False(input.IsDamaged(), packed);
            }

            System.IO.File.Move(unpacked + ".partial", unpacked);
            return unpacked;
        }
    }
}
