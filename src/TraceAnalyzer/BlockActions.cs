namespace TraceAnalyzer;

/// <summary>The letters of blkparse (<c>blkparse(1)</c>, "ACTION IDENTIFIERS") for each <see cref="BlockAction"/>.</summary>
public static class BlockActions
{
    private static readonly string[] s_letters =
        ["?", "Q", "M", "F", "G", "S", "R", "D", "C", "P", "U", "UT", "I", "X", "B", "A", "abort", "driver", "m"];

    private static readonly string[] s_names =
    [
        "unknown", "queue", "back-merge", "front-merge", "get-request", "sleep-request", "requeue", "issue", "complete", "plug", "unplug",
        "unplug-timer", "insert", "split", "bounce", "remap", "abort", "driver-data", "message",
    ];

    /// <summary>How many actions there are, <see cref="BlockAction.Unknown"/> included: the length of a table indexed by action.</summary>
    public static int Count => s_letters.Length;

    /// <summary>The letter (or letters) blkparse prints for <paramref name="action"/>.</summary>
    public static string Letter(this BlockAction action) => s_letters[(int)action];

    /// <summary>The name of <paramref name="action"/> in options and reports, e.g. <c>issue</c> or <c>back-merge</c>.</summary>
    public static string Name(this BlockAction action) => s_names[(int)action];

    /// <summary>The action of a blkparse action field such as <c>D</c> or <c>UT</c>; <see cref="BlockAction.Unknown"/> if there is none.</summary>
    public static BlockAction FromLetters(ReadOnlySpan<byte> letters)
    {
        if (letters.Length == 1)
        {
            return letters[0] switch
            {
                (byte)'Q' => BlockAction.Queue,
                (byte)'M' => BlockAction.BackMerge,
                (byte)'F' => BlockAction.FrontMerge,
                (byte)'G' => BlockAction.GetRequest,
                (byte)'S' => BlockAction.SleepRequest,
                (byte)'R' => BlockAction.Requeue,
                (byte)'D' => BlockAction.Issue,
                (byte)'C' => BlockAction.Complete,
                (byte)'P' => BlockAction.Plug,
                (byte)'U' => BlockAction.Unplug,
                (byte)'I' => BlockAction.Insert,
                (byte)'X' => BlockAction.Split,
                (byte)'B' => BlockAction.Bounce,
                (byte)'A' => BlockAction.Remap,
                (byte)'m' => BlockAction.Message,
                _ => BlockAction.Unknown,
            };
        }

        return letters is [(byte)'U', (byte)'T'] ? BlockAction.UnplugTimer : BlockAction.Unknown;
    }
}
