using System.Globalization;

namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>Files <c>NAME.blktrace.CPU</c> in a folder. CPUs without records have an empty file: blkparse stops looking at the first number that is missing.</summary>
internal sealed class PerCpuRecords(string folder, string name) : IRecordSink
{
    private const int BufferBytes = 32 * 1024;

    private readonly List<FileStream?> _files = [];

    /// <inheritdoc/>
    public void Write(int cpu, ReadOnlySpan<byte> record)
    {
        while (_files.Count <= cpu)
            _files.Add(null);
        (_files[cpu] ??= Create(cpu)).Write(record);
    }

    /// <inheritdoc/>
    public void Finish()
    {
        for (int cpu = 0; cpu < _files.Count; cpu++)
            (_files[cpu] ??= Create(cpu)).Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FileStream? file in _files)
            file?.Dispose();
    }

    private FileStream Create(int cpu)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.blktrace.{cpu}"));
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes);
    }
}
