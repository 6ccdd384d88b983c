using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Requests;

public class RequestTableTests
{
    private static readonly DeviceId s_device = DeviceId.Of(259, 0);

    // The plain table is a list: what was added first comes first.
    [Fact]
    public void Random_use_gives_what_a_list_gives()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var table = new RequestTable();
            var plain = new List<IoRequest>();
            for (int i = 0; i < 4_000; i++)
            {
                ulong sector = (ulong)random.Next(1 + random.Next(200)) << random.Next(2) * 32;
                OperationClass @class = random.Next(3) == 0 ? OperationClass.Write : OperationClass.Read;
                uint length = (uint)random.Next(1, 4) * 512;
                bool IsOfKey(IoRequest request) => request.Sector == sector && request.Class == @class;
                switch (random.Next(7))
                {
                    case < 4:
                        IoRequest added = new() { Device = s_device, Class = @class, Sector = sector, LengthBytes = length, IssueTimeNs = i };
                        table.Add(added, out int before);
                        Assert.Equal(plain.FindLast(IsOfKey).IssueTimeNs, before < 0 ? 0 : table.At(before).IssueTimeNs);
                        plain.Add(added);
                        break;

                    case < 6:
                        int first = table.Find(s_device, @class, sector);
                        int expected = plain.FindIndex(IsOfKey);
                        Assert.Equal(expected < 0, first < 0);
                        if (first < 0)
                            break;
                        Assert.Equal(plain.Count(IsOfKey), table.CountOf(first));
                        Assert.Equal(plain[expected].IssueTimeNs, table.At(first).IssueTimeNs);
                        table.RemoveAt(first);
                        plain.RemoveAt(expected);
                        break;

                    default:
                        int last = table.FindLast(s_device, @class, sector, length);
                        int expectedLast = plain.FindLastIndex(request => IsOfKey(request) && request.LengthBytes == length);
                        expectedLast = expectedLast >= 0 ? expectedLast : plain.FindLastIndex(IsOfKey);
                        Assert.Equal(expectedLast < 0, last < 0);
                        if (last < 0)
                            break;
                        Assert.Equal(plain[expectedLast].IssueTimeNs, table.At(last).IssueTimeNs);
                        table.RemoveAt(last);
                        plain.RemoveAt(expectedLast);
                        break;
                }

                if (i % 1_000 == 999)
                {
                    IEnumerable<long> removed = table.RemoveWhere(request => request.IssueTimeNs % 5 == 0).Select(request => request.IssueTimeNs).Order();
                    Assert.Equal(plain.Where(request => request.IssueTimeNs % 5 == 0).Select(request => request.IssueTimeNs), removed);
                    plain.RemoveAll(request => request.IssueTimeNs % 5 == 0);
                }
            }

            Assert.Equal(plain.Count, table.Count);
            Assert.Equal(plain.Select(request => request.IssueTimeNs), table.All.Select(request => request.IssueTimeNs).Order());
        }
    }

    [Fact]
    public void However_many_requests_have_one_key_others_are_found_at_once()
    {
        var table = new RequestTable();
        for (int i = 0; i < 70_000; i++)
            table.Add(new IoRequest { Device = s_device, IssueTimeNs = i }, out _);
        for (int i = 1; i <= 64; i++)
            table.Add(new IoRequest { Device = s_device, Sector = (ulong)i * 256 }, out _);

        // 65 keys in 512 slots.
        Assert.InRange(table.LongestSearch(), 1, 8);
        int first = table.Find(s_device, default, 0);
        Assert.Equal((70_000, 0L), (table.CountOf(first), table.At(first).IssueTimeNs));
        Assert.Equal(69_999, table.At(table.FindLast(s_device, default, 0, 0)).IssueTimeNs);
    }
}
