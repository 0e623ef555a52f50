using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Turns gathered receipts into transactions, or says why one is held.</summary>
internal sealed class ReceiptBuilder
{
    private const long Million = 1_000_000;

    private readonly ProfileDefinition _definition;
    private readonly ReceiptRules _rules;
    private readonly StoreDirectory _stores;
    private readonly ReceiptAmounts _amounts;
    private readonly EventKey _key;
    private readonly string _lineDiscountLabel;
    private readonly string _receiptDiscountLabel;
    private readonly SalePart _sale;
    private readonly ReceiptChecks _checks;
    private readonly List<Discount> _discounts = [];

    public ReceiptBuilder(string vendor, ProfileDefinition definition, ConversionContext context, FindingTally findings)
    {
        _definition = definition;
        _rules = _definition.Receipts!;
        _stores = context.Stores;
        _amounts = new ReceiptAmounts(_rules, _definition.Currency);
        _key = new EventKey(context.Tenant, vendor, _definition.Identity);
        _lineDiscountLabel = _definition.Line.GetValueOrDefault(CanonicalFields.Discount)?.VendorName ?? "";
        _receiptDiscountLabel = _definition.Head.GetValueOrDefault(CanonicalFields.Discount)?.VendorName ?? "";
        _sale = new SalePart(_definition, findings);
        _checks = new ReceiptChecks(_definition, context, findings);
    }

    /// <summary>Builds one receipt: exactly one of the two is not null.</summary>
    public (Transaction? Transaction, Held? Held) Build(ReceiptDraft draft)
    {
        var place = Resolve(draft);
        if (draft.Rejections.Count == 0)
        {
            try
            {
                if (Build(draft, in place) is { } transaction)
                {
                    return (transaction, null);
                }
            }
            catch (OverflowException)
            {
                Reject(draft, draft.At, RejectionReason.FieldRange, null, "The amounts of the receipt are larger than money can be.");
            }
        }

        return (null, Hold(draft, place));
    }

    /// <summary>Store, the code it was looked up by, trading day and instant as far as the head lets them be known.</summary>
    private readonly record struct Place(StoreEntry? Store, string LookedUp, DateOnly? BusinessDate, DateTimeOffset? OccurredAt);

    private Place Resolve(ReceiptDraft draft)
    {
        if (draft.Head is not { } head)
        {
            return new Place(null, "", null, null);
        }

        var rule = _definition.Store!;
        var (asSent, store) = rule.Rule switch
        {
            StoreRule.Constant => (rule.Code!, _stores.ByCode(rule.Code!)),
            StoreRule.Code => (head.Store, _stores.ByCode(head.Store)),
            StoreRule.DatedCode => (head.Store, OnItsDate(head.Store, head)),
            _ => (head.Terminal, OnItsDate(head.Terminal, head)),
        };
        if (store is null)
        {
            return new Place(null, asSent, head.BusinessDate, null);
        }

        var (date, at) = TimesIn(store, head);
        return new Place(store, asSent, date, at);
    }

    private StoreEntry? OnItsDate(string code, ReceiptHead head) => _definition.BusinessDate == BusinessDateRule.Stated
        ? head.BusinessDate is { } on ? _stores.ByTerminal(code, on) : null
        : OnDerivedDate(code, head);

    private StoreEntry? OnDerivedDate(string code, ReceiptHead head) => _stores.ByTerminal(code, store => TimesIn(store, head).BusinessDate);

    private (DateOnly? BusinessDate, DateTimeOffset? OccurredAt) TimesIn(StoreEntry store, ReceiptHead head)
    {
        DateTimeOffset? at = null;
        if (head.Moment is { } moment)
        {
            at = moment.Instant is { } instant ? TimeZoneInfo.ConvertTime(instant, store.Calendar.Zone) : store.Calendar.ToInstant(moment.Wall);
        }
        else if (head is { Time: { } time, BusinessDate: { } day })
        {
            at = store.Calendar.ToInstant(day.ToDateTime(TimeOnly.MinValue).Add(time));
        }

        DateOnly? date = _definition.BusinessDate switch
        {
            BusinessDateRule.Stated => head.BusinessDate,
            BusinessDateRule.StatedElseCutOver when head.BusinessDate is { } stated => stated,
            BusinessDateRule.StatedElseCutOver => at is { } instant ? store.Calendar.BusinessDateOf(instant) : null,
            BusinessDateRule.CutOver => at is { } instant ? store.Calendar.BusinessDateOf(instant) : null,
            _ => at is { } instant ? DateOnly.FromDateTime(instant.DateTime) : null,
        };
        return (date, at);
    }

