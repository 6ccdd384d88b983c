using System.Text.Json;
using TraceAnalyzer.Tests.ModelFiles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary><c>traceanalyzer describe</c> on a captured header and on files that are none.</summary>
public sealed class DescribeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Header => Repository.Path("traces", "llamacpp", "moe-mmap", "moe-8x2-f16.gguf.header");

    public void Dispose() => _folder.Dispose();

    // Sizes by hand: 12 layers of 8 experts of 3 matrices of 2,048 x 1,792 elements of 2 bytes; 123 tensors as tensor_bytes.csv has them.
    [Fact]
    public void Tensors_are_listed_by_role_and_matrix()
    {
        ToolResult result = Tool.Run("describe", Header);

        Assert.Equal(0, result.ExitCode);
        string[][] rows = [.. result.Output.Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.StartsWith("1 file (GGUF), 123 tensors of 2.21 GiB, headers of 96.8 KiB", result.Output, StringComparison.Ordinal);
        Assert.Contains(rows, row => row is ["expert", "down", "0-11", "8", "12", "672 MiB", "29.7 %"]);
        Assert.Contains(rows, row => row is ["attention", "k", "0-11", "-", "12", "12 MiB", "0.53 %"]);
    }

    [Fact]
    public void The_table_that_is_written_is_the_one_that_json_prints()
    {
        string table = _folder["tensors.json"];
        Assert.Equal(0, Tool.Run("describe", Header, "-o", table).ExitCode);
        Assert.Equal(File.ReadAllText(table), Tool.Run("describe", Header, "--json").Output.Trim());
        using var document = JsonDocument.Parse(File.ReadAllText(table));
        Assert.Equal(("moe-8x2-f16.gguf", 99136, 123, 2), (
            document.RootElement[0].GetProperty("file").GetString(), document.RootElement[0].GetProperty("data_start").GetInt32(),
            document.RootElement[0].GetProperty("tensors").GetArrayLength(), document.RootElement[0].GetProperty("experts_used").GetInt32()));

        ToolResult again = Tool.Run("describe", Header, "-o", table);
        Assert.Equal((3, true), (again.ExitCode, again.Error.Contains("exists: choose another name, or ask to overwrite it", StringComparison.Ordinal)));
        Assert.Equal(0, Tool.Run("describe", Header, "-o", table, "--overwrite", "--quiet").ExitCode);
    }

    [Fact]
    public void The_table_never_takes_the_place_of_a_model_or_an_index()
    {
        byte[] model = WrittenModels.Safetensors("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8);
        File.WriteAllBytes(_folder["m.safetensors"], model);
        File.WriteAllText(_folder["m.index.json"], """{"weight_map":{"a":"m.safetensors"}}""");
        File.CreateSymbolicLink(_folder["link"], _folder["m.safetensors"]);
        foreach ((string input, string output) in new[] { ("m.safetensors", "m.safetensors"), ("m.safetensors", "link"), ("m.index.json", "m.index.json"), ("m.index.json", "m.safetensors") })
        {
            ToolResult result = Tool.Run("describe", _folder[input], "-o", _folder[output], "--overwrite");
            Assert.Equal((2, true), (result.ExitCode, result.Error.Contains("is one of the files described", StringComparison.Ordinal)));
        }

        Assert.Equal(model, File.ReadAllBytes(_folder["m.safetensors"]));
        Assert.Equal(2, Tool.Run("describe", "").ExitCode);
        Assert.Equal(2, Tool.Run("describe", _folder["m.safetensors"], "-o", "").ExitCode);
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        File.WriteAllBytes(_folder["m.safetensors"], WrittenModels.Safetensors("{}", 0));
        File.WriteAllText(_folder["m.index.json"], """{"weight_map":{"a":"pipe"}}""");
        Assert.Equal(0, Tool.RunInShell($"mkfifo '{_folder["pipe"]}' && ln -s pipe '{_folder["p.index.json"]}'").ExitCode);

        Assert.StartsWith("1 file (safetensors)", Tool.Run("describe", _folder.Path).Output, StringComparison.Ordinal);
        foreach (string name in (string[])["pipe", "m.index.json", "p.index.json"])
        {
            ToolResult result = Tool.Run("describe", _folder[name]);
            Assert.Equal((3, true), (result.ExitCode, result.Error.Contains("is a device or a pipe", StringComparison.Ordinal)));
        }

        ToolResult output = Tool.Run("describe", _folder["m.safetensors"], "-o", _folder["pipe"], "--overwrite");
        Assert.Equal((3, true), (output.ExitCode, output.Error.Contains("is a device or a pipe", StringComparison.Ordinal)));
        Assert.Equal(3, Tool.RunInShell($"cat '{_folder["m.safetensors"]}' | tool describe /dev/stdin").ExitCode);
    }

    [Fact]
    public void What_is_no_model_file_is_refused_and_nothing_is_written()
    {
        File.WriteAllText(_folder["a.gguf"], "no model");
        File.WriteAllBytes(_folder["b.safetensors"], WrittenModels.Safetensors("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,9]}}""", 9));
        foreach ((string name, string fault) in new[] { ("a.gguf", "byte 0: expected the beginning of a GGUF, safetensors, npy file"), ("b.safetensors", "byte 8: tensor 'a' has 4 elements"), ("c.gguf", "c.gguf") })
        {
            ToolResult result = Tool.Run("describe", _folder[name], "-o", _folder["out.json"]);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains(fault, result.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["out.json"]));
        }
    }
}
