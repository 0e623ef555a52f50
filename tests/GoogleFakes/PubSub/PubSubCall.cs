using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>A request, its path taken apart.</summary>
/// <param name="Context">The request.</param>
/// <param name="Project"><c>projects/P</c>.</param>
/// <param name="Kind"><c>topics</c> or <c>subscriptions</c>.</param>
/// <param name="Name">Last part of the resource's path; empty for a list.</param>
/// <param name="Verb">What follows a colon, or <c>subscriptions</c> below a topic.</param>
/// <param name="Body">The body; an empty object when there was none.</param>
/// <param name="Bytes">Length of the body.</param>
internal sealed record PubSubCall(HttpContext Context, string Project, string Kind, string Name, string Verb, JsonObject Body, long Bytes)
{
    /// <summary>HTTP method.</summary>
    public string Method => Context.Request.Method;

    /// <summary>Full path of the resource.</summary>
    public string Path => $"{Project}/{Kind}/{Name}";

    /// <summary>Reads a request.</summary>
    public static async Task<PubSubCall> ReadAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/');
        var last = parts.ElementAtOrDefault(5) ?? "";
        var colon = last.LastIndexOf(':');
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        PubSubLimits.Require(body.Length <= PubSubLimits.RequestBytes, $"Request payload size exceeds the limit: {PubSubLimits.RequestBytes} bytes.");
        return new(
            context,
            $"projects/{parts.ElementAtOrDefault(3)}",
            parts.ElementAtOrDefault(4) ?? "",
            colon < 0 ? last : last[..colon],
            colon < 0 ? parts.ElementAtOrDefault(6) ?? "" : last[(colon + 1)..],
            body.Length == 0 ? [] : Camel(JsonNode.Parse(body.ToArray())) as JsonObject ?? throw new JsonException("An object is expected."),
            body.Length);
    }

    /// <summary>One page of a list.</summary>
    public JsonObject Page(string field, IEnumerable<JsonNode> all)
    {
        const int MostInPage = 1_000;
        var start = int.TryParse(Context.Request.Query["pageToken"], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = int.TryParse(Context.Request.Query["pageSize"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : MostInPage;
        var rest = all.Skip(start).Take(size + 1).ToList();
        var page = new JsonObject();
        if (rest.Count > 0)
        {
            page[field] = new JsonArray([.. rest.Take(size)]);
        }

        if (rest.Count > size)
        {
            page["nextPageToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return page;
    }

    // Protobuf's JSON takes field names in either spelling. Names of attributes and labels are data.
    private static JsonNode? Camel(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.Select(field => KeyValuePair.Create(
            Camel(field.Key), field.Key is "attributes" or "labels" ? field.Value?.DeepClone() : Camel(field.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Camel)]),
        _ => node?.DeepClone(),
    };

    private static string Camel(string name)
    {
        var parts = name.Split('_');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => part.Length == 0 ? "_" : char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