    private Transaction? Build(ReceiptDraft draft, in Place place)
    {
        var head = draft.Head!;
        if (place.Store is null)
        {
            var rule = _definition.Store!;
            Reject(draft, draft.At, RejectionReason.StoreUnknown, rule.FieldOf(_definition.Head)?.VendorName, rule.Unknown(place.LookedUp, head.BusinessDate));
            return null;
        }

        if (!_sale.Apply(draft, place.BusinessDate))
        {
            return null;
        }

        head = draft.Head!;
        var negated = _rules.Negated.Contains(head.Kind);
        if (!TakeAmounts(draft, negated))
        {
            return null;
        }

        var date = place.BusinessDate!.Value;
        var original = Id128.None;
        if (head.Kind == TransactionKind.Void)
        {
            if (head.OriginalReceiptNumber.Length == 0 || head.OriginalReceiptNumber == head.ReceiptNumber)
            {
                Reject(draft, draft.At, RejectionReason.OriginalMissing, _definition.Head[CanonicalFields.OriginalReceiptNumber].VendorName,
                    "A void must name the receipt it takes back, and not itself.");
                return null;
            }

            original = _key.Of(place.LookedUp, head.Terminal, date, head.OriginalReceiptNumber);
        }

        var sign = negated ? -1L : 1L;
        var amounts = _amounts.Compute(draft, sign);
        if (amounts.Problem is var (reason, problemField, detail))
        {
            Reject(draft, draft.At, reason, problemField, detail);
            return null;
        }

        var gross = GrossOf(amounts.Buckets);
        if (gross is > HoldLimits.LargestFigure or < -HoldLimits.LargestFigure)
        {
            Reject(draft, draft.At, RejectionReason.FieldRange, _definition.Head.GetValueOrDefault(CanonicalFields.Total)?.VendorName,
                $"The receipt comes to {Money.Format(gross)}, more than any receipt can: up to {Money.Format(HoldLimits.LargestFigure)} is read.");
            return null;
        }

        var tenders = TenderReader.WithRest(head, head.Total ?? sign * gross);
        var transaction = new Transaction
        {
            EventId = _key.Of(place.LookedUp, head.Terminal, date, head.ReceiptNumber),
            Store = place.Store.Code,
            StoreAsSent = head.StoreAsSent ?? place.LookedUp,
            Terminal = head.Terminal,
            ReceiptNumber = head.ReceiptNumber,
            Kind = head.Kind,
            BusinessDate = date,
            BusinessDateSource = head.BusinessDate is not null ? BusinessDateSource.Stated : BusinessDateSource.Derived,
            OccurredAt = place.OccurredAt!.Value,
            Clock = _rules.Clock,
            Currency = _definition.Currency,
            SourceRevision = head.SourceRevision,
            Guests = head.Guests,
            Customer = head.Customer,
            OriginalEventId = original,
            Source = draft.At,
            Lines = Lines(draft, amounts.Lines, sign),
            TaxBuckets = amounts.Buckets,
            Tenders = negated ? [.. tenders.Select(tender => tender with { Amount = -tender.Amount })] : tenders,
            Discounts = Discounts(draft, sign),
        };

        // Sums that do not fit are found here, also of a receipt whose total nobody compares.
        _ = transaction.Totals;
        return _checks.Hold(draft, transaction, sign) ? transaction : null;
    }

    private static long GrossOf(ImmutableArray<TaxBucket> buckets)
    {
        long sum = 0;
        foreach (var bucket in buckets)
        {
            sum = checked(sum + bucket.Gross);
        }

        return sum;
    }

    // Fills in amounts the feed leaves to be computed and checks those it states.
    private bool TakeAmounts(ReceiptDraft draft, bool negated)
    {
        foreach (ref var line in CollectionsMarshal.AsSpan(draft.Lines))
        {
            if (negated && (line.Quantity < 0 || line.Amount < 0 || line.Discount < 0))
            {
                Reject(draft, line.At, RejectionReason.FieldRange, _definition.Line[CanonicalFields.Quantity].VendorName,
                    "The feed prints what is taken back as positive figures; this row is negative, so its meaning is not sure.");
                continue;
            }

            var product = (Int128)line.Quantity * line.UnitPrice;
            if (line.Amount is null)
            {
                if (product % Million != 0)
                {
                    Reject(draft, line.At, RejectionReason.FieldRange, _definition.Line[CanonicalFields.UnitPrice].VendorName,
                        "Quantity × unit price is finer than a millionth of the currency unit.");
                    continue;
                }

                if (Int128.Abs(product / Million) > HoldLimits.LargestFigure)
                {
                    Reject(draft, line.At, RejectionReason.FieldRange, _definition.Line[CanonicalFields.UnitPrice].VendorName,
                        $"{Money.Format(line.Quantity)} × {Money.Format(line.UnitPrice)} is more than any receipt can come to: up to {Money.Format(HoldLimits.LargestFigure)} is read.");
                    continue;
                }

                line = line with { Amount = (long)(product / Million) };
            }
            else
            {
                _checks.AmountHolds(draft, line, product);
            }
        }

        return draft.Rejections.Count == 0;
    }

