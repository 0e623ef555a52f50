namespace RetailInsight.Ml.Features;

/// <summary>A trading day on which a store sold something.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Net">Tax-exclusive sales less returns, micros.</param>
/// <param name="Receipts">Sales with at least one line; above 0.</param>
/// <param name="Items">Merchandise on them, 1/1,000,000 of a piece.</param>
/// <param name="Visitors">People who came in; null when nobody counted.</param>
/// <param name="ObservedMinutes">Minutes of its opening hours a counter reported for.</param>
/// <param name="ExpectedMinutes">Minutes it should have reported for.</param>
internal readonly record struct PeriodDay(DateOnly Date, long Net, long Receipts, long Items, long? Visitors, int ObservedMinutes, int ExpectedMinutes)
{
    // Below it the count says more about the counter than about the store.
    private const double EnoughObserved = 0.8;

    /// <summary>Whether visitors were counted through nearly all of the day.</summary>
    public bool IsCounted => Visitors is > 0 && ObservedMinutes >= ExpectedMinutes * EnoughObserved;
}

/// <summary>What a store did over some weeks. Days it was closed are not there.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="Days">Its days, in order.</param>
/// <param name="NetByHour">Net sales by hour after midnight of the trading day, 0 to 47, micros.</param>
/// <param name="NetByCategory">Net sales by category, micros.</param>
/// <param name="FloorArea">Square metres; null where the master does not say.</param>
/// <param name="Holidays">Public holidays.</param>
internal sealed record StorePeriod(
    string Store, string Currency, IReadOnlyList<PeriodDay> Days, IReadOnlyList<long> NetByHour, IReadOnlyDictionary<string, long> NetByCategory,
    double? FloorArea, IReadOnlySet<DateOnly> Holidays)
{
    /// <summary>Why it is compared with nobody; null where it is compared.</summary>
    public StoreExclusion? Exclusion { get; init; }

    /// <summary>The mean of a figure over the days it is of; null when there are fewer than <paramref name="least"/>.</summary>
    public double? Mean(Func<PeriodDay, bool> which, Func<PeriodDay, double> figure, int least)
    {
        var days = Days.Where(which).ToList();
        return days.Count < least ? null : days.Average(figure);
    }

    /// <summary>A sum divided by another over the days they are of; null when there are fewer than <paramref name="least"/>.</summary>
    public double? Ratio(Func<PeriodDay, bool> which, Func<PeriodDay, double> numerator, Func<PeriodDay, double> denominator, int least)
    {
        var days = Days.Where(which).ToList();
        var below = days.Sum(denominator);
        return days.Count < least || below == 0 ? null : days.Sum(numerator) / below;
    }

    /// <summary>The share of the hours from one to before another in the net sales of all; null without sales.</summary>
    public double? HourShare(int from, int to)
    {
        var all = NetByHour.Sum();
        return all <= 0 ? null : NetByHour.Take(to).Skip(from).Sum() / (double)all;
    }
}
