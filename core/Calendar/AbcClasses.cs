namespace RetailInsight.Core.Calendar;

/// <summary>The class of an item by its share of sales.</summary>
public enum AbcClass
{
    /// <summary>The first items, which together make up to 70 % of sales.</summary>
    A,

    /// <summary>Those after them, up to 90 %.</summary>
    B,

    /// <summary>The rest.</summary>
    C,
}

/// <summary>An item in its class.</summary>
/// <param name="Code">Item code.</param>
/// <param name="Net">Its sales, micros.</param>
/// <param name="CumulativeNet">Sales of this item and all before it, micros; items without sales above zero add nothing.</param>
/// <param name="Class">Its class.</param>
public readonly record struct AbcItem(string Code, long Net, long CumulativeNet, AbcClass Class);

/// <summary>
/// Classes items by sales: sorted by net, the largest first and ties by code, an item is A while the share of it and all before it is at
/// most 70 %, B while at most 90 %, else C. The shares are of the items that sold more than nothing; the others come last and are C. The
/// first item is A whatever its share, so that one that makes most of the sales is not called a slow mover.
/// </summary>
public static class AbcClasses
{
    private const int UpToA = 70;
    private const int UpToB = 90;

    /// <summary>Sorts and classes the items.</summary>
    /// <exception cref="OverflowException">All sales together do not fit in 64 bits of micros.</exception>
    public static IReadOnlyList<AbcItem> Of(IEnumerable<KeyValuePair<string, long>> netByCode)
    {
        ArgumentNullException.ThrowIfNull(netByCode);
        var sorted = netByCode.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).ToList();
        var total = sorted.Where(item => item.Value > 0).Sum(item => item.Value);
        var items = new List<AbcItem>(sorted.Count);
        var cumulative = 0L;
        foreach (var (code, net) in sorted)
        {
            cumulative += Math.Max(0, net);
            items.Add(new AbcItem(code, net, cumulative, net <= 0 ? AbcClass.C : items.Count == 0 ? AbcClass.A : ClassOf(cumulative, total)));
        }

        return items;
    }

    private static AbcClass ClassOf(Int128 cumulative, long total) =>
        cumulative * 100 <= (Int128)total * UpToA ? AbcClass.A : cumulative * 100 <= (Int128)total * UpToB ? AbcClass.B : AbcClass.C;
}
