using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Stores;

/// <summary>Stores that belong together.</summary>
/// <param name="Kind"><c>area</c>, <c>format</c>, <c>prefecture</c> or <c>cluster</c>.</param>
/// <param name="Name">In the company's words; of a cluster its number.</param>
/// <param name="Stores">Codes, at least two.</param>
internal sealed record StoreGroup(string Kind, string Name, IReadOnlyList<string> Stores)
{
    /// <summary>How addresses name it.</summary>
    public string Key => $"{Kind}:{Name}";
}

/// <summary>Reads of groups.</summary>
internal static class StoreGroups
{
    /// <summary>The groups of at least two of some stores: by area, format, prefecture, and cluster as of a date.</summary>
    public static async Task<IReadOnlyList<StoreGroup>> GroupsAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly date, CancellationToken cancellationToken) =>
        [.. (await read.ListAsync(
            """
            SELECT kind, name, store FROM (
              SELECT 1 AS place, 'area' AS kind, area AS name, store FROM tenancy.store WHERE tenant = @tenant
              UNION ALL SELECT 2, 'format', format, store FROM tenancy.store WHERE tenant = @tenant
              UNION ALL SELECT 3, 'prefecture', prefecture, store FROM tenancy.store WHERE tenant = @tenant
              UNION ALL SELECT 4, 'cluster', cluster::text, store FROM mart.store_cluster WHERE tenant = @tenant AND business_date =
                (SELECT max(business_date) FROM mart.store_cluster WHERE tenant = @tenant AND business_date <= @date)
            ) AS one
            WHERE name <> '' AND store = ANY(@stores)
            ORDER BY place, name, store
            """,
            row => (Kind: row.GetString(0), Name: row.GetString(1), Store: row.GetString(2)),
            cancellationToken,
            new("stores", stores.ToArray()), new NpgsqlParameter("date", date)))
            .GroupBy(row => (row.Kind, row.Name)).Select(group => new StoreGroup(group.Key.Kind, group.Key.Name, [.. group.Select(row => row.Store)])).Where(group => group.Stores.Count > 1)];
}
