using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// The stores of a tenant as questions need them. Kept for a few seconds: a thousand stores are not read again for each of hundreds of
/// questions a second, and a new store is seen soon enough.
/// </summary>
internal sealed class StoreRoster(IMemoryCache cache, TimeProvider clock)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    /// <summary>The stores as they were at most a few seconds ago, where they have been read since.</summary>
    public Roster? Kept(string tenant) => cache.TryGetValue((typeof(StoreRoster), tenant), out Roster? kept) && clock.GetElapsedTime(kept!.ReadAt) < Age ? kept : null;

    /// <summary>The stores as they were at most a few seconds ago.</summary>
    public async Task<Roster> OfAsync(TenantRead read, CancellationToken cancellationToken)
    {
        if (Kept(read.Tenant) is { } kept)
        {
            return kept;
        }

        var stores = await read.ListAsync(
            "SELECT store, opened_on, closed_on, floor_area::text, closes_minute FROM tenancy.store WHERE tenant = @tenant ORDER BY store",
            row => (new RosterStore(row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateOnly>(2), row.GetInt32(4)),
                Area: row.IsDBNull(3) ? "" : row.GetString(3)),
            cancellationToken);
        var zones = await read.ListAsync("SELECT time_zone FROM tenancy.tenant WHERE tenant = @tenant", row => row.GetString(0), cancellationToken);
        var zone = zones.Count > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(zones[0], out var found) ? found : TimeZoneInfo.Utc;
        var calendar = await read.CalendarAsync(cancellationToken);
        var text = calendar.Fingerprint + string.Join('\n', stores.Select(store => $"{store.Item1.Code}\t{store.Item1.OpenedOn?.DayNumber}\t{store.Item1.ClosedOn?.DayNumber}\t{store.Item1.ClosesMinute}\t{store.Area}"));
        var roster = new Roster(
            [.. stores.Select(store => store.Item1)], zone, calendar, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8)), clock.GetTimestamp());
        return cache.Set((typeof(StoreRoster), read.Tenant), roster, Age);
    }
}

/// <summary>The stores of one tenant.</summary>
/// <param name="Stores">In the order of their codes.</param>
/// <param name="Zone">The company's zone.</param>
/// <param name="Calendar">The company's calendar.</param>
/// <param name="Fingerprint">Changes with whatever answers depend on.</param>
/// <param name="ReadAt">Timestamp of the monotonic clock.</param>
internal sealed record Roster(IReadOnlyList<RosterStore> Stores, TimeZoneInfo Zone, CompanyCalendar Calendar, string Fingerprint, long ReadAt)
{
    private readonly Dictionary<string, RosterStore> _byCode = Stores.ToDictionary(store => store.Code, StringComparer.Ordinal);

    /// <summary>The store of a code; null when there is none.</summary>
    public RosterStore? Find(string code) => _byCode.GetValueOrDefault(code);
}

/// <summary>
/// A store, its first and last day, null where there is none, and when it closes, in minutes since local midnight of the business date.
/// </summary>
internal sealed record RosterStore(string Code, DateOnly? OpenedOn, DateOnly? ClosedOn, int ClosesMinute)
{
    /// <summary>Whether the store had opened and had not closed for good.</summary>
    public bool IsOpenOn(DateOnly date) => (OpenedOn is null || OpenedOn <= date) && (ClosedOn is null || date <= ClosedOn);
}
