using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace RetailInsight.Fuzzing;

/// <summary>Damage that leaves a JSON or XML document well formed, so that it is met by those who read values.</summary>
internal sealed class TreeDamage(Random random)
{
    private static readonly string[] Values =
    [
        "null", "true", "\"\"", "\" \"", "[]", "{}", "[[]]", "[null]", "\"\\u0000\"", "\"a\\u001fb\"", "0", "-1", "1.5", "1e3", "1e30", "-0", "0.0000001", "9223372036854.775807", "9223372036854.775808",
        "9223372036854775807", "99999999999999999999", "\"9223372036854.775808\"", "\"1e3\"", "\"１２\"", "\"△5\"", "\"abc\"", "\"2026-13-45T99:99:99Z\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59-12:00\"", "\"2026-11-01\"", "\"2026-11-01T10:00:00\"", "{\"amount\":[]}", "{\"0\":1}", "\"\\ud83d\\ude00\"", "false", "10", "\"10\"",
    ];

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 200 };

    /// <summary>The document with a few of its values or members changed; as it was when it is none.</summary>
    public byte[] Json(byte[] payload)
    {
        try
        {
            var root = JsonNode.Parse(payload)!;
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var nodes = Below(root).ToList();
                if (nodes.Count > 0)
                {
                    Change(nodes[random.Next(nodes.Count)]);
                }
            }

            return Encoding.UTF8.GetBytes(root.ToJsonString(Relaxed));
        }
        catch (JsonException)
        {
            return payload;
        }
    }

    private void Change(JsonNode node)
    {
        var copy = node.DeepClone();
        switch (random.Next(8))
        {
            case 0 when node.Parent is JsonObject parent:
                parent.Remove(node.GetPropertyName());
                break;
            case 1 when node.Parent is JsonObject parent:
                var name = node.GetPropertyName();
                parent.Remove(name);
                parent[random.Next(3) switch { 0 => name.ToUpperInvariant(), 1 => name + "\u200B", _ => new string('n', random.Next(1, 3_000)) }] = copy;
                break;
            case 2 when node.Parent is JsonArray parent:
                parent.Remove(node);
                break;
            case 3 when node.Parent is JsonArray parent:
                for (var times = random.Next(20) == 0 ? random.Next(200) : random.Next(1, 4); times > 0; times--)
                {
                    parent.Insert(random.Next(parent.Count + 1), copy.DeepClone());
                }

                break;
            case 4 when node is JsonArray array && array.Count > 1:
                var elements = array.Select(one => one?.DeepClone()).ToArray();
                random.Shuffle(elements);
                array.Clear();
                elements.ToList().ForEach(array.Add);
                break;
            case 5:
                node.ReplaceWith<JsonNode>(random.Next(2) == 0 ? new JsonArray(copy) : new JsonObject { ["a"] = copy });
                break;
            default:
                node.ReplaceWith<JsonNode?>(JsonNode.Parse(Values[random.Next(Values.Length)]));
                break;
        }
    }

    private static IEnumerable<JsonNode> Below(JsonNode node)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray elements => elements,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child));
    }

    /// <summary>The document with a few of its elements changed; as it was when it is none.</summary>
    public byte[] Xml(byte[] payload)
    {
        try
        {
            var document = XDocument.Parse(Encoding.UTF8.GetString(payload));
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var elements = document.Root!.Descendants().ToList();
                if (elements.Count > 0)
                {
                    Change(elements[random.Next(elements.Count)]);
                }
            }

            return Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting));
        }
        catch (XmlException)
        {
            return payload;
        }
    }

    private void Change(XElement element)
    {
        switch (random.Next(8))
        {
            case 0:
                element.Remove();
                break;
            case 1:
                for (var times = random.Next(20) == 0 ? random.Next(200) : random.Next(1, 4); times > 0; times--)
                {
                    element.AddAfterSelf(new XElement(element));
                }

                break;
            case 2:
                element.Name = random.Next(2) == 0 ? element.Name.LocalName : XName.Get("Other", element.Name.NamespaceName);
                break;
            case 3:
                element.SetAttributeValue(random.Next(3) switch { 0 => "ReturnFlag", 1 => "CancelFlag", _ => "TypeCode" }, random.Next(2) == 0 ? "true" : "x");
                break;
            case 4 when element.Attributes().FirstOrDefault(one => !one.IsNamespaceDeclaration) is { } attribute:
                attribute.Value = random.Next(2) == 0 ? "" : "Return";
                break;
            case 5:
                element.ReplaceWith(new XElement(element.Name, new XElement(element)));
                break;
            case 6 when element.Parent is { Parent: not null } parent:
                element.Remove();
                parent.AddAfterSelf(element);
                break;
            default:
                element.Value = JsonNode.Parse(Values[random.Next(Values.Length)])?.ToString().Replace("\0", "", StringComparison.Ordinal).Replace("\u001f", "", StringComparison.Ordinal) ?? "";
                break;
        }
    }
}
