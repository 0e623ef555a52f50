namespace RetailInsight.Ml.Features;

/// <summary>What makes two stores alike: five figures of a trading day.</summary>
internal static class StoreFeatures
{
    /// <summary>The figures in order.</summary>
    public static readonly IReadOnlyList<string> Names = ["net_sales", "receipts", "basket_value", "items_per_receipt", "conversion"];

    /// <summary>The figures of a store as people know them; null where it has none.</summary>
    public static IReadOnlyList<double?> Values(StoreDay day) =>
        [(double)day.NetSales, day.Receipts, (double?)day.BasketValue, (double?)day.ItemsPerReceipt, (double?)day.Conversion];

    /// <summary>
    /// One point a store, each coordinate in robust standard deviations from the median. Sales, receipts and baskets are
    /// compared by ratio (asinh, which is a logarithm that also takes a day on which returns prevailed), the others by
    /// difference. A missing figure is NaN.
    /// </summary>
    public static double[][] Scale(IReadOnlyList<StoreDay> days)
    {
        var rows = days.Select(Values).ToList();
        var columns = Names.Select((name, at) => RobustScaling.Scale(
            [.. rows.Select(row => name is "items_per_receipt" or "conversion" ? row[at] : row[at] is { } value ? Math.Asinh(value) : null)])).ToList();
        return [.. rows.Select((_, row) => columns.Select(column => column[row]).ToArray())];
    }
}
