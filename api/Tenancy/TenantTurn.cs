using Npgsql;

namespace RetailInsight.Api.Tenancy;

/// <summary>Transactions of a company that count what there is before they add to it come one after the other: many at once would all count too few.</summary>
internal static class TenantTurn
{
    /// <summary>Waits for the others and keeps the turn until the transaction ends.</summary>
    /// <param name="connection">In a transaction. What counts is a statement of its own after this, which then sees what the others added.</param>
    /// <param name="table">What is counted.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public static async Task TakeTurnAsync(this NpgsqlConnection connection, string table, string tenant, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", table, tenant);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
