using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.Profiles.Xml;

/// <summary>One step of an XML path: which children it means, and what of them.</summary>
internal sealed partial class XmlStep
{
    private const string FirstTrue = "first-true(";

    private readonly List<(bool Negated, string? Prefix, string Name)> _names = [];
    private readonly List<(string? Attribute, bool Equal, string Value)> _conditions = [];
    private string? _attribute;

    /// <summary>Reads a step as <see cref="XmlSteps.Split"/> gives it.</summary>
    public static bool TryParse(string text, out XmlStep step)
    {
        step = new XmlStep();
        var match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }

        foreach (var name in match.Groups["names"].Value.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var plain = name.TrimStart('-').Split(':');
            step._names.Add((name[0] == '-', plain.Length == 2 ? plain[0] : null, plain[^1]));
        }

        foreach (Capture condition in match.Groups["condition"].Captures)
        {
            var inner = condition.Value[1..^1];
            var equals = inner.IndexOf('=', StringComparison.Ordinal);
            var different = equals > 0 && inner[equals - 1] == '!';
            step._conditions.Add(inner[0] == '@' && equals > 0
                ? (inner[1..(different ? equals - 1 : equals)], !different, inner[(equals + 1)..])
                : (null, true, inner));
        }

        step._attribute = match.Groups["attribute"].Success ? match.Groups["attribute"].Value : null;
        return true;
    }

    /// <summary>Whether it names a figure whose sign is turned in this element.</summary>
    public bool Negates(XElement element) => _names.Exists(name => name.Negated && name.Name == element.Name.LocalName);

    /// <summary>The children (with an attribute alone: the element itself) it means.</summary>
    public IEnumerable<XElement> Find(XElement parent, IReadOnlyDictionary<string, string> namespaces) =>
        _names.Count == 0 ? [parent] : parent.Elements().Where(child => Matches(child, namespaces));

    /// <summary>Whether an element is one it means. A name without prefix is that name in any namespace.</summary>
    public bool Matches(XElement element, IReadOnlyDictionary<string, string> namespaces) =>
        HasName(element.Name.LocalName, element.Name.NamespaceName, namespaces) && _conditions.TrueForAll(condition => condition.Attribute is { } attribute
            ? (Attribute(element, attribute) == condition.Value) == condition.Equal
            : condition.Value.Split('|').Any(child => element.Elements().Any(one => one.Name.LocalName == child)));

    /// <summary>Whether an element of this name can be one it means.</summary>
    public bool HasName(string localName, string uri, IReadOnlyDictionary<string, string> namespaces) =>
        _names.Exists(name => name.Name == localName && (name.Prefix is null || (namespaces.TryGetValue(name.Prefix, out var known) && known == uri)));

    /// <summary>Whether an element of this local name can be one it means, whatever its namespace.</summary>
    public bool HasLocalName(string localName) => _names.Exists(name => name.Name == localName);

    /// <summary>Whether its value is an attribute and not the text.</summary>
    public bool IsAttribute => _attribute is not null;

    /// <summary>Its value in an element; null where there is none.</summary>
    public string? ValueOf(XElement element)
    {
        if (_attribute is null)
        {
            return element.Attributes().Any(attribute => attribute.Name.LocalName == "nil" && IsTrue(attribute.Value)) ? null : element.Value;
        }

        return _attribute.StartsWith(FirstTrue, StringComparison.Ordinal)
            ? Array.Find(_attribute[FirstTrue.Length..^1].Split(','), flag => IsTrue(Attribute(element, flag)))
            : Attribute(element, _attribute);
    }

    private static bool IsTrue(string? value) => value?.Trim() is "true" or "1";

    private static string? Attribute(XElement element, string name) =>
        element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name && !attribute.IsNamespaceDeclaration)?.Value;

    [GeneratedRegex(@"^(?<names>(?:-?[\w.\-:]+)(?:\|-?[\w.\-:]+)*)?(?<condition>\[(?:@[\w.\-]+!?=[^\[\]]*|[\w.\-]+(?:\|[\w.\-]+)*)\])*(?:(?:(?<=.)/|^)@(?<attribute>[\w.\-]+|first-true\([\w.\-]+(?:,[\w.\-]+)*\)))?$(?<!^)")]
    private static partial Regex Form();
}
