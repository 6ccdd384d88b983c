using System.Globalization;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>A time that the study measured with DeepNVMe (its figure 2), as the table <c>Cases/deepnvme/times.csv</c> has it, in the text of the log.</summary>
internal sealed record StudyTime(string FileSystem, string Engine, string Operation, string Memory, int Mib, string Seconds, string PrintedGiBPerSecond)
{
    /// <summary>The line that DeepNVMe prints. What it calls GB is GiB.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Engine} {Operation}_{Memory}: {Mib / 1024.0:0.0#########} GB, {Seconds} secs,  {PrintedGiBPerSecond} GB/sec");

    /// <summary>Name of its file.</summary>
    public string FileName => $"deepnvme-{Engine}-{FileSystem}-{Operation}-{Memory}-{Mib}-mb.txt";
}
