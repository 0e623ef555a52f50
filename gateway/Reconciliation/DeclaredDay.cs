using RetailInsight.Core.Canon;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Totals as the vendor declares them of a store-day, or of one register: reports of one day added up.</summary>
internal sealed record DeclaredDay
{
    public required string Vendor { get; init; }

    public required string Feed { get; init; }

    public required string Store { get; init; }

    public required DateOnly BusinessDate { get; init; }

    /// <summary>The register; null for the whole store.</summary>
    public string? Terminal { get; init; }

    public required IReadOnlyList<string> ReportNumbers { get; init; }

    public required int Revision { get; init; }

    /// <summary>When the newest report was received, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public required IReadOnlyList<Guid> IngestionIds { get; init; }

    public required string Currency { get; init; }

    /// <summary>What is declared, in micros; receipts in units.</summary>
    public required IReadOnlyList<(Measure Measure, long Value)> Figures { get; init; }
}

/// <summary>A figure that can be declared.</summary>
/// <param name="Kind">As in answers.</param>
/// <param name="Rate">Basis points of a figure by tax rate.</param>
/// <param name="Tender">Of a figure by means of payment.</param>
internal readonly record struct Measure(string Kind, int? Rate = null, string? Tender = null)
{
    /// <summary>The figure of some receipts.</summary>
    public long Of(DayFact fact)
    {
        var (rate, tender) = (Rate, Tender);
        return Kind switch
        {
            "gross" => fact.Gross,
            "net" => fact.Net,
            "tax" => fact.Tax,
            "receipts" => 1,
            "rate_net" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Net),
            "rate_tax" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Tax),
            "rate_gross" => fact.Taxes.Where(tax => tax.Rate == rate).Sum(tax => tax.Gross),
            _ => fact.Tenders.Where(paid => paid.Method == tender).Sum(paid => paid.Amount),
        };
    }

    /// <summary>The figure as it stands in answers.</summary>
    public string Text(long value) => Kind == "receipts" ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : Money.Format(value);
}
