using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>How often sectors were accessed, and where (docs/analyses/sector-access.md).</summary>
public static class SectorAccessTables
{
    /// <summary>A row per operation.</summary>
    public static readonly TableOf<TraceReport> Access = new("sector_access", "Accesses of the touched sectors",
        [
            .. Operations.Columns, Column.Count("touched_sectors", "Touched sectors"), Column.Count("accessed_sectors", "Accesses"), Column.Count("runs", "Runs"),
            Column.Count("max_accesses", "Max accesses"), Column.Count("mean_accesses", "Mean accesses"), new Column("gini", "Gini", Unit.Coefficient),
            Column.Bytes("touched_bytes", "Footprint"), Column.Share("hottest_1_percent_share", "Hottest 1 %"), Column.Share("hottest_10_percent_share", "Hottest 10 %"),
            Column.Share("hottest_20_percent_share", "Hottest 20 %"), Column.Share("hottest_50_percent_share", "Hottest 50 %"),
        ],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in Accesses(report))
            {
                rows.Add(device, scope, operation.Name, access.TouchedSectors, access.AccessedSectors, access.Runs, About(access.MaxAccesses, Unit.Count), About(access.MeanAccesses, Unit.Count),
                    About(access.Gini, Unit.Coefficient), About(operation.Overview.FootprintBytes, Unit.Bytes),
                    Hottest(0.01), Hottest(0.1), Hottest(0.2), Hottest(0.5));

                Value Hottest(double share) => About(access.ShareOfHottest(share), Unit.Share);

                // Estimates are marked; a note says how good they are.
                Value About(double? number, Unit unit) => access.Estimate is null || number is null ? number : Value.Of(number, "~" + Units.Of(number, unit));
            }
        });

    /// <summary>A row per operation and access count.</summary>
    public static readonly TableOf<TraceReport> Distribution = new("sector_access_distribution", "Sectors by number of accesses",
        [.. Operations.Columns, Column.Count("accesses", "Accesses"), Column.Count("sectors", "Sectors"), Column.Share("cdf", "CDF")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in Accesses(report))
            {
                long sectorsSoFar = 0;
                foreach (AccessCount count in access.Distribution)
                {
                    sectorsSoFar += count.Sectors;
                    rows.Add(device, scope, operation.Name, count.Accesses, count.Sectors, Operations.ShareOf(sectorsSoFar, access.TouchedSectors));
                }
            }
        })
    {
        Note = "`cdf` is the share of the touched sectors whose count is not greater",
    };

    /// <summary>A row per operation and point of its Lorenz curve.</summary>
    public static readonly TableOf<TraceReport> Lorenz = new("lorenz", "Lorenz curve of the accesses",
        [.. Operations.Columns, Column.Share("sector_share", "Of sectors"), Column.Share("access_share", "Of accesses")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in Accesses(report))
            {
                foreach (LorenzPoint point in access.Lorenz)
                    rows.Add(device, scope, operation.Name, point.SectorShare, point.AccessShare);
            }
        });

    /// <summary>A row per operation and share of its hottest sectors.</summary>
    public static readonly TableOf<TraceReport> HotShares = new("hot_shares", "Accesses of the hottest sectors",
        [.. Operations.Columns, Column.Share("hottest_sector_share", "Hottest sectors"), Column.Share("access_share", "Of accesses")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, SectorAccessResult access) in Accesses(report))
            {
                foreach (HotShare share in access.HotShares)
                    rows.Add(device, scope, operation.Name, share.HottestSectorShare, share.AccessShare);
            }
        });

    /// <summary>A row per operation and touched row of the device's space.</summary>
    public static readonly TableOf<TraceReport> Map = new("access_map", "Accesses by place",
        [
            .. Operations.Columns, Column.Id("row_start_sector", "From sector"), Column.Id("row_end_sector", "To sector"), Column.Count("touched_sectors", "Touched sectors"),
            Column.Count("accessed_sectors", "Accesses"), Column.Count("max_accesses", "Max accesses"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.Space is not { } space)
                    continue;

                foreach (OperationReport operation in device.Operations)
                {
                    if (operation.SectorAccess is not { RowTouchedSectors: { } touched, RowAccessedSectors: { } accessed, RowMaxAccesses: { } most })
                        continue;

                    string scope = EnumNames.Camel(operation.Scope);
                    for (int row = 0; row < touched.Length; row++)
                    {
                        if (touched[row] == 0)
                            continue;
                        long start = space.RowStartSectors[row];
                        rows.Add(device.Device, scope, operation.Name, start, start + space.RowSectors, touched[row], accessed[row], most[row]);
                    }
                }
            }
        })
    {
        Note = "`row_end_sector` is the first sector after the row; rows that the operation does not touch are left out",
    };

    /// <summary>A row per class and cell of its heatmap that is not 0.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("sector_time", "Accesses over space and time",
        [
            Column.Text("device", "Device"), Column.Text("class", "Class"), Column.Id("row_start_sector", "From sector"), Column.Id("row_end_sector", "To sector"),
            Column.Id("column_start_ns", "From, trace clock"), Column.Count("accessed_sectors", "Accesses"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.Space is not { } space)
                    continue;

                foreach (SectorTimeResult map in device.SectorTime)
                {
                    for (int row = 0; row < map.Rows.Length; row++)
                    {
                        long start = space.RowStartSectors[row];
                        long[] cells = map.Rows[row];
                        for (int column = 0; column < cells.Length; column++)
                        {
                            if (cells[column] != 0)
                                rows.Add(device.Device, map.Class.Name(), start, start + space.RowSectors, Operations.StartNs(map.Columns, column), cells[column]);
                        }
                    }
                }
            }
        })
    {
        Note = "cells without accesses are left out",
    };

    private static IEnumerable<(string Device, string Scope, OperationReport Operation, SectorAccessResult Access)> Accesses(TraceReport report) =>
        from item in Operations.Of(report)
        where item.Operation.SectorAccess is not null
        select (item.Device, item.Scope, item.Operation, item.Operation.SectorAccess);
}
