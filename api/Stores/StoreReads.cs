using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Stores;

/// <summary>A shop as the pages and the API show it. Minutes count from local midnight of the business date; closes may exceed 1440.</summary>
internal sealed record Store(string Code, string Name, string TimeZone, int OpensMinute, int ClosesMinute, int DoorLines, string Prefecture);

/// <summary>The company: its reporting currency and zone.</summary>
internal sealed record Tenant(string Code, string Name, string Currency, string TimeZone);

/// <summary>Reads of master data.</summary>
internal static class StoreReads
{
    /// <summary>The stores a person may see, by code.</summary>
    public static async Task<List<Store>> StoresAsync(this TenantRead read, SessionUser user, CancellationToken cancellationToken)
    {
        var stores = await read.EveryStoreAsync(cancellationToken);
        stores.RemoveAll(store => !user.MaySee(store.Code));
        return stores;
    }

    /// <summary>Every store of the tenant by code, for work that is nobody's request.</summary>
    public static Task<List<Store>> EveryStoreAsync(this TenantRead read, CancellationToken cancellationToken) => read.ListAsync(
        """
        SELECT store, name, time_zone, opens_minute, closes_minute, door_lines, prefecture FROM tenancy.store
        WHERE tenant = @tenant ORDER BY store
        """,
        row => new Store(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetString(6)),
        cancellationToken);

    /// <summary>The company of this read.</summary>
    /// <exception cref="InvalidOperationException">The tenant was removed while its people are signed in.</exception>
    public static async Task<Tenant> CompanyAsync(this TenantRead read, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            "SELECT tenant, name, currency, time_zone FROM tenancy.tenant WHERE tenant = @tenant",
            row => new Tenant(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            cancellationToken)).SingleOrDefault() ?? throw new InvalidOperationException($"Tenant {read.Tenant} does not exist.");

    /// <summary>
    /// Checks the stores a caller names. A store of another tenant, of another manager and one that does not exist are all
    /// the same to the caller: the first such code comes back in <paramref name="unknown"/>.
    /// </summary>
    /// <returns>The filter for the reads; null when the whole tenant is meant.</returns>
    public static string[]? Select(IReadOnlyList<Store> visible, SessionUser user, string[]? named, out string? unknown)
    {
        unknown = named?.FirstOrDefault(code => !visible.Any(store => store.Code == code));
        return named ?? (user.Stores is null ? null : [.. visible.Select(store => store.Code)]);
    }
}
