using System.Text.Json;
using System.Xml.Linq;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Xml;

/// <summary>What of an element a profile asks for: a tree of steps, written as JSON members of the same names.</summary>
internal sealed class XmlShape
{
    private readonly Dictionary<string, (XmlStep Step, XmlShape Below)> _members = new(StringComparer.Ordinal);
    private bool _isArray;

    /// <summary>The shape of a record: the bound fields, and arrays of elements that may hold any of them.</summary>
    public static XmlShape Of(IEnumerable<Binding> bindings, IEnumerable<string[]> arrays)
    {
        var paths = bindings.Select(binding => binding.Path).ToList();
        var shape = new XmlShape();
        paths.ForEach(path => shape.Add(path));
        foreach (var array in arrays)
        {
            var item = shape.Add(array);
            item._isArray = true;
            paths.ForEach(path => item.Add(path));
        }

        return shape;
    }

    /// <summary>Writes the members of an element. Elements of an array are objects begun by the caller.</summary>
    /// <param name="writer">The document, within an object.</param>
    /// <param name="element">The element.</param>
    /// <param name="namespaces">What prefixes stand for.</param>
    /// <param name="startItem">Begins the object of an array's element.</param>
    /// <param name="negated">Whether a figure means its opposite here: below <c>-Return</c>.</param>
    public void Write(Utf8JsonWriter writer, XElement element, IReadOnlyDictionary<string, string> namespaces, Action<XElement> startItem, bool negated = false)
    {
        foreach (var (name, (step, below)) in _members)
        {
            var found = step.Find(element, namespaces).ToList();
            if (found.Count == 0 && !below._isArray)
            {
                continue;
            }

            if (below._isArray)
            {
                writer.WritePropertyName(name);
                writer.WriteStartArray();
                foreach (var item in found)
                {
                    startItem(item);
                    below.Write(writer, item, namespaces, startItem, negated != step.Negates(item));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
            else if (found.Count > 1)
            {
                // More than one where one is meant: an array is no value, and the reader says so.
                writer.WritePropertyName(name);
                writer.WriteStartArray();
                writer.WriteEndArray();
            }
            else if (below._members.Count > 0 && !step.IsAttribute)
            {
                writer.WritePropertyName(name);
                writer.WriteStartObject();
                below.Write(writer, found[0], namespaces, startItem, negated != step.Negates(found[0]));
                writer.WriteEndObject();
            }
            else if (Value(step, found[0], negated != step.Negates(found[0])) is { } value)
            {
                writer.WriteString(name, value);
            }
        }
    }

    private static string? Value(XmlStep step, XElement element, bool negated)
    {
        var value = step.ValueOf(element)?.Trim();
        return !negated || string.IsNullOrEmpty(value) ? value : value[0] == '-' ? value[1..] : "-" + value;
    }

    private XmlShape Add(string[] path)
    {
        var shape = this;
        foreach (var name in path)
        {
            if (!shape._members.TryGetValue(name, out var member))
            {
                _ = XmlStep.TryParse(name, out var step);
                member = (step, new XmlShape());
                shape._members.Add(name, member);
            }

            shape = member.Below;
        }

        return shape;
    }
}
