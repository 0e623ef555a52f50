using RetailInsight.Core.Canon;

namespace RetailInsight.Ml.Features;

/// <summary>One row of <c>mart.kpi_store_day</c>: what a store did on one trading day.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Net">Tax-exclusive sales less returns, micros.</param>
/// <param name="Receipts">Sales with at least one line.</param>
/// <param name="Items">Merchandise on them, 1/1,000,000 of a piece.</param>
/// <param name="Visitors">People who came in; null when nobody counted.</param>
internal sealed record StoreDay(string Store, string Currency, long Net, long Receipts, long Items, long? Visitors)
{
    private const int Decimals = 6;

    /// <summary>Net sales in currency units; exact.</summary>
    public decimal NetSales => Money.ToDecimal(Net);

    /// <summary>Net sales a receipt in currency units, to 6 decimals; null without a receipt.</summary>
    public decimal? BasketValue => Ratio(NetSales, Receipts);

    /// <summary>Pieces a receipt, to 6 decimals; null without a receipt.</summary>
    public decimal? ItemsPerReceipt => Ratio(Items / (decimal)Money.MicrosPerUnit, Receipts);

    /// <summary>Receipts a visitor, to 6 decimals; null when nobody was counted.</summary>
    public decimal? Conversion => Visitors is { } visitors ? Ratio(Receipts, visitors) : null;

    /// <summary>Rounds a mean to the decimals the ratios have.</summary>
    public static decimal Round(decimal value) => decimal.Round(value, Decimals, MidpointRounding.ToEven);

    private static decimal? Ratio(decimal numerator, long denominator) => denominator == 0 ? null : Round(numerator / denominator);
}
