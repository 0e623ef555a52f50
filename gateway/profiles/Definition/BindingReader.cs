using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Json;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the bindings of a profile and numbers them.</summary>
/// <param name="format">Of the container.</param>
/// <param name="numbers">How the feed writes numbers.</param>
/// <param name="codes">What <c>map</c> may name.</param>
internal sealed class BindingReader(ContainerFormat format, NumberStyle numbers, IReadOnlyDictionary<string, CodeMap> codes)
{
    private readonly List<Binding> _bindings = [];

    /// <summary>What <c>decide</c> may name.</summary>
    public IReadOnlyDictionary<string, Decision> Decisions { get; set; } = new Dictionary<string, Decision>();

    /// <summary>Whether the records have a kind, by which a figure may be negated.</summary>
    public bool HasKinds { get; set; }

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
                section.Missing($"'{field.Name}' must be bound");
            }
        }

        section.Done();
        return bound;
    }

    /// <summary>Reads one binding.</summary>
    public Binding Read(YamlMap map, string field, params ValueType[] types)
    {
        var type = map.Choice("type", required: true, [.. types.Select(type => (Word(type), type))]);

        var from = map.Text("from");
        var constant = map.Text("constant");
        var decision = FindDecision(map, type);
        if ((from is null ? 0 : 1) + (constant is null ? 0 : 1) + (type == ValueType.Code && map.Has("decide") ? 1 : 0) != 1)
        {
            map.Error(type == ValueType.Code ? "exactly one of 'from', 'constant' and 'decide' is needed" : "one of 'from' and 'constant' is needed");
        }

        RefuseForeign(map, type);
        var fallback = map.Text("default");
        var formats = type is ValueType.Date or ValueType.Timestamp ? map.List("formats") : [];
        if (type is ValueType.Date or ValueType.Timestamp && formats.Count == 0)
        {
            map.Missing("a date or timestamp needs 'formats'");
        }

        var (negate, kinds) = ReadNegate(map, type, decides: types.Contains(ValueType.Flag));
        var (each, path) = format is ContainerFormat.Json or ContainerFormat.Ndjson ? Steps(map, from, type) : (null, Steps(format, from));
        var numeric = type == ValueType.Code && map.Flag("numeric", fallback: false);
        if (numeric && format is not (ContainerFormat.Json or ContainerFormat.Ndjson))
        {
            map.Error("numeric", "only a code of a JSON feed can be written as a number");
        }

        var optional = map.Flag("optional", fallback: false);
        if (optional && format != ContainerFormat.Csv)
        {
            map.Error("optional", "only a CSV column can be missing from a file; a JSON member is 'required: false'");
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
            Path = path,
            Each = each,
            Decision = decision,
            Lookup = ReadLookup(map.Map("lookup")),
            Numeric = numeric,
            Optional = optional,
            Type = type,
            Required = map.Flag("required", fallback is null && !optional),
            Default = fallback,
            Constant = constant,
            Formats = [.. formats],
            Map = FindMap(map, type),
            DropSuffix = map.Text("drop_suffix"),
            CutAt = map.Text("cut_at"),
            Negate = negate,
            NegateFor = kinds,
        };
        map.Done();
        LintWritten(map, binding);
        _bindings.Add(binding);
        return binding;
    }

    // What cannot be read is told now and not with the first file.
    private void LintWritten(YamlMap map, Binding binding)
    {
        var problems = binding.Formats.Select(format => WrittenValues.ProblemOfFormat(format, binding.Type == ValueType.Timestamp)).OfType<string>().ToList();
        problems.ForEach(problem => map.Error("formats", problem));
        if (problems.Count > 0 || (binding.Formats.Length == 0 && binding.Type is ValueType.Date or ValueType.Timestamp))
        {
            return;
        }

        if (binding.Constant is { } constant && WrittenValues.ProblemOfValue(constant, binding, numbers) is { } wrongConstant)
        {
            map.Error("constant", wrongConstant);
        }

        if (binding.Default is { } fallback && WrittenValues.ProblemOfValue(fallback, binding, numbers) is { } wrongDefault)
        {
            map.Error("default", wrongDefault);
        }

        if (binding is { Type: ValueType.Decimal, Map: { } meanings } && meanings.Meanings.FirstOrDefault(meaning => !WrittenValues.IsNumber(meaning, numbers)) is { } none)
        {
            map.Error("map", $"'{meanings.Name}' means numbers here, and '{none}' is none");
        }
    }

    /// <summary>The steps of a path: members of JSON, elements of XML, one column of a file in an archive.</summary>
    public static string[] Steps(ContainerFormat format, string? path) => format switch
    {
        ContainerFormat.Json or ContainerFormat.Ndjson => Steps(path),
        ContainerFormat.Xml when path is not null => Xml.XmlSteps.Split(path),
        ContainerFormat.Files when path is not null => [path],
        _ => [],
    };

    /// <summary>The path of an array that stands under a key.</summary>
    public string[] Each(YamlMap map, string key)
    {
        var text = map.RequiredText(key);
        if (format == ContainerFormat.Xml && Xml.XmlSteps.Problem(text) is { } problem)
        {
            map.Error(key, problem);
        }

        return Steps(format, text);
    }

    private static void RefuseForeign(YamlMap map, ValueType type)
    {
        if (type is not (ValueType.Date or ValueType.Timestamp))
        {
            map.Refuse("formats", "only dates and timestamps have formats");
        }

        if (type is not (ValueType.Code or ValueType.Decimal))
        {
            map.Refuse("map", "only codes and decimals have a map");
        }

        if (type != ValueType.Code)
        {
            map.Refuse("numeric", "only a code of a JSON feed can be written as a number");
            map.Refuse("decide", "only a code is decided");
        }
    }

    private bool IsFromPayload(string? from) => format switch
    {
        ContainerFormat.Json => from?.StartsWith("$.", StringComparison.Ordinal) == true,
        ContainerFormat.Xml => from?.StartsWith("$/", StringComparison.Ordinal) == true,
        _ => false,
    };

    /// <summary>The steps of a JSON path: <c>$.store.code</c>, <c>items</c>; none for <c>$</c>, the payload itself.</summary>
    public static string[] Steps(string? path) => path is null or "$"
        ? []
        : path.StartsWith(NestedRecords.Enclosing, StringComparison.Ordinal) ? [path]
        : [.. (path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path).Split('.').SelectMany(Selected)];

    // counts[name=fw]: the member, and of its elements the one chosen.
    private static string[] Selected(string step) =>
        step.EndsWith(']') && step.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket && step.IndexOf('=', bracket) > bracket + 1
            ? [step[..bracket], step[bracket..]]
            : [step];

    // discount_allocations.*.amount: the amounts of all elements, added up.
    private static (string[]? Each, string[] Path) Steps(YamlMap map, string? from, ValueType type)
    {
        var steps = Steps(from);
        var star = Array.IndexOf(steps, "*");
        if (star < 0)
        {
            return (null, steps);
        }

        if (type is not ValueType.Money || from!.StartsWith("$.", StringComparison.Ordinal) || star == 0 || star == steps.Length - 1 || Array.LastIndexOf(steps, "*") != star)
        {
            map.Error("from", "one '*' between two members adds up the amounts of an array's elements");
        }

        return (steps[..star], steps[(star + 1)..]);
    }

    private (bool Always, HashSet<TransactionKind> Kinds) ReadNegate(YamlMap map, ValueType type, bool decides)
    {
        if (decides || type is not (ValueType.Money or ValueType.Decimal))
        {
            map.Refuse("negate", decides ? "a rule tells the sign of a figure by 'negative', as it is sent" : "only money and decimals can be negated");
            return (false, []);
        }

        if (!map.Has("negate") || map.IsText("negate"))
        {
            return (map.Flag("negate", fallback: false), []);
        }

        var kinds = SharedRules.Kinds(map, "negate");
        if (!HasKinds)
        {
            map.Error("negate", "only a field of a receipt can be negated by kind; here it is true or false");
        }

        return (false, kinds);
    }

    private Lookup? ReadLookup(YamlMap? map)
    {
        if (map is null)
        {
            return null;
        }

        if (format != ContainerFormat.Json)
        {
            map.Error("only a JSON feed looks up elements of the receipt");
        }

        var lookup = new Lookup(Steps(map.RequiredText("each")), Steps(map.RequiredText("key")), Steps(map.RequiredText("value")));
        map.Done();
        return lookup;
    }

    private Decision? FindDecision(YamlMap map, ValueType type)
    {
        if (type != ValueType.Code || map.Text("decide") is not { } name)
        {
            return null;
        }

        if (!Decisions.TryGetValue(name, out var found))
        {
            map.Error("decide", $"there is no '{name}' under decisions");
        }

        return found;
    }

    /// <summary>The code map a mapping names under <c>map</c>; null for none.</summary>
    public CodeMap? FindMap(YamlMap map, ValueType type)
    {
        if (type is not (ValueType.Code or ValueType.Decimal) || map.Text("map") is not { } name)
        {
            return null;
        }

        if (!codes.TryGetValue(name, out var found))
        {
            map.Error("map", $"there is no '{name}' under codes");
        }

        return found;
    }

#pragma warning disable CA1308 // The words of a profile are lower-case.
    private static string Word(ValueType type) => type.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
