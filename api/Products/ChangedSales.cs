using System.ComponentModel;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Products;

/// <summary>Net sales beside those of the days compared with.</summary>
internal sealed record ChangedSales(
    [property: Description("Net sales of the days compared with; null where none of these days has figures.")] string? Comparison,
    [property: Description("net_sales − comparison.")] string? Difference,
    [property: Description("difference ÷ |comparison|, four decimals rounded half away from zero; null when comparison is 0 or unknown.")] string? Change)
{
    /// <summary>Of micros.</summary>
    /// <param name="now">Net sales.</param>
    /// <param name="before">Net sales of the days compared with.</param>
    /// <param name="daysBefore">How many of these have figures: of none nothing is known, which is not 0.</param>
    public static ChangedSales Of(long now, long before, int daysBefore) => daysBefore == 0 ? new(null, null, null)
        : new(Money.Format(before), Money.Format(now - before), before == 0 ? null : WireFigures.Ratio((decimal)(now - before) / Math.Abs(before), 4));

    /// <summary>The columns of a file.</summary>
    public static CsvColumn<T>[] Columns<T>(Func<T, ChangedSales> of) =>
    [
        new("net_sales_comparison", row => of(row).Comparison), new("net_sales_difference", row => of(row).Difference), new("net_sales_change", row => of(row).Change),
    ];
}
