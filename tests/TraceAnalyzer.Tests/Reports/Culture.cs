using System.Globalization;

namespace TraceAnalyzer.Tests.Reports;

/// <summary>Runs code where a comma separates decimals, as on half of the users' machines.</summary>
internal static class Culture
{
    public static T InGerman<T>(Func<T> run)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            // Where globalization is invariant the test would prove nothing.
            Assert.Equal("1,5", $"{1.5}");
            return run();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
