namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the decisions of a profile.</summary>
internal static class DecisionReader
{
    private static readonly ValueType[] Types = [ValueType.Code, ValueType.Flag, ValueType.Money, ValueType.Decimal, ValueType.Integer];

    /// <summary>All decisions by name.</summary>
    public static Dictionary<string, Decision> Read(YamlMap? map, BindingReader bindings)
    {
        var decisions = new Dictionary<string, Decision>(StringComparer.Ordinal);
        foreach (var name in map?.Keys ?? [])
        {
            decisions[name] = Read(name, map!.Map(name)!, bindings);
        }

        return decisions;
    }

    private static Decision Read(string name, YamlMap map, BindingReader bindings)
    {
        var section = map.RequiredMap("fields");
        var names = section?.Keys.ToList() ?? [];
        var fields = new List<Binding>();
        foreach (var field in names)
        {
            fields.Add(bindings.Read(section!.Map(field)!, field, Types));
        }

        var rules = map.Maps("rules").Select(rule => ReadRule(rule, names, fields)).ToList();
        if (rules.Count == 0)
        {
            map.Missing("'rules' must name what each combination means");
        }

        map.Done();
        return new Decision(name, fields, rules);
    }

    private static DecisionRule ReadRule(YamlMap rule, List<string> names, List<Binding> fields)
    {
        var then = rule.RequiredText("then");
        var tests = new List<(int, string[])>();
        for (var i = 0; i < names.Count; i++)
        {
            string[] values = rule.IsText(names[i]) ? [rule.RequiredText(names[i])] : [.. rule.List(names[i])];
            if (!rule.Has(names[i]))
            {
                continue;
            }

            if (values.Contains(DecisionRule.Negative) && fields[i].Type is not (ValueType.Money or ValueType.Decimal or ValueType.Integer))
            {
                rule.Error(names[i], "only a number can be negative");
            }

            tests.Add((i, values));
        }

        rule.Done();
        return new DecisionRule(tests, then);
    }
}
