using RetailInsight.Core.Canon;

namespace RetailInsight.Profiles;

/// <summary>One store of the tenant's master.</summary>
/// <param name="Code">The store's code in the tenant's own master.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Calendar">Time zone and business-day cut-over.</param>
public sealed record StoreEntry(string Code, string Name, BusinessCalendar Calendar);

/// <summary>A register standing in a store during [<see cref="ValidFrom"/>, <see cref="ValidTo"/>].</summary>
/// <param name="Terminal">The register's code as the vendor sends it.</param>
/// <param name="Store">Code of the store it stands in.</param>
/// <param name="ValidFrom">First business date.</param>
/// <param name="ValidTo">Last business date, inclusive; null while it still stands there.</param>
public sealed record PosAssignment(string Terminal, string Store, DateOnly ValidFrom, DateOnly? ValidTo);

/// <summary>
/// The stores and registers of one tenant as a converter sees them. Moving a register to another store does not move its
/// history: a register is looked up on the business date of the receipt.
/// </summary>
public sealed class StoreDirectory
{
    private readonly Dictionary<string, StoreEntry> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PosAssignment[]> _assignments;

    /// <summary>Creates the directory. A store given twice keeps its last entry.</summary>
    public StoreDirectory(IEnumerable<StoreEntry> stores, IEnumerable<PosAssignment> assignments)
    {
        ArgumentNullException.ThrowIfNull(stores);
        ArgumentNullException.ThrowIfNull(assignments);
        foreach (var store in stores)
        {
            _stores[store.Code] = store;
        }

        _assignments = assignments
            .GroupBy(assignment => assignment.Terminal, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.OrderByDescending(a => a.ValidFrom).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The store with that code, or null.</summary>
    public StoreEntry? ByCode(string code) => _stores.GetValueOrDefault(code);

    /// <summary>
    /// The store a register stood in on a business date, or null when no assignment holds that day or its store is not in
    /// the master. Where two assignments overlap, the one that began later holds.
    /// </summary>
    public StoreEntry? ByTerminal(string terminal, DateOnly on)
    {
        if (!_assignments.TryGetValue(terminal, out var history))
        {
            return null;
        }

        foreach (var assignment in history)
        {
            if (assignment.ValidFrom <= on && (assignment.ValidTo is null || on <= assignment.ValidTo))
            {
                return ByCode(assignment.Store);
            }
        }

        return null;
    }
}
