using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles;

/// <summary>
/// The totals of a day as a register or a back office declares them (Z report, 精算): what the vendor says there should be. Amounts in
/// micros of <see cref="Currency"/>, sales less returns; null where the declaration does not say.
/// </summary>
public sealed record DeclaredTotals
{
    /// <summary>Identity: vendor, store, register, business date and number of the report. A later version has the same id.</summary>
    public required Id128 EventId { get; init; }

    /// <summary>The store's code in the tenant's own master.</summary>
    public required string Store { get; init; }

    /// <summary>The register; empty when the totals are those of the whole store.</summary>
    public required string Terminal { get; init; }

    /// <summary>The trading day.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>Tells several reports of one register and day apart, which add up; empty when there is one.</summary>
    public required string ReportNumber { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>With tax.</summary>
    public long? Gross { get; init; }

    /// <summary>Without tax.</summary>
    public long? Net { get; init; }

    /// <summary>Tax of all rates.</summary>
    public long? Tax { get; init; }

    /// <summary>Number of receipts: sales and returns that were not voided.</summary>
    public int? Receipts { get; init; }

    /// <summary>By tax rate; empty when the declaration does not say.</summary>
    public IReadOnlyList<DeclaredTax> Taxes { get; init; } = [];

    /// <summary>By means of payment; empty when the declaration does not say.</summary>
    public IReadOnlyList<Tender> Tenders { get; init; } = [];

    /// <summary>Which version it is by the vendor's own count or clock; 0 where the feed has none.</summary>
    public long SourceRevision { get; init; }

    /// <summary>Where it stands in the payload.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary>The business key as people read it.</summary>
    public string Key => string.Create(
        CultureInfo.InvariantCulture, $"{Store}{(Terminal.Length > 0 ? "/" : "")}{Terminal}/{BusinessDate:yyyy-MM-dd}{(ReportNumber.Length > 0 ? "/" : "")}{ReportNumber}");

    /// <summary>A hash of what is declared.</summary>
    public Id128 ContentHash => Id128.FromParts(
    [
        "declared_totals", Store, Currency, Text(Gross), Text(Net), Text(Tax), Text(Receipts), Text(SourceRevision),
        .. Taxes.OrderBy(tax => tax.Rate).SelectMany(tax => new[] { "tax", Text(tax.Rate), Text(tax.Net), Text(tax.Tax), Text(tax.Gross) }),
        .. Tenders.OrderBy(tender => tender.Method, StringComparer.Ordinal).SelectMany(tender => new[] { "tender", tender.Method, Text(tender.Amount) }),
    ]);

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}

/// <summary>What is declared of one tax rate, in micros; null where it is not said.</summary>
/// <param name="Rate">Basis points: 1000 = 10 %.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Tax">Tax.</param>
/// <param name="Gross">With tax.</param>
public sealed record DeclaredTax(int Rate, long? Net, long? Tax, long? Gross);
