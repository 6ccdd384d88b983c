using System.Collections.Immutable;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reports;

/// <summary>Names of the units of <see cref="Evidence"/> in <c>report.json</c> and <c>evidence.csv</c>.</summary>
public static class EvidenceUnits
{
    private static readonly ImmutableArray<(Unit Unit, string Name)> s_names =
    [
        (Unit.Count, "count"),
        (Unit.Bytes, "bytes"),
        (Unit.BytesPerSecond, "B/s"),
        (Unit.GiBPerSecond, "GiB/s"),
        (Unit.Nanoseconds, "ns"),
        (Unit.Share, "share"),
        (Unit.Coefficient, "coefficient"),
        (Unit.Ratio, "times"),
        (Unit.Octaves, "octaves"),
    ];

    /// <summary>The name of a unit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Evidence cannot have the unit.</exception>
    public static string Name(Unit unit)
    {
        foreach ((Unit known, string name) in s_names)
        {
            if (known == unit)
                return name;
        }

        throw new ArgumentOutOfRangeException(nameof(unit), unit, "evidence has other units");
    }

    /// <summary>The unit of a name; null if there is none.</summary>
    public static Unit? Of(string name)
    {
        foreach ((Unit unit, string known) in s_names)
        {
            if (known == name)
                return unit;
        }

        return null;
    }
}
