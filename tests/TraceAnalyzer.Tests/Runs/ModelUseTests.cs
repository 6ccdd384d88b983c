using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Bytes by tensor, role, token and expert of real runs, against what the scripts that captured them counted from the raw events.</summary>
[Trait("Kind", "capture")]
public sealed class ModelUseTests
{
    [Fact]
    public void Experts_of_the_repositorys_capture_are_those_that_were_counted() => Check_llama("moe-mmap", Repository("moe-mmap"));

    [Theory]
    [Trait(Captures.Needs, Captures.Shared)]
    [InlineData("llamacpp-dense-mmap")]
    [InlineData("llamacpp-moe-directio")]
    [InlineData("llamacpp-moe-mmap-tight")]
    public void Each_tensor_role_token_and_expert_has_the_bytes_that_were_counted(string capture) => Check_llama(capture, Captures.Folder("new/" + capture));

    [Theory]
    [Trait(Captures.Needs, Captures.Shared)]
    [InlineData("hf-accelerate-disk", "tensors.tsv", "tensor")]
    [InlineData("hf-accelerate-disk-nolimit", "tensors.tsv", "tensor")]
    [InlineData("hf-4disks", "tensors.tsv", "tensor")]
    [InlineData("hf-btrfs-raid0", "tensors.tsv", "tensor")]
    [InlineData("kv-conversations", "files.tsv", "part")]
    public void Each_tensor_has_the_bytes_and_requests_that_were_counted(string capture, string table, string column)
    {
        string folder = Captures.Folder("new/" + capture);
        RunReport run = RunAnalysis.Of(folder).Run!;
        var counted = Rows(Path.Combine(folder, table), '\t').Where(row => Number(row["D_bytes"]) > 0)
            .ToDictionary(row => (row["dir"], Path.GetFileName(row["file"]), row[column] is "" ? "(no file)" : row[column]), row => (Number(row["requests_touching"]), Number(row["D_bytes"])));
        var found = new Dictionary<(string, string, string), (long, long)>();
        foreach (TensorUse tensor in run.Tensors.Append(run.Unmapped!))
        {
            string name = tensor.Tensor ?? (tensor.File.Length == 0 ? "(no file)" : tensor.Role is { } role ? $"({EnumNames.Kebab(role)})" : "(file)");
            if (tensor.ReadBytes > 0)
                found.Add(("R", Path.GetFileName(tensor.File), name), (tensor.ReadRequests, tensor.ReadBytes));
            if (tensor.WriteBytes > 0)
                found.Add(("W", Path.GetFileName(tensor.File), name), (tensor.WriteRequests, tensor.WriteBytes));
        }

        Assert.Equal(counted.OrderBy(row => row.Key), found.OrderBy(row => row.Key));
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void What_an_application_saves_of_conversations_is_a_kv_cache()
    {
        ModelUse model = RunAnalysis.Of(Captures.Folder("new/kv-conversations")).Run!.ModelUse!;
        Assert.Equal([TensorRole.Header, TensorRole.KeyCache, TensorRole.ValueCache, TensorRole.Tail, TensorRole.Unmapped], model.Roles.Select(role => role.Role));
        Assert.All(model.Roles.Where(role => role.Tensors > 0), role => Assert.Equal(role.LengthBytes, role.WriteBytes));
        Assert.Null(model.PassBytes);
    }

    // What a run's files tell together must not be needed one by one: people have some of them.
    [Theory]
    [InlineData("experts.csv")]
    [InlineData("tokens.csv")]
    [InlineData("run.json")]
    [InlineData("extents.txt")]
    [InlineData("moe-8x2-f16.gguf.header")]
    [InlineData("experts.csv", "tokens.csv")]
    public void A_run_without_some_of_its_files_is_printed(params string[] missing)
    {
        string folder = RunCaptures.Without(Repository("moe-mmap"), missing);
        ToolResult result = Tool.Run("analyze", folder, "-o", Path.Combine(folder, "out"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        if (missing.Contains("experts.csv"))
            Assert.DoesNotContain("the router chose", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Fetches_of_experts_need_what_a_plain_count_says() => Check_fetches(Repository("moe-mmap"));

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Fetches_under_a_tight_limit_need_what_a_plain_count_says() => Check_fetches(Captures.Folder("new/llamacpp-moe-mmap-tight"));

    // By hand: bytes of each matrix of each expert in each token from the capture's own table, extents from filefrag's list.
    private static void Check_fetches(string folder)
    {
        const long Expert = 22_020_096, Matrix = Expert / 3;
        RunReport run = RunAnalysis.Of(folder).Run!;
        ExpertReport experts = run.ModelUse!.Experts!;
        long max = experts.MaxRequestBytes!.Value;
        (long Logical, long Physical, long Sectors)[] extents = [.. RunFolderExtents(folder)];
        var starts = run.Tensors.Where(tensor => tensor.Tensor is not null).ToDictionary(tensor => tensor.Tensor!, tensor => tensor.OffsetBytes ?? 0);
        var fetches = new List<(decimal LaidOut, decimal Packed, int Extents)>();
        long unfetched = 0;
        Dictionary<string, string>[] rows = [.. Rows(Path.Combine(folder, "tensor_bytes.csv"), ',').Where(row => row["tensor"].Contains('#', StringComparison.Ordinal))];
        foreach (string token in rows[0].Keys.Where(column => column.StartsWith("token", StringComparison.Ordinal)))
        {
            foreach (var expert in rows.GroupBy(row => (row["layer"], row["tensor"].Split('#')[1])))
            {
                long bytes = expert.Sum(row => Number(row[token]));
                if (bytes < Expert / 8)
                {
                    unfetched += bytes;
                    continue;
                }

                long[] at = [.. expert.Select(row => starts[row["tensor"].Split('#')[0]] + (Number(row["tensor"].Split('#')[1]) * Matrix)).Order()];
                fetches.Add((expert.Sum(row => Math.Ceiling(Number(row[token]) / (decimal)max)), Math.Ceiling(bytes / (decimal)max), at.Sum(from => ExtentsIn(extents, from, from + Matrix))));
            }
        }

        Assert.Equal(experts.Fetches, fetches.Count);
        Assert.Equal((double)fetches.Average(fetch => fetch.LaidOut), experts.LaidOutRequestsPerFetch!.Value, 9);
        Assert.Equal((double)fetches.Average(fetch => fetch.Packed), experts.PackedRequestsPerFetch!.Value, 9);
        Assert.Equal(fetches.Average(fetch => fetch.Extents), experts.DeviceExtentsPerFetch!.Value, 9);
        Assert.Equal((unfetched, unfetched * 2 / 3), (experts.UnfetchedReadBytes, experts.PackedSavedBytes));
        Assert.True(experts.RequestsPerFetch >= experts.LaidOutRequestsPerFetch && experts.LaidOutRequestsPerFetch >= experts.PackedRequestsPerFetch);
    }

    [Theory]
    [InlineData(16, 128, 13)]
    [InlineData(8, 115, 0)]
    [InlineData(4, 114, 0)]
    [InlineData(2, 103, 0)]
    public void An_eighth_tells_uses_from_read_ahead_and_a_sixteenth_does_not(int share, int fetched, int unrouted) => Check_share(Repository("moe-mmap"), share, fetched, unrouted);

    [Theory]
    [Trait(Captures.Needs, Captures.Shared)]
    [InlineData(16, 497, 106)]
    [InlineData(8, 391, 0)]
    [InlineData(4, 391, 0)]
    [InlineData(2, 391, 0)]
    public void The_same_under_a_tight_limit(int share, int fetched, int unrouted) => Check_share(Captures.Folder("new/llamacpp-moe-mmap-tight"), share, fetched, unrouted);

    // Tokens and experts of which so much was read, and those of them that the token does not use.
    private static void Check_share(string folder, int share, int fetched, int unrouted)
    {
        ExpertTokenUse[] fetches = [.. RunAnalysis.Of(folder).Run!.ModelUse!.Experts!.ByToken.Where(use => use.ReadBytes >= 22_020_096 / share)];
        Assert.Equal((fetched, unrouted), (fetches.Length, fetches.Count(use => !IsRouted(folder, (use.Token, use.Layer, use.Expert)))));
    }

    private static IEnumerable<(long, long, long)> RunFolderExtents(string folder)
    {
        using var text = new StreamReader(Path.Combine(folder, "extents.txt"));
        return [.. TraceAnalyzer.Runs.Tensors.FileExtents.ReadFilefrag(text).Extents.Where(extent => extent.File.EndsWith(".gguf", StringComparison.Ordinal)).Select(extent => (extent.LogicalSector, extent.PhysicalSector, extent.Sectors))];
    }

    // Extents that a range of the file touches, neighbors on the device joined.
    private static int ExtentsIn((long Logical, long Physical, long Sectors)[] extents, long from, long to)
    {
        var touched = extents.Where(extent => extent.Logical * 512 < to && (extent.Logical + extent.Sectors) * 512 > from).OrderBy(extent => extent.Logical).ToArray();
        return touched.Where((extent, i) => i == 0 || touched[i - 1].Physical + touched[i - 1].Sectors != extent.Physical).Count();
    }

    // PassBytes by hand: of 2,374,967,296 bytes less the embedding, a quarter of the experts.
    [Fact]
    public void A_pass_reads_all_but_the_experts_that_are_not_used()
    {
        const long Tensors = 2_374_967_296, Embedding = 16_777_216, Experts = 2_113_929_216;
        ModelUse model = RunAnalysis.Of(Repository("moe-mmap")).Run!.ModelUse!;
        Assert.Equal((Tensors, Tensors - Embedding - Experts + (Experts / 4)), (model.TensorBytes, model.PassBytes));
        Assert.Equal((96, 3.0), (model.Experts!.Experts.Length, model.Experts.PiecesPerExpert));
        Assert.All(model.Experts.Experts, expert => Assert.Equal(3 * 2048 * 1792 * 2, expert.LengthBytes));
    }

    private static void Check_llama(string capture, string folder)
    {
        RunReport run = RunAnalysis.Of(folder).Run!;
        ModelUse model = run.ModelUse!;
        using var oracle = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json")));
        Dictionary<string, string>[] counted = [.. Rows(Path.Combine(folder, "tensor_bytes.csv"), ',')];
        string[] windows = [.. counted[0].Keys.Where(column => column is not ("tensor" or "layer" or "role" or "bytes"))];

        // A stack's slices are #0, #1, ...
        var byTensor = counted.GroupBy(row => row["tensor"].Split('#')[0]).ToDictionary(tensor => tensor.Key, tensor => tensor.Sum(row => windows.Sum(window => Number(row[window]))));
        Assert.Equal(byTensor.OrderBy(tensor => tensor.Key), run.Tensors.Where(tensor => tensor.Tensor is not null).ToDictionary(tensor => tensor.Tensor!, tensor => tensor.ReadBytes).OrderBy(tensor => tensor.Key));
        Assert.Equal(oracle.RootElement.GetProperty("all").GetProperty("read_bytes").GetInt64(), model.Roles.Sum(role => role.ReadBytes));

        var byRole = model.TokenRoles.ToLookup(use => (use.Token, Word: WordOf(use.Role)), use => use.ReadBytes);
        var byPhase = model.PhaseRoles.Where(use => use.Phase == "load").ToLookup(use => WordOf(use.Role), use => use.ReadBytes);
        foreach (JsonElement window in oracle.RootElement.GetProperty("windows").EnumerateArray())
        {
            string name = window.GetProperty("window").GetString()!;
            // What is outside of all tokens is the load; of these runs nothing else is.
            int? token = name == "load" ? null : int.Parse(name["token".Length..], CultureInfo.InvariantCulture);
            Assert.All(window.GetProperty("bytes_by_role").EnumerateObject(), role => Assert.Equal(role.Value.GetInt64(), byRole[(token, role.Name)].Sum()));
            // The phase of loading is the window of that name.
            if (name == "load")
                Assert.All(window.GetProperty("bytes_by_role").EnumerateObject(), role => Assert.Equal(role.Value.GetInt64(), byPhase[role.Name].Sum()));
            Assert.Equal(window.GetProperty("bytes_in_header_or_padding").GetInt64(), ((string[])["header", "padding", "tail"]).Sum(role => byRole[(token, role)].Sum()));
        }

        if (!capture.Contains("moe", StringComparison.Ordinal))
        {
            Assert.Null(model.Experts);
            return;
        }

        var experts = new Dictionary<(int Token, int Layer, int Expert), long>();
        foreach (Dictionary<string, string> row in counted.Where(row => row["tensor"].Contains('#', StringComparison.Ordinal)))
        {
            foreach (string window in windows.Where(window => window != "load" && Number(row[window]) > 0))
            {
                var key = ((int)Number(window["token".Length..]), (int)Number(row["layer"]), (int)Number(row["tensor"].Split('#')[1]));
                experts[key] = experts.GetValueOrDefault(key) + Number(row[window]);
            }
        }

        // The directio capture reads nothing in tokens.
        long unrouted = oracle.RootElement.GetProperty("experts").TryGetProperty("expert_bytes_read_in_tokens_of_other_experts_by_readahead", out JsonElement other) ? other.GetInt64() : 0;
        Assert.Equal(unrouted, model.Experts!.UnroutedReadBytes);
        Assert.Equal(model.Experts.RoutedFetches, model.Experts.RoutedWithoutReads + experts.Keys.Count(use => IsRouted(folder, use)));
        // An eighth of an expert, 3 matrices of 2,048 x 1,792 elements of 2 bytes.
        Assert.All(experts.Where(use => use.Value >= 22_020_096 / 8), use => Assert.True(IsRouted(folder, use.Key)));
        Assert.Equal(experts.Values.Count(bytes => bytes >= 22_020_096 / 8), model.Experts.Fetches);
        Assert.Equal(experts.OrderBy(use => use.Key), model.Experts!.ByToken.ToDictionary(use => (use.Token, use.Layer, use.Expert), use => use.ReadBytes).OrderBy(use => use.Key));
    }

    // The words of the capturing scripts.
    private static string WordOf(TensorRole role) => EnumNames.Kebab(role) switch { "feed-forward" => "ffn", "output-head" => "output", var word => word };

    // By hand: a line for each token, layer and row of the batch.
    private static bool IsRouted(string folder, (int Token, int Layer, int Expert) use) =>
        File.ReadLines(Path.Combine(folder, "experts.csv")).Skip(1).Select(line => line.Split(',')).Any(line =>
            Number(line[1]) == use.Token && Number(line[2]) == use.Layer && line[4].Split(' ').Contains(use.Expert.ToString(CultureInfo.InvariantCulture)));

    private static string Repository(string name) => RunCaptures.Repository("llamacpp/" + name);

    private static long Number(string text) => text.Length == 0 ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<Dictionary<string, string>> Rows(string path, char separator)
    {
        string[] lines = File.ReadAllLines(path);
        string[] columns = lines[0].Split(separator);
        return lines.Skip(1).Select(line => columns.Zip(line.Split(separator)).ToDictionary(cell => cell.First, cell => cell.Second));
    }
}
