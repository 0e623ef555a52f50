using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Sections that profiles of every content have in common.</summary>
internal static class SharedRules
{
    /// <summary>The kinds, for messages.</summary>
    public const string KindWords = "sale, return, void, cancelled, training, suspended, cash_movement, no_sale";

    /// <summary>The kinds of receipt a list names.</summary>
    public static HashSet<TransactionKind> Kinds(YamlMap map, string key)
    {
        var kinds = new HashSet<TransactionKind>();
        foreach (var word in map.List(key))
        {
            if (IsKind(word, out var kind))
            {
                kinds.Add(kind);
            }
            else
            {
                map.Error(key, $"'{word}' is no kind of transaction; there are {KindWords}");
            }
        }

        return kinds;
    }

    /// <summary>Whether a word is a kind that a receipt can be sent as. That it was withdrawn is found out, never sent.</summary>
    public static bool IsKind(string word, out TransactionKind kind) => EnumWords.TryParse(word, out kind) && kind != TransactionKind.Withdrawn;

    public static StoreResolution Store(YamlMap root, IReadOnlyDictionary<string, Binding> head, bool ofDevices = false)
    {
        var map = root.RequiredMap("store");
        if (map is null)
        {
            return new StoreResolution(StoreRule.Code, null);
        }

        (string, StoreRule)[] rules = [("code", StoreRule.Code), ("terminal", StoreRule.Terminal), ("dated_code", StoreRule.DatedCode), ("constant", StoreRule.Constant)];
        var rule = map.Choice("by", required: true, ofDevices ? [.. rules, ("device", StoreRule.Device)] : rules);
        var code = rule == StoreRule.Constant ? map.RequiredText("code") : null;
        map.Refuse("code", "only 'by: constant' names the store here");
        var needed = rule switch
        {
            StoreRule.Code or StoreRule.DatedCode => CanonicalFields.Store,
            StoreRule.Terminal => CanonicalFields.Terminal,
            _ => null,
        };
        if (needed is not null && (!head.TryGetValue(needed, out var binding) || !binding.Required))
        {
            map.Error("by", $"'{needed}' must be bound and required");
        }

        map.Done();
        return new StoreResolution(rule, code);
    }

    /// <summary>The parts of the event id.</summary>
    /// <param name="root">The profile.</param>
    /// <param name="head">The fields it binds.</param>
    /// <param name="allowed">What it may name.</param>
    /// <param name="derived">What every record has, bound or not.</param>
    public static IReadOnlyList<string> Identity(YamlMap root, IReadOnlyDictionary<string, Binding> head, string[] allowed, params string[] derived)
    {
        var identity = root.List("identity");
        if (identity.Count == 0)
        {
            root.Missing("'identity' must name at least one field");
        }

        foreach (var name in identity)
        {
            if (!allowed.Contains(name))
            {
                root.Error("identity", $"'{name}' is not one of {string.Join(", ", allowed)}");
            }
            else if (derived.Contains(name))
            {
                continue;
            }
            else if (!head.TryGetValue(name, out var binding))
            {
                if (name is not (CanonicalFields.BusinessDate or CanonicalFields.Store))
                {
                    root.Error("identity", $"'{name}' is not bound");
                }
            }
            else if (!binding.Required && binding.Default is null)
            {
                root.Error("identity", $"'{name}' must be required: an empty part would let different records collide");
            }
        }

        return identity;
    }
}
