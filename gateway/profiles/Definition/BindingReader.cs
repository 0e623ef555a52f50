namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the bindings of a profile and numbers them.</summary>
internal sealed class BindingReader(ContainerFormat format, IReadOnlyDictionary<string, CodeMap> codes)
{
    private const string Known = "from, type, required, default, constant, formats, map, drop_suffix";

    private readonly List<Binding> _bindings = [];

    /// <summary>Every binding read so far, by ordinal.</summary>
    public IReadOnlyList<Binding> All => _bindings;

    /// <summary>Reads a section of bindings and holds it to the fields it may and must have.</summary>
    public Dictionary<string, Binding> Section(YamlMap? section, CanonicalField[] fields)
    {
        var bound = new Dictionary<string, Binding>(StringComparer.Ordinal);
        if (section is null)
        {
            return bound;
        }

        foreach (var field in fields)
        {
            if (section.Map(field.Name) is { } map)
            {
                var binding = bound[field.Name] = Read(map, field.Name, field.Types);
                if (field.MustBind && !binding.Required && binding.Default is null)
                {
                    map.Error("required", $"'{field.Name}' cannot be left out without a default");
                }
            }
            else if (field.MustBind)
            {
                section.Error($"'{field.Name}' must be bound");
            }
        }

        section.Done(string.Join(", ", fields.Select(field => field.Name)));
        return bound;
    }

    /// <summary>Reads one binding.</summary>
    public Binding Read(YamlMap map, string field, params ValueType[] types)
    {
        var type = map.Choice("type", required: true, TypeWords);
        if (!types.Contains(type))
        {
            map.Error("type", $"{field} must be {string.Join(" or ", types.Select(Word))}");
        }

        var from = map.Text("from");
        var constant = map.Text("constant");
        if (from is null == constant is null)
        {
            map.Error("exactly one of 'from' and 'constant' is needed");
        }

        var fallback = map.Text("default");
        var formats = map.List("formats");
        if (type is ValueType.Date or ValueType.Timestamp && formats.Count == 0)
        {
            map.Error("a date or timestamp needs 'formats'");
        }
        else if (type is not (ValueType.Date or ValueType.Timestamp) && map.Has("formats"))
        {
            map.Error("formats", "only dates and timestamps have formats");
        }

        if (format == ContainerFormat.Ndjson && from?.StartsWith("$.", StringComparison.Ordinal) == true)
        {
            map.Error("from", "the lines of an NDJSON feed have no payload around them");
        }

        if (format == ContainerFormat.Xml && from is not null && Xml.XmlSteps.Problem(from) is { } problem)
        {
            map.Error("from", problem);
        }

        var binding = new Binding
        {
            Field = field,
            Ordinal = _bindings.Count,
            From = from,
            Root = IsFromPayload(from) ? PathRoot.Payload : PathRoot.Element,
            Path = Steps(format, from),
            Type = type,
            Required = map.Flag("required", fallback is null),
            Default = fallback,
            Constant = constant,
            Formats = [.. formats],
            Map = FindMap(map, type),
            DropSuffix = map.Text("drop_suffix"),
        };
        map.Done(Known);
        _bindings.Add(binding);
        return binding;
    }

    /// <summary>The steps of a path: members of JSON, elements of XML, one column of a file in an archive.</summary>
    public static string[] Steps(ContainerFormat format, string? path) => format switch
    {
        ContainerFormat.Json or ContainerFormat.Ndjson => Steps(path),
        ContainerFormat.Xml when path is not null => Xml.XmlSteps.Split(path),
        ContainerFormat.Files when path is not null => [path],
        _ => [],
    };

    private bool IsFromPayload(string? from) => format switch
    {
        ContainerFormat.Json => from?.StartsWith("$.", StringComparison.Ordinal) == true,
        ContainerFormat.Xml => from?.StartsWith("$/", StringComparison.Ordinal) == true,
        _ => false,
    };

    /// <summary>The steps of a JSON path: <c>$.store.code</c>, <c>items</c>.</summary>
    public static string[] Steps(string? path) => path is null
        ? []
        : (path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path).Split('.');

    private CodeMap? FindMap(YamlMap map, ValueType type)
    {
        var name = map.Text("map");
        if (name is null)
        {
            return null;
        }

        if (type != ValueType.Code)
        {
            map.Error("map", "only a code has a map");
        }

        if (!codes.TryGetValue(name, out var found))
        {
            map.Error("map", $"there is no '{name}' under codes");
        }

        return found;
    }

    private static readonly (string Word, ValueType Value)[] TypeWords =
        [.. Enum.GetValues<ValueType>().Select(type => (Word(type), type))];

#pragma warning disable CA1308 // The words of a profile are lower-case.
    private static string Word(ValueType type) => type.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
