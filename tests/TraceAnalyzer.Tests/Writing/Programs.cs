using System.ComponentModel;
using System.Diagnostics;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>Programs of others that say whether what was written is what they read.</summary>
internal static class Programs
{
    /// <summary>Runs a program in a folder and returns what it printed to standard output. Skips the test if it is not installed.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">File that is its standard input; null for none.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static byte[] Run(string folder, string? input, string program, params string[] arguments)
    {
        using Process process = Start(folder, program, arguments);
        Task feed = Task.Run(() =>
        {
            using Stream standardInput = process.StandardInput.BaseStream;
            if (input is null)
                return;
            using FileStream file = File.OpenRead(input);
            file.CopyTo(standardInput);
        });
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feed.Wait();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} returned {process.ExitCode}: {error.Result[..Math.Min(error.Result.Length, 2000)]}");
        return output.ToArray();
    }

    private static Process Start(string folder, string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"the program {program} is not installed");
            throw;
        }
    }
}
