using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Reads heads and lines from rows or objects by the bindings of a profile.</summary>
internal sealed class ReceiptReader
{
    private static readonly TaxRate Untaxed = new(0, TaxCategory.Exempt);

    private readonly ReceiptRules _rules;
    private readonly FieldReader _fields;
    private readonly IReadOnlyDictionary<string, Binding> _head;
    private readonly Binding _itemCode;
    private readonly Binding? _itemName;
    private readonly Binding? _category;
    private readonly Binding _quantity;
    private readonly Binding _unitPrice;
    private readonly Binding? _amount;
    private readonly Binding? _discount;
    private readonly Binding? _rate;
    private readonly Binding? _taxCategory;
    private readonly SaleReader? _sale;

    public ReceiptReader(ProfileDefinition definition, FieldReader fields)
    {
        _rules = definition.Receipts!;
        _fields = fields;
        _head = definition.Head;
        var line = definition.Line;
        _itemCode = line[CanonicalFields.ItemCode];
        _itemName = line.GetValueOrDefault(CanonicalFields.ItemName);
        _category = line.GetValueOrDefault(CanonicalFields.Category);
        _quantity = line[CanonicalFields.Quantity];
        _unitPrice = line[CanonicalFields.UnitPrice];
        _amount = line.GetValueOrDefault(CanonicalFields.Amount);
        _discount = line.GetValueOrDefault(CanonicalFields.Discount);
        _rate = line.GetValueOrDefault(CanonicalFields.TaxRate);
        _taxCategory = line.GetValueOrDefault(CanonicalFields.TaxCategory);
        _sale = SaleReader.Needed(definition) ? new SaleReader(definition, fields) : null;
    }

    /// <summary>Columns of this file that carry means of payment the profile names by pattern only.</summary>
    public IReadOnlyList<(Binding Amount, string Method)> TenderColumns { get; init; } = [];

    /// <summary>Whether what was read sells or takes back anything: money put in the drawer and an opened drawer have no lines.</summary>
    public static bool HasLines(ReceiptHead? head) => head?.Kind is not (TransactionKind.NoSale or TransactionKind.CashMovement);

    /// <summary>Reads a head; what cannot be read is rejected through the field reader.</summary>
    public ReceiptHead Head(FieldSource source)
    {
        var kind = _head[CanonicalFields.Kind];
        var occurredAt = _head[CanonicalFields.OccurredAt];
        _ = EnumWords.TryParse<TransactionKind>(_fields.Meaning(source, kind) ?? "", out var meaning);
        var head = new ReceiptHead
        {
            Store = Text(source, CanonicalFields.Store),
            Terminal = Text(source, CanonicalFields.Terminal),
            ReceiptNumber = Text(source, CanonicalFields.ReceiptNumber),
            OriginalReceiptNumber = Text(source, CanonicalFields.OriginalReceiptNumber),
            Kind = meaning,
            BusinessDate = _fields.Date(source, _head.GetValueOrDefault(CanonicalFields.BusinessDate)),
            Time = occurredAt.Type == Definition.ValueType.Time ? _fields.Time(source, occurredAt) : null,
            Moment = occurredAt.Type == Definition.ValueType.Timestamp ? _fields.Timestamp(source, occurredAt) : null,
            Guests = _fields.Count(source, _head.GetValueOrDefault(CanonicalFields.Guests)) ?? 0,
            Customer = Text(source, CanonicalFields.Customer),
            Discount = _fields.Micros(source, _head.GetValueOrDefault(CanonicalFields.Discount)) ?? 0,
            Total = _fields.Micros(source, _head.GetValueOrDefault(CanonicalFields.Total)),
            SourceRevision = SourceRevision(source),
            Taxes = meaning is TransactionKind.NoSale or TransactionKind.CashMovement ? [] : Taxes(source),
            Tenders = Tenders(source),
        };
        return _sale is null || !HasLines(head) ? head : _sale.Head(source, head);
    }

    /// <summary>Reads a line; what cannot be read is rejected through the field reader.</summary>
    public LineDraft Line(FieldSource source, SourceLocation at)
    {
        var merchandise = _rules.Merchandise is not { } rule || rule.Excluded.Find(_fields.Text(source, rule.Field)) is null;
        var line = new LineDraft(
            _fields.Text(source, _itemCode),
            _fields.Text(source, _itemName),
            _fields.Text(source, _category),
            _fields.Micros(source, _quantity) ?? 0,
            _fields.Micros(source, _unitPrice) ?? 0,
            _fields.Micros(source, _amount),
            _fields.Micros(source, _discount) ?? 0,
            _rate is null ? Untaxed : Rate(source, _rate, _taxCategory) ?? Untaxed,
            merchandise,
            at);
        return _sale is null ? line : _sale.Line(source, line);
    }

