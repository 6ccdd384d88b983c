using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Html;

/// <summary>Makes pages as <c>analyze</c> does.</summary>
internal static class ReportPages
{
    /// <summary>Names that try whatever a page could fall for.</summary>
    public static readonly string[] HostileNames =
    [
        "<img src=x onerror=\"document.title='owned'\">",
        "</script><script>document.title='owned'</script>",
        "\"><svg onload=document.title='owned'>",
        "' onmouseover='document.title=`owned`",
        "<!-- &lt;&amp; ${document.title='owned'} {0}",
        "left\u202Eright\u200F\u0000\u001B[2J",
        "=cmd|' /C calc'!A0",
        "]]></style><style>*{display:none}",
    ];

    /// <summary>The sample with those names wherever a trace can bring a name.</summary>
    public static TraceReport Hostile()
    {
        TraceReport report = SampleReport.Full();
        DeviceReport disk = report.Devices[0];
        string all = string.Concat(HostileNames);
        return report with
        {
            Source = new ReportSource(all, HostileNames[0], HostileNames, 1),
            Settings = report.Settings with { Filters = HostileNames },
            Integrity = [.. HostileNames.Select((name, i) => new IntegrityCounter(name, i, name, name))],
            Devices = [disk with { Device = all, Processes = [.. HostileNames.Select((name, i) => new ProcessUse(i, name, 1, 512, 0, 0, 0))] }, .. report.Devices[1..]],
        };
    }

    /// <summary>Draws the figures of <paramref name="report"/> into <paramref name="folder"/> and writes the page beside them.</summary>
    public static string Write(TraceReport report, string folder, FigureFormat format = FigureFormat.Png)
    {
        IReadOnlyList<FigureFile> figures = FigureWriter.WriteAll(report, folder, new FigureOptions { Dpi = FigureOptions.MinDpi, Format = format }, TestContext.Current.CancellationToken);
        string path = Path.Combine(folder, HtmlReport.FileName);
        using FileStream page = File.Create(path);
        HtmlReport.Write(report, figures, folder, page);
        return path;
    }

    /// <summary>The text of such a page.</summary>
    public static string Text(TraceReport report, FigureFormat format = FigureFormat.Png)
    {
        using var folder = new TemporaryFolder();
        return File.ReadAllText(Write(report, folder.Path, format));
    }
}
