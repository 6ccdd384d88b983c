using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.Runs;

public sealed class OffloadModelTests
{
    private const double GiB = 1L << 30;
    private const long RequestBytes = 128 * 1024;

    private static ModelShape Shape(string name) => ModelShape.Find(name) ?? throw new ArgumentException(name);

    [Theory]
    [InlineData("facebook/opt-6.7b", 12.386)]
    [InlineData("facebook/opt-13b", 23.921)]
    [InlineData("facebook/opt-30b", 55.803)]
    [InlineData("facebook/opt-1.3b", 2.443)]
    public void OPT_model_sizes_are_those_the_frameworks_print(string model, double gib) =>
        Assert.Equal(gib, Math.Round(Shape(model).ReportedParameters * 2 / GiB, 3));

    // Parameter counts as published with the checkpoints.
    [Theory]
    [InlineData("meta-llama/Llama-2-7b-hf", 6_738_415_616)]
    [InlineData("meta-llama/Llama-2-13b-hf", 13_015_864_320)]
    [InlineData("meta-llama/Llama-2-70b-hf", 68_976_648_192)]
    [InlineData("meta-llama/Meta-Llama-3-8B", 8_030_261_248)]
    [InlineData("meta-llama/Llama-3.1-70B-Instruct", 70_553_706_496)]
    [InlineData("mistralai/Mistral-7B-v0.1", 7_241_732_096)]
    public void Parameter_counts_of_other_families_are_the_published_ones(string model, long parameters)
    {
        Assert.Equal(parameters, Shape(model).Parameters);
        Assert.Equal(parameters, Shape(model).ReportedParameters);
        Assert.Equal(parameters, Shape(model).ParametersOfPass);
    }

    [Fact]
    public void A_model_is_found_by_its_whole_name_only()
    {
        Assert.Null(ModelShape.Find("facebook/opt-1"));
        Assert.Null(ModelShape.Find("someone/opt-6.7bx"));
        Assert.Null(ModelShape.Find(null));
    }

    [Theory]
    [InlineData("facebook/opt-6.7b", 64, 256, 256, 16.000)]
    [InlineData("facebook/opt-13b", 1, 256, 32, 0.220)]
    [InlineData("facebook/opt-13b", 16, 256, 32, 3.516)]
    [InlineData("facebook/opt-30b", 1, 256, 32, 0.369)]
    [InlineData("facebook/opt-30b", 16, 256, 32, 5.906)]
    public void Cache_sizes_are_those_the_frameworks_print(string model, int batch, int prompt, int generated, double gib) =>
        Assert.Equal(gib, Math.Round(new KvCacheOffload(Shape(model), 2, batch, prompt, generated).ReportedBytes / GiB, 3));

    [Fact]
    public void The_studys_KV_run_comes_out()
    {
        var run = new KvCacheOffload(Shape("facebook/opt-6.7b"), 2, BatchSize: 64, PromptTokens: 256, GeneratedTokens: 256);

        Assert.Equal(512 * 1024, run.RowBytes);
        Assert.Equal(3060, run.BytesRead / GiB);
        Assert.Equal(25_067_520, run.BytesRead / RequestBytes);
        Assert.Equal(130_560, run.BytesWritten / RequestBytes);
        Assert.Equal(15.94, Math.Round(run.BytesWritten / GiB, 2));
        Assert.Equal(2.06, Math.Round(run.BytesRead / GiB / 1485.049, 2));
        Assert.Equal(10.99, Math.Round(run.BytesWritten / 1048576.0 / 1485.049, 2));
    }

    [Fact]
    public void Earlier_KV_rows_are_read_more_often()
    {
        var run = new KvCacheOffload(Shape("facebook/opt-6.7b"), 2, BatchSize: 64, PromptTokens: 256, GeneratedTokens: 256);
        for (int row = 0; row < run.Rows; row++)
        {
            Assert.Equal(Math.Min(255, 511 - row), run.ReadsOfRow(row));
            Assert.Equal(Enumerable.Range(0, run.Steps).Count(step => run.RowsReadAtStep(step) > row), run.ReadsOfRow(row));
        }

        IReadOnlyList<AccessShare> shares = run.AccessDistribution();
        long total = shares.Sum(share => share.Bytes);
        Assert.Equal(Enumerable.Range(1, 255), shares.Select(share => share.Reads));
        Assert.Equal(run.BytesRead, shares.Sum(share => share.Reads * share.Bytes));
        // CDF(c) = c/511 below 255.
        Assert.All(Enumerable.Range(1, 254), count =>
            Assert.Equal(count / 511.0, shares.Where(share => share.Reads <= count).Sum(share => share.Bytes) / (double)total, 12));
    }

