namespace RetailInsight.Ml.Targets;

/// <summary>How a store differs from what its structure lets expect, now and a year before; logs.</summary>
/// <param name="Now">Residual of now.</param>
/// <param name="NowVariance">Its sampling variance.</param>
/// <param name="Before">Residual of a year before.</param>
/// <param name="BeforeVariance">Its sampling variance.</param>
internal readonly record struct ResidualPair(double Now, double NowVariance, double Before, double BeforeVariance);

/// <summary>
/// What moves among the stores of a kind from year to year and what stands. A residual is taken as the sum of a part that
/// stands (an unmeasured trait of the place), one that is new every year (work) and sampling noise; moments of the pairs of
/// years give the variances of the first two (method of moments, weighted as in DerSimonian and Laird 1986).
/// </summary>
/// <param name="Moving">Variance of the part that is new every year: half the variance of changes, net of noise.</param>
/// <param name="Standing">Variance of the part that stands.</param>
/// <param name="Cap">The 80 % quantile of the improvements of a year, freed from noise.</param>
internal sealed record Movement(double Moving, double Standing, double Cap)
{
    /// <summary>The fewest pairs of years that are asked.</summary>
    public const int FewestStores = 20;

    private const double CapShare = 0.8;

    /// <summary>The moments of stores seen in both years.</summary>
    public static Movement Of(IReadOnlyList<ResidualPair> stores)
    {
        var noise = stores.Select(store => store.NowVariance + store.BeforeVariance).Order().ToArray();
        var usual = Math.Max(Quantile.Of(noise, 0.5), 1e-9);
        var weights = stores.Select(store => usual / (usual + store.NowVariance + store.BeforeVariance)).ToArray();
        var total = weights.Sum();
        var now = Weighted(store => store.Now) / total;
        var before = Weighted(store => store.Before) / total;
        var change = now - before;
        var freedom = total - (weights.Sum(weight => weight * weight) / total);
        var squares = Weighted(store => Square(store.Now - store.Before - change));
        var chance = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            chance += weights[i] * (stores[i].NowVariance + stores[i].BeforeVariance) * (1 - (weights[i] / total));
        }

        var changes = Math.Max(0, (squares - chance) / freedom);
        var standing = Math.Max(0, Weighted(store => (store.Now - now) * (store.Before - before)) / freedom);

        // Each change is drawn to the mean by its own noise and the whole stretched back to the variance of true changes.
        var improvements = stores.Select(store => (store.Now - store.Before - change) * Math.Sqrt(changes / (changes + store.NowVariance + store.BeforeVariance + 1e-12)))
            .Where(improvement => improvement > 0).Order().ToArray();
        return new(changes / 2, standing, improvements.Length == 0 ? 0 : Quantile.Of(improvements, CapShare));

        double Weighted(Func<ResidualPair, double> value)
        {
            var sum = 0.0;
            for (var i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * value(stores[i]);
            }

            return sum;
        }
    }

    /// <summary>
    /// The moving part of a store's residual of now: rho × (now − what its residual of a year before lets expect to stand).
    /// A gap that was the same a year ago therefore counts for little where gaps are known to stand.
    /// </summary>
    /// <returns>The part and rho.</returns>
    public (double Part, double Rho) MovingPart(double now, double nowVariance, (double Residual, double Variance)? before)
    {
        var stays = before is { } known && Standing > 0 ? Standing / (Standing + Moving + known.Variance) : 0;
        var unknown = Moving + nowVariance + (Standing * (1 - stays));
        var rho = unknown > 0 ? Moving / unknown : 0;
        return (rho * (now - (stays * (before?.Residual ?? 0))), rho);
    }

    private static double Square(double value) => value * value;
}
