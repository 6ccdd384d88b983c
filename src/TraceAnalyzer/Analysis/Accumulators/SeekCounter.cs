using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>How the requests of a device follow each other, as bcc's biopattern (libbpf-tools/biopattern.bpf.c) and btt (btt/seek.c, without -a) have it.</summary>
internal sealed class SeekCounter
{
    private long _requests;
    private long _following;
    private long _withoutSeek;
    private UInt128 _seekSectors;
    private ulong _lastSector;
    private ulong _lastEnd;

    /// <summary>Adds a request of 1 sector or more.</summary>
    public void Add(ulong sector, ulong end)
    {
        if (sector == _lastEnd && _requests > 0)
            _following++;
        _requests++;
        if ((_lastSector <= sector && sector <= _lastEnd) || (_lastSector <= end && end <= _lastEnd))
            _withoutSeek++;
        else
            _seekSectors += sector > _lastEnd ? sector - _lastEnd : _lastSector - sector;
        (_lastSector, _lastEnd) = (sector, end);
    }

    /// <summary>The numbers; null if there are no requests.</summary>
    public DeviceSequence? ToResult() => _requests == 0 ? null : new DeviceSequence
    {
        Requests = _requests,
        Following = _following,
        WithoutSeek = _withoutSeek,
        MeanSeekSectors = (double)_seekSectors / _requests,
    };
}
