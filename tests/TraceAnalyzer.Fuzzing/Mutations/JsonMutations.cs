using System.Text.Json.Nodes;

namespace TraceAnalyzer.Fuzzing.Mutations;

/// <summary>Changes of JSON that leave it JSON.</summary>
internal static class JsonMutations
{
    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1", "2147483647", "-2147483648", "4294967296", "9007199254740993", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e5", "0.5", "1e-9", "1e308", "-1e308",
        "\"\"", "\"x\"", "\"NaN\"", "\"259,0\"", "[]", "{}", "[0]", "[null]", "[[]]", "{\"a\":1}",
    ];

    /// <summary>Changes one of <paramref name="seeds"/>, which are JSON, in a few places.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        byte[] seed = seeds[random.Next(seeds.Count)];
        JsonNode? root = Parse(seed);
        if (root is null)
            return Mutator.Mutate(seeds, isText: true, random);
        for (int changes = 1 + Mutator.Small(random); changes > 0; changes--)
            Change(Pick(root, random), random);
        return SeedBytes(root);
    }

    private static JsonNode? Parse(byte[] seed)
    {
        try
        {
            return JsonNode.Parse(seed);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static byte[] SeedBytes(JsonNode root) => System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());

    // An object or array that is not empty, by a walk down from the root.
    private static JsonNode Pick(JsonNode node, Random random)
    {
        while (true)
        {
            JsonNode[] inner = node switch
            {
                JsonObject members => [.. members.Select(member => member.Value).Where(IsFilled).OfType<JsonNode>()],
                JsonArray items => [.. items.Where(IsFilled).OfType<JsonNode>()],
                _ => [],
            };
            if (inner.Length == 0 || random.Next(4) == 0)
                return node;
            node = inner[random.Next(inner.Length)];
        }
    }

    private static bool IsFilled(JsonNode? node) => node is JsonObject { Count: > 0 } or JsonArray { Count: > 0 };

    private static void Change(JsonNode place, Random random)
    {
        if (place is JsonObject { Count: > 0 } members)
        {
            string name = members.ElementAt(random.Next(members.Count)).Key;
            string other = members.ElementAt(random.Next(members.Count)).Key;
            switch (random.Next(4))
            {
                case 0:
                    members.Remove(name);
                    break;
                case 1:
                    members[name] = members[other]?.DeepClone();
                    break;
                default:
                    members[name] = Value(random);
                    break;
            }
        }
        else if (place is JsonArray { Count: > 0 } items)
        {
            int at = random.Next(items.Count);
            switch (random.Next(5))
            {
                case 0:
                    items.RemoveAt(at);
                    break;
                case 1:
                    items.Insert(random.Next(items.Count), items[at]?.DeepClone());
                    break;
                case 2:
                    items[random.Next(items.Count)] = items[at]?.DeepClone();
                    break;
                default:
                    items[at] = Value(random);
                    break;
            }
        }
    }

    private static JsonNode? Value(Random random) => JsonNode.Parse(s_values[random.Next(s_values.Length)]);
}
