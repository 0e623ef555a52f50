using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Etl.Stores;

/// <summary>Brings a tenant's store master into the warehouse, as a new snapshot whenever it says something new.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>.</param>
/// <param name="warehouse">Holds <see cref="RawTables.StoreSnapshot"/> already.</param>
/// <param name="clock">Stamps snapshots.</param>
public sealed class StoreMasterLoader(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, IWarehouse warehouse, TimeProvider clock)
{
    private const string Master = """
        SELECT store.store, store.name, store.opens_minute::bigint, store.closes_minute::bigint, store.door_lines::bigint,
          store.floor_area, tenant.currency
        FROM tenancy.store AS store JOIN tenancy.tenant AS tenant ON tenant.tenant = store.tenant
        WHERE store.tenant = $1
        ORDER BY store.store
        """;

    private const string Newest = """
        SELECT store, name, opens_minute, closes_minute, door_lines, floor_area, currency, snapshot_at
        FROM store WHERE tenant = @tenant
        """;

    /// <summary>Takes a snapshot if the master differs from the newest one.</summary>
    /// <returns>Whether it did. A master without a store is never snapshotted.</returns>
    public async Task<bool> SnapshotAsync(string tenant, CancellationToken cancellationToken)
    {
        var master = await ReadMasterAsync(tenant, cancellationToken);
        var (newest, takenAt) = await ReadNewestAsync(tenant, cancellationToken);
        if (master.Count == 0 || master.SequenceEqual(newest))
        {
            return false;
        }

        // The snapshot it follows is part of the id: a master that returns to an earlier state is news again, while two
        // loaders that see the same change take one snapshot.
        var id = Id128.FromParts(["raw_store", tenant, Invariant($"{takenAt}"), .. master.Select(store => store.ToString())]);
        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var rows = Rows(tenant, master, Math.Max(now, takenAt + 1));
        await warehouse.LoadAsync(
            [new WarehouseBatch(id.ToString(), tenant, new Dictionary<string, RowBlock> { [RawTables.StoreSnapshot.Name] = rows })],
            cancellationToken);
        return true;
    }

    private async Task<List<StoreRow>> ReadMasterAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Master);
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stores = new List<StoreRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            decimal? area = await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetDecimal(5);
            stores.Add(new StoreRow(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), area, reader.GetString(6)));
        }

        return [.. stores.OrderBy(store => store.Store, StringComparer.Ordinal)];
    }

    private async Task<(List<StoreRow> Stores, long TakenAt)> ReadNewestAsync(string tenant, CancellationToken cancellationToken)
    {
        var stores = new List<StoreRow>();
        var takenAt = 0L;
        var query = new WarehouseQuery(Newest, new Dictionary<string, object> { ["tenant"] = tenant }, tenant);
        await foreach (var block in warehouse.QueryAsync(query, cancellationToken))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                takenAt = block["snapshot_at"].Int64At(row);
                stores.Add(new StoreRow(
                    block["store"].StringAt(row),
                    block["name"].StringAt(row),
                    block["opens_minute"].Int64At(row),
                    block["closes_minute"].Int64At(row),
                    block["door_lines"].Int64At(row),
                    (decimal?)block["floor_area"].ValueAt(row),
                    (string?)block["currency"].ValueAt(row)));
            }
        }

        return ([.. stores.OrderBy(store => store.Store, StringComparer.Ordinal)], takenAt);
    }

    private static RowBlock Rows(string tenant, List<StoreRow> master, long takenAt) => new(
    [
        ColumnData.String("tenant", [.. master.Select(_ => tenant)]),
        ColumnData.String("store", [.. master.Select(store => store.Store)]),
        ColumnData.Timestamp("snapshot_at", [.. master.Select(_ => takenAt)]),
        ColumnData.String("name", [.. master.Select(store => store.Name)]),
        ColumnData.Int64("opens_minute", [.. master.Select(store => store.Opens)]),
        ColumnData.Int64("closes_minute", [.. master.Select(store => store.Closes)]),
        ColumnData.Int64("door_lines", [.. master.Select(store => store.DoorLines)]),
        ColumnData.Numeric("floor_area", [.. master.Select(store => store.FloorArea ?? 0)], [.. master.Select(store => store.FloorArea is null)]),
        ColumnData.String("currency", [.. master.Select(store => store.Currency)]),
    ]);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record StoreRow(
        string Store, string Name, long Opens, long Closes, long DoorLines, decimal? FloorArea, string? Currency)
    {
        public override string ToString() => Invariant($"{Store}\0{Name}\0{Opens}\0{Closes}\0{DoorLines}\0{FloorArea:0.#########}\0{Currency}");
    }
}
