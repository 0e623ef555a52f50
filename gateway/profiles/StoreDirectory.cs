using RetailInsight.Core.Canon;

namespace RetailInsight.Profiles;

/// <summary>One store of the tenant's master.</summary>
/// <param name="Code">The store's code in the tenant's own master.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Calendar">Time zone and business-day cut-over.</param>
public sealed record StoreEntry(string Code, string Name, BusinessCalendar Calendar);

/// <summary>A register standing in a store, or a code of the vendor's meaning it, during [<see cref="ValidFrom"/>, <see cref="ValidTo"/>].</summary>
/// <param name="Terminal">The code of the register, or of the store, as the vendor sends it.</param>
/// <param name="Store">Code of the store in the tenant's master.</param>
/// <param name="ValidFrom">First business date.</param>
/// <param name="ValidTo">Last business date, inclusive; null while it still stands there.</param>
public sealed record PosAssignment(string Terminal, string Store, DateOnly ValidFrom, DateOnly? ValidTo);

/// <summary>
/// The stores and registers of one tenant as a converter sees them. Moving a register to another store does not move its
/// history: a register is looked up on the business date of the receipt; so is a code of the vendor's that was given to another store later.
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
            if (Holds(assignment, on))
            {
                return ByCode(assignment.Store);
            }
        }

        return null;
    }

    /// <summary>
    /// The store a register stood in, or a code meant, on a business date that follows from the store itself, by its time zone and cut-over.
    /// Null when no assignment holds on the date that its store gives.
    /// </summary>
    /// <param name="terminal">The code as the vendor sends it.</param>
    /// <param name="dateIn">The business date a store gives; null when it cannot be known.</param>
    public StoreEntry? ByTerminal(string terminal, Func<StoreEntry, DateOnly?> dateIn)
    {
        ArgumentNullException.ThrowIfNull(dateIn);
        var history = _assignments.GetValueOrDefault(terminal) ?? [];
        for (var i = 0; i < history.Length; i++)
        {
            // One that began later holds also where its store is none the caller knows.
            if (ByCode(history[i].Store) is { } store && dateIn(store) is { } on && Holds(history[i], on) && !Array.Exists(history[..i], later => Holds(later, on)))
            {
                return store;
            }
        }

        return null;
    }

    private static bool Holds(PosAssignment assignment, DateOnly on) => assignment.ValidFrom <= on && (assignment.ValidTo is null || on <= assignment.ValidTo);
}
