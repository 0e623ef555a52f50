using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Masters;

/// <summary>What one assignment of a pushed register master changed.</summary>
/// <param name="Terminal">The register.</param>
/// <param name="Change">
/// <c>added</c>: a register, or a stay of it, that was not known. <c>changed</c>: the stay that begins that day is in another store, or ends later.
/// <c>ended</c>: the stay ends, as the row says or because another one begins.
/// </param>
/// <param name="Store">The store it stands in.</param>
/// <param name="ValidFrom">First business date.</param>
/// <param name="ValidTo">Last business date, inclusive; null while it still stands there.</param>
/// <param name="WasStore">The store that was known for the same days; null for one that is added.</param>
/// <param name="WasValidTo">The last business date that was known; null where there was none.</param>
internal sealed record MasterChange(string Terminal, string Change, string Store, DateOnly ValidFrom, DateOnly? ValidTo, string? WasStore, DateOnly? WasValidTo)
{
    /// <summary>Most changes a receipt lists.</summary>
    public const int Listed = 1_000;

    /// <summary>What an assignment changes of what was known of its register.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <param name="known">Every assignment of the register that was known.</param>
    public static IEnumerable<MasterChange> Of(PosAssignment assignment, IReadOnlyList<PosAssignment> known)
    {
        var before = known.FirstOrDefault(one => one.ValidFrom == assignment.ValidFrom);
        if (before == assignment)
        {
            yield break;
        }

        if (before is not null)
        {
            var ends = before.Store == assignment.Store && assignment.ValidTo is { } last && (before.ValidTo is null || last < before.ValidTo);
            yield return new MasterChange(assignment.Terminal, ends ? "ended" : "changed", assignment.Store, assignment.ValidFrom, assignment.ValidTo, before.Store, before.ValidTo);
            yield break;
        }

        yield return new MasterChange(assignment.Terminal, "added", assignment.Store, assignment.ValidFrom, assignment.ValidTo, null, null);

        // Where two stays overlap the one that began later holds: the earlier one is over the day before.
        if (known.Where(one => one.ValidFrom < assignment.ValidFrom).MaxBy(one => one.ValidFrom) is { } earlier && (earlier.ValidTo is null || earlier.ValidTo >= assignment.ValidFrom))
        {
            yield return new MasterChange(earlier.Terminal, "ended", earlier.Store, earlier.ValidFrom, assignment.ValidFrom.AddDays(-1), earlier.Store, earlier.ValidTo);
        }
    }
}

/// <summary>A pushed register master, what it changed, and what held receipts it let in.</summary>
/// <param name="ReceiptId">Its receipt.</param>
/// <param name="Feed">The feed.</param>
/// <param name="ReceivedAt">When the gateway had it whole, UTC.</param>
/// <param name="Changes">What it changed, up to 1,000.</param>
/// <param name="Released">Receipts of its registers that were held and have come in since.</param>
/// <param name="Waiting">Receipts of its registers that are still held.</param>
internal sealed record MasterPush(string ReceiptId, string Feed, DateTimeOffset ReceivedAt, IReadOnlyList<MasterChange> Changes, HeldOfMaster Released, HeldOfMaster Waiting);

/// <summary>Held receipts of some registers.</summary>
/// <param name="Receipts">Receipts.</param>
/// <param name="Rows">Source rows.</param>
/// <param name="Amount">What they state, in currency units; currencies are not told apart.</param>
/// <param name="Replays">The releases that took them in: <c>GET /v1/quarantine/replays/{id}</c>.</param>
/// <param name="StoreDays">The store-days they are of, as far as known, up to 100.</param>
internal sealed record HeldOfMaster(long Receipts, long Rows, string Amount, IReadOnlyList<long> Replays, IReadOnlyList<HeldStoreDay> StoreDays);

/// <summary>A store-day; the store is null where it is not known.</summary>
internal sealed record HeldStoreDay(string? Store, DateOnly BusinessDate);
