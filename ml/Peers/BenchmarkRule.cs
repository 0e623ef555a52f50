namespace RetailInsight.Ml.Peers;

/// <summary>A store that takes part in figures across companies.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Store">Its code; only for telling stores apart, no verdict names it.</param>
/// <param name="Weight">How much of the figure it is, such as its net sales; 0 or more.</param>
internal readonly record struct BenchmarkStore(string Tenant, string Store, decimal Weight);

/// <summary>Why a company may not see the figure of a cell.</summary>
internal enum BenchmarkRefusal
{
    /// <summary>It does not share its own figures.</summary>
    DoesNotShare,

    /// <summary>Too few stores of others.</summary>
    TooFewStores,

    /// <summary>They belong to too few others.</summary>
    TooFewTenants,

    /// <summary>One of the others is more than half of the figure.</summary>
    Dominated,

    /// <summary>Since the figure before stores of one company alone came or went: the difference would be about that company.</summary>
    OneTenantChanged,
}

/// <summary>Whether a company may see the figure of a cell.</summary>
/// <param name="Refusal">Why not; null when it may.</param>
/// <param name="Stores">Stores of others the figure is of, to be shown beside it; 0 when refused.</param>
/// <param name="Tenants">The companies they belong to; 0 when refused.</param>
internal readonly record struct BenchmarkVerdict(BenchmarkRefusal? Refusal, int Stores, int Tenants)
{
    /// <summary>Whether it may.</summary>
    public bool IsShown => Refusal is null;
}

/// <summary>
/// Who may see figures of others. The rule is symmetric: who sees shares, and who does not share is in nobody's figures. What is
/// shown is of the others only, at least 5 stores of at least 3 companies of which none is more than half, and quartiles of
/// ratios rather than sums, smallest or largest values. No store or company is ever named. Cells are those of
/// <see cref="BenchmarkCells"/>: no two of them overlap, so that none can be taken from another.
/// </summary>
internal static class BenchmarkRule
{
    /// <summary>Stores of others at least.</summary>
    public const int FewestStores = 5;

    /// <summary>Other companies at least: k stores of one company are one secret.</summary>
    public const int FewestTenants = 3;

    /// <summary>The weight one company may have at most.</summary>
    public const decimal LargestShare = 0.5m;

    /// <summary>Judges one cell for one company.</summary>
    /// <param name="asker">Who wants to see.</param>
    /// <param name="sharing">Who agreed to share.</param>
    /// <param name="cell">The stores of the cell, in any order; those of companies that do not share are left out.</param>
    /// <param name="before">The stores of the cell when its figure was last shown; null for the first time.</param>
    public static BenchmarkVerdict Judge(
        string asker, IReadOnlySet<string> sharing, IReadOnlyCollection<BenchmarkStore> cell, IReadOnlyCollection<BenchmarkStore>? before = null)
    {
        if (!sharing.Contains(asker))
        {
            return new(BenchmarkRefusal.DoesNotShare, 0, 0);
        }

        var others = cell.Where(store => store.Tenant != asker && sharing.Contains(store.Tenant)).ToList();
        var weights = others.GroupBy(store => store.Tenant, store => store.Weight).Select(tenant => tenant.Sum()).ToList();
        BenchmarkRefusal? refusal = others.Count < FewestStores ? BenchmarkRefusal.TooFewStores
            : weights.Count < FewestTenants ? BenchmarkRefusal.TooFewTenants
            : weights.Max() > LargestShare * weights.Sum() || weights.Sum() <= 0 ? BenchmarkRefusal.Dominated
            : before is not null && Changed(others, before.Where(store => store.Tenant != asker)) == 1 ? BenchmarkRefusal.OneTenantChanged
            : null;
        return refusal is null ? new(null, others.Count, weights.Count) : new(refusal, 0, 0);
    }

    /// <summary>Whether every company that shares, in the cell or not, may see the cell.</summary>
    public static bool IsSafe(IReadOnlySet<string> sharing, IReadOnlyCollection<BenchmarkStore> cell) =>
        cell.Count > 0 && sharing.All(asker => Judge(asker, sharing, cell).IsShown);

    private static int Changed(IEnumerable<BenchmarkStore> now, IEnumerable<BenchmarkStore> before)
    {
        var stores = now.Select(store => (store.Tenant, store.Store)).ToHashSet();
        stores.SymmetricExceptWith(before.Select(store => (store.Tenant, store.Store)));
        return stores.Select(store => store.Tenant).Distinct().Count();
    }
}
