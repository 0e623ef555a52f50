using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace RetailInsight.Tests.House;

/// <summary>What prose and sidecars say is there.</summary>
public sealed partial class DocumentsAreTrue
{
    [Fact]
    public void Decision_records_are_numbered_without_gaps()
    {
        var records = Checkout.Files.Where(file => file.StartsWith("docs/decisions/", StringComparison.Ordinal)).ToList();
        Assert.All(records, record => Assert.Matches(@"^\d{4}-[a-z0-9-]+\.md$", Path.GetFileName(record)));
        var numbers = records.Select(record => int.Parse(Path.GetFileName(record).AsSpan(0, 4), CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(1, records.Count), numbers);
        Assert.All(records.Zip(numbers), record => Assert.StartsWith($"# {record.Second}. ", Checkout.Read(record.First), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_path_a_document_names_exists()
    {
        var documents = Checkout.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(documents);
        var missing = documents.SelectMany(document => CodeSpan().Matches(Checkout.Read(document)).Select(match => match.Groups[1].Value)
            .Where(IsPath).Where(path => !Exists(document, path)).Select(path => $"{document} names {path}"));
        Checkout.AssertNone(missing);
    }

    [Fact]
    public void Every_model_states_its_grain_and_has_a_case()
    {
        var models = Checkout.Files.Where(file => file.StartsWith("etl/", StringComparison.Ordinal) && file.EndsWith(".yml", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(models);
        var reader = new DeserializerBuilder().Build();
        foreach (var model in models)
        {
            var members = reader.Deserialize<Dictionary<string, object>>(Checkout.Read(model));
            Assert.True(members.TryGetValue("grain", out var grain) && grain is List<object> { Count: > 0 }, $"{model} states no grain.");
            Assert.True(members.TryGetValue("cases", out var cases) && cases is List<object> { Count: > 0 }, $"{model} has no case.");
            Assert.All((List<object>)cases!, one => Assert.True(
                ((Dictionary<object, object>)one).ContainsKey("given") && ((Dictionary<object, object>)one).ContainsKey("expect"), $"{model}: a case lacks given or expect."));
            Assert.Contains("one row per", ((string)members["description"]).ToLowerInvariant(), StringComparison.Ordinal);
        }
    }

    private static bool IsPath(string text) => PathText().IsMatch(text) && !text.StartsWith(".local", StringComparison.Ordinal);

    /// <summary>From the root, or from where the document stands.</summary>
    private static bool Exists(string document, string path) =>
        Path.Exists(Path.Combine(Checkout.Root, path)) || Path.Exists(Path.Combine(Checkout.Root, Path.GetDirectoryName(document)!, path));

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^[\w.-]+(/[\w.-]+)+/?$")]
    private static partial Regex PathText();
}
