using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Declared;

/// <summary>Turns records of declared day totals into <see cref="DeclaredTotals"/>.</summary>
internal sealed class DeclaredRecords(Profile profile, ConversionContext context, FieldReader fields)
{
    private const long BasisPoint = 100;

    private readonly ProfileDefinition _definition = profile.Definition;
    private readonly DeclaredRules _rules = profile.Definition.Declared!;
    private readonly List<Converted<DeclaredTotals>> _declared = [];
    private readonly List<Held> _held = [];

    public int Rows { get; private set; }

    public Conversion Result => new() { RowsRead = Rows, DeclaredTotals = _declared, Held = _held };

    /// <summary>Reads one record; <paramref name="source"/> is null where the row is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        Rows++;
        fields.At = at;
        if (source is null)
        {
            fields.Reject(RejectionReason.RowShape, null, "The row is no record.");
            _held.Add(new Held(fields.TakeRejections()!, 1, "", null, null, null, null, [at.Row]));
            return;
        }

        var head = _definition.Head;
        var terminal = fields.Text(source, head.GetValueOrDefault(CanonicalFields.Terminal));
        var date = fields.Date(source, head[CanonicalFields.BusinessDate]);
        var (asSent, store) = Store(source, terminal, date);
        var totals = new DeclaredTotals
        {
            EventId = Id128.None,
            Store = store?.Code ?? "",
            Terminal = terminal,
            BusinessDate = date ?? default,
            ReportNumber = fields.Text(source, head.GetValueOrDefault(CanonicalFields.ReportNumber)),
            Currency = _definition.Currency,
            Gross = fields.Micros(source, head.GetValueOrDefault(CanonicalFields.Gross)),
            Net = fields.Micros(source, head.GetValueOrDefault(CanonicalFields.Net)),
            Tax = fields.Micros(source, head.GetValueOrDefault(CanonicalFields.LineTax)),
            Receipts = (int?)fields.Count(source, head.GetValueOrDefault(CanonicalFields.Receipts)),
            Taxes = Taxes(source),
            Tenders = Tenders(source),
            SourceRevision = SourceRevision(source),
            Source = at,
        };
        if (totals is { Gross: null, Net: null })
        {
            fields.Reject(RejectionReason.FieldMissing, Name(CanonicalFields.Gross) ?? Name(CanonicalFields.Net), "A declaration states gross or net, or both.");
        }

        if (fields.TakeRejections() is { } rejections)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{FieldReader.Shown(asSent)} / {FieldReader.Shown(terminal)} / {date:yyyy-MM-dd}");
            _held.Add(new Held(rejections, 1, key, store?.Code, date, null, null, [at.Row]) { StoreAsSent = asSent.Length == 0 ? null : FieldReader.Shown(asSent) });
            return;
        }

        var id = Id128.FromParts(
            context.Tenant, context.Vendor ?? profile.Vendor, "declared_totals", asSent, terminal, totals.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), totals.ReportNumber);
        _declared.Add(new Converted<DeclaredTotals>(totals with { EventId = id }, 1, totals.ContentHash));
    }

    private (string AsSent, StoreEntry? Store) Store(FieldSource source, string terminal, DateOnly? date)
    {
        var rule = _definition.Store!;
        var asSent = rule.Rule == StoreRule.Terminal ? terminal : rule.Code ?? fields.Text(source, _definition.Head.GetValueOrDefault(CanonicalFields.Store));
        var store = !rule.ByMaster ? context.Stores.ByCode(asSent) : date is { } day ? context.Stores.ByTerminal(asSent, day) : null;
        if (store is null && asSent.Length > 0 && (!rule.ByMaster || date is not null))
        {
            fields.Reject(RejectionReason.StoreUnknown, rule.FieldOf(_definition.Head)?.VendorName, rule.Unknown(asSent, date));
        }

        return (asSent, store);
    }

    private List<DeclaredTax> Taxes(FieldSource source)
    {
        var taxes = new Dictionary<int, DeclaredTax>();
        foreach (var column in _rules.Taxes)
        {
            foreach (var element in _rules.TaxPath is null ? [source] : Elements(source, _rules.TaxPath))
            {
                var rate = column.Rate is null ? column.BasisPoints : Rate(element, column.Rate);
                var (net, tax, gross) = (fields.Micros(element, column.Net), fields.Micros(element, column.Tax), fields.Micros(element, column.Gross));
                if (rate is not { } basisPoints || (net ?? tax ?? gross) is null)
                {
                    continue;
                }

                if (!taxes.TryAdd(basisPoints, new DeclaredTax(basisPoints, net, tax, gross)))
                {
                    fields.Reject(RejectionReason.FieldRange, column.Rate?.VendorName, "A tax rate is declared once.");
                }
            }
        }

        return [.. taxes.Values.OrderBy(tax => tax.Rate)];
    }

    // Rates come as a percentage or a fraction; to the basis point.
    private int? Rate(FieldSource source, Binding binding)
    {
        if (fields.Micros(source, binding) is not { } micros)
        {
            return null;
        }

        var unit = _rules.RatesAreFractions ? BasisPoint : BasisPoint * 100;
        if (micros >= 0 && micros % unit == 0 && micros / unit <= 10_000)
        {
            return (int)(micros / unit);
        }

        fields.Reject(RejectionReason.FieldRange, binding.VendorName, _rules.RatesAreFractions ? "A rate such as 0.1 is expected." : "A rate such as 10 is expected.");
        return null;
    }

    private List<Tender> Tenders(FieldSource source)
    {
        var tenders = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (method, amount, _) in _rules.Tenders?.Each ?? [])
        {
            foreach (var element in _rules.Tenders!.Path is null ? [source] : Elements(source, _rules.Tenders.Path))
            {
                if (fields.Meaning(element, method) is { } meaning && fields.Micros(element, amount) is { } paid)
                {
                    var sum = (Int128)tenders.GetValueOrDefault(meaning) + paid;
                    if (Int128.Abs(sum) > long.MaxValue)
                    {
                        fields.Reject(RejectionReason.FieldRange, amount.VendorName, $"The amounts of '{meaning}' add up to more than money can be.");
                        continue;
                    }

                    tenders[meaning] = (long)sum;
                }
            }
        }

        return [.. tenders.Select(tender => new Tender(tender.Key, tender.Value))];
    }

    private IEnumerable<FieldSource> Elements(FieldSource source, string[] path)
    {
        foreach (var element in source.Elements(path)?.Items ?? [])
        {
            if (element is null)
            {
                fields.Reject(RejectionReason.RowShape, string.Join('.', path), "Each element must be an object.");
            }
            else
            {
                yield return element;
            }
        }
    }

    // Only its order counts: a wall clock is taken as it stands.
    private long SourceRevision(FieldSource source) => _definition.Head.GetValueOrDefault(CanonicalFields.SourceRevision) is not { } binding ? 0
        : binding.Type == Definition.ValueType.Integer ? (fields.Count(source, binding) ?? 0)
        : fields.Timestamp(source, binding) is { } moment ? ((moment.Instant?.UtcTicks ?? moment.Wall.Ticks) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
        : 0;

    private string? Name(string field) => _definition.Head.GetValueOrDefault(field)?.VendorName;
}
