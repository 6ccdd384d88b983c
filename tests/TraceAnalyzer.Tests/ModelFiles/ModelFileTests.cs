using System.Text.Json;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tests.Runs;
using static TraceAnalyzer.Tests.ModelFiles.WrittenModels;

namespace TraceAnalyzer.Tests.ModelFiles;

/// <summary>Headers of model files, written by <see cref="WrittenModels"/>, by llama.cpp's tools and by Hugging Face's, and broken ones.</summary>
public sealed class ModelFileTests
{
    // F32, Q4_K of two rows of a block each, Q8_0 of 3 stacked matrices, and a last one.
    private static readonly GgufTensor[] s_tensors =
    [
        new("token_embd.weight", [4, 5], 0, 80),
        new("blk.0.ffn_up.weight", [256, 2], 12, 288),
        new("blk.0.ffn_up_exps.weight", [32, 2, 3], 8, 204),
        new("output_norm.weight", [3], 0, 12),
    ];

    [Theory]
    [InlineData(2u, false, 32)]
    [InlineData(3u, false, 32)]
    [InlineData(3u, true, 32)]
    [InlineData(3u, true, 4096)]
    [InlineData(2u, false, 8)]
    public void A_gguf_file_says_where_its_tensors_lie(uint version, bool isBigEndian, int alignment)
    {
        (string, object)[] keys =
        [
            ("general.architecture", "llama"), ("general.alignment", (uint)alignment), ("llama.expert_count", 3u), ("llama.expert_used_count", 2u),
            ("tokenizer.ggml.tokens", (string[])["a", "", "ccc"]), ("tokenizer.ggml.token_type", (uint[])[1, 2, 3]), ("split.no", (ushort)0),
        ];
        ModelFile file = Read("m.gguf", Gguf(keys, s_tensors, version, isBigEndian, alignment));

        Assert.Equal(("GGUF", "llama", 3, 2), (file.Format, file.Architecture, file.Experts, file.ExpertsUsed));
        Assert.Equal(0, file.DataStartBytes % alignment);
        Assert.Null(file.Split);
        long at = file.DataStartBytes;
        foreach ((GgufTensor written, StoredTensor tensor) in s_tensors.Zip(file.Tensors))
        {
            Assert.Equal((written.Name, at, (long)written.Bytes), (tensor.Name, tensor.OffsetBytes, tensor.LengthBytes));
            Assert.Equal(written.Dimensions.Reverse().Select(length => (long)length), tensor.Shape);
            at = (tensor.EndBytes + alignment - 1) / alignment * alignment;
        }

        Assert.Equal(["F32", "Q4_K", "Q8_0", "F32"], file.Tensors.Select(tensor => tensor.Dtype));
        Assert.Equal(at, file.FileBytes);
    }

    // Bits per weight as the quantizations' authors state them: 256 elements of each type.
    [Theory]
    [InlineData(2u, 4.5)]
    [InlineData(3u, 5)]
    [InlineData(6u, 5.5)]
    [InlineData(7u, 6)]
    [InlineData(8u, 8.5)]
    [InlineData(10u, 2.625)]
    [InlineData(11u, 3.4375)]
    [InlineData(12u, 4.5)]
    [InlineData(13u, 5.5)]
    [InlineData(14u, 6.5625)]
    [InlineData(16u, 2.0625)]
    [InlineData(17u, 2.3125)]
    [InlineData(18u, 3.0625)]
    [InlineData(19u, 1.5625)]
    [InlineData(20u, 4.5)]
    [InlineData(21u, 3.4375)]
    [InlineData(22u, 2.5625)]
    [InlineData(23u, 4.25)]
    [InlineData(29u, 1.75)]
    [InlineData(30u, 16)]
    [InlineData(34u, 1.6875)]
    [InlineData(35u, 2.0625)]
    [InlineData(39u, 4.25)]
    [InlineData(40u, 4.5)]
    public void A_block_has_as_many_bits_as_its_type_says(uint type, double bitsPerWeight)
    {
        int bytes = (int)(256 * bitsPerWeight / 8);
        StoredTensor tensor = Assert.Single(Read("m.gguf", Gguf([], [new("t", [256], type, bytes)])).Tensors);
        Assert.Equal(bytes, tensor.LengthBytes);
    }

