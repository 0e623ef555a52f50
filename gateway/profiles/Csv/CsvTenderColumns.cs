using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Csv;

/// <summary>Finds the columns of a file that carry means of payment: a shop names them itself, so a profile knows a pattern only.</summary>
internal static class CsvTenderColumns
{
    /// <summary>The columns that fit a pattern and are not bound otherwise, each with a binding numbered after those of the profile.</summary>
    public static List<(Binding Amount, string Method, int Column)> Find(ProfileDefinition definition, IReadOnlyList<string> names, int[] bound)
    {
        var found = new List<(Binding, string, int)>();
        foreach (var rule in definition.Receipts?.Tenders?.Columns ?? [])
        {
            var prefix = CsvHeader.Normalise(rule.Prefix);
            var suffix = CsvHeader.Normalise(rule.Suffix);
            for (var i = 0; i < names.Count; i++)
            {
                var name = CsvHeader.Normalise(names[i]);
                if (bound.Contains(i) || name.Length <= prefix.Length + suffix.Length
                    || !name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(suffix, StringComparison.Ordinal))
                {
                    continue;
                }

                var between = name[prefix.Length..^suffix.Length];
                var amount = new Binding
                {
                    Field = "tender_amount",
                    Ordinal = definition.Bindings.Count + found.Count,
                    From = names[i].Trim(),
                    Type = Definition.ValueType.Money,
                    Required = false,
                };
                found.Add((amount, rule.Map is null ? between : rule.Map.Find(between) ?? between, i));
            }
        }

        return found;
    }
}