    private ImmutableArray<TransactionLine> Lines(ReceiptDraft draft, ReadOnlySpan<ReceiptAmounts.LineAmounts> amounts, long sign)
    {
        var drafts = CollectionsMarshal.AsSpan(draft.Lines);
        var lines = new TransactionLine[drafts.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref drafts[i];
            ref readonly var money = ref amounts[i];
            lines[i] = new TransactionLine(
                i + 1, line.Item, sign * line.Quantity, line.UnitPrice, line.Extras is { Basis: not TaxBasis.Unspecified } own ? own.Basis : _rules.Tax.Basis,
                line.Rate.BasisPoints, line.Rate.Category, money.Stated, money.Discount, money.Net, money.Tax, money.Gross,
                line.Merchandise, line.At.Row);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(lines);
    }

    private ImmutableArray<Discount> Discounts(ReceiptDraft draft, long sign)
    {
        var discounts = _discounts;
        discounts.Clear();
        var lines = CollectionsMarshal.AsSpan(draft.Lines);
        for (var i = 0; i < lines.Length; i++)
        {
            SalePart.AddDiscounts(discounts, i + 1, sign, lines[i].Discount, lines[i].Extras?.Discounts, DiscountKind.Line, _lineDiscountLabel);
        }

        SalePart.AddDiscounts(discounts, 0, sign, draft.Head!.Discount, draft.Head.Discounts, DiscountKind.Receipt, _receiptDiscountLabel);
        return [.. discounts];
    }

    private Held Hold(ReceiptDraft draft, Place place)
    {
        var sign = draft.Head is { } head && _rules.Negated.Contains(head.Kind) ? -1L : 1L;
        return new Held(draft.Rejections, draft.Rows.Count, draft.Key, place.Store?.Code, place.BusinessDate, AtRisk(draft, sign), _definition.Currency, [.. draft.Rows])
        {
            StoreAsSent = place.LookedUp.Length == 0 ? null : FieldReader.Shown(place.LookedUp),
            EventId = IdOf(draft.Head, place),
            SourceRevision = draft.Head?.SourceRevision ?? 0,
        };
    }

    // A date that is derived needs the store; a version whose number cannot be read could be any.
    private Id128 IdOf(ReceiptHead? head, in Place place)
    {
        if (head is null
            || (place.Store is null && _definition.BusinessDate is not (BusinessDateRule.Stated or BusinessDateRule.StatedElseCutOver))
            || (head.SourceRevision == 0 && _definition.Head.ContainsKey(CanonicalFields.SourceRevision)))
        {
            return Id128.None;
        }

        foreach (var part in _definition.Identity)
        {
            var isKnown = part switch
            {
                CanonicalFields.Store => place.LookedUp.Length > 0,
                CanonicalFields.Terminal => head.Terminal.Length > 0,
                CanonicalFields.BusinessDate => place.BusinessDate is not null,
                _ => head.ReceiptNumber.Length > 0,
            };
            if (!isKnown)
            {
                return Id128.None;
            }
        }

        return _key.Of(place.LookedUp, head.Terminal, place.BusinessDate ?? default, head.ReceiptNumber);
    }

    private static long? AtRisk(ReceiptDraft draft, long sign)
    {
        if (draft.Head?.Total is { } total)
        {
            return sign * total;
        }

        Int128 sum = 0;
        foreach (var line in draft.Lines)
        {
            sum += line.Amount is { } amount ? amount - (Int128)line.Discount : (Int128)line.Quantity * line.UnitPrice / Million;
        }

        return draft.Lines.Count == 0 || Int128.Abs(sum) > long.MaxValue ? null : sign * (long)sum;
    }

    private static void Reject(ReceiptDraft draft, SourceLocation at, RejectionReason reason, string? field, string detail) =>
        draft.Reject([new Rejection(reason, detail, field, at)]);
}
