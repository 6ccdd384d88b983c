using System.Text.Json;

namespace TraceAnalyzer.Text;

/// <summary>Members of enumerations as JSON and tables write them.</summary>
public static class EnumNames
{
    /// <summary>Such as <c>bytesPerSecond</c>.</summary>
    public static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Such as <c>kv-cache</c>.</summary>
    public static string Kebab<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
