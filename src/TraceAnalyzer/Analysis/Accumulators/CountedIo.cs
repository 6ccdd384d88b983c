namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>A counted request of one device and one operation: what the analyses need of its <see cref="BlockEvent"/>.</summary>
internal readonly record struct CountedIo(long TimeNs, ulong Sector, uint LengthBytes, uint LengthSectors, int Pid, ushort Cpu, ushort Stack = 0);