    [Fact]
    public void A_type_that_is_not_known_reaches_to_the_next_tensor()
    {
        byte[] bytes = Gguf([], [new("a", [7], 1234, 96), new("b", [1], 0, 4), new("c", [3], 77, 64)]);
        Assert.Equal([("type 1234", 96L), ("F32", 4L), ("type 77", 64L)], Read("m.gguf", bytes).Tensors.Select(tensor => (tensor.Dtype, tensor.LengthBytes)));
    }

    [Fact]
    public void The_beginning_of_a_file_is_enough_if_it_is_called_so()
    {
        byte[] bytes = Gguf([], s_tensors);
        ModelFile whole = Read("m.gguf", bytes);
        foreach (int length in (int[])[(int)whole.DataStartBytes, (int)whole.DataStartBytes + 100])
        {
            ModelFile header = Read("m.gguf.header", bytes[..length]);
            Assert.Equal("m.gguf", header.Name);
            Assert.Null(header.FileBytes);
            Assert.Equal(whole.Tensors.Select(tensor => (tensor.Name, tensor.OffsetBytes, tensor.LengthBytes)), header.Tensors.Select(tensor => (tensor.Name, tensor.OffsetBytes, tensor.LengthBytes)));
        }

        Assert.Contains("'output_norm.weight' ends", Fault("m.gguf", bytes[..(int)(whole.DataStartBytes + 100)]), StringComparison.Ordinal);
        Assert.Contains("the file ends here", Fault("m.gguf.header", bytes[..100]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gguf_header_that_cannot_be_is_refused_with_its_place()
    {
        byte[] good = Gguf([("k", "v")], s_tensors);
        // Version, numbers of tensors and keys, length of the first key, type of its value.
        Assert.Equal("m.gguf: byte 4: expected GGUF version 2 or 3, found 1, which llama.cpp gave up in 2023", Fault("m.gguf", With(good, 4, 1)));
        Assert.Contains("byte 8: expected a number of tensors of at most 1048576, found", Fault("m.gguf", With(good, 11, 1)), StringComparison.Ordinal);
        Assert.Contains("byte 16: expected a number of keys", Fault("m.gguf", With(good, 23, 0x80)), StringComparison.Ordinal);
        Assert.Contains("byte 24: expected the length of a key of at most 4096", Fault("m.gguf", With(good, 30, 1)), StringComparison.Ordinal);
        Assert.Contains("byte 33: expected the type of a value, 0 to 12, found 200", Fault("m.gguf", With(good, 33, 200)), StringComparison.Ordinal);
        Assert.Contains("a multiple of 256, the block of Q4_K", Fault("m.gguf", Gguf([], [new("t", [255], 12, 144)])), StringComparison.Ordinal);
        Assert.Contains("is larger than any", Fault("m.gguf", Gguf([], [new("t", [1ul << 40, 1ul << 40], 0, 4)])), StringComparison.Ordinal);
        Assert.Contains("expected general.alignment", Fault("m.gguf", Gguf([("general.alignment", 0u)], [])), StringComparison.Ordinal);
        Assert.Contains("beyond the start of 'b'", Fault("m.gguf", Gguf([], [new("a", [9], 0, 32), new("b", [1], 0, 4)])), StringComparison.Ordinal);
        for (int length = 4; length < Read("m.gguf", good).DataStartBytes - 32; length++)
            Assert.Contains("the file ends here", Fault("m.gguf", good[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_of_a_split_model_are_found_by_any_of_them()
    {
        string folder = RunCaptures.NewFolder();
        for (ushort i = 0; i < 3; i++)
            File.WriteAllBytes(Path.Combine(folder, $"m-0000{i + 1}-of-00003.gguf"), Gguf([("split.no", i), ("split.count", (ushort)3)], [new($"blk.{i}.attn_q.weight", [8], 0, 32)]));

        IReadOnlyList<ModelFile> files = ModelFormats.Open(Path.Combine(folder, "m-00002-of-00003.gguf"));
        Assert.Equal([(0, 3), (1, 3), (2, 3)], files.Select(file => file.Split!.Value));
        Assert.Equal([0, 1, 2], ModelTables.CatalogueOf(files).Tensors.Select(tensor => tensor.Layer));

        File.Delete(Path.Combine(folder, "m-00003-of-00003.gguf"));
        Assert.Contains("m-00003-of-00003.gguf", Assert.Throws<TraceException>(() => ModelFormats.Open(Path.Combine(folder, "m-00002-of-00003.gguf"))).Message, StringComparison.Ordinal);
        File.Move(Path.Combine(folder, "m-00001-of-00003.gguf"), Path.Combine(folder, "m.gguf"));
        Assert.Contains("expected '-00001-of-00003' in its name", Assert.Throws<TraceException>(() => ModelFormats.Open(Path.Combine(folder, "m.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safetensors_file_says_where_its_tensors_lie()
    {
        const string Header = """{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"c":{"dtype":"F8_E9M9","shape":[9],"data_offsets":[20,21]}}   """;
        ModelFile file = Read("m.safetensors", Safetensors(Header, 21));
        Assert.Equal(8 + Header.Length, file.DataStartBytes);
        Assert.Equal([("a", 0L, 8L), ("b", 8L, 12L), ("c", 20L, 1L)], file.Tensors.Select(tensor => (tensor.Name, tensor.OffsetBytes - file.DataStartBytes, tensor.LengthBytes)));
        Assert.Equal([[], [2L, 3L], [9L]], file.Tensors.Select(tensor => tensor.Shape));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,9]}}""", "4 elements of 16 bits; its data_offsets span 9 bytes")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[8,0]}}""", "ascending data_offsets of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F16","shape":[-4],"data_offsets":[0,8]}}""", "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "larger than any")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[7,15]}}""", "'a' and 'b' overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}""", "each once; at 'a'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[32],"data_offsets":[0,32]}}""", "ends 16 bytes beyond the end of the file")]
    [InlineData("""{"a":8}""", "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"e":{"dtype":"U8","shape":[0],"data_offsets":[4,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[5,7]}}""", "'a' and 'b' overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[8]],"data_offsets":[0,8]}}""", "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,9]}}""", "expected dtype, shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}} x""", "expected JSON")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "expected JSON")]
    [InlineData("""{"a":""", "expected JSON")]
    public void A_safetensors_header_that_cannot_be_is_refused(string header, string fault) =>
        Assert.Contains(fault, Fault("m.safetensors", Safetensors(header, 16)), StringComparison.Ordinal);

    [Fact]
    public void Members_of_a_safetensors_header_that_are_not_known_are_passed_over()
    {
        const string Header = """{"__metadata__":{"a":[{"dtype":1}]},"a":{"x":{"shape":[9]},"shape":[2,3],"dtype":"U8","y":[[1],{}],"data_offsets":[0,6]},"e":{"dtype":"U8","shape":[0],"data_offsets":[3,3]}}""";
        ModelFile file = Read("m.safetensors", Safetensors(Header, 6));
        Assert.Equal([("a", 6L), ("e", 0L)], file.Tensors.Select(tensor => (tensor.Name, tensor.LengthBytes)));
        Assert.Equal([2L, 3L], file.Tensors[0].Shape);
    }

    [Fact]
    public void A_header_larger_than_a_buffer_is_read_whole()
    {
        string[] names = [.. Enumerable.Range(0, 5000).Select(i => FormattableString.Invariant($"model.layers.{i}.weight"))];
        string header = "{" + string.Join(",", names.Select((name, i) => FormattableString.Invariant($$"""  "{{name}}":{"dtype":"U8","shape":[1],"data_offsets":[{{i}},{{i + 1}}]}""").TrimStart())) + "}";
        Assert.True(header.Length > 4 << 16);
        ModelFile file = Read("m.safetensors", Safetensors(header, names.Length));
        Assert.Equal(names, file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(8 + header.Length + 4999, file.Tensors[^1].OffsetBytes);
    }

    // Dimensions of a type that is not known say nothing of its length.
    [Fact]
    public void A_tensor_that_begins_beyond_the_end_of_its_file_is_refused()
    {
        byte[] bytes = Gguf([], [new("a", [7], 1234, 96), new("b", [7], 1234, 64)]);
        int end = (int)Read("m.gguf", bytes).DataStartBytes;
        Assert.Contains("'b' begins 46 bytes beyond the end of the file; it is cut", Fault("m.gguf", bytes[..(end + 50)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_larger_than_any_file_is_refused()
    {
        Assert.Contains("expected an array of at most 17592186044416 bytes, found 17592186044432", Fault("a.npy.header", Npy("{'descr': '<c16', 'fortran_order': False, 'shape': (1099511627777,), }", 0)), StringComparison.Ordinal);
        Assert.Contains("expected tensors of at most 17592186044416 bytes, found 't' of 17592186044424", Fault("m.gguf.header", Gguf([], [new("t", [(1ul << 41) + 1], 28, 8)])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_names_no_file_is_refused()
    {
        string index = Path.Combine(RunCaptures.NewFolder(), "model.safetensors.index.json");
        foreach ((string text, string fault) in new[]
        {
            ("""{"weight_map":{}}""", "expected an object 'weight_map'"), ("""{"weight_map":[1]}""", "expected an object 'weight_map'"), ("[]", "expected an object 'weight_map'"), ("", "expected JSON"),
            ("""{"weight_map":{"a":7}}""", "files beside it"), ("""{"weight_map":{"a":"m.safetensors"}""", "expected JSON"), ("""{"weight_map":{"a":"m.safetensors"}} x""", "expected JSON"),
        })
        {
            File.WriteAllText(index, text);
            Assert.Contains(fault, Assert.Throws<TraceException>(() => ModelFormats.Open(index)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_files_of_one_name_are_refused_and_one_file_counts_once()
    {
        string folder = RunCaptures.NewFolder();
        foreach (string name in (string[])["a", "b"])
            Directory.CreateDirectory(Path.Combine(folder, name));
        (string one, string other) = (Path.Combine(folder, "a", "m.gguf"), Path.Combine(folder, "b", "m.gguf"));
        byte[] bytes = Gguf([], s_tensors);
        File.WriteAllBytes(one, bytes);
        File.CreateSymbolicLink(other, one);
        Assert.Equal([one], ModelFormats.OpenAll([one, other, Path.Combine(folder, "a")]).Select(file => file.Path));

        File.Delete(other);
        File.WriteAllBytes(other, bytes);
        string fault = Assert.Throws<TraceException>(() => ModelFormats.OpenAll([one, other])).Message;
        Assert.Contains(one, fault, StringComparison.Ordinal);
        Assert.Contains(other, fault, StringComparison.Ordinal);

        // The beginning of a file that is there as well.
        File.WriteAllBytes(other + ModelFile.HeaderEnding, bytes[..(int)Read("m.gguf", bytes).DataStartBytes]);
        Assert.Equal([other], ModelFormats.OpenAll([other + ModelFile.HeaderEnding, other]).Select(file => file.Path));
    }

    [Fact]
    public void A_folder_of_more_files_than_are_read_is_refused()
    {
        string folder = RunCaptures.NewFolder();
        byte[] bytes = Safetensors("{}", 0);
        for (int i = 0; i <= 10_000; i++)
            File.WriteAllBytes(Path.Combine(folder, FormattableString.Invariant($"{i}.safetensors")), bytes);
        Assert.Contains("at most 10000 model files in a folder", Assert.Throws<TraceException>(() => ModelFormats.Open(folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "7.safetensors"));
        Assert.Equal(10_000, ModelFormats.Open(folder).Count);
    }

    [Fact]
    public void An_npy_file_is_one_tensor_behind_its_header()
    {
        ModelFile file = Read("layer_3.npy", Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (4, 3), }", 24));
        StoredTensor tensor = Assert.Single(file.Tensors);
        Assert.Equal(("layer_3", "float16", 128L, 24L), (tensor.Name, tensor.Dtype, tensor.OffsetBytes, tensor.LengthBytes));
        Assert.Equal([4, 3], tensor.Shape);
        Assert.Contains("ends 1 bytes beyond", Fault("a.npy", Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (4, 3), }", 23)), StringComparison.Ordinal);
        Assert.Contains("expected descr and shape", Fault("a.npy", Npy("{'descr': [('a', '<f2')], 'shape': (4,)}", 24)), StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_are_found_by_their_index_and_links_keep_both_names()
    {
        string folder = RunCaptures.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        Directory.CreateDirectory(Path.Combine(folder, "snapshot"));
        File.WriteAllBytes(Path.Combine(folder, "blobs", "5ca1ab1e"), Safetensors("""{"model.norm.weight":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8));
        File.WriteAllBytes(Path.Combine(folder, "snapshot", "m-2.safetensors"), Safetensors("""{"lm_head.weight":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8));
        File.CreateSymbolicLink(Path.Combine(folder, "snapshot", "m-1.safetensors"), Path.Combine("..", "blobs", "5ca1ab1e"));
        string index = Path.Combine(folder, "snapshot", "model.safetensors.index.json");
        File.WriteAllText(index, """{"metadata":{},"weight_map":{"model.norm.weight":"m-1.safetensors","lm_head.weight":"m-2.safetensors"}}""");

        IReadOnlyList<ModelFile> files = ModelFormats.Open(index);
        Assert.Equal([("m-1.safetensors", "5ca1ab1e"), ("m-2.safetensors", null)], files.Select(file => (file.Name, file.LinkedName)));
        Assert.Equal(["m-1.safetensors", "m-2.safetensors"], ModelFormats.Open(Path.Combine(folder, "snapshot")).Select(file => file.Name));

        // What filefrag says of the cache names blobs.
        TensorCatalogue catalogue = Written(files);
        Assert.Equal("model.norm.weight", catalogue.Find("/mnt/hub/models--x/blobs/5ca1ab1e")?.Name);
        Assert.Equal("lm_head.weight", catalogue.Find("snapshot/m-2.safetensors")?.Name);

        File.WriteAllText(index, """{"weight_map":{"a":"../m-1.safetensors"}}""");
        Assert.Contains("files beside it", Assert.Throws<TraceException>(() => ModelFormats.Open(index)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_describe_writes_is_what_the_header_says()
    {
        TensorCatalogue fromHeader = ModelTables.CatalogueOf([Read("m.gguf", Gguf([], s_tensors))]);
        TensorCatalogue fromTable = Written([Read("m.gguf", Gguf([], s_tensors))]);
        Assert.Equal(4, fromTable.Tensors.Count);
        Assert.Equal(3, fromTable.Tensors[2].StackedExperts);
        foreach ((TensorEntry one, TensorEntry other) in fromHeader.Tensors.Zip(fromTable.Tensors))
            Assert.Equivalent(one, other, strict: true);
    }

    // The tables were made by the scripts that wrote the model, and by safetensors' own library.
    [Theory]
    [Trait(Captures.Needs, Captures.Shared)]
    [Trait("Kind", "capture")]
    [InlineData("new/llamacpp-moe-directio", "moe-8x2-f16.gguf.header", 123)]
    [InlineData("new/llamacpp-dense-mmap", "dense-1b-f16.gguf.header", 219)]
    public void A_captured_header_says_what_its_writer_noted(string capture, string name, int count)
    {
        string folder = Captures.Folder(capture);
        ModelFile file = Assert.Single(ModelFormats.Open(Path.Combine(folder, name)));
        using var noted = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tensors.json")));
        Assert.Equal(noted.RootElement.GetProperty("header_bytes").GetInt64(), file.DataStartBytes);
        Assert.Equal(count, file.Tensors.Count);
        Assert.Equal(
            noted.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => (
                tensor.GetProperty("name").GetString()!, tensor.GetProperty("dtype").GetString()!, tensor.GetProperty("offset").GetInt64(), tensor.GetProperty("length").GetInt64(),
                string.Join("x", tensor.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()).Reverse()))),
            file.Tensors.Select(tensor => (tensor.Name, tensor.Dtype, tensor.OffsetBytes, tensor.LengthBytes, string.Join("x", tensor.Shape))));
    }

    private static TensorCatalogue Written(IReadOnlyList<ModelFile> files)
    {
        string folder = RunCaptures.NewFolder();
        using (FileStream table = File.Create(Path.Combine(folder, "tensors.json")))
            ModelTables.Write(files, table);
        using var run = RunFolder.Open(folder);
        Assert.Empty(run.Problems);
        return Assert.Single(run.Tensors).Content;
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static ModelFile Read(string name, byte[] bytes) => ModelFormats.Read(name, bytes.AsSpan(0, Math.Min(64, bytes.Length)), new MemoryStream(bytes), bytes.Length);

    private static string Fault(string name, byte[] bytes) => Assert.Throws<TraceException>(() => Read(name, bytes)).Message;
}
