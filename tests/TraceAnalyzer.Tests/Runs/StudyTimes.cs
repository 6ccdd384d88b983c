using System.Globalization;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>The 208 times that the study measured with DeepNVMe, and folders of logs with them.</summary>
internal static class StudyTimes
{
    public static readonly StudyTime[] All =
    [
        .. File.ReadLines(Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "deepnvme", "times.csv")).Skip(2).Select(line => line.Split(','))
            .Select(row => new StudyTime(row[0], row[1], row[2], row[3], int.Parse(row[4], CultureInfo.InvariantCulture), row[5], row[6])),
    ];

    private static readonly Lazy<string> s_folder = new(() =>
    {
        string folder = RunCaptures.NewFolder();
        foreach (StudyTime time in All)
        {
            string inner = Directory.CreateDirectory(Path.Combine(folder, "deepnvme-results-" + time.FileSystem, $"{time.Engine}-{time.Operation}-{time.Memory}")).FullName;
            File.WriteAllText(
                Path.Combine(inner, time.FileName),
                "[2025-01-20 15:22:50,106] [INFO] [real_accelerator.py:219:get_accelerator] Setting ds_accelerator to cuda (auto detect)\n"
                    + $"args = Namespace(input_file='/mnt/nvme/tensor_{time.Mib}MB.pt', loop=5, validate=False)\nTime to load async_io op: 2.278 seconds\n{time.Line}\n");
        }

        return folder;
    });

    /// <summary>A folder with the logs of both file systems, written once.</summary>
    public static string Folder() => s_folder.Value;

    /// <summary>The folder of one file system in it.</summary>
    public static string Folder(string fileSystem) => Path.Combine(s_folder.Value, "deepnvme-results-" + fileSystem);
}
