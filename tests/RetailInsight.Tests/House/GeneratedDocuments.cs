using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Definition;

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
            Section(text, definition.Name, definition.Value, schema.RootElement.GetProperty("$defs"));
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
        const string Texts = "| code | meaning and fix | 意味と直し方 |\n| --- | --- | --- |\n";
        var tables = new Dictionary<string, (string Header, IEnumerable<string> Rows)>
        {
            ["profiles"] = ("| file | profile | what it is | tax | store by | business date |\n| --- | --- | --- | --- | --- | --- |\n", ShippedProfiles()),
            ["reasons"] = (Texts, reasons),
            ["findings"] = (Texts, findings),
            ["mistakes"] = (Texts, mistakes),
        };
        var seen = new List<string>();
        Same(Guide, Generated().Replace(Checkout.Read(Guide), match =>
        {
            seen.Add(match.Groups["name"].Value);
            return $"<!-- generated: {seen[^1]} -->\n{tables[seen[^1]].Header}{string.Concat(tables[seen[^1]].Rows)}<!-- end -->";
        }));
        Assert.Equal(tables.Keys.Order(), seen.Order());
    }

    // The newest version of each: what it is stands in its first comment.
    private static IEnumerable<string> ShippedProfiles()
    {
        var shipped = ProfileCatalog.LoadEmbedded();
        return shipped.All.Select(profile => profile.Id).Distinct().Select(id => shipped.Find(id)!)
            .Select(profile => (Profile: profile, Order: (int)profile.Definition.Container.Format, File: FileOf(profile.Definition)))
            .OrderBy(one => one.Order).ThenBy(one => one.File, StringComparer.Ordinal).ThenBy(one => one.Profile.Id, StringComparer.Ordinal)
            .Select(one =>
            {
                var (profile, definition) = (one.Profile, one.Profile.Definition);
                var path = string.Create(CultureInfo.InvariantCulture, $"gateway/profiles/vendors/{profile.Id}/{profile.Id}.v{profile.Version}.yaml");
                var about = Checkout.Read(path).Split('\n').First(line => line.StartsWith("# ", StringComparison.Ordinal) && !line.StartsWith("# yaml-", StringComparison.Ordinal))[2..];
                var tax = definition.Receipts is not { } receipts ? "" : receipts.Tax.Basis == TaxBasis.Unspecified ? "by line" : Word(receipts.Tax.Basis);
                var date = definition.Receipts is null ? "" : Word(definition.BusinessDate);
                return $"| {one.File} | [`{profile.Id}`](../{path}) | {Escaped(about)} | {tax} | {(definition.Store is { } store ? Word(store.Rule) : "")} | {date} |\n";
            });
    }

    private static string FileOf(ProfileDefinition definition)
    {
        var container = definition.Container;
        var encoding = container.Format is ContainerFormat.Json or ContainerFormat.Ndjson or ContainerFormat.Xml ? "" : $", {Word(container.Encoding)}";
        var format = container.Format == ContainerFormat.Csv && container.Delimiter == '\t' ? "tsv" : Word(container.Format);
        return format + encoding;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((letter, at) => char.IsAsciiLetterUpper(letter) ? (at == 0 ? "" : " ") + char.ToLowerInvariant(letter) : letter.ToString()));

    private static void Section(StringBuilder text, string name, JsonElement definition, JsonElement definitions)
    {
        if (name.StartsWith("binding_", StringComparison.Ordinal))
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n");
        Told(text, definition);
        foreach (var mapping in Mappings(definition))
        {
            if (!mapping.Equals(definition))
            {
                Told(text, mapping);
            }

            Table(text, mapping, definitions);
        }
    }

    private static void Told(StringBuilder text, JsonElement schema)
    {
        if (schema.TryGetProperty("description", out var description))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(description.GetString()!)}\n");
        }
    }

    private static void Table(StringBuilder text, JsonElement mapping, JsonElement definitions)
    {
        var required = mapping.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()).ToHashSet() : [];
        var keys = mapping.GetProperty("properties").EnumerateObject().Where(key => key.Value.EnumerateObject().Any(word => word.Name != "type")).ToList();
        text.Append("\n| key | meaning |\n| --- | --- |\n");
        foreach (var key in keys)
        {
            var shown = required.Contains(key.Name) ? $"**`{key.Name}`**" : $"`{key.Name}`";
            var meaning = Reference(key.Value) is { } reference && reference.StartsWith("binding_", StringComparison.Ordinal) ? definitions.GetProperty(reference) : key.Value;
            text.Append(CultureInfo.InvariantCulture, $"| {shown} | {Meaning(meaning)} |\n");
        }

        foreach (var key in keys)
        {
            foreach (var nested in Mappings(key.Value))
            {
                text.Append(CultureInfo.InvariantCulture, $"\nOf `{key.Name}`:\n");
                Told(text, nested);
                Table(text, nested, definitions);
            }
        }
    }

    /// <summary>The mappings an element of the schema describes, itself, as the items of a list, or one or the other.</summary>
    private static IEnumerable<JsonElement> Mappings(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (schema.TryGetProperty("properties", out var properties) && properties.EnumerateObject().Any(key => key.Value.ValueKind == JsonValueKind.Object && key.Value.EnumerateObject().Any()))
        {
            return [schema];
        }

        return ((string[])["items", "then", "else", "additionalProperties"]).Where(at => schema.TryGetProperty(at, out _)).SelectMany(at => Mappings(schema.GetProperty(at)));
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
            parts.Add($"→ [{reference}](#{reference})");
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
            ? name
            : null;
    }

    private static int Order(string name) => name switch { "transactions" => 0, "people_counts" => 1, "visitor_events" => 2, "pos_master" => 3, "receipt" => 4, "line" => 5, _ => 6 };

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
