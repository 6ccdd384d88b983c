using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>Converts as users do.</summary>
internal static class Conversions
{
    /// <summary>Converts a trace; fails unless it succeeds without losses. Returns what was printed.</summary>
    public static string Convert(string trace, string output, params string[] options) => Convert([trace], output, options);

    /// <summary>Converts several.</summary>
    public static string Convert(string[] traces, string output, params string[] options)
    {
        ToolResult result = Tool.Run(["convert", .. traces, "-o", output, .. options]);
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        return result.Output;
    }

    /// <summary>The bytes of one of the real traces, unpacked.</summary>
    public static byte[] Bytes(string name)
    {
        using TraceInput input = CompressedInput.OpenFile(TraceFiles.Find(name));
        using var bytes = new MemoryStream();
        input.Content.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Compares two texts by their first line that differs.</summary>
    public static void AssertSameText(byte[] expected, byte[] actual)
    {
        if (expected.AsSpan().SequenceEqual(actual))
            return;
        string[] left = System.Text.Encoding.Latin1.GetString(expected).Split('\n');
        string[] right = System.Text.Encoding.Latin1.GetString(actual).Split('\n');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
            Assert.True(left[i] == right[i], $"line {i + 1}: expected '{left[i]}', found '{right[i]}'");
        Assert.Equal(left.Length, right.Length);
        Assert.Fail("they differ");
    }
}
