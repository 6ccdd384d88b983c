using System.IO.Compression;
using System.Text;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tests.Cli;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Side files that are hostile, huge or broken: each is a named problem, and the trace beside it is analyzed all the same.</summary>
public sealed class HostileSideFileTests
{
    private const string Extents = "file\tname\tlayer\trole\tlogical_sector\tphysical_sector\tsectors\tflags\n";
    private const string TensorIo = "phase,tid,start_mono_ns,end_mono_ns,dir,file,first_row,rows,bytes\n";

    [Theory]
    [InlineData("run.json", """{"model":"facebook/opt-6.7b","offloaded":"KV cache","batch_size":4,"prompt_len":256,"gen_len":2147483647}""", "gen_len: '2147483647'")]
    [InlineData("run.json", """{"model":"facebook/opt-6.7b","offloaded":"KV cache","batch_size":1e999,"prompt_len":256,"gen_len":2}""", "batch_size: '1e999'")]
    [InlineData("run.json", """{"model":"facebook/opt-6.7b","batch_size":-4}""", "batch_size: '-4'")]
    [InlineData("run.json", """{"model":"a","clock_offset_ns":9223372036854775807}""", "clock_offset_ns: '9223372036854775807'")]
    [InlineData("run.json", """{"model":"a","utc_offset_minutes":2147483647}""", "utc_offset_minutes")]
    [InlineData("run.json", """{"model":"a","device_read_gib_per_s":"Infinity"}""", "device_read_gib_per_s: 'Infinity'")]
    [InlineData("run.json", """{"model":"a","device_read_gib_per_s":"NaN"}""", "device_read_gib_per_s: 'NaN'")]
    [InlineData("run.json", """{"model":"a","file_system_start_sector":-1}""", "file_system_start_sector: '-1'")]
    [InlineData("run.json", """{"model":"a","gen_len":[1]}""", "gen_len: '[1]'")]
    [InlineData("run.json", """{"model":"a","percent":"200 0 0 0 0 0"}""", "percent: '200 0 0 0 0 0'")]
    [InlineData("run.json", """{"model":"a","shape":{"num_hidden_layers":16777216,"hidden_size":16777216,"num_attention_heads":16777216,"intermediate_size":16777216,"vocab_size":16777216}}""", "more parameters than any")]
    [InlineData("run.json", """{"model":"a","shape":{"num_hidden_layers":2,"hidden_size":64,"num_attention_heads":8,"num_key_value_heads":-2,"intermediate_size":128,"vocab_size":100}}""", "num_key_value_heads: '-2'")]
    [InlineData("run.json", """{"model":"\ud800"}""", "cannot be read")]
    [InlineData("run.json", """{"model":"a","parts":{"gpu":["/dev/zero"]}}""", "outside of the folder")]
    [InlineData("run.json", """{"model":"a","parts":{"gpu":["../gpu.csv"]}}""", "outside of the folder")]
    [InlineData("run.json", """{"model":"a","parts":{"gpu":["sub/../../../etc/passwd"]}}""", "outside of the folder")]
    [InlineData("run.json", """{"model":"a","parts":{"gpu":["a\u0000b"]}}""", "not the name of a file")]
    [InlineData("fio.json", """{"fio version":"x","jobs":[{"groupid":1,"read":{"bw_bytes":1e308},"write":{"bw_bytes":1e308}},{"groupid":1,"read":{"bw_bytes":1e308},"write":{"bw_bytes":"NaN"}}]}""", "bw_bytes: '1e308'")]
    [InlineData("tensor_io.csv", TensorIo + "bench,1,1,9223372036854775807,R,t,0,1,9223372036854775807\nbench,1,1,9223372036854775807,R,u,0,1,9223372036854775807\n", "end_mono_ns: '9223372036854775807'")]
    [InlineData("tensor_io.csv", TensorIo + "bench,1,1,2,R,t,0,1,9223372036854775807\n", "bytes: '9223372036854775807'")]
    [InlineData("tensors.json", """[{"file":"t","name":"k","layer":0,"role":"k_cache","shape":[-1,-9223372036854775808],"dtype":"float8"}]""", "shape: '-1'")]
    [InlineData("tensors.json", """[{"file":"t","name":"k","layer":0,"role":"k_cache","shape":["128",null],"dtype":"float16"}]""", "shape: 'null'")]
    [InlineData("tensors.json", """[{"file":"t","name":"k","layer":0,"role":"k_cache","shape":[1099511627776,1099511627776],"dtype":"float16"}]""", "larger than any")]
    [InlineData("tensors.json", """[{"file":"t","name":"k","layer":9223372036854775807,"role":"k_cache","shape":[1],"dtype":"float16"}]""", "layer: '9223372036854775807'")]
    [InlineData("extents.tsv", Extents + "t\tk\t0\tk_cache\t0\t8\t9223372036854775807\tlast\n", "sectors: '9223372036854775807'")]
    [InlineData("tokens.csv", "phase,start_mono_ns,end_mono_ns\nb,-9223372036854775808,9223372036854775807\n", "start_mono_ns: '-9223372036854775808'")]
    [InlineData("layers.csv", "phase,token,layer,start_mono_ns,end_mono_ns\nb,4294967296,0,1,2\n", "token: '4294967296'")]
    [InlineData("marks.json", """{"marks":[{"ns":9223372036854775807,"what":"x"},{"ns":1,"what":"y","layer":99999999999}]}""", "ns: '9223372036854775807'")]
    [InlineData("env.json", """{"kernel":"Linux","clocks_start":{"mono_ns":-9223372036854775808,"real_ns":9223372036854775807},"device":{"max_sectors_kb":-1}}""", "mono_ns")]
    [InlineData("gpu.csv", "timestamp, utilization.gpu [%]\n9999/12/31 23:59:59.999, 5 %\n0001/01/01 00:00:00.000, 5 %\n2023/08/03 14:20:27.000, 1e999 %\n2023/08/03 14:20:27.000, -0 %\n", "'1e999 %'")]
    [InlineData("run.yaml", "x: {? &b [*b] : 1}\n", "line 1")]
    [InlineData("run.yaml", "model: &a [*a]\n", "alias *a")]
    [InlineData("run.yaml", "? [a, b]\n: 1\n", "a key that is a list")]
    [InlineData("run.yaml", "model: \"\\ud800\"\n", "run.yaml")]
    [InlineData("run.yaml", "model: [x\n", "not valid YAML")]
    [InlineData("run.yaml", "gen_len: 99999999999999999999\n", "gen_len")]
    public void A_wrong_value_is_a_named_problem(string name, string text, string problem)
    {
        string folder = Folder();
        // What a number would be used with.
        File.WriteAllText(Path.Combine(folder, "some.tsv"), Extents + "t\tk\t0\tk_cache\t0\t2048\t100\tlast\n");
        File.WriteAllText(Path.Combine(folder, name), text);

        TraceReport report = RunAnalysis.Of(folder);
        Assert.Equal(400, report.Events);
        string problems = string.Join("\n", report.Run!.Problems.Select(one => $"{one.File}: {one.Message}"));
        Assert.Contains(problem, problems, StringComparison.Ordinal);
        // Infinities and the like cannot be written as JSON.
        using var json = new MemoryStream();
        ReportJson.Write(report, json);
    }

