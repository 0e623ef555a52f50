using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about receipts.</summary>
internal sealed class ReceiptProfileReader(YamlMap root, Container container, NumberStyle numbers, BindingReader bindings)
{
    // A void computes the id of what it takes back from its own head, so only what both share can be part of it.
    private static readonly string[] IdentityFields =
        [CanonicalFields.Store, CanonicalFields.Terminal, CanonicalFields.BusinessDate, CanonicalFields.ReceiptNumber];

    private Dictionary<string, Binding> _head = [];
    private Dictionary<string, Binding> _line = [];

    public ProfileDefinition Read()
    {
        bindings.HasKinds = true;
        _head = bindings.Section(root.RequiredMap("receipt"), CanonicalFields.Receipt);
        _line = bindings.Section(root.RequiredMap("line"), CanonicalFields.ReceiptLine);
        var currency = root.RequiredText("currency");
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            root.Error("currency", "an ISO 4217 code such as JPY is expected");
        }

        var tax = new TaxRulesReader(root.RequiredMap("tax"), container, bindings, _line).Read();
        var rules = ReadRecords(new ReceiptRules
        {
            Negated = ReadSign(),
            Tax = tax,
            Tenders = new TenderRulesReader(root, container, bindings).Read(),
            Merchandise = ReadMerchandise(),
            Sale = new SaleRulesReader(root, bindings, tax).Read(),
            Clock = root.Choice("clock", required: true, ("terminal", ClockSource.Terminal), ("server", ClockSource.Server)),
        });
        rules = rules with { AmountAfterDiscount = ReadLineAmount(rules.Sale), Returns = ReadReturns(rules.Negated) };
        var businessDate = root.Choice("business_date", required: true,
            ("stated", BusinessDateRule.Stated), ("stated_else_cut_over", BusinessDateRule.StatedElseCutOver), ("cut_over", BusinessDateRule.CutOver), ("calendar_date", BusinessDateRule.CalendarDate));
        var identity = SharedRules.Identity(root, _head, IdentityFields);
        var store = SharedRules.Store(root, _head);
        LintKinds(identity);
        LintTimes(businessDate, identity);
        LintGrouping(rules, identity);
        var sold = new ProfileDefinition
        {
            Container = container,
            Numbers = numbers.MinorUnits ? numbers with { AmountUnit = Money.MinorUnitMicros(currency) } : numbers,
            Currency = currency,
            Head = _head,
            Line = _line,
            Bindings = [],
            Identity = identity,
            Store = store,
            BusinessDate = businessDate,
            Receipts = ReadChecks(rules),
        };
        var returned = new ReturnedReader(root, container, bindings).Read(sold);
        return sold with { Returned = returned is null ? null : returned with { Bindings = bindings.All }, Bindings = bindings.All };
    }

    private HashSet<TransactionKind> ReadSign()
    {
        if (root.IsText("sign"))
        {
            root.Choice("sign", required: true, ("as_sent", 0));
            return [];
        }

        var sign = root.RequiredMap("sign");
        var negated = sign is null ? [] : SharedRules.Kinds(sign, "negate");
        sign?.Done();
        return negated;
    }

    private bool ReadLineAmount(SaleRules sale)
    {
        var after = root.Choice("line_amount", required: false, ("before_discount", false), ("after_discount", true));
        if (after && !_line.ContainsKey(CanonicalFields.Amount))
        {
            root.Error("line_amount", "the line has no 'amount' that could be after its discount");
        }

        if (after && !_line.ContainsKey(CanonicalFields.Discount) && sale.Line.Count == 0)
        {
            root.Error("line_amount", "the line has no discount: bind 'discount' of the line or 'discounts: { line: … }'");
        }

        return after;
    }

    private ReturnRule ReadReturns(IReadOnlySet<TransactionKind> negated)
    {
        var rule = root.Choice("returns", required: false,
            ("by_kind", ReturnRule.ByKind), ("negative_total", ReturnRule.NegativeTotal), ("negative_quantity", ReturnRule.NegativeQuantity));
        if (rule == ReturnRule.NegativeTotal && !_head.ContainsKey(CanonicalFields.Total))
        {
            root.Error("returns", "the receipt has no 'total' that could be negative");
        }

        if (rule != ReturnRule.ByKind && (negated.Contains(TransactionKind.Return) || negated.Contains(TransactionKind.Sale)))
        {
            root.Error("returns", "a return known by its negative figures is not printed positive: take 'sale' and 'return' out of 'sign'");
        }

        return rule;
    }

    private MerchandiseRule? ReadMerchandise()
    {
        var map = root.Map("merchandise");
        if (map is null)
        {
            return null;
        }

        var field = map.RequiredText("field");
        var excluded = map.List("excluded");
        map.Done();
        if (!_line.TryGetValue(field, out var binding))
        {
            map.Error("field", $"'{field}' is not a bound field of the line");
            return null;
        }

        return new MerchandiseRule(binding, new CodeMap("merchandise", excluded.Select(value => KeyValuePair.Create(value, "excluded"))));
    }

    private ReceiptRules ReadRecords(ReceiptRules rules)
    {
        if (container.Format == ContainerFormat.Files)
        {
            return rules with { LinesPath = ["lines"] };
        }

        var map = root.RequiredMap("records");
        if (map is null)
        {
            return rules;
        }

        switch (container.Format)
        {
            case ContainerFormat.Json or ContainerFormat.Xml:
                rules = rules with { ReceiptsPath = bindings.Each(map, "receipts"), LinesPath = bindings.Each(map, "lines") };
                map.Done();
                return rules;
            case ContainerFormat.Ndjson:
                rules = rules with { LinesPath = bindings.Each(map, "lines") };
                map.Done();
                return rules;
            default:
                break;
        }

        rules = rules with
        {
            GroupBy = Named(map, "receipt_key"),
            FirstRowCounts = Named(map, "first_row_counts"),
            BranchIsLine = map.Choice("branch", required: false, ("reprint", false), ("line", true)),
        };
        map.Done();
        return rules;
    }

    private List<Binding> Named(YamlMap map, string key)
    {
        var found = new List<Binding>();
        foreach (var name in map.List(key))
        {
            if (_head.TryGetValue(name, out var binding) && binding.From is not null)
            {
                found.Add(binding);
            }
            else if (key == "first_row_counts" && binding?.Decision is { } decision)
            {
                found.AddRange(decision.Fields);
            }
            else
            {
                map.Error(key, $"'{name}' is not a column of the receipt");
            }
        }

        return found;
    }

    private ReceiptRules ReadChecks(ReceiptRules rules)
    {
        var map = root.Map("checks");
        if (map is null)
        {
            return rules;
        }

        var checks = SaleRulesReader.ReadChecks(map);
        map.Done();
        if (checks.Total != CheckLevel.Off && !_head.ContainsKey(CanonicalFields.Total))
        {
            map.Error("total", "the receipt has no 'total' to check");
        }

        if (checks.Amount != CheckLevel.Off && !_line.ContainsKey(CanonicalFields.Amount))
        {
            map.Error("amount", "the line has no 'amount' to check");
        }

        if (checks.Tenders != CheckLevel.Off && rules.Tenders is null)
        {
            map.Error("tenders", "the receipt has no 'tenders' to check");
        }

        return rules with { Checks = checks };
    }

    private void LintKinds(IReadOnlyList<string> identity)
    {
        if (!_head.TryGetValue(CanonicalFields.Kind, out var kind))
        {
            return;
        }

        foreach (var meaning in kind.Meanings)
        {
            if (!SharedRules.IsKind(meaning, out var value))
            {
                root.Error(kind.Map is null ? "receipt" : "codes", $"'{meaning}' in '{kind.Map?.Name ?? kind.Decision?.Name ?? "kind"}' is no kind of transaction; there are {SharedRules.KindWords}");
            }
            else if (value == TransactionKind.Void
                && (!_head.ContainsKey(CanonicalFields.OriginalReceiptNumber) || !identity.Contains(CanonicalFields.ReceiptNumber)))
            {
                root.Error("receipt", "a void needs 'original_receipt_number', and 'receipt_number' in the identity");
            }
        }
    }

    private void LintTimes(BusinessDateRule rule, IReadOnlyList<string> identity)
    {
        var stated = _head.ContainsKey(CanonicalFields.BusinessDate);
        var mayLack = rule == BusinessDateRule.StatedElseCutOver;
        if (stated && _head[CanonicalFields.BusinessDate].Required == mayLack)
        {
            root.Error("business_date", mayLack ? "a business date that is never missing is 'stated'" : "a stated business date must be required");
        }

        if (mayLack && identity.Contains(CanonicalFields.BusinessDate))
        {
            root.Error("identity", "a business date that is stated later would make another receipt of the same one");
        }

        if (stated != (rule is BusinessDateRule.Stated or BusinessDateRule.StatedElseCutOver))
        {
            root.Error("business_date", stated ? "'business_date' is bound, so the rule is 'stated'" : "'business_date' must be bound to be 'stated'");
        }

        if (_head.GetValueOrDefault(CanonicalFields.OccurredAt)?.Type == ValueType.Time && rule != BusinessDateRule.Stated)
        {
            root.Error("business_date", "a time without a date needs a stated business date");
        }
    }

    private void LintGrouping(ReceiptRules rules, IReadOnlyList<string> identity)
    {
        if (!container.IsRows)
        {
            return;
        }

        if (rules.GroupBy.Count == 0)
        {
            root.Error("records", "'receipt_key' must name the columns whose equality makes rows one receipt");
        }

        foreach (var binding in rules.GroupBy)
        {
            if (!identity.Contains(binding.Field))
            {
                root.Error("identity", $"'{binding.Field}' parts receipts, so it belongs to the identity");
            }

            if (binding.Default is not null)
            {
                root.Error("records", $"'{binding.Field}' parts receipts and cannot have a default");
            }

            if (binding.Formats.Length > 1)
            {
                root.Error("records", $"'{binding.Field}' may be written in several ways and cannot part receipts");
            }
        }
    }
}
