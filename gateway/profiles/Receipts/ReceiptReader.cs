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
    private readonly Binding? _store;
    private readonly Binding? _mappedStore;
    private readonly Binding? _terminal;
    private readonly Binding? _receiptNumber;
    private readonly Binding? _originalReceiptNumber;
    private readonly Binding _kind;
    private readonly Binding? _businessDate;
    private readonly Binding _occurredAt;
    private readonly Binding? _guests;
    private readonly Binding? _customer;
    private readonly Binding? _receiptDiscount;
    private readonly Binding? _total;
    private readonly Binding? _sourceRevision;
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
    private readonly TenderReader? _tenders;
    private readonly List<(long Micros, TaxCategory Meaning, TaxRate Rate)> _known = [];

    /// <param name="definition">The profile.</param>
    /// <param name="fields">Reads its fields.</param>
    /// <param name="tenderColumns">Columns of the file at hand that carry means of payment the profile names by pattern only.</param>
    public ReceiptReader(ProfileDefinition definition, FieldReader fields, IReadOnlyList<(Binding Amount, string Method)>? tenderColumns = null)
    {
        _rules = definition.Receipts!;
        _fields = fields;
        var head = definition.Head;
        _store = head.GetValueOrDefault(CanonicalFields.Store);
        _mappedStore = definition.Store?.FieldOf(head) is { Map: not null, From: not null } mapped ? mapped : null;
        _terminal = head.GetValueOrDefault(CanonicalFields.Terminal);
        _receiptNumber = head.GetValueOrDefault(CanonicalFields.ReceiptNumber);
        _originalReceiptNumber = head.GetValueOrDefault(CanonicalFields.OriginalReceiptNumber);
        _kind = head[CanonicalFields.Kind];
        _businessDate = head.GetValueOrDefault(CanonicalFields.BusinessDate);
        _occurredAt = head[CanonicalFields.OccurredAt];
        _guests = head.GetValueOrDefault(CanonicalFields.Guests);
        _customer = head.GetValueOrDefault(CanonicalFields.Customer);
        _receiptDiscount = head.GetValueOrDefault(CanonicalFields.Discount);
        _total = head.GetValueOrDefault(CanonicalFields.Total);
        _sourceRevision = head.GetValueOrDefault(CanonicalFields.SourceRevision);
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
        _tenders = _rules.Tenders is { } tenders ? new TenderReader(tenders, fields, tenderColumns ?? []) : null;
        _sale = SaleReader.Needed(definition) ? new SaleReader(definition, fields) : null;
    }

    /// <summary>Whether what was read sells or takes back anything: money put in the drawer and an opened drawer have no lines.</summary>
    public static bool HasLines(ReceiptHead? head) => head?.Kind is not (TransactionKind.NoSale or TransactionKind.CashMovement);

    /// <summary>Reads a head; what cannot be read is rejected through the field reader.</summary>
    /// <param name="source">The row or object.</param>
    /// <param name="head">Is written over.</param>
    /// <returns><paramref name="head"/>, or another made of it.</returns>
    public ReceiptHead Head(FieldSource source, ReceiptHead head)
    {
        _fields.Kind = TransactionKind.Unspecified;
        _ = EnumWords.TryParse<TransactionKind>(_fields.Meaning(source, _kind) ?? "", out var meaning);
        _fields.Kind = meaning;
        var rest = TenderReader.NoRest;
        head.Store = _fields.Text(source, _store);
        head.StoreAsSent = _mappedStore is null ? null : AsSent(source, _mappedStore);
        head.Terminal = _fields.Text(source, _terminal);
        head.ReceiptNumber = _fields.Text(source, _receiptNumber);
        head.OriginalReceiptNumber = _fields.Text(source, _originalReceiptNumber);
        head.Kind = meaning;
        head.BusinessDate = _fields.Date(source, _businessDate);
        head.Time = _occurredAt.Type == Definition.ValueType.Time ? _fields.Time(source, _occurredAt) : null;
        head.Moment = _occurredAt.Type == Definition.ValueType.Timestamp ? _fields.Timestamp(source, _occurredAt) : null;
        head.Guests = _fields.Count(source, _guests) ?? 0;
        head.Customer = _fields.Text(source, _customer);
        head.Discount = _fields.Micros(source, _receiptDiscount) ?? 0;
        head.Total = _fields.Micros(source, _total);
        head.SourceRevision = SourceRevision(source);
        head.Taxes.Clear();
        if (meaning is not (TransactionKind.NoSale or TransactionKind.CashMovement))
        {
            AddTaxes(source, head.Taxes);
        }

        head.Tenders = _tenders?.Read(source, out rest) ?? [];
        head.RestOfTotal = rest;
        return _sale is null || !HasLines(head) ? head : _sale.Head(source, head);
    }

    /// <summary>Reads a line; what cannot be read is rejected through the field reader.</summary>
    /// <param name="source">The row or object.</param>
    /// <param name="kind">Kind of the receipt it belongs to, unspecified where that cannot be read.</param>
    /// <param name="at">Where it stands.</param>
    public LineDraft Line(FieldSource source, TransactionKind kind, SourceLocation at)
    {
        _fields.Kind = kind;
        var merchandise = _rules.Merchandise is not { } rule || rule.Excluded.Find(_fields.Text(source, rule.Field)) is null;
        var item = source.Recall(FieldGroup.Item) is Item known ? known : ReadItem(source);
        var line = new LineDraft(
            item,
            _fields.Micros(source, _quantity) ?? 0,
            _fields.Micros(source, _unitPrice) ?? 0,
            _fields.Micros(source, _amount),
            _fields.Micros(source, _discount) ?? 0,
            RateOfLine(source),
            merchandise,
            at);
        line = _sale is null ? line : _sale.Line(source, line);
        return _rules.AmountAfterDiscount && line.Amount is { } paid ? line with { Amount = paid + line.Discount } : line;
    }

    private Item ReadItem(FieldSource source)
    {
        var item = new Item(_fields.Text(source, _itemCode), _fields.Text(source, _itemName), _fields.Text(source, _category));
        if (!_fields.Rejected && source.CanRemember(FieldGroup.Item))
        {
            source.Remember(FieldGroup.Item, item);
        }

        return item;
    }

    private TaxRate RateOfLine(FieldSource source)
    {
        if (_rate is null)
        {
            return Untaxed;
        }

        if (source.Recall(FieldGroup.TaxRate) is TaxRate known)
        {
            return known;
        }

        if (Rate(source, _rate, _taxCategory) is not { } rate)
        {
            return Untaxed;
        }

        if (!_fields.Rejected && source.CanRemember(FieldGroup.TaxRate))
        {
            source.Remember(FieldGroup.TaxRate, rate);
        }

        return rate;
    }

    private static string AsSent(FieldSource source, Binding binding)
    {
        var sent = source.Get(binding).Text.Trim();
        return sent.IsEmpty ? binding.Default ?? "" : new string(sent);
    }

    // Only its order counts: a wall clock is taken as it stands.
    private long SourceRevision(FieldSource source)
    {
        if (_sourceRevision is not { } binding)
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

        foreach (var known in _known)
        {
            if (known.Micros == micros && known.Meaning == meaning)
            {
                return known.Rate;
            }
        }

        foreach (var possible in _rules.Tax.Rates)
        {
            if ((category is null || possible.Category == meaning) && possible.BasisPoints * 1_000_000m == micros * _rules.Tax.RateUnit)
            {
                var found = possible with { Category = meaning };
                _known.Add((micros, meaning, found));
                return found;
            }
        }

        _fields.Reject(RejectionReason.TaxRateUnknown, rate.VendorName,
            $"A rate of {Money.Format(micros)}{(category is null ? "" : $" with category {meaning}")} is not among the rates of the profile.");
        return null;
    }

    private void AddTaxes(FieldSource source, List<StatedTax> taxes)
    {
        for (var i = 0; i < _rules.Tax.StatedColumns.Count; i++)
        {
            var column = _rules.Tax.StatedColumns[i];
            if (_fields.Micros(source, column.Tax) is { } tax)
            {
                taxes.Add(new StatedTax(column.Rate, tax, null, column.Tax));
            }
        }

        if (_rules.Tax.StatedArray is { } array)
        {
            foreach (var element in _fields.Elements(source, array.Path))
            {
                var net = array.Net is null ? null : _fields.Micros(element, array.Net);
                if (Rate(element, array.Rate, array.Category) is { } rate && _fields.Micros(element, array.Tax) is { } tax)
                {
                    taxes.Add(new StatedTax(rate, tax, net, array.Tax));
                }
            }
        }
    }
}
