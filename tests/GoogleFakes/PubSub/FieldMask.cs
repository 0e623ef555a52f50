using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>The update of a resource: only the fields its mask names.</summary>
internal static class FieldMask
{
    /// <summary>Copies the masked fields.</summary>
    public static void Apply(JsonObject request, string kind, JsonObject target, string[] changeable)
    {
        var source = request[kind] as JsonObject ?? request;
        var fields = ((string?)request["updateMask"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Camel).ToList();
        PubSubLimits.Require(fields.Count > 0, "The update_mask in the request must be set and non-empty.");
        foreach (var field in fields)
        {
            PubSubLimits.Require(changeable.Contains(field), $"Invalid update_mask provided: {field} cannot be changed.");
            target[field] = source[field]?.DeepClone();
        }
    }

    // A path below a field changes the whole field here.
    private static string Camel(string path)
    {
        var parts = path.Split('.')[0].Split('_');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
