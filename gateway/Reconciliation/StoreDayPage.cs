namespace RetailInsight.Gateway.Reconciliation;

/// <summary>A page of the ledger by store-day, newest day first. Amounts are decimal strings in currency units.</summary>
/// <param name="Items">Store-days.</param>
/// <param name="Unassigned">On the first page: rows that are of no store-day, such as register masters and what is held without one.</param>
/// <param name="NextCursor">Of the next page.</param>
internal sealed record StoreDayPage(IReadOnlyList<StoreDay> Items, IReadOnlyList<StoreDayFeed> Unassigned, string? NextCursor);
