using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures;

/// <summary>One device of a report, with what all its figures share.</summary>
internal sealed class FigureContext
{
    /// <summary>For <paramref name="device"/> of <paramref name="report"/>.</summary>
    public FigureContext(TraceReport report, DeviceReport device)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(device);
        Report = report;
        Device = device;
        Read = device.Read;
        Write = device.Write;
    }

    /// <summary>The report.</summary>
    public TraceReport Report { get; }

    /// <summary>The device that is drawn.</summary>
    public DeviceReport Device { get; }

    /// <summary>Reads; null if none were counted.</summary>
    public OperationReport? Read { get; }

    /// <summary>Writes; null if none were counted.</summary>
    public OperationReport? Write { get; }

    /// <summary>The classes that move data and were counted, reads first.</summary>
    public IEnumerable<(string Name, OperationReport Operation, ScottPlot.Color Color)> Transfers()
    {
        if (Read != null)
            yield return ("Read", Read, FigureColors.Read);
        if (Write != null)
            yield return ("Write", Write, FigureColors.Write);
    }

    /// <summary>Seconds from the start of the time axis, which all figures of a report share.</summary>
    public double Seconds(long timeNs) => (timeNs - Report.Time.OriginNs) / 1e9;

    /// <summary>The time axis of every figure over time; <paramref name="length"/> is about its length in figure units.</summary>
    public AxisScale TimeAxis(float length)
    {
        double span = Math.Max(1, Report.Time.Count) * (double)Math.Max(1, Report.Time.WidthNs) / 1e9;
        // A little room, so that the first and last bins do not hide behind the frame.
        return TimeScale.Create(0, span, length) with { Min = -0.01 * span, Max = 1.01 * span };
    }

    /// <summary>No figure because of <paramref name="reason"/>, or because the device lacks the counted action altogether, which says what to do.</summary>
    public FigureResult NothingCounted(string reason) => FigureResult.None(CountingHint.For(Device, Report.Settings) ?? reason);

    /// <summary>The same of a figure over sectors, which several devices together do not have.</summary>
    public FigureResult NoSectors(string reason) =>
        ReferenceEquals(Report.Aggregate?.Whole, Device) ? FigureResult.None("sectors are those of each device, which has its own") : NothingCounted(reason);

    /// <summary>The rows of a table that are about this device.</summary>
    public Table OfDevice(TableOf<TraceReport> table) => table.Of(Report with { Devices = [Device] });

    /// <summary>The rows of a table that are about this device's reads and writes.</summary>
    public Table Transfers(TableOf<TraceReport> table) => OfDevice(table).Where("scope", "class").Where("operation", [.. OperationClasses.MovingData.Select(@class => @class.Name())]);

    /// <summary>A sentence for reads and one for writes, whichever were counted.</summary>
    public string Each(Func<OperationReport, string> text) => string.Join(" ", Transfers().Select(transfer => $"{transfer.Name}s: {text(transfer.Operation)}."));

    /// <summary>How often sectors were accessed, in words.</summary>
    public static string Accesses(OperationReport operation) => operation.SectorAccess is { } access
        ? $"mean {Units.Count(access.MeanAccesses)}, max {Units.Count(access.MaxAccesses)} accesses per sector"
        : "no sectors";
}
