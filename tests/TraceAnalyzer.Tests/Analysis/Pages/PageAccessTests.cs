using TraceAnalyzer.Analysis.Pages;

namespace TraceAnalyzer.Tests.Analysis.Pages;

/// <summary>Which requests touch a page of a sample.</summary>
public sealed class PageAccessTests
{
    [Fact]
    public void A_request_is_in_a_sample_if_one_of_its_pages_is()
    {
        for (int level = 0; level <= 6; level++)
        {
            HashSet<ulong> sample = [.. Enumerable.Range(0, 256).Select(rank => PageSample.PageOf((ulong)rank, level))];
            for (ulong first = 0; first < 140; first++)
            {
                for (ulong end = first + 1; end < first + 70; end++)
                    Assert.Equal(Enumerable.Range((int)first, (int)(end - first)).Any(page => sample.Contains((ulong)page)), new PageAccess(0, first, end).IsIn(level));
            }
        }
    }
}
