namespace RetailInsight.Ml.Peers;

/// <summary>A store and where it belongs.</summary>
/// <param name="Store">The store.</param>
/// <param name="Narrow">The narrow group it is in, such as drug stores in Osaka.</param>
/// <param name="Wide">The wide group that one is part of, such as drug stores.</param>
internal readonly record struct PlacedStore(BenchmarkStore Store, string Narrow, string Wide);

/// <summary>Stores whose figure is shown as one.</summary>
/// <param name="Name">The narrow group, or the wide one.</param>
/// <param name="IsRest">Whether it is what is left of the wide group beside its narrow ones.</param>
/// <param name="Stores">Its stores.</param>
internal sealed record BenchmarkCell(string Name, bool IsRest, IReadOnlyList<BenchmarkStore> Stores);

/// <summary>
/// The cells across companies. A store is in one cell at most and nobody can ask for another cut, so that no figure can be
/// subtracted from another. A narrow group is a cell where whoever asks may see it; what is left of its wide group is one more.
/// Where that rest alone may not be shown the wide group is one cell, and where that may not either the rest is in none.
/// </summary>
internal static class BenchmarkCells
{
    /// <summary>The cells, by name.</summary>
    /// <param name="sharing">The companies that share.</param>
    /// <param name="stores">Stores and their groups; those of companies that do not share are left out.</param>
    /// <exception cref="ArgumentException">A store stands there twice, or a narrow group is part of two wide ones.</exception>
    public static IReadOnlyList<BenchmarkCell> Of(IReadOnlySet<string> sharing, IEnumerable<PlacedStore> stores)
    {
        var shared = stores.Where(one => sharing.Contains(one.Store.Tenant)).ToList();
        if (shared.DistinctBy(one => (one.Store.Tenant, one.Store.Store)).Count() < shared.Count
            || shared.Select(one => (one.Narrow, one.Wide)).Distinct().GroupBy(group => group.Narrow).Any(group => group.Count() > 1))
        {
            throw new ArgumentException("A store is in one narrow group, and that in one wide group.", nameof(stores));
        }

        return [.. shared.GroupBy(one => one.Wide).SelectMany(wide => Within(sharing, wide.Key, [.. wide])).OrderBy(cell => cell.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<BenchmarkCell> Within(IReadOnlySet<string> sharing, string wide, List<PlacedStore> stores)
    {
        var narrow = stores.GroupBy(one => one.Narrow, one => one.Store)
            .Select(group => new BenchmarkCell(group.Key, false, [.. group])).Where(cell => BenchmarkRule.IsSafe(sharing, cell.Stores)).ToList();
        List<BenchmarkStore> whole = [.. stores.Select(one => one.Store)];
        List<BenchmarkStore> rest = [.. whole.Except(narrow.SelectMany(cell => cell.Stores))];
        return rest.Count == 0 ? narrow
            : BenchmarkRule.IsSafe(sharing, rest) ? narrow.Append(new BenchmarkCell(wide, narrow.Count > 0, rest))
            : BenchmarkRule.IsSafe(sharing, whole) ? [new BenchmarkCell(wide, false, whole)]
            : narrow;
    }
}
