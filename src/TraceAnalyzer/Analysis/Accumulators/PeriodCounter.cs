using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Periods in which events follow each other closely; of events in order.</summary>
internal sealed class PeriodCounter
{
    /// <summary>A pause of this length ends a period: btt's <c>--range-delta</c> of 0.1 s.</summary>
    public const long PauseNs = 100_000_000;

    private long _count;
    private long _activeNs;
    private long _longestNs;
    private long _longestPauseNs;
    private long _startNs;
    private long _lastNs;

    /// <summary>Adds an event.</summary>
    public void Add(long timeNs)
    {
        if (_count == 0 || timeNs - _lastNs >= PauseNs)
        {
            if (_count > 0)
            {
                _longestPauseNs = Math.Max(_longestPauseNs, timeNs - _lastNs);
                End();
            }

            _count++;
            (_startNs, _lastNs) = (timeNs, timeNs);
        }

        _lastNs = Math.Max(_lastNs, timeNs);
    }

    /// <summary>The periods so far.</summary>
    public ActivePeriods ToResult() =>
        new(_count, _activeNs + _lastNs - _startNs, Math.Max(_longestNs, _lastNs - _startNs), _longestPauseNs);

    private void End()
    {
        _activeNs += _lastNs - _startNs;
        _longestNs = Math.Max(_longestNs, _lastNs - _startNs);
    }
}
