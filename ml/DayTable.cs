using Npgsql;

namespace RetailInsight.Ml;

/// <summary>Tables that hold one result a tenant and trading day, replaced as a whole.</summary>
internal static class DayTable
{
    private const string RaiseVersion = """
        INSERT INTO mart.data_version AS current (tenant, version) VALUES ($1, 1)
        ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()
        """;

    /// <summary>Deletes what differs, inserts what is missing; raises the tenant's data version if that changed anything.</summary>
    /// <param name="deleteChanged">Statement over $1 tenant, $2 date and the columns from $3.</param>
    /// <param name="insertMissing">Statement over the same parameters.</param>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="businessDate">Trading day.</param>
    /// <param name="columns">One array a column, as long as there are rows.</param>
    /// <param name="connection">As the job role.</param>
    /// <param name="transaction">The caller's; the caller commits.</param>
    /// <param name="cancellationToken">Stops the statement; the caller rolls back.</param>
    /// <returns>How many rows were written or deleted.</returns>
    public static async Task<int> ReplaceAsync(
        string deleteChanged,
        string insertMissing,
        string tenant,
        DateOnly businessDate,
        IReadOnlyList<Array> columns,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken)
    {
        var changed = 0;
        foreach (var sql in (string[])[deleteChanged, insertMissing])
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = businessDate });
            foreach (var column in columns)
            {
                command.Parameters.Add(new() { Value = column });
            }

            changed += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (changed > 0)
        {
            await using var version = new NpgsqlCommand(RaiseVersion, connection, transaction) { Parameters = { new() { Value = tenant } } };
            await version.ExecuteNonQueryAsync(cancellationToken);
        }

        return changed;
    }
}
