namespace RetailInsight.Ml.Forecasting;

/// <summary>How a <see cref="LogAdditiveModel"/> is fitted; as it comes it is the champion.</summary>
/// <param name="Effects">Its effects.</param>
/// <param name="HalfLife">After so many days a day counts half.</param>
/// <param name="TrendSpread">How far chains of the kind grow or shrink in a year, as a standard deviation of logarithms; 0 for no trend at all.</param>
/// <param name="StoreTrendPrior">How many days with the growth of the chain are set against a store's own.</param>
/// <param name="Damping">What is left of the trend of a day on the next, ahead of the last day known; below 1.</param>
/// <param name="RecentHalfLife">The level of the last weeks: after so many days a day counts half; 0 for none.</param>
/// <param name="RecentPrior">How many days at the old level are set against them.</param>
internal sealed record LogAdditiveOptions(
    IReadOnlyList<Effect> Effects,
    double HalfLife = 400,
    double TrendSpread = 0.03,
    double StoreTrendPrior = 40,
    double Damping = 0.97,
    double RecentHalfLife = 14,
    double RecentPrior = 4)
{
    /// <summary>The champion: every effect of <see cref="Effect.OfStores"/> and a damped trend.</summary>
    public static LogAdditiveOptions Champion { get; } = new(Effect.OfStores);
}
