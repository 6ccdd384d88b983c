using System.Globalization;

namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>Files <c>NAME.blktrace.CPU</c> in a folder. CPUs without records have an empty file: blkparse stops looking at the first number that is missing.</summary>
internal sealed class PerCpuRecords(string folder, string name) : IRecordSink
{
    private const int BufferBytes = 32 * 1024;
    private const int MostEmptyFiles = 4096;

    private readonly List<CpuFile?> _files = [];

    /// <inheritdoc/>
    public void Write(int cpu, ReadOnlySpan<byte> record)
    {
        while (_files.Count <= cpu)
            _files.Add(null);
        (_files[cpu] ??= Create(cpu)).Output.Append(record);
    }

    /// <inheritdoc/>
    public void Finish()
    {
        for (int cpu = 0; cpu < _files.Count; cpu++)
        {
            // Damage may tell of CPUs that no machine has.
            if (_files[cpu] is null && cpu < MostEmptyFiles)
                _files[cpu] = Create(cpu);
            _files[cpu]?.Output.Flush();
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CpuFile? file in _files)
            file?.Stream.Dispose();
    }

    private CpuFile Create(int cpu)
    {
        Directory.CreateDirectory(folder);
        var stream = new OutputStream(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.blktrace.{cpu}")));
        return new CpuFile(stream, new OutputBuffer(stream, BufferBytes));
    }

    private sealed record CpuFile(OutputStream Stream, OutputBuffer Output);
}
