using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Peers;

namespace RetailInsight.Ml.Similarity;

/// <summary>What a company's stores are like as of a trading day, ready to be published.</summary>
public sealed class StoreSimilaritySet
{
    internal StoreSimilaritySet(string tenant, DateOnly asOf, IReadOnlyList<AlikeStores> currencies, IReadOnlyList<StorePeriod> excluded)
    {
        Tenant = tenant;
        AsOf = asOf;
        Currencies = currencies;
        Excluded = excluded;
    }

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>The last trading day looked at.</summary>
    public DateOnly AsOf { get; }

    internal IReadOnlyList<AlikeStores> Currencies { get; }

    internal IReadOnlyList<StorePeriod> Excluded { get; }
}

/// <summary>
/// Profiles, groups and peers of a company's stores over the eight weeks to a day: keeps <c>mart.store_profile</c>, <c>mart.segmentation</c>, <c>mart.segment</c>,
/// <c>mart.store_segment</c>, <c>mart.store_peer</c> and <c>mart.store_exclusion</c>. Groups keep their numbers from day to day as long as they keep their stores.
/// </summary>
public sealed class StoreSimilarity
{
    private static readonly AsOfTable Profiles = new(
        "mart.store_profile", new("store", "text", IsKey: true), new("currency", "text"), new("days", "int"), new("features", "jsonb"));

    private static readonly AsOfTable Segmentations = new(
        "mart.segmentation", new("currency", "text", IsKey: true), new("segments", "smallint"), new("reason", "text"), new("by_k", "jsonb"), new("axes", "jsonb"), new("next_segment", "int"));

    private static readonly AsOfTable Segments = new(
        "mart.segment", new("currency", "text", IsKey: true), new("segment", "int", IsKey: true), new("stores", "int"), new("traits", "jsonb"), new("centre", "jsonb"));

    private static readonly AsOfTable StoreSegments = new(
        "mart.store_segment", new("store", "text", IsKey: true), new("segment", "int"), new("candidate", "int"), new("x", "float8"), new("y", "float8"), new("distance", "float8"));

    private static readonly AsOfTable Exclusions = new("mart.store_exclusion", new("store", "text", IsKey: true), new("reason", "text"), new("since", "date"), new("days", "int"));

    private static readonly AsOfTable Peers = new(
        "mart.store_peer", new("store", "text", IsKey: true), new("rank", "smallint", IsKey: true), new("peer", "text"), new("distance", "float8"),
        new("alike", "text", From: "string_to_array({0}, chr(31))"), new("unlike", "text"));

    private static readonly AsOfTable[] Tables = [Profiles, Segmentations, Segments, StoreSegments, Peers, Exclusions];

    private readonly StorePeriodReader _periods;
    private readonly NpgsqlDataSource _database;

    internal StoreSimilarity(StorePeriodReader periods, [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database) => (_periods, _database) = (periods, database);

    /// <summary>Looks at the stores that sold something in the eight weeks.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<StoreSimilaritySet> ComputeAsync(string tenant, DateOnly asOf, CancellationToken cancellationToken)
    {
        var currencies = new List<AlikeStores>();
        var periods = await _periods.ReadAsync(tenant, asOf, StorePeriodReader.EightWeeks, cancellationToken);
        foreach (var profiles in StoreProfiles.Of(periods))
        {
            var before = await EarlierLabels.ReadAsync(_database, tenant, asOf, profiles.Periods[0].Currency, cancellationToken);
            currencies.Add(AlikeStores.Of(profiles, before, cancellationToken));
        }

        return new StoreSimilaritySet(tenant, asOf, currencies, [.. periods.Where(period => period.Exclusion is not null)]);
    }

    /// <summary>Makes the day's rows those of the set inside the caller's transaction; raises the tenant's data version if that changes anything.</summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static async Task<int> PublishAsync(StoreSimilaritySet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        var stores = set.Currencies.SelectMany(alike => alike.Profiles.Periods.Select((period, at) => (Alike: alike, Period: period, At: at))).ToList();
        var segments = set.Currencies.SelectMany(alike => alike.Segments.Select(segment => (Alike: alike, Segment: segment))).ToList();
        var peers = set.Currencies.SelectMany(alike => alike.Peers).ToList();
        return await Profiles.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    stores.Select(one => one.Period.Store).ToArray(), stores.Select(one => one.Period.Currency).ToArray(), stores.Select(one => one.Period.Days.Count).ToArray(),
                    stores.Select(one => Json(one.Alike.Profiles.Features.Select((feature, i) => KeyValuePair.Create(feature.Name, one.Alike.Profiles.Values[one.At][i])))).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await Segmentations.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    set.Currencies.Select(alike => alike.Currency).ToArray(), set.Currencies.Select(alike => (short)alike.Stability.Clusters).ToArray(), set.Currencies.Select(alike => alike.Reason).ToArray(),
                    set.Currencies.Select(alike => JsonSerializer.Serialize(alike.ByNumber)).ToArray(), set.Currencies.Select(alike => JsonSerializer.Serialize(alike.Axes)).ToArray(),
                    set.Currencies.Select(alike => alike.Labels.Next).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await Segments.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    segments.Select(one => one.Alike.Currency).ToArray(), segments.Select(one => one.Segment.Cluster).ToArray(), segments.Select(one => one.Segment.Size).ToArray(),
                    segments.Select(one => JsonSerializer.Serialize(one.Segment.Features.Select(feature => new { feature = feature.Feature, deviation = feature.RobustZ, ratio = feature.Ratio }))).ToArray(),
                    segments.Select(one => one.Alike.CentreOf(one.Segment.Cluster)).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await StoreSegments.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    stores.Select(one => one.Period.Store).ToArray(), stores.Select(one => one.Alike.Labels.Stores[one.Period.Store]).ToArray(),
                    stores.Select(one => one.Alike.Labels.Pending.TryGetValue(one.Period.Store, out var pending) ? pending : (int?)null).ToArray(),
                    stores.Select(one => one.Alike.Picture.Coordinates[one.At][0]).ToArray(), stores.Select(one => one.Alike.Picture.Coordinates[one.At][1]).ToArray(),
                    stores.Select(one => one.Alike.DistanceOf(one.At)).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await Exclusions.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    set.Excluded.Select(one => one.Store).ToArray(), set.Excluded.Select(one => one.Exclusion!.Name).ToArray(), set.Excluded.Select(one => one.Exclusion!.Since).ToArray(),
                    set.Excluded.Select(one => one.Days.Count).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await Peers.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    peers.Select(peer => peer.Store).ToArray(), peers.Select(peer => (short)peer.Rank).ToArray(), peers.Select(peer => peer.Peer).ToArray(), peers.Select(peer => peer.Distance).ToArray(),
                    peers.Select(peer => string.Join('\x1f', peer.Alike)).ToArray(), peers.Select(peer => peer.Unlike).ToArray(),
                ],
                connection, transaction, cancellationToken);
    }

    /// <summary>Deletes what was computed as of days before one.</summary>
    public static async Task ForgetAsync(string tenant, DateOnly before, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var table in Tables)
        {
            await table.ForgetAsync(tenant, before, connection, transaction, cancellationToken);
        }
    }

    private static string Json(IEnumerable<KeyValuePair<string, double?>> values) => JsonSerializer.Serialize(values.ToDictionary(StringComparer.Ordinal));
}
