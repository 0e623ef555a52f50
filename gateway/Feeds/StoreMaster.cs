using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Feeds;

/// <summary>The stores of a tenant and the registers of one vendor in them, as of <paramref name="LoadedAt"/>; <paramref name="ReadAt"/> is the same by the monotonic clock.</summary>
internal sealed record StoreSnapshot(StoreDirectory Directory, IReadOnlyList<StoreEntry> Stores, IReadOnlyList<PosAssignment> Assignments, DateTimeOffset LoadedAt, long ReadAt)
{
    /// <summary>What a key with the scope <paramref name="stores"/> sees: a store outside it is as unknown as one that does not exist.</summary>
    public StoreDirectory Within(string[]? stores) =>
        stores is null ? Directory : new StoreDirectory(Stores.Where(store => stores.Contains(store.Code, StringComparer.Ordinal)), Assignments);
}

/// <summary>Loads the store and register masters and remembers them for a few seconds.</summary>
internal sealed class StoreMaster(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<(string Tenant, string Vendor), StoreSnapshot> _known = new();
    private readonly Lock _lock = new();
    private long _generation;

    /// <summary>The master, from memory unless it is older than <paramref name="notBefore"/> or has aged out.</summary>
    public async ValueTask<StoreSnapshot> GetAsync(string tenant, string vendor, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((tenant, vendor), out var known) && known.LoadedAt >= notBefore && clock.GetElapsedTime(known.ReadAt).TotalSeconds < options.Value.CacheSeconds)
        {
            return known;
        }

        var generation = Interlocked.Read(ref _generation);
        var loaded = await LoadAsync(tenant, vendor, cancellationToken);

        // A master that landed while this one was being read must not be hidden behind what was read before it.
        lock (_lock)
        {
            if (_generation == generation)
            {
                _known[(tenant, vendor)] = loaded;
            }
        }

        return loaded;
    }

    /// <summary>Forgets the master: a register master of the vendor has landed.</summary>
    public void Forget(string tenant, string vendor)
    {
        lock (_lock)
        {
            _generation++;
            _known.TryRemove((tenant, vendor), out _);
        }
    }

    private async Task<StoreSnapshot> LoadAsync(string tenant, string vendor, CancellationToken cancellationToken)
    {
        var (now, asked) = (clock.GetUtcNow(), clock.GetTimestamp());
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("SELECT store, name, time_zone, cut_over_minute FROM tenancy.store WHERE tenant = $1") { Parameters = { new() { Value = tenant } } });
        batch.BatchCommands.Add(new("SELECT terminal, store, valid_from, valid_to FROM gateway.pos_assignment WHERE tenant = $1 AND vendor = $2")
        {
            Parameters = { new() { Value = tenant }, new() { Value = vendor } },
        });
        batch.BatchCommands.Add(new("SELECT store, valid_from, cut_over_minute FROM tenancy.store_cut_over WHERE tenant = $1") { Parameters = { new() { Value = tenant } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var read = new List<(string Code, string Name, TimeZoneInfo Zone, CutOverRule First)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(2));
            read.Add((reader.GetString(0), reader.GetString(1), zone, new CutOverRule(DateOnly.MinValue, reader.GetInt32(3))));
        }

        await reader.NextResultAsync(cancellationToken);
        var assignments = new List<PosAssignment>();
        while (await reader.ReadAsync(cancellationToken))
        {
            assignments.Add(new PosAssignment(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
        }

        await reader.NextResultAsync(cancellationToken);
        var later = new List<(string Store, CutOverRule Rule)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            later.Add((reader.GetString(0), new CutOverRule(reader.GetFieldValue<DateOnly>(1), reader.GetInt32(2))));
        }

        var changes = later.ToLookup(change => change.Store, change => change.Rule, StringComparer.Ordinal);
        var stores = read.ConvertAll(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(store.Zone, [store.First, .. changes[store.Code]])));
        return new StoreSnapshot(new StoreDirectory(stores, assignments), stores, assignments, now, asked);
    }
}
