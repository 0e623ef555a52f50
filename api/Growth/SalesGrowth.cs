using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Growth;

/// <summary>What a store sold in two periods, and whether it belongs to the same stores.</summary>
/// <param name="Store">Code.</param>
/// <param name="Now">Net sales, micros.</param>
/// <param name="Then">Net sales of the days compared with, micros.</param>
/// <param name="Verdict">Whether it is compared, and why not.</param>
/// <param name="Before">By what is known of the store's life alone: its place in the comparison of the period directly before.</param>
internal sealed record StoreGrowth(string Store, long Now, long Then, SameStoreVerdict Verdict, SameStoreVerdict Before)
{
    /// <summary>Compared now and not in the period before.</summary>
    public bool Entered => Verdict.IsIn && !Before.IsIn;

    /// <summary>Compared in the period before and not now.</summary>
    public bool Left => !Verdict.IsIn && Before.IsIn;
}

/// <summary>How net sales of stores grew over an earlier period: of all of them, of the same stores, and with the trading days evened out.</summary>
/// <param name="Compared">The days of both sides, whole days only.</param>
/// <param name="Currency">ISO 4217 code; stores that report in another are left out.</param>
/// <param name="Stores">Every store that sold on either side, by code.</param>
/// <param name="WeightedDays">Trading days of the period, a usual day counting 1; null where too little is known to weigh them.</param>
/// <param name="WeightedDaysThen">Likewise of the days compared with.</param>
internal sealed record SalesGrowth(
    ComparedPeriod Compared, string Currency, IReadOnlyList<StoreGrowth> Stores, decimal? WeightedDays, decimal? WeightedDaysThen)
{
    /// <summary>The stores that are compared like for like (既存店).</summary>
    public IReadOnlyList<StoreGrowth> SameStores => [.. Stores.Where(store => store.Verdict.IsIn)];

    /// <summary>Net sales of all stores, micros.</summary>
    public long Now => Stores.Sum(store => store.Now);

    /// <summary>Net sales of all stores on the days compared with, micros.</summary>
    public long Then => Stores.Sum(store => store.Then);

    /// <summary>Growth of all stores: 0.05 is 5 % more; null where nothing was sold then.</summary>
    public decimal? AllStores => Change(Stores);

    /// <summary>Growth of the same stores; null where there is none or nothing was sold then.</summary>
    public decimal? SameStore => Change(SameStores);

    /// <summary>Growth of all stores with the difference of the trading days taken out; null where it cannot be told.</summary>
    public decimal? Adjusted => AllStores is { } change && WeightedDays is { } days && WeightedDaysThen is > 0 and { } then
        ? TradingDayWeights.AdjustedRatio(1 + change, days, then) - 1 : null;

    private static decimal? Change(IReadOnlyList<StoreGrowth> stores) =>
        stores.Sum(store => store.Then) is > 0 and var then ? ((decimal)stores.Sum(store => store.Now) / then) - 1 : null;
}
