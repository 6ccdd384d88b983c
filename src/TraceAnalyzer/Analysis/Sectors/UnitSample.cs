using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>
/// How far off an estimate from a sample of units can be: the sample is one of clusters (W. G. Cochran, <i>Sampling Techniques</i>, 3rd edition, 1977, chapter 9A).
/// A few units may hold much and not be in the sample, which the sample cannot tell; but accesses in all are known, and how far the sample is off there shows it.
/// </summary>
internal sealed class UnitSample
{
    private ulong _unit = ulong.MaxValue;
    private double _touchedInUnit;
    private double _accessedInUnit;
    private long _units;
    private double _touched;
    private double _accessed;
    private double _touchedSquared;
    private double _accessedSquared;

    /// <summary>Adds a run; all runs of a unit follow each other.</summary>
    public void Add(in SectorRun run)
    {
        ulong unit = run.Start >> SectorAccessAccumulator.UnitShift;
        if (unit != _unit)
        {
            EndUnit();
            _unit = unit;
        }

        _touchedInUnit += run.Sectors;
        _accessedInUnit += (double)run.Sectors * run.Accesses;
    }

    /// <summary>The errors of what is estimated from all that was added, at least one run.</summary>
    /// <param name="level">See <see cref="SectorAccessAccumulator.Level"/>.</param>
    /// <param name="accessedSectors">Sectors accessed in all units.</param>
    public SectorAccessEstimate Estimate(int level, long accessedSectors)
    {
        EndUnit();
        double share = Math.ScaleB(1, -level);
        double missed = Math.Abs((_accessed / share) - accessedSectors) / accessedSectors;
        return new SectorAccessEstimate(share, _units, ErrorOf(_touched, _touchedSquared), Math.Max(ErrorOf(_touched, _touchedSquared), ErrorOf(_accessed, _accessedSquared)));

        double ErrorOf(double sum, double squares) =>
            _units < 2 ? 1 : Math.Min(1, Math.Max(missed, Math.Sqrt((1 - share) * squares * _units / (_units - 1)) / sum));
    }

    private void EndUnit()
    {
        if (_touchedInUnit == 0)
            return;
        _units++;
        _touched += _touchedInUnit;
        _accessed += _accessedInUnit;
        _touchedSquared += _touchedInUnit * _touchedInUnit;
        _accessedSquared += _accessedInUnit * _accessedInUnit;
        _touchedInUnit = 0;
        _accessedInUnit = 0;
    }
}
