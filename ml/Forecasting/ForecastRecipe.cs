namespace RetailInsight.Ml.Forecasting;

/// <summary>A way to forecast that is tried against the others on the same history.</summary>
/// <param name="Name">Stable: it is kept with every model that was made by it.</param>
/// <param name="Options">How the model is fitted.</param>
internal sealed record ForecastRecipe(string Name, LogAdditiveOptions Options)
{
    /// <summary>The one to start from.</summary>
    public static ForecastRecipe Standard { get; } = new("standard", LogAdditiveOptions.Champion);

    /// <summary>
    /// All of them: one for chains that change quickly, one for chains that hardly do, one that takes no growth for granted, and one for chains whose
    /// promotions nobody told us of, where last year's weeks and dates say less; then the floor, a store's mean weekday, and its mean day, which all others
    /// have to beat. One that was ever in use stays: champions made by it are tested by it.
    /// </summary>
    public static IReadOnlyList<ForecastRecipe> All { get; } =
    [
        Standard,
        new("quick", LogAdditiveOptions.Champion with { HalfLife = 180, RecentHalfLife = 7 }),
        new("steady", LogAdditiveOptions.Champion with { HalfLife = 730, RecentHalfLife = 28, RecentPrior = 14 }),
        new("no-growth", LogAdditiveOptions.Champion with { TrendSpread = 0 }),
        new("no-dates", LogAdditiveOptions.Champion with { Effects = [.. Effect.OfStores.Where(effect => effect.Name is not ("week" or "date"))] }),
        new("weekday", Plain(Effect.Level, "weekday")),
        new("flat", Plain(Effect.Level)),
    ];

    private static LogAdditiveOptions Plain(params ReadOnlySpan<string> factors)
    {
        var known = factors.ToArray();
        return LogAdditiveOptions.Champion with { Effects = [.. Effect.OfStores.Where(effect => known.Contains(effect.Factor))], TrendSpread = 0, RecentHalfLife = 0 };
    }
}
