using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests;

/// <summary>
/// The large captures that are not part of the repository: the folder <c>shared/traces</c> beside it, or in the folder that the
/// environment variable <c>TRACEANALYZER_SHARED</c> names. Tests that need one are skipped where it is missing.
/// </summary>
internal static class Captures
{
    private static readonly Lock s_unpacking = new();

    // Unpacked files are kept for the length of a test run.
    private static readonly Lazy<string> s_unpacked = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-captures-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    /// <summary>Path of a capture's file such as <c>nvmevirt/c-kvcache/c-kvcache.bin</c>, unpacked if it is kept as <c>.xz</c>. Skips the test if there is none.</summary>
    public static string File(string name)
    {
        string packedOrPlain = Path.Combine(Root(), name);
        if (System.IO.File.Exists(packedOrPlain))
            return packedOrPlain;
        Assert.SkipUnless(System.IO.File.Exists(packedOrPlain + ".xz"), $"the capture {name} is not there");

        string unpacked = Path.Combine(s_unpacked.Value, name);
        lock (s_unpacking)
        {
            if (!System.IO.File.Exists(unpacked))
                Unpack(packedOrPlain + ".xz", unpacked);
        }

        return unpacked;
    }

    /// <summary>
    /// The archive with the per-CPU set of a trace that is kept as <c>NAME.tar.xz</c>, such as <c>flexgen/model-offload-b16/model-offload-b16-bench</c>. Skips the test if there is none.
    /// </summary>
    public static string Trace(string name)
    {
        string packed = Path.Combine(Root(), name + ".tar.xz");
        Assert.SkipUnless(System.IO.File.Exists(packed), $"the capture {name} is not there");
        return packed;
    }

    private static string Root()
    {
        string? shared = Environment.GetEnvironmentVariable("TRACEANALYZER_SHARED");
        if (string.IsNullOrEmpty(shared))
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "TraceAnalyzer.sln")))
                folder = folder.Parent;
            shared = folder?.Parent is null ? "" : Path.Combine(folder.Parent.FullName, "shared");
        }

        string root = Path.Combine(shared, "traces");
        Assert.SkipUnless(Directory.Exists(root), "no folder shared/traces with captures beside the repository, nor TRACEANALYZER_SHARED");
        return root;
    }

    private static void Unpack(string packed, string unpacked)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(unpacked)!);
        string partial = unpacked + ".partial";
        using (TraceInput input = CompressedInput.OpenFile(packed))
        {
            using (FileStream output = System.IO.File.Create(partial))
                input.Content.CopyTo(output);
            Assert.False(input.IsDamaged(), packed);
        }

        System.IO.File.Move(partial, unpacked);
    }
}