    [Theory]
    [InlineData("run.yaml", "model: ", "[", "nested more than")]
    [InlineData("run.yaml", "", "- ", "nested more than")]
    [InlineData("run.yaml", "", "? ", "run.yaml")]
    [InlineData("run.json", "", "[", "maximum")]
    [InlineData("run.json", "", "{\"model\":", "maximum")]
    public void Depth_is_limited_before_anything_is_built(string name, string before, string nesting, string problem)
    {
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, name), before + string.Concat(Enumerable.Repeat(nesting, 100_000)) + "\n");
        RunProblem found = Assert.Single(RunFolder.Open(folder).Problems);
        Assert.Contains(problem, $"{found.File}: {found.Message}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_yaml_into_which_a_log_was_written_is_named()
    {
        string folder = Folder();
        File.Copy(Repository.Case("runs", "run-yaml-9", "run.yaml"), Path.Combine(folder, "run.yaml"));
        ToolResult result = Analyze(folder);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("run.yaml: not valid YAML", result.Output, StringComparison.Ordinal);
    }

    // Nothing else makes the folder a run: the problem used to be said nowhere.
    [Fact]
    public void A_broken_file_is_named_even_if_no_other_is_usable()
    {
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, "run.yaml"), "model: [x\n");
        ToolResult result = Analyze(folder);

        Assert.Contains("Problem    run.yaml: not valid YAML at line", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown ", result.Output, StringComparison.Ordinal);
        Assert.Contains("not valid YAML at line", File.ReadAllText(Path.Combine(folder, "out", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_not_understood_are_named_with_the_reason_and_others_in_one_line()
    {
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, "usage.csv"), "time,watts\n1,2\n");
        File.WriteAllText(Path.Combine(folder, "what"), "Nobody knows this.\n");
        File.WriteAllText(Path.Combine(folder, "empty.csv"), "");
        File.WriteAllText(Path.Combine(folder, "tokens.csv"), "phase,start_mono_ns\nbench,1\n");
        File.WriteAllText(Path.Combine(folder, "README.md"), "# A run\n");
        File.WriteAllText(Path.Combine(folder, "plot.py"), "import os\n");
        File.WriteAllBytes(Path.Combine(folder, "figure.png"), [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0]);
        File.WriteAllBytes(Path.Combine(folder, "prof.sqlite"), [.. "SQLite format 3\0"u8, 0, 0]);
        ToolResult result = Analyze(folder);
        TraceReport report = Tool.ReadReport(Path.Combine(folder, "out"));

        Assert.Contains("Not read   empty.csv: empty", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not read   usage.csv: a table of no kind known here, with the columns time, watts", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not read   what: text of no kind known here; it begins with 'Nobody knows this.'", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not read   tokens.csv: a table without end_mono_ns", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not read   prof.sqlite: an SQLite database", result.Output, StringComparison.Ordinal);
        Assert.Contains("Not used   README.md, figure.png, plot.py", result.Output, StringComparison.Ordinal);
        Assert.Equal(5, report.Run!.Files.Count(file => file.Kind == RunFile.NotUnderstood));
        Assert.Equal("a PNG image", report.Run.Files.Single(file => file.Name == "figure.png").Reason);
        Assert.Contains("with the columns time, watts", File.ReadAllText(Path.Combine(folder, "out", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_trace_and_a_README_is_not_a_run()
    {
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, "README.md"), "# A trace\n");
        Assert.DoesNotContain("\nRun ", Analyze(folder).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_are_not_read_through_links_out_of_the_folder()
    {
        string outside = RunCaptures.NewFolder();
        File.WriteAllText(Path.Combine(outside, "gpu.csv"), "timestamp, utilization.gpu [%]\n2023/08/03 14:20:27.000, 7 %\n");
        string folder = Folder();
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "away"), outside);
        File.CreateSymbolicLink(Path.Combine(folder, "logs", "gpu.csv"), Path.Combine(outside, "gpu.csv"));
        File.CreateSymbolicLink(Path.Combine(folder, "logs", "loop"), "loop");
        File.WriteAllText(Path.Combine(folder, "run.json"), """{"parts":{"gpu":["away/gpu.csv","logs/gpu.csv","logs/loop"]}}""");
        RunFolder run = RunFolder.Open(folder);

        Assert.Empty(run.GpuLogs);
        Assert.Equal(3, run.Problems.Count(problem => problem.Message.Contains("symbolic link", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_pipe_is_never_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        string folder = Folder();
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        ToolResult made = Tool.RunInShell($"mkfifo '{folder}/pipe' '{folder}/logs/pipe' '{folder}/t.blktrace.0'");
        Assert.Equal(0, made.ExitCode);
        File.WriteAllText(Path.Combine(folder, "run.json"), """{"model":"a","parts":{"gpu":["logs/pipe"],"tokens":["pipe"]}}""");
        RunFolder run = RunFolder.Open(folder);

        Assert.Contains(run.Problems, problem => problem.Message.Contains("'logs/pipe' is a device or a pipe", StringComparison.Ordinal));
        Assert.Equal("trace.txt", Assert.Single(run.Traces).Name);
    }

    [Theory]
    [InlineData("run.json.gz", "{", 20, "longer than 16 MiB")]
    [InlineData("marks.gz", "[", 20, "longer than 16 MiB")]
    [InlineData("run.yaml", "model: a\n", 2, "longer than 1 MiB")]
    public void What_unpacks_to_more_than_its_kind_has_is_refused(string name, string begins, int mebibytes, string problem)
    {
        string folder = Folder();
        byte[] text = [.. Encoding.ASCII.GetBytes(begins), .. Enumerable.Repeat((byte)' ', mebibytes << 20)];
        using (var file = File.Create(Path.Combine(folder, name)))
        using (Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file)
            stream.Write(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunProblem found = Assert.Single(RunFolder.Open(folder).Problems);

        Assert.Contains(problem, found.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }

    // Tensors without names, 9 bytes of JSON each, and extents of 9 bytes: together no more than any run has.
    [Theory]
    [InlineData(1, 262_145, "expected a list of at most 262144 tensors")]
    [InlineData(2, 200_000, "is left out: with its 200000 tensors the run's files list more than 262144")]
    public void Tables_of_more_tensors_than_any_model_has_are_left_out(int files, int tensors, string problem)
    {
        string folder = Folder();
        string table = $"[{{\"file\":\"t\",\"tensors\":[{string.Join(',', Enumerable.Repeat("{\"offset\":0,\"length\":1}", tensors))}]}}]";
        for (int i = 0; i < files; i++)
            File.WriteAllText(Path.Combine(folder, $"tensors{i}.json"), table);
        using RunFolder run = RunFolder.Open(folder);

        Assert.Equal(files - 1, run.Tensors.Count);
        Assert.Contains(problem, Assert.Single(run.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_more_extents_than_are_kept_of_a_run_are_left_out()
    {
        string folder = Folder();
        string table = "file\tlogical_sector\tphysical_sector\tsectors\tflags\n" + string.Concat(Enumerable.Repeat("t\t0\t9\t1\t\n", 300_000));
        for (int i = 0; i < 2; i++)
            File.WriteAllText(Path.Combine(folder, $"extents{i}.tsv"), table);
        using RunFolder run = RunFolder.Open(folder);

        Assert.Single(run.Extents);
        Assert.Contains("is left out: with its 300000 extents the run's files list more than 524288", Assert.Single(run.Problems).Message, StringComparison.Ordinal);
    }

    // A search that looks at each letter of such a line once for each other one would take 10^12 steps: nobody would wait for this test.
    [Theory]
    [InlineData("flexgen\n", "a", "")]
    [InlineData("flexgen\n", "a ", ": 1 GB")]
    [InlineData("flexgen\n", "model size: ", "1")]
    [InlineData("flexgen\n", "token_latency=[1,", "")]
    [InlineData("flexgen\n", " --model", " x")]
    [InlineData("flexgen GB/sec\n", "aio load_cpu: 1", " GB,")]
    [InlineData("flexgen GB/sec\n", "aio load_cpu:   ", "")]
    [InlineData("deepspeed\n", "prompt_len = 1, execute_gen_len = 1", "")]
    [InlineData("File size of a is 1 (1 block of 512 bytes)\n", "0: 0.. 0: 1.. 1: 1: ", "")]
    [InlineData("File size of a is 1 (1 block of 512 bytes)\n", "a", "x")]
    [InlineData("File size of a is 1 (1 block of 512 bytes)\n", " ", ".")]
    [InlineData("File size of a is 1 (1 block of 512 bytes)\nFile size of ", " is 1 (", "")]
    [InlineData("File size of a is 1 (1 block of 512 bytes)\n", ": 1 extents found", "s")]
    [InlineData("timestamp, utilization.gpu [%]\n", "\"", ",")]
    [InlineData("timestamp, utilization.gpu [%]\n", ",", "")]
    [InlineData("", "2023/08/03 14:20:27.000,", "%")]
    [InlineData("", "1 a ", "")]
    [InlineData("", "model", ": x")]
    [InlineData("", "---", "")]
    [InlineData("", "# ", "")]
    public void Long_lines_take_time_in_proportion(string before, string repeated, string after)
    {
        string folder = Folder();
        string line = string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length)) + after;
        File.WriteAllText(Path.Combine(folder, "side.txt"), before + line + "\n" + line + "\n");
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal("trace.txt", Assert.Single(run.Traces).Name);
        TensorNames.CatalogueOf([new FileExtent(line, 0, 1, 1, "")], null);
    }

    [Fact]
    public void JSON_after_notes_is_read()
    {
        // The trace shows python3, and not fio: nothing says that the job is what was traced.
        RunReport run = RunAnalysis.Of(Repository.Case("runs", "14-fio-json-after-notes")).Run!;
        Assert.Equal("fio.json", run.Facts.DeviceBandwidthSource);
        Assert.Equal(0.75, run.Facts.DeviceReadGiBPerSecond!.Value, 2);

        // Without direct=1: no verdict rests on it.
        Assert.Equal((true, 0), (run.Facts.IsDeviceBandwidthBuffered, run.Facts.DevicePoints.Length));
        Assert.Contains(run.NotAnswerable, line => line.Contains("fio.json: its jobs went through the page cache", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("note: a note\n[ warning ] another\n", "\nfio: pid=1, err=5\n")]
    [InlineData("[]\n[1]\n{\n", "")]
    [InlineData("warning: x\n   ", " trailing")]
    public void Notes_may_stand_before_and_behind_any_JSON(string before, string after)
    {
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, "fio.txt"), before + """{"fio version":"3","jobs":[{"read":{"bw_bytes":1073741824}}]}""" + after);
        File.WriteAllText(Path.Combine(folder, "marks"), before + """{"marks":[{"ns":1,"what":"x"}]}""" + after);
        File.WriteAllText(Path.Combine(folder, "run.json"), before + """{"model":"facebook/opt-6.7b","batch_size":3}""" + after);
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal(1073741824, Assert.Single(run.Fio).Content.ReadBytesPerSecond);
        Assert.Single(run.Marks);
        Assert.Equal(3, run.Settings.BatchSize);
        Assert.Empty(run.UnusedFiles);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_side_file_may_be_UTF_16_or_have_a_byte_order_mark(int encoding)
    {
        Encoding with = ((Encoding[])[new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), Encoding.Unicode, Encoding.BigEndianUnicode])[encoding];
        string folder = Folder();
        File.WriteAllText(Path.Combine(folder, "gpu"), "timestamp, utilization.gpu [%]\n2025/01/16 13:25:54.949, 7 %\n", with);
        File.WriteAllText(Path.Combine(folder, "run"), """{"model":"facebook/opt-6.7b","batch_size":3}""", with);
        File.WriteAllText(Path.Combine(folder, "run.yaml"), "prompt_len: 5\n", with);
        File.WriteAllText(Path.Combine(folder, "extents"), Extents + "t\tk\t0\tk_cache\t0\t2048\t100\tlast\n", with);
        File.WriteAllText(Path.Combine(folder, "filefrag"), "File size of a is 1 (1 block of 512 bytes)\n   0:        0..       0:         34..        34:      1: eof\n", with);
        File.WriteAllText(Path.Combine(folder, "tokens"), "phase,start_mono_ns,end_mono_ns\nbench,1,2\n", with);
        File.WriteAllText(Path.Combine(folder, "log"), "python3 flex_opt.py --model facebook/opt-6.7b --prompt-len 1 --gen-len 9\n", with);
        RunFolder run = RunFolder.Open(folder);

        Assert.Equal((7, 3, 5, 9), (run.GpuLogs[0].Content.MeanPercent, run.Settings.BatchSize, run.Settings.PromptTokens, run.Settings.GeneratedTokens));
        Assert.Equal((2, 1), (run.Extents.Count, run.Tokens.Count));
        Assert.Empty(run.Problems);
    }

    private static string Folder() => RunCaptures.Without(Repository.Case("runs", "03-two-gpus"), "gpu.csv", "run.json");

    private static ToolResult Analyze(string folder) => Tool.Run("analyze", folder, "-o", Path.Combine(folder, "out"), "--dpi", "72");
}
