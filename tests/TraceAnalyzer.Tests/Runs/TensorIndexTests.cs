using System.Text;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Indexes that say which file holds which tensor, as transformers and accelerate write them.</summary>
public sealed class TensorIndexTests
{
    private const string Headers = """
        [{"file":"model-1.safetensors","data_start":80,"tensors":{"a.weight":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b.weight":{"dtype":"F16","shape":[4],"data_offsets":[8,16]}}},
         {"file":"model-2.safetensors","data_start":80,"tensors":{"c.weight":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}}]
        """;

    [Theory]
    // model-3's header is not at hand.
    [InlineData("""{"metadata":{"total_size":32},"weight_map":{"a.weight":"model-1.safetensors","b.weight":"model-1.safetensors","c.weight":"model-2.safetensors","d.weight":"model-3.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a.weight":"model-1.safetensors","b.weight":"model-2.safetensors","c.weight":"model-2.safetensors"}}""",
        "1 tensor of it, such as 'b.weight', is not in the header of the file that it names, 'model-2.safetensors'", "1 tensor of the headers, such as 'b.weight' of 'model-1.safetensors', is not where it says, or not in it")]
    [InlineData("""{"weight_map":{"a.weight":"model-1.safetensors","c.weight":"model-2.safetensors"}}""", "1 tensor of the headers, such as 'b.weight' of 'model-1.safetensors', is not where it says, or not in it")]
    [InlineData("""{"weight_map":{"a.weight":"","c.weight":7,"b.weight":"model-9.safetensors"}}""", "2 tensors without the name of a file left out")]
    [InlineData("""{"a":{"safetensors_file":"/mnt/x/model-1.safetensors","weight_name":"a.weight","dtype":"float16"},"b.weight":{"safetensors_file":"model-1.safetensors"},"c.weight":{"safetensors_file":"model-2.safetensors"}}""")]
    [InlineData("""{"a.weight":{"safetensors_file":"model-2.safetensors","weight_name":"a.weight"},"c.weight":{"safetensors_file":"model-2.safetensors"}}""",
        "1 tensor of it, such as 'a.weight', is not in the header of the file that it names, 'model-2.safetensors'")]
    public void An_index_is_a_part_of_the_run_and_agrees_with_the_headers(string index, params string[] problems)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "headers.json"), Headers);
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), index);
        using RunFolder run = RunFolder.Open(folder);

        Assert.Equal("model.safetensors.index.json", Assert.Single(run.TensorIndexes).File);
        Assert.Empty(run.UnusedFiles);
        Assert.Equal(problems, run.Problems.Select(problem => problem.Message));
    }

    [Theory]
    [Trait("Kind", "capture")]
    [Trait(Captures.Needs, Captures.Shared)]
    [InlineData("hf-accelerate-disk")]
    [InlineData("hf-4disks")]
    [InlineData("hf-btrfs-raid0")]
    public void The_captures_indexes_agree_with_their_headers(string capture)
    {
        using RunFolder run = RunFolder.Open(Captures.Folder("new/" + capture));
        Assert.Equal(["loader_index.json", "model.model.safetensors.index.json"], run.TensorIndexes.Select(index => index.File).Order());
        Assert.All(run.TensorIndexes, index => Assert.NotEmpty(index.Content.FileOf));
        Assert.DoesNotContain(run.Problems, problem => problem.File.EndsWith("index.json", StringComparison.Ordinal));
    }

    // accelerate's offload folder: index.json, a .dat file for each tensor; one stays in its safetensors file.
    [Theory]
    [InlineData("")]
    [InlineData("\"lm_head.weight\":{\"safetensors_file\":\"model-1.safetensors\",\"weight_name\":\"lm_head.weight\",\"dtype\":\"float16\"},")]
    public void Reads_of_an_offload_folder_are_those_of_its_tensors(string kept)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "index.json"), "{" + kept + """ "model.layers.0.self_attn.q_proj.weight":{"dtype":"float16","shape":[64,64]},"model.layers.1.mlp.up_proj.weight":{"dtype":"float16","shape":[128,64]}}""");
        File.WriteAllText(Path.Combine(folder, "extents.tsv"),
            "file\tlogical_sector\tphysical_sector\tsectors\tflags\n/mnt/offload/model.layers.0.self_attn.q_proj.weight.dat\t0\t1000\t16\t\n/mnt/offload/model.layers.1.mlp.up_proj.weight.dat\t0\t2000\t8\t\n/mnt/offload/model.layers.1.mlp.up_proj.weight.dat\t8\t4000\t24\t\n");
        var text = new StringBuilder();
        // All of the first, the end of the second twice, a sector of neither.
        foreach ((int index, (int sector, int sectors)) in new[] { (1000, 16), (4008, 16), (4008, 16), (9000, 8) }.Index())
        {
            text.Append(FormattableString.Invariant($"  8,0    0  {index}  0.{index}00000000  10  D   R {sector} + {sectors} [python]\n"));
            text.Append(FormattableString.Invariant($"  8,0    0  {index}  0.{index}00001000  10  C   R {sector} + {sectors} [0]\n"));
        }

        File.WriteAllText(Path.Combine(folder, "trace.txt"), text.ToString());
        RunReport run = RunAnalysis.Of(folder).Run!;

        Assert.Equal(
            [("model.layers.0.self_attn.q_proj.weight", 0, TensorRole.Attention, 8192L, 8192L), ("model.layers.1.mlp.up_proj.weight", 1, TensorRole.FeedForward, 16384, 16384)],
            run.Tensors.Select(tensor => (tensor.Tensor!, tensor.Layer!.Value, tensor.Role!.Value, tensor.LengthBytes!.Value, tensor.ReadBytes)));
        Assert.Equal(4096, run.Unmapped!.ReadBytes);
        Assert.Equal([0L, 1], run.LayerIo.Select(layer => (long)layer.Layer));
        Assert.Equal(8192 + 16384 + 4096, run.ModelUse!.Roles.Sum(role => role.ReadBytes));
    }
}
