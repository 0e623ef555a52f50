namespace RetailInsight.Ml.Forecasting;

/// <summary>How good forecasts were, by the usual measures; shares, not per cent.</summary>
/// <param name="Days">How many days were scored.</param>
/// <param name="Rmspe">Root of the mean squared error, each over its actual.</param>
/// <param name="Wape">Sum of the absolute errors over the sum of the actuals.</param>
/// <param name="Mape">Mean of the absolute errors, each over its actual.</param>
/// <param name="Bias">Sum of forecasts over sum of actuals, less 1: above 0 where too much was expected.</param>
/// <param name="PinballLow">Pinball loss (Koenker and Bassett 1978) of the quantile 0.1: its sum over the sum of the actuals.</param>
/// <param name="PinballMedian">Likewise of 0.5.</param>
/// <param name="PinballHigh">Likewise of 0.9.</param>
/// <param name="Coverage">The share of days from the low to the high quantile; 0.8 where they hold what they promise.</param>
/// <param name="TotalMape">Mean over the stores and origins of the absolute error of the total of all their days, each over its actual.</param>
internal sealed record ForecastAccuracy(
    int Days,
    double Rmspe,
    double Wape,
    double Mape,
    double Bias,
    double PinballLow,
    double PinballMedian,
    double PinballHigh,
    double Coverage,
    double TotalMape)
{
    /// <summary>Scores days.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ForecastAccuracy Of(IReadOnlyCollection<ScoredDay> days)
    {
        if (days.Count == 0)
        {
            throw new ArgumentException("There is no day to score.", nameof(days));
        }

        var actual = days.Sum(day => day.Actual);
        return new ForecastAccuracy(
            days.Count,
            Math.Sqrt(days.Average(day => Math.Pow(Error(day) / day.Actual, 2))),
            days.Sum(day => Math.Abs(Error(day))) / actual,
            days.Average(day => Math.Abs(Error(day)) / day.Actual),
            days.Sum(Error) / actual,
            days.Sum(day => Pinball(day.Actual - day.Forecast.Low, 0.1)) / actual,
            days.Sum(day => Pinball(day.Actual - day.Forecast.Median, 0.5)) / actual,
            days.Sum(day => Pinball(day.Actual - day.Forecast.High, 0.9)) / actual,
            days.Average(day => day.Actual >= day.Forecast.Low && day.Actual <= day.Forecast.High ? 1.0 : 0),
            TotalErrors(days).Values.Average(Math.Abs));
    }

    /// <summary>The error of the total of each store after each origin, over its actual: of a month where the days are those of a month.</summary>
    public static IReadOnlyDictionary<(DateOnly Origin, string Store), double> TotalErrors(IEnumerable<ScoredDay> days) =>
        days.GroupBy(day => (day.Origin, day.Forecast.Day.Store)).ToDictionary(group => group.Key, group => group.Sum(Error) / group.Sum(day => day.Actual));

    /// <summary>How much less the weighted error is than that of another method on the same days: 1 for no error at all, below 0 for a worse one.</summary>
    public double SkillAgainst(ForecastAccuracy other) => 1 - (Wape / other.Wape);

    private static double Error(ScoredDay day) => day.Forecast.Expected - day.Actual;

    private static double Pinball(double above, double share) => above >= 0 ? share * above : (share - 1) * above;
}
