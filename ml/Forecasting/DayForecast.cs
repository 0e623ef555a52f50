namespace RetailInsight.Ml.Forecasting;

/// <summary>A forecast of one day, in the unit of the history (currency units or visitors): an estimate, so binary fractions.</summary>
/// <param name="Day">The day.</param>
/// <param name="Expected">The mean that is expected.</param>
/// <param name="Low">One day in ten stays below.</param>
/// <param name="Median">Half of the days stay below.</param>
/// <param name="High">One day in ten goes above.</param>
/// <param name="LowConfidence">Whether the store's own history is shorter than eight weeks, so that it is drawn to the chain and the interval is wide.</param>
internal readonly record struct DayForecast(OpenDay Day, double Expected, double Low, double Median, double High, bool LowConfidence);
