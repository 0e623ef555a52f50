namespace RetailInsight.Ml.Targets;

/// <summary>
/// Potential of stores in one figure: the gap to the upper quartile of their peers, net of what structure explains, shrunk to
/// what moves from year to year, at most what stores of the kind are seen to improve in a year.
/// </summary>
internal static class PotentialEstimate
{
    /// <summary>Fewer peers than these are no yardstick.</summary>
    public const int FewestPeers = 5;

    private const double UpperQuartile = 0.75;

    // Two-sided 88 % of the normal distribution: variances are estimated, gaps that open and close are not normal, and shrinking
    // costs the large ones most; four of five are promised.
    private const double Spread = 1.5548;

    /// <summary>The potential of every store, in their order.</summary>
    /// <param name="stores">Stores of one tenant with one figure; any positive one.</param>
    /// <exception cref="ArgumentException">A store appears twice, or covariates differ in number.</exception>
    public static IReadOnlyList<Potential> Of(IReadOnlyList<StoreKpi> stores)
    {
        if (stores.Count == 0)
        {
            return [];
        }

        if (stores.SelectMany(store => new[] { store.Now, store.YearBefore ?? store.Now }).Select(period => period.Structure.Length).Distinct().Count() > 1)
        {
            throw new ArgumentException("All stores need the same covariates in both years.", nameof(stores));
        }

        var places = stores.Select((store, i) => (store.Store, i)).ToDictionary(place => place.Store, place => place.i, StringComparer.Ordinal);
        var residuals = Residuals(stores);
        var movements = Movements(stores, residuals);
        var parts = stores.Select((store, i) => Part(residuals[i], movements[i])).ToArray();
        return
        [
            .. stores.Select((store, i) =>
            {
                var peers = store.Peers.Where(peer => peer != store.Store && places.ContainsKey(peer)).Distinct().ToList();
                var level = parts[i].Level + stores[i].Now.Figure.Log - residuals[i].Now;
                return peers.Count < FewestPeers || movements[i] is not { } movement
                    ? new Potential(store.Store, Math.Exp(level), 0, 0, 0, 0, 0, 0, 0, PotentialBound.NoEvidence, [.. peers])
                    : Estimate(store.Store, Math.Exp(level), parts[i], [.. peers.Select(peer => parts[places[peer]])], movement.Cap) with { Peers = [.. peers] };
            }),
        ];
    }

    private static Potential Estimate(string store, double level, MovingPart own, List<MovingPart> peers, double cap)
    {
        var gap = Quantile.Of([.. peers.Select(peer => peer.Level).Order()], UpperQuartile) - own.Level;

        // Shrunk parts lie closer together than true ones; a quartile is asked of parts with their true spread (Louis 1984).
        var reach = Quantile.Of([.. peers.Select(peer => peer.Rho > 0 ? peer.Part / Math.Sqrt(peer.Rho) : 0).Order()], UpperQuartile);
        var movable = reach - own.Part;

        // The variance of a quartile of n values is about 1.86 times theirs over n.
        var deviation = Math.Sqrt(own.Variance + (1.86 * peers.Average(peer => peer.Variance) / peers.Count));
        var lift = gap <= 0 ? 0 : Math.Clamp(movable, 0, cap);
        var bound = gap <= 0 ? PotentialBound.UpperQuartile
            : lift <= 0 ? PotentialBound.StandingGap
            : movable > cap ? PotentialBound.ObservedImprovement : PotentialBound.Gap;
        var low = Math.Max(0, Math.Min(lift, movable - (Spread * deviation)));
        return new(store, level, gap, movable, low, Math.Max(lift, movable + (Spread * deviation)), own.Rho, cap, lift, bound, []);
    }

    private static (double Now, double NowVariance, (double Residual, double Variance)? Before)[] Residuals(IReadOnlyList<StoreKpi> stores)
    {
        var now = StructuralFit.Fit([.. stores.Select(store => store.Now.Figure)], [.. stores.Select(store => store.Now.Structure)]);
        var seen = Enumerable.Range(0, stores.Count).Where(i => stores[i].YearBefore is not null).ToList();
        var before = new (double, double)?[stores.Count];
        if (seen.Count > 0)
        {
            var fit = StructuralFit.Fit([.. seen.Select(i => stores[i].YearBefore!.Figure)], [.. seen.Select(i => stores[i].YearBefore!.Structure)]);
            for (var k = 0; k < seen.Count; k++)
            {
                before[seen[k]] = (fit.Residuals[k], stores[seen[k]].YearBefore!.Figure.Variance);
            }
        }

        return [.. stores.Select((store, i) => (now.Residuals[i], store.Now.Figure.Variance, before[i]))];
    }

    // A kind too small to be judged by itself is judged by all stores; no store is where even those are too few.
    private static Movement?[] Movements(
        IReadOnlyList<StoreKpi> stores, (double Now, double NowVariance, (double Residual, double Variance)? Before)[] residuals)
    {
        var pairs = stores.Select((store, i) => (store.Kind, residuals[i])).Where(pair => pair.Item2.Before is not null)
            .Select(pair => (pair.Kind, Pair: new ResidualPair(pair.Item2.Now, pair.Item2.NowVariance, pair.Item2.Before!.Value.Residual, pair.Item2.Before.Value.Variance)))
            .ToList();
        var all = pairs.Count < Movement.FewestStores ? null : Movement.Of([.. pairs.Select(pair => pair.Pair)]);
        var byKind = pairs.GroupBy(pair => pair.Kind, StringComparer.Ordinal).Where(kind => kind.Count() >= Movement.FewestStores)
            .ToDictionary(kind => kind.Key, kind => Movement.Of([.. kind.Select(pair => pair.Pair)]), StringComparer.Ordinal);
        return [.. stores.Select(store => byKind.GetValueOrDefault(store.Kind) ?? all)];
    }

    private static MovingPart Part((double Now, double NowVariance, (double Residual, double Variance)? Before) residual, Movement? movement)
    {
        if (movement is null)
        {
            return new(residual.Now, 0, 0, 0);
        }

        var (part, rho) = movement.MovingPart(residual.Now, residual.NowVariance, residual.Before);
        var known = movement.Moving + movement.Standing;
        var believed = known > 0 ? known / (known + residual.NowVariance) : 0;
        return new(believed * residual.Now, part, rho, movement.Moving * (1 - rho));
    }

    /// <summary>A store's residual as far as its counts bear it, what of it moves, with the variance of that.</summary>
    private readonly record struct MovingPart(double Level, double Part, double Rho, double Variance);
}
