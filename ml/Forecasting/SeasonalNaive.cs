namespace RetailInsight.Ml.Forecasting;

/// <summary>The forecasts anyone makes without a model: the floor any model has to stay above. They know no quantiles; all are the forecast itself.</summary>
internal static class SeasonalNaive
{
    private const int Year = 364;

    /// <summary>The same weekday of the store 52 weeks before; where it was closed then, as <see cref="LastSameWeekday"/>.</summary>
    public static IReadOnlyList<DayForecast> SameWeekdayLastYear(IReadOnlyList<SalesDay> past, IReadOnlyList<OpenDay> upcoming)
    {
        var amounts = past.ToDictionary(day => (day.Day.Store, day.Day.Date), day => day.Amount);
        return [.. upcoming.Zip(LastSameWeekday(past, upcoming), (day, last) =>
            amounts.TryGetValue((day.Store, day.Date.AddDays(-Year)), out var amount) ? Sure(day, amount) : last)];
    }

    /// <summary>The last same weekday the store was open; where there is none its last day, for a store without history the mean of the chain.</summary>
    public static IReadOnlyList<DayForecast> LastSameWeekday(IReadOnlyList<SalesDay> past, IReadOnlyList<OpenDay> upcoming)
    {
        var lastOf = new Dictionary<(string Store, DayOfWeek Weekday), double>();
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var day in past.OrderBy(day => day.Day.Date))
        {
            lastOf[(day.Day.Store, day.Day.Date.DayOfWeek)] = last[day.Day.Store] = day.Amount;
        }

        var mean = past.Count == 0 ? 0 : past.Average(day => day.Amount);
        return [.. upcoming.Select(day => Sure(
            day, lastOf.TryGetValue((day.Store, day.Date.DayOfWeek), out var amount) ? amount : last.GetValueOrDefault(day.Store, mean)))];
    }

    private static DayForecast Sure(OpenDay day, double amount) => new(day, amount, amount, amount, amount, LowConfidence: false);
}