    private string Text(FieldSource source, string field) => _fields.Text(source, _head.GetValueOrDefault(field));

    // Only its order counts: a wall clock is taken as it stands.
    private long SourceRevision(FieldSource source)
    {
        if (_head.GetValueOrDefault(CanonicalFields.SourceRevision) is not { } binding)
        {
            return 0;
        }

        if (binding.Type != Definition.ValueType.Timestamp)
        {
            return _fields.Count(source, binding) ?? 0;
        }

        return _fields.Timestamp(source, binding) is not { } moment ? 0
            : ((moment.Instant?.UtcTicks ?? moment.Wall.Ticks) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    // Without a category the date says which one it is, once the date is known.
    private TaxRate? Rate(FieldSource source, Binding rate, Binding? category)
    {
        var meaning = TaxCategory.Unspecified;
        if (_fields.Micros(source, rate) is not { } micros
            || (category is not null && !EnumWords.TryParse(_fields.Meaning(source, category) ?? "", out meaning)))
        {
            return null;
        }

        foreach (var known in _rules.Tax.Rates)
        {
            if ((category is null || known.Category == meaning) && known.BasisPoints * 1_000_000m == micros * _rules.Tax.RateUnit)
            {
                return known with { Category = meaning };
            }
        }

        _fields.Reject(RejectionReason.TaxRateUnknown, rate.VendorName,
            $"A rate of {Money.Format(micros)}{(category is null ? "" : $" with category {meaning}")} is not among the rates of the profile.");
        return null;
    }

    private List<StatedTax> Taxes(FieldSource source)
    {
        var taxes = new List<StatedTax>(_rules.Tax.StatedColumns.Count);
        foreach (var column in _rules.Tax.StatedColumns)
        {
            if (_fields.Micros(source, column.Tax) is { } tax)
            {
                taxes.Add(new StatedTax(column.Rate, tax, null, column.Tax));
            }
        }

        if (_rules.Tax.StatedArray is { } array)
        {
            foreach (var element in Elements(source, array.Path))
            {
                var net = array.Net is null ? null : _fields.Micros(element, array.Net);
                if (Rate(element, array.Rate, array.Category) is { } rate && _fields.Micros(element, array.Tax) is { } tax)
                {
                    taxes.Add(new StatedTax(rate, tax, net, array.Tax));
                }
            }
        }

        return taxes;
    }

    private List<Tender> Tenders(FieldSource source)
    {
        var tenders = new List<Tender>(1);
        if (_rules.Tenders is not { } rules)
        {
            return tenders;
        }

        foreach (var (method, amount) in rules.Pairs)
        {
            foreach (var element in rules.Path is null ? [source] : Elements(source, rules.Path))
            {
                // A column of its own for each means of payment is zero where that one was not used.
                if (_fields.Meaning(element, method) is { } meaning && _fields.Micros(element, amount) is { } paid && (paid != 0 || method.Constant is null))
                {
                    tenders.Add(new Tender(meaning, paid));
                }
            }
        }

        foreach (var (amount, method) in TenderColumns)
        {
            if (_fields.Micros(source, amount) is { } paid && paid != 0)
            {
                tenders.Add(new Tender(method, paid));
            }
        }

        if (rules.Change is { } given && _fields.Micros(source, given) is { } change && change != 0)
        {
            // What was given back is taken from the cash handed over.
            var cash = Math.Max(0, tenders.FindIndex(tender => tender.Method == "cash"));
            var handed = cash < tenders.Count ? tenders[cash] : new Tender("cash", 0);
            var kept = (Int128)handed.Amount - change;
            if (Int128.Abs(kept) > long.MaxValue)
            {
                _fields.Reject(RejectionReason.FieldRange, given.VendorName, "What was handed over less the change is larger than money can be.");
                return tenders;
            }

            tenders.Insert(cash, handed with { Amount = (long)kept });
            tenders.RemoveRange(cash + 1, Math.Min(1, tenders.Count - cash - 1));
        }

        return tenders;
    }

    private IEnumerable<FieldSource> Elements(FieldSource source, string[] path)
    {
        var list = source.Elements(path);
        if (list is null)
        {
            yield break;
        }

        var name = string.Join('.', path);
        if (!list.IsArray)
        {
            _fields.Reject(RejectionReason.FieldType, name, "An array is expected.");
        }

        foreach (var item in list.Items)
        {
            if (item is null)
            {
                _fields.Reject(RejectionReason.FieldType, name, "Each element must be an object.");
            }
            else
            {
                yield return item;
            }
        }
    }
}
