using System.Text.Json;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Text;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Html;

/// <summary>The parts of the page's script, each by itself and without a page.</summary>
[Trait("Kind", "browser")]
public sealed class PageScriptTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Parts =>
        [.. Directory.GetFiles(Repository.Path("src", "TraceAnalyzer.Reporting", "Html"), "*.js").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Part_ParsesByItself(string part)
    {
        await using ChromiumPage page = await EmptyAsync();
        JsonElement error = await page.EvaluateAsync($"(() => {{ try {{ new Function({JsonSerializer.Serialize("'use strict';" + Source(part))}); return ''; }} catch (error) {{ return String(error); }} }})()");

        Assert.Equal("", error.GetString());
    }

    [Fact]
    public async Task Units_WriteEachNumberAsTheToolDoes()
    {
        await using ChromiumPage page = await EmptyAsync();
        string cases = JsonSerializer.Serialize(UnitCases.All.Select(each => new object[] { each.Unit.ToString(), each.Value }));
        string[] texts = (await page.EvaluateAsync($$"""
            (() => {
              {{Source("units.js")}}
              const GiB = 1024 ** 3;
              const of = {
                Bytes: units.bytes, BytesPerSecond: units.rate, Nanoseconds: units.duration, Seconds: value => units.duration(value * 1e9), Count: units.count, Share: units.share,
                Percent: units.percent, Coefficient: units.coefficient, Ratio: units.ratio, GiB: value => units.bytes(value * GiB), GiBPerSecond: value => units.rate(value * GiB),
                Octaves: value => `${value.toFixed(2)} octaves`, Identifier: String,
              };
              return {{cases}}.map(([unit, value]) => of[unit](value));
            })()
            """)).Deserialize<string[]>()!;

        Assert.Equal(UnitCases.All.Select(each => each.Text), texts);
    }

    // Besides the cases that somebody thought of: the tool's own text is the oracle. Up to 15 digits, beyond which .NET rounds twice.
    [Fact]
    public async Task Units_AgreeWithTheToolOnRandomNumbers()
    {
        var random = new Random(7);
        double[] values = [.. Enumerable.Range(0, 2000).Select(_ => Math.Round(Math.Pow(10, (random.NextDouble() * 13) - 5), 6) * (random.Next(5) == 0 ? -1 : 1))];
        double[] shares = [.. Enumerable.Range(0, 500).Select(_ => Math.Pow(10, -6 * random.NextDouble()))];
        await using ChromiumPage page = await EmptyAsync();
        string[][] texts = (await page.EvaluateAsync($$"""
            (() => {
              {{Source("units.js")}}
              return [...{{JsonSerializer.Serialize(values)}}.map(value => [units.count(value), units.bytes(value), units.duration(value)]), ...{{JsonSerializer.Serialize(shares)}}.map(value => [units.share(value)])];
            })()
            """)).Deserialize<string[][]>()!;

        Assert.Equal(values.Select(value => (string[])[Units.Count(value), Units.Bytes(value), Units.Duration(value)]), texts[..values.Length]);
        Assert.Equal(shares.Select(value => (string[])[Units.Share(value)]), texts[values.Length..]);
    }

    [Theory]
    [InlineData("axes.niceStep(0.3)", "0.5")]
    [InlineData("axes.niceStep(20)", "20")]
    [InlineData("axes.niceStep(51)", "100")]
    [InlineData("axes.decimalsOf(0.25)", "1")]
    [InlineData("axes.decimalsOf(5)", "0")]
    [InlineData("axes.fixed(1234.5, 0.1, 's')", "1,234.5 s")]
    [InlineData("axes.timeLabel(22e9)(5.5e9, 5e8)", "5.5 s")]
    [InlineData("axes.timeLabel(5e5)(2e3, 1e3)", "2 µs")]
    public async Task Axes_StepAndLabel(string expression, string expected)
    {
        await using ChromiumPage page = await EmptyAsync();

        Assert.Equal(expected, (await page.EvaluateAsync($"(() => {{ {Source("axes.js")}; return String({expression}); }})()")).GetString());
    }

    // Reads in columns of 10, writes in columns of 20: both are shown in columns of 20, and nothing is lost.
    [Fact]
    public async Task Grids_MergeMapsOfDifferentColumnsAndKeepEverySum()
    {
        await using ChromiumPage page = await EmptyAsync();
        double[][] cells = (await page.EvaluateAsync($$"""
            (() => {
              {{Source("grids.js")}}
              const grid = grids.make([
                { name: 'read', startNs: 0, columnNs: 10, columns: 4, rows: [[1, 2, -1, 4], [-2, 7]] },
                { name: 'write', startNs: 0, columnNs: 20, columns: 2, rows: [[5], [-1, 6]] },
              ], 2, 1);
              return [[...grid.parts[0].cells], [...grid.parts[1].cells], [...grid.sums], [grid.columns, grid.columnNs, grid.least, grid.most, grids.sumOf(grid, grid.sums, 0, 2, 1, 2)]];
            })()
            """)).Deserialize<double[][]>()!;

        Assert.Equal([3, 4, 0, 7], cells[0]);
        Assert.Equal([5, 0, 0, 6], cells[1]);
        Assert.Equal([8, 4, 0, 13], cells[2]);
        Assert.Equal([2, 20, 4, 13, 17], cells[3]);
    }

    private static string Source(string part) => Repository.Text("src", "TraceAnalyzer.Reporting", "Html", part);

    private async Task<ChromiumPage> EmptyAsync()
    {
        File.WriteAllText(_folder["empty.html"], "<!DOCTYPE html><title>empty</title>");
        return await browser.OpenAsync(_folder["empty.html"]);
    }
}
