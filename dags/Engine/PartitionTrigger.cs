using System.Globalization;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Takes partition changes out of their queue, inside the transaction that turns them into runs: if it rolls back they are
/// still there. DAGs that share one delegate share what it takes.
/// </summary>
internal delegate Task<IReadOnlyList<PartitionChange>> TakePartitionChanges(
    NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);

/// <summary>
/// Starts one run a tenant and business date when rows reached it; <c>conf.stores</c> lists the stores. Changes gather in the
/// run that waits; those that arrive while it runs make another.
/// </summary>
/// <param name="Datasets">Which kinds of data matter: <see cref="Core.Tenancy.Datasets"/>.</param>
/// <param name="Take">The queue.</param>
internal sealed record PartitionTrigger(IReadOnlyList<string> Datasets, TakePartitionChanges Take)
{
    /// <summary>A run starts when nothing more has come for so long.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A run starts at the latest so long after its first change.</summary>
    public TimeSpan SettleAtMost { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Days before yesterday are old: their runs are repairs, which wait longer for more and go behind what is fresh.</summary>
    public TimeSpan SettleOld { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The partition of a run: one trading day of one tenant. Its text is the partition key.</summary>
/// <param name="Tenant">Tenant id; has no slash.</param>
/// <param name="BusinessDate">Trading day.</param>
internal readonly record struct DayPartition(string Tenant, DateOnly BusinessDate)
{
    /// <summary>Reads a partition key.</summary>
    /// <exception cref="FormatException">It is not <c>tenant/yyyy-MM-dd</c>.</exception>
    public static DayPartition Parse(string partitionKey)
    {
        var slash = partitionKey.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && DateOnly.TryParseExact(
            partitionKey.AsSpan(slash + 1), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new DayPartition(partitionKey[..slash], date)
            : throw new FormatException($"'{partitionKey}' is not a partition key of the form tenant/yyyy-MM-dd.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tenant}/{BusinessDate:yyyy-MM-dd}");
}