    [Theory]
    [InlineData("facebook/opt-13b", 765.5)]
    [InlineData("facebook/opt-30b", 1785.7)]
    public void The_studys_model_runs_come_out(string model, double gib)
    {
        var run = new WeightOffload(Shape(model), 2, Steps: 32);
        Assert.Equal(gib, Math.Round(run.ReportedBytes * 32 / GiB, 1));
        Assert.Equal(run.PassBytes * 32, run.BytesRead);
        Assert.Equal(0, run.BytesWritten);
        Assert.Equal([new AccessShare(32, run.PassBytes)], run.AccessDistribution());
    }

    [Fact]
    [Trait("Kind", "capture")]
    public void A_pass_over_the_weights_is_what_FlexGen_reads()
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository("flexgen/model-offload-b1-omp1"));
        TensorIo io = Assert.Single(run.TensorIo).Content;
        TensorCatalogue tensors = Assert.Single(run.Tensors).Content;
        TokenTimes tokens = Assert.Single(run.Tokens).Content;
        int steps = tokens.Tokens.Count(token => token.Phase == "bench");
        var model = new WeightOffload(run.Settings.Shape!, 2, steps);

        Assert.Equal(model.PassBytes, tensors.Tensors.Sum(tensor => tensor.LengthBytes));
        Assert.Equal(model.BytesRead, io.Transfers.Where(transfer => transfer.Phase == "bench").Sum(transfer => transfer.LengthBytes));
    }

    [Theory]
    [InlineData("facebook/opt-1.3b", "deepspeed/deepspeed-model-fullmask")]
    [Trait("Kind", "capture")]
    public void The_tensors_of_DeepSpeed_are_the_parameters_of_a_pass(string model, string capture)
    {
        TensorCatalogue tensors = Assert.Single(RunFolder.Open(RunCaptures.Repository(capture)).Tensors).Content;
        Assert.Equal(Shape(model).ParametersOfPass * 2, tensors.Tensors.Sum(tensor => tensor.LengthBytes));
    }

    [Theory]
    [InlineData("flexgen/kv-offload-omp1")]
    [Trait("Kind", "capture")]
    public void Each_step_of_a_KV_run_moves_what_FlexGen_notes(string capture)
    {
        RunFolder run = RunFolder.Open(RunCaptures.Repository(capture));
        CheckSteps(run, Assert.Single(run.TensorIo).Content);
    }

    [Theory]
    [InlineData("flexgen/kv-offload-fullmask")]
    [InlineData("flexgen/kv-offload-b8-g256-omp1", Traits = [Captures.Needs, Captures.Shared])]
    [Trait("Kind", "capture")]
    public void Each_step_of_a_longer_KV_run_moves_what_FlexGen_notes(string capture)
    {
        RunFolder run = RunFolder.Open(Captures.Folder(capture));
        using StreamReader text = new(Captures.File(capture + "/tensor_io.csv"));
        CheckSteps(run, TensorIo.Read(text));
    }

    private static void CheckSteps(RunFolder run, TensorIo io)
    {
        RunSettings settings = run.Settings;
        var model = new KvCacheOffload(settings.Shape!, 2, settings.BatchSize!.Value, settings.PromptTokens!.Value, settings.GeneratedTokens!.Value);
        TensorTransfer[] bench = [.. io.Transfers.Where(transfer => transfer.Phase == "bench")];
        Assert.Equal(model.BytesRead, bench.Where(transfer => transfer.Direction == OperationClass.Read).Sum(transfer => transfer.LengthBytes));
        Assert.Equal(model.BytesWritten, bench.Where(transfer => transfer.Direction == OperationClass.Write).Sum(transfer => transfer.LengthBytes));

        // A step's reads are told by their length, which grows by a row each step.
        var readsOfRows = bench.Where(transfer => transfer.Direction == OperationClass.Read).ToLookup(transfer => transfer.Rows);
        for (int step = 1; step < model.Steps; step++)
            Assert.Equal(model.BytesReadAtStep(step), readsOfRows[model.RowsReadAtStep(step)].Sum(transfer => transfer.LengthBytes));
    }
}
