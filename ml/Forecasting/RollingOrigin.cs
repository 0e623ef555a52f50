namespace RetailInsight.Ml.Forecasting;

/// <summary>A forecast and what came.</summary>
/// <param name="Origin">The last day the forecast knew.</param>
/// <param name="Forecast">The forecast.</param>
/// <param name="Actual">What the day came to; above 0, in the unit of the forecast.</param>
internal readonly record struct ScoredDay(DateOnly Origin, DayForecast Forecast, double Actual);

/// <summary>
/// Backtests by rolling origins (Tashman 2000): what a method would have forecast from days of the past, knowing no amount after them. Which days the stores are
/// open and what traits they have counts as known in advance.
/// </summary>
internal static class RollingOrigin
{
    /// <summary>Forecasts from what is known at an origin.</summary>
    /// <param name="past">Days up to the origin.</param>
    /// <param name="upcoming">The open days to forecast.</param>
    /// <returns>A forecast of each, in their order.</returns>
    public delegate IReadOnlyList<DayForecast> Method(IReadOnlyList<SalesDay> past, IReadOnlyList<OpenDay> upcoming);

    /// <summary>The champion, as a method to test.</summary>
    public static IReadOnlyList<DayForecast> Champion(IReadOnlyList<SalesDay> past, IReadOnlyList<OpenDay> upcoming) => LogAdditive(LogAdditiveOptions.Champion)(past, upcoming);

    /// <summary>A log-additive model with options of its own, as a method to test.</summary>
    public static Method LogAdditive(LogAdditiveOptions options) => (past, upcoming) =>
    {
        var forecaster = StoreForecaster.Fit(past, upcoming, options);
        var week = forecaster.Model.Origin.AddDays(-7);
        return forecaster.Forecast(upcoming, past.Where(day => day.Day.Date > week).Select(day => day.Day));
    };

    /// <summary>Every day of the horizons after the origins with an amount above 0, as the method would have forecast it.</summary>
    /// <param name="days">The whole history.</param>
    /// <param name="origins">The last days known.</param>
    /// <param name="horizon">How many days after each are forecast.</param>
    /// <param name="method">How.</param>
    public static IReadOnlyList<ScoredDay> Run(IReadOnlyList<SalesDay> days, IEnumerable<DateOnly> origins, int horizon, Method method)
    {
        var sold = days.Where(day => day.Amount > 0).ToList();
        var scored = new List<ScoredDay>();
        foreach (var origin in origins)
        {
            var past = sold.Where(day => day.Day.Date <= origin).ToList();
            var future = sold.Where(day => day.Day.Date > origin && day.Day.Date <= origin.AddDays(horizon)).ToList();
            var forecasts = method(past, future.ConvertAll(day => day.Day));
            scored.AddRange(future.Zip(forecasts, (day, forecast) => new ScoredDay(origin, forecast, day.Amount)));
        }

        return scored;
    }
}
