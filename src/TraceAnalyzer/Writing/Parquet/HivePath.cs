using System.Text;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>Names of folders such as <c>run=NAME</c>.</summary>
internal static class HivePath
{
    /// <summary>
    /// A value as it stands in a folder's name: letters, digits and <c>. _ - ,</c> as they are, every other byte of its UTF-8 as <c>%XX</c>, which
    /// engines turn back. A leading dot, which would hide the folder, is escaped too.
    /// </summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            bool isPlain = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)',' || (b == '.' && escaped.Length > 0);
            if (isPlain)
                escaped.Append((char)b);
            else
                escaped.Append('%').Append(Convert.ToHexString([b]));
        }

        return escaped.Length == 0 ? "%20" : escaped.ToString();
    }
}
