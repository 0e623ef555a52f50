using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>An operation of the API's document that takes a body, and a body it reads: the document's example, or one given here.</summary>
internal sealed partial record DocumentedBody(string Method, string Path, string Id, string MediaType, string Text, IReadOnlySet<string> Members)
{
    private const string Reason = """{"reason":"x"}""";

    private static readonly Dictionary<string, string> Given = new()
    {
        ["createSession"] = """{"login":"nobody","password":"x"}""",
        ["setPassword"] = """{"login":"nobody","secret":"x","password":"a long enough one"}""",
        ["createUser"] = """{"name":"by-document","display_name":"x","role":"head_office"}""",
        ["changeUser"] = """{"display_name":"x","role":"head_office"}""",
        ["createKey"] = """{"vendor":"vendor-a","feeds":["vendor-a"],"label":"x"}""",
        ["updateWebhook"] = """{"url":"https://erp.example.com/","events":["kpi.changed"]}""",
        ["createPlan"] = """{"kind":"clear","tasks":["store_master"],"downstream":true,"only_failed":false,"as":"success"}""",
        ["applyPlan"] = Reason,
        ["undoAction"] = Reason,
        ["restorePartition"] = """{"store":"S01","version":1,"reason":"x"}""",
        ["releasePartition"] = """{"store":"S01","reason":"x"}""",
        ["planBackfill"] = """{"dag":"store_kpis","from":"2026-11-13","to":"2026-11-14","selector":"all"}""",
        ["applyBackfillPlan"] = Reason,
        ["pauseBackfill"] = Reason,
        ["resumeBackfill"] = Reason,
        ["cancelBackfill"] = Reason,
        ["approveApproval"] = Reason,
        ["refuseApproval"] = Reason,
        ["decideReviewCase"] = """{"label":"right","note":"x"}""",
        ["setApprovalGate"] = """{"reason":"x","tolerance_per_mille":5,"older_than_days":1}""",
        ["rollBackModel"] = """{"reason":"x","expected_version":1}""",
        ["pauseDag"] = Reason,
        ["resumeDag"] = Reason,
        ["enrolDevices"] = "device,device_group,interval_seconds,name,line,store,valid_from\nfile-door,doors,900,North,a,S01,2026-11-01\n",
        ["loadStaffHours"] = "store,business_date,hour,planned_hours,actual_hours\nS01,2026-11-14,10,3,2.5\n",
    };

    public bool IsJson => MediaType == "application/json";

    /// <summary>Every operation of a document that takes a body.</summary>
    public static IEnumerable<DocumentedBody> All(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        let body = Of(document, operation.Name.ToUpperInvariant(), path.Name, operation.Value)
        where body is not null
        select body;

    /// <summary>What an operation takes; null for nothing.</summary>
    public static DocumentedBody? Of(JsonElement document, string method, string path, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return null;
        }

        var content = body.GetProperty("content").EnumerateObject().First();
        var id = operation.GetProperty("operationId").GetString()!;
        var schema = content.Value.GetProperty("schema");
        schema = schema.TryGetProperty("oneOf", out var choices) ? choices.EnumerateArray().Last() : schema;
        schema = schema.TryGetProperty("$ref", out var reference) ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
        var text = Given.TryGetValue(id, out var given) ? given : content.Value.TryGetProperty("example", out var example) ? example.GetRawText() : "{}";
        return new DocumentedBody(
            method, path, id, content.Name, text, schema.TryGetProperty("properties", out var members) ? members.EnumerateObject().Select(member => member.Name).ToHashSet() : new HashSet<string>());
    }

    /// <summary>The body with one member more.</summary>
    public string With(string name, JsonNode? value)
    {
        var body = (JsonObject)JsonNode.Parse(Text)!;
        body[name] = value;
        return body.ToJsonString();
    }

    /// <summary>Each text of the body, and each member it leaves out, with the body that holds there the JSON given, which need not be JSON.</summary>
    public IEnumerable<(string Place, Func<string, string> Body)> Places()
    {
        const string Mark = "\u0001";
        for (var at = 0; ; at++)
        {
            var (body, left) = ((JsonObject)JsonNode.Parse(Text)!, at);
            if (Marked(body, ref left) is not { } place)
            {
                break;
            }

            yield return (place, Filled(body));
        }

        var given = ((JsonObject)JsonNode.Parse(Text)!).Select(member => member.Key).ToHashSet();
        foreach (var name in Members.Where(name => !given.Contains(name)))
        {
            yield return (name, Filled((JsonObject)JsonNode.Parse(With(name, Mark))!));
        }

        Func<string, string> Filled(JsonObject body)
        {
            var parts = body.ToJsonString().Split("\"\\u0001\"");
            return value => parts[0] + value + parts[1];
        }

        // Puts the mark in the place of the text that comes after so many others.
        static string? Marked(JsonNode node, ref int left)
        {
            var places = node is JsonObject members ? members.Select(member => member.Key).ToList() : [.. Enumerable.Range(0, ((JsonArray)node).Count).Select(at => at.ToString(CultureInfo.InvariantCulture))];
            foreach (var place in places)
            {
                var value = node is JsonObject some ? some[place] : node[int.Parse(place, CultureInfo.InvariantCulture)];
                if (value is JsonObject or JsonArray)
                {
                    if (Marked(value, ref left) is { } inner)
                    {
                        return $"{place}.{inner}";
                    }
                }
                else if (value?.GetValueKind() == JsonValueKind.String && left-- == 0)
                {
                    if (node is JsonObject holder)
                    {
                        holder[place] = Mark;
                    }
                    else
                    {
                        node[int.Parse(place, CultureInfo.InvariantCulture)] = Mark;
                    }

                    return place;
                }
            }

            return null;
        }
    }

    /// <summary>A request with a body.</summary>
    public HttpRequestMessage Request(string text)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), NumberInPath().Replace(Path, "1").Replace("{date}", "2026-11-14", StringComparison.Ordinal)) { Content = new StringContent(text, Encoding.UTF8, MediaType) };
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        return request;
    }

    // Where an address takes a number, anything else names nothing and its body is not read.
    [GeneratedRegex(@"\{(run|plan|action|backfill|backfillPlan|approval|reviewCase)\}")]
    private static partial Regex NumberInPath();
}
