using Npgsql;

namespace RetailInsight.Dags.Engine.Assets;

/// <summary>A partition of an asset.</summary>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Asset">The asset.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Store">Store code; empty for an asset cut by day alone.</param>
public sealed record AssetPartition(string Tenant, string Asset, DateOnly BusinessDate, string Store);

/// <summary>
/// Makes a partition again what it was, inside a transaction that holds it.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="replacedBy">The lease of the first publication that is to be undone, with all later ones.</param>
/// <param name="publication">The transaction, with a lease of its own; what changed is noted there.</param>
/// <param name="cancellationToken">Rolls back.</param>
/// <returns>False when what stood then is not kept any more.</returns>
internal delegate Task<bool> RestoreContent(AssetPartition partition, long replacedBy, Publication publication, CancellationToken cancellationToken);

/// <summary>The transaction in which a task publishes and ends, and what it says about the partitions it wrote.</summary>
/// <param name="connection">The engine's.</param>
/// <param name="transaction">Committed by the engine together with the end of the task.</param>
/// <param name="leaseToken">The lease it is published under.</param>
internal sealed class Publication(NpgsqlConnection connection, NpgsqlTransaction transaction, long leaseToken)
{
    private readonly Dictionary<string, PublishedPartition> _partitions = new(StringComparer.Ordinal);

    /// <summary>Writes go through it.</summary>
    public NpgsqlConnection Connection { get; } = connection;

    /// <summary>The transaction of those writes.</summary>
    public NpgsqlTransaction Transaction { get; } = transaction;

    /// <summary>The lease it is published under.</summary>
    public long LeaseToken { get; } = leaseToken;

    /// <summary>What was written, by store.</summary>
    public IReadOnlyDictionary<string, PublishedPartition> Partitions => _partitions;

    /// <summary>Notes that a partition's content has changed; one that was computed again and is the same is not noted.</summary>
    /// <param name="store">Store code; empty for an asset cut by day alone.</param>
    /// <param name="kpi">Its main figures as a JSON object, for people; null for none.</param>
    public void Changed(string store, string? kpi = null) =>
        _partitions[store] = new PublishedPartition(kpi ?? _partitions.GetValueOrDefault(store)?.Kpi);
}

/// <summary>A partition whose content changed.</summary>
/// <param name="Kpi">Its main figures as a JSON object; null for none.</param>
internal sealed record PublishedPartition(string? Kpi);
