using TraceAnalyzer.Writing.Blkparse;
using TraceAnalyzer.Writing.Blktrace;
using TraceAnalyzer.Writing.Csv;
using TraceAnalyzer.Writing.FioIolog;
using TraceAnalyzer.Writing.Parquet;

namespace TraceAnalyzer.Writing;

/// <summary>The formats that can be written.</summary>
public static class OutputFormats
{
    /// <summary>Every format.</summary>
    public static IReadOnlyList<OutputFormat> All { get; } =
    [
        new("parquet", "Parquet", [".parquet"], CarriesRequests: true, IsStream: false, ParquetWriterOfOneFile.Create, ParquetFolderWriter.Create),
        new("csv", "CSV", [".csv"], CarriesRequests: true, IsStream: true, CsvTraceWriter.Create),
        new("blktrace", "blktrace binary", [".blktrace", ".bin"], CarriesRequests: false, IsStream: true, BlktraceWriter.Create, BlktraceWriter.CreateInFolder),
        new("blkparse", "blkparse text", [".txt", ".blkparse"], CarriesRequests: false, IsStream: true, BlkparseTextWriter.Create),
        new("fio", "fio I/O log", [".fio", ".iolog"], CarriesRequests: false, IsStream: true, FioIologWriter.Create),
    ];

    /// <summary>The format that a file's name chooses by its ending; null if it has none of the endings.</summary>
    public static OutputFormat? OfFile(string path) =>
        All.FirstOrDefault(format => format.Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The format of a name; null if there is none.</summary>
    public static OutputFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
