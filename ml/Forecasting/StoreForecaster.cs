namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// Forecasts the days of stores from their history and that of their chain: a <see cref="LogAdditiveModel"/> for what is expected and the errors of
/// earlier origins for how sure that is. Works on any amount above 0, net sales as well as visitors.
/// </summary>
internal sealed class StoreForecaster
{
    /// <summary>With fewer days of its own a forecast of a store is of low confidence: eight weeks of a store that opens five days a week.</summary>
    private const int ConfidentDays = 40;

    /// <summary>Puts a forecaster together from what was fitted or read.</summary>
    public StoreForecaster(LogAdditiveModel model, ForecastErrors errors) => (Model, Errors) = (model, errors);

    /// <summary>What is expected.</summary>
    public LogAdditiveModel Model { get; }

    /// <summary>How sure that is.</summary>
    public ForecastErrors Errors { get; }

    /// <summary>Fits the champion, or another of its kind.</summary>
    /// <param name="history">Days up to the origin, in any order; those without an amount above 0 (closed, returns only) are left out.</param>
    /// <param name="upcoming">Open days after it, as far as they are known: whether the last day precedes a closed one is seen from them.</param>
    /// <param name="options">How; null for <see cref="LogAdditiveOptions.Champion"/>.</param>
    /// <exception cref="ArgumentException">No day has an amount above 0, or a store has two amounts for one day.</exception>
    public static StoreForecaster Fit(IEnumerable<SalesDay> history, IEnumerable<OpenDay> upcoming, LogAdditiveOptions? options = null)
    {
        options ??= LogAdditiveOptions.Champion;
        var days = History.Of(history, upcoming, options.Effects);
        var origin = days.Facts[^1].Day.Date;
        var model = LogAdditiveFit.Fit(days, origin, options);
        return new StoreForecaster(model, ForecastErrors.Calibrate(days, origin, options, model.Variance));
    }

    /// <summary>Forecasts days, in their order.</summary>
    /// <param name="days">Open days after the origin.</param>
    /// <param name="around">Further open days, such as those of the last week of the history, to tell which days lie beside closed ones.</param>
    public IReadOnlyList<DayForecast> Forecast(IReadOnlyList<OpenDay> days, IEnumerable<OpenDay> around) =>
        [.. DayFacts.Of(days, days.Concat(around)).Select(Forecast)];

    /// <summary>Forecasts one day.</summary>
    public DayForecast Forecast(DayFacts facts)
    {
        var expected = Model.Expect(facts);
        return new DayForecast(
            facts.Day, expected, Quantile(facts, expected, 0.1), Quantile(facts, expected, 0.5), Quantile(facts, expected, 0.9), IsUnsure(facts.Day.Store));
    }

    /// <summary>What a share of such days stays below.</summary>
    /// <param name="facts">The day.</param>
    /// <param name="share">Above 0 and below 1; what lies beyond 0.005 and 0.995 is as these.</param>
    public double Quantile(DayFacts facts, double share) => Quantile(facts, Model.Expect(facts), share);

    /// <summary>
    /// The distribution of the logarithm of a store's actual total over its expected total, over the days up to so many after the origin: ascending, each value
    /// as likely as the next. The share of them at or above log(target ÷ expected total) is the probability of reaching the target.
    /// </summary>
    public double[] TotalErrors(string store, int days)
    {
        var widening = Model.WideningOf(store);
        return Array.ConvertAll(Errors.OfTotal(days), error => error * widening);
    }

    /// <summary>Whether the store's own history is too short to go by.</summary>
    public bool IsUnsure(string store) => Model.Stores.GetValueOrDefault(store).Days < ConfidentDays;

    private double Quantile(DayFacts facts, double expected, double share)
    {
        var error = Errors.DayQuantile(share, facts.Day.Date.DayNumber - Model.Origin.DayNumber);
        return expected * Math.Exp(error * Model.ScaleOf(facts.Day.Store) * Model.WideningOf(facts.Day.Store));
    }
}
