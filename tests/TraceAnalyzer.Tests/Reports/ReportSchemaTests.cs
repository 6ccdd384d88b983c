using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Reports;

/// <summary>docs/report-schema.md says everything that the files hold.</summary>
public sealed class ReportSchemaTests
{
    [Fact]
    public void Document_NamesEveryJsonProperty()
    {
        string document = Document();

        Assert.All(JsonNames(), name => Assert.Contains($"`{name}`", document));
    }

    [Fact]
    public void SampleReport_HasEveryPropertyThatThereIs()
    {
        HashSet<string> inTypes = [];
        CollectNames(typeof(TraceReport), [], inTypes);

        // What evidence of a comparison has besides.
        Assert.Equal(inTypes.Where(name => name != "first").Order(), JsonNames().Order());
    }

    private static HashSet<string> JsonNames()
    {
        using JsonDocument json = JsonDocument.Parse(ReportJsonTests.Write(SampleReport.OfSeveral()));
        HashSet<string> names = [];
        Collect(json.RootElement);
        return names;

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    names.Add(property.Name);
                    Collect(property.Value);
                }
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                    Collect(item);
            }
        }
    }

    private static void CollectNames(Type type, HashSet<Type> seen, HashSet<string> names)
    {
        while (type.IsArray)
            type = type.GetElementType()!;
        if (type.Assembly != typeof(TraceReport).Assembly || type.IsEnum || !seen.Add(type))
            return;

        foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null))
        {
            names.Add(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            CollectNames(property.PropertyType, seen, names);
        }
    }

    private static string Document() => Repository.Text("docs", "report-schema.md");
}
