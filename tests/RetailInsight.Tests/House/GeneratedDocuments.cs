using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.House;

/// <summary>
/// Tables of documents that follow from the code: the keys of profiles, reasons, findings. With RETAILINSIGHT_WRITE_GOLDEN=1 they are
/// written anew.
/// </summary>
public sealed partial class GeneratedDocuments
{
    [Fact]
    public void The_reference_of_profile_keys_is_the_schema()
    {
        using var schema = JsonDocument.Parse(ProfileSchema.Utf8);
        var text = new StringBuilder("""
            # Keys of a profile

            Written from `gateway/profiles/profile.schema.json`; by that schema editors complete and check a profile. `docs/onboarding-a-vendor.md` shows how one comes to be. **Bold** keys are needed. A name after an
            arrow is a section below.

            """);
        foreach (var definition in schema.RootElement.GetProperty("$defs").EnumerateObject().OrderBy(definition => Order(definition.Name)))
        {
            Section(text, definition.Name, definition.Value);
        }

        Same("docs/profile-reference.md", text.ToString());
    }

    [Fact]
    public void The_guide_lists_every_reason_finding_and_mistake_with_its_fix()
    {
        var reasons = Enum.GetValues<RejectionReason>().Select(reason =>
            Row(reason.Code(), $"{RejectionText.English(reason).Meaning} {RejectionText.English(reason).Fix}", RejectionText.Japanese(reason).Meaning + RejectionText.Japanese(reason).Fix));
        var findings = Enum.GetValues<FindingCode>().Select(code =>
            Row(code.Code(), $"{FindingText.English(code).Meaning} {FindingText.English(code).Fix}", FindingText.Japanese(code).Meaning + FindingText.Japanese(code).Fix));
        var mistakes = Enum.GetValues<ProfileMistakeKind>().Select(kind => DraftMistake.Of(new ProfileMistake("", "", 0, kind, ""))).Select(mistake =>
            Row(mistake.Code, mistake.Fix.En, mistake.Fix.Ja));
        const string Guide = "docs/onboarding-a-vendor.md";
        var tables = new Dictionary<string, IEnumerable<string>> { ["reasons"] = reasons, ["findings"] = findings, ["mistakes"] = mistakes };
        var seen = new List<string>();
        Same(Guide, Generated().Replace(Checkout.Read(Guide), match =>
        {
            seen.Add(match.Groups["name"].Value);
            return $"<!-- generated: {seen[^1]} -->\n| code | meaning and fix | 意味と直し方 |\n| --- | --- | --- |\n{string.Concat(tables[seen[^1]])}<!-- end -->";
        }));
        Assert.Equal(tables.Keys.Order(), seen.Order());
    }

    private static void Section(StringBuilder text, string name, JsonElement definition)
    {
        if (Closed(definition) is not { } closed)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n");
        if (definition.TryGetProperty("description", out var description))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(description.GetString()!)}\n");
        }

        Table(text, closed);
    }

    private static void Table(StringBuilder text, JsonElement closed)
    {
        var required = closed.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()).ToHashSet() : [];
        text.Append("\n| key | meaning |\n| --- | --- |\n");
        var inner = new List<(string Name, JsonElement Closed)>();
        foreach (var key in closed.GetProperty("properties").EnumerateObject())
        {
            var shown = required.Contains(key.Name) ? $"**`{key.Name}`**" : $"`{key.Name}`";
            text.Append(CultureInfo.InvariantCulture, $"| {shown} | {Meaning(key.Value)} |\n");
            if (Closed(key.Value) is { } nested)
            {
                inner.Add((key.Name, nested));
            }
        }

        foreach (var (name, nested) in inner)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nof `{name}`:\n");
            Table(text, nested);
        }
    }

    /// <summary>The mapping an element of the schema describes, itself or as the items of a list.</summary>
    private static JsonElement? Closed(JsonElement schema)
    {
        foreach (var at in (string[])["", "items", "then", "else", "additionalProperties"])
        {
            var here = schema;
            if ((at.Length == 0 || (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(at, out here))) && here.ValueKind == JsonValueKind.Object)
            {
                if (here.TryGetProperty("properties", out var properties) && here.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False && properties.EnumerateObject().Any())
                {
                    return here;
                }

                if (at.Length > 0 && Closed(here) is { } deeper)
                {
                    return deeper;
                }
            }
        }

        return null;
    }

    private static string Meaning(JsonElement key)
    {
        var parts = new List<string>();
        if (key.TryGetProperty("description", out var description))
        {
            parts.Add(Escaped(description.GetString()!));
        }

        if (key.TryGetProperty("const", out var only))
        {
            parts.Add($"`{only}`");
        }

        if (key.TryGetProperty("enum", out var words))
        {
            parts.Add(string.Join(", ", words.EnumerateArray().Select(word => $"`{(word.ValueKind is JsonValueKind.True or JsonValueKind.False ? word.GetRawText() : word)}`")));
        }

        if (key.TryGetProperty("items", out var items) && items.TryGetProperty("enum", out var itemWords))
        {
            parts.Add("of " + string.Join(", ", itemWords.EnumerateArray().Select(word => $"`{word}`")));
        }

        if (Reference(key) is { } reference)
        {
            parts.Add("→ " + reference);
        }

        if (key.TryGetProperty("examples", out var examples))
        {
            parts.Add("e.g. " + string.Join(" or ", examples.EnumerateArray().Select(example => $"`{Escaped(example.ValueKind == JsonValueKind.String ? example.GetString()!.Replace("\t", "\\t", StringComparison.Ordinal) : example.GetRawText())}`")));
        }

        return string.Join(" ", parts);
    }

    private static string? Reference(JsonElement key)
    {
        var holder = key.TryGetProperty("allOf", out var all) ? all[0] : key.TryGetProperty("items", out var items) ? items : key;
        return holder.TryGetProperty("$ref", out var reference) && reference.GetString()!["#/$defs/".Length..] is var name && name is not ("scalar" or "receipt_field")
            ? name.StartsWith("binding_", StringComparison.Ordinal) ? name : $"[{name}](#{name})"
            : null;
    }

    private static int Order(string name) => name switch { "transactions" => 0, "people_counts" => 1, "pos_master" => 2, "receipt" => 3, "line" => 4, _ => 5 };

    private static string Row(string code, string english, string japanese) => $"| `{code}` | {english} | {japanese} |\n";

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static void Same(string file, string expected)
    {
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(Checkout.Root, file), expected);
        }

        Assert.Equal(expected, Checkout.Read(file));
    }

    [GeneratedRegex("<!-- generated: (?<name>[a-z]+) -->.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Generated();
}
