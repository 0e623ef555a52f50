using System.Collections.Concurrent;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Counts the jobs that modify a table in a day; failed ones count.</summary>
/// <param name="settings">The limit.</param>
/// <param name="clock">Tells the day, UTC.</param>
internal sealed class ModificationQuota(BigQuerySettings settings, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(TableName Table, DateOnly Day), int> _counts = new();

    /// <summary>Counts one.</summary>
    /// <exception cref="BigQueryException">It is one too many.</exception>
    public void Count(TableName table)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (_counts.AddOrUpdate((table, day), 1, (_, count) => count + 1) > settings.ModificationsPerDay)
        {
            throw new BigQueryException(403, "quotaExceeded", $"Quota exceeded: Your table exceeded quota for imports or query appends per table. table: {table}");
        }
    }
}
