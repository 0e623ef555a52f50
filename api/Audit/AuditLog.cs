using System.Text.Json;
using System.Threading.RateLimiting;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Audit;

/// <summary>
/// Adds to <c>audit.entry</c>, which can only grow: the database numbers and chains each row. A change and its entry belong into one
/// transaction: pass its connection. The chain of a tenant is locked from the entry to the end of that transaction, so write the entry last.
/// Keys, feeds, replays and runs started by hand are entered by triggers on their own records.
/// </summary>
internal sealed class AuditLog([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ILogger<AuditLog> logger) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // Refusals cost the caller nothing; past this many from one address only the log keeps them.
    private readonly PartitionedRateLimiter<string> _refusals = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new FixedWindowRateLimiterOptions { PermitLimit = 600, Window = TimeSpan.FromMinutes(1) }));

    /// <summary>Writes within the transaction of the action.</summary>
    /// <param name="connection">As retail_job, in a transaction.</param>
    /// <param name="entry">What happened.</param>
    /// <param name="cancellationToken">Stops before the row exists.</param>
    /// <exception cref="NpgsqlException">The row cannot be written; the action must then not happen either.</exception>
    public async Task WriteAsync(NpgsqlConnection connection, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", connection)
        { CommandTimeout = 5 };
        command.Parameters.Add(new() { Value = entry.Tenant });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = AuditEntry.Storable(entry.Actor) });
        command.Parameters.Add(new() { Value = entry.Action });
        command.Parameters.Add(new() { Value = AuditEntry.Storable(entry.Object) });
        command.Parameters.Add(new() { Value = entry.Refused ? "refused" : "done" });
        command.Parameters.Add(new() { Value = entry.Address?.ToString() ?? "" });
        command.Parameters.Add(new() { Value = entry.Detail is null ? "{}" : JsonSerializer.Serialize(entry.Detail, Json), NpgsqlDbType = NpgsqlDbType.Json });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes in a transaction of its own, for an action that has none.</summary>
    /// <exception cref="NpgsqlException">The row cannot be written.</exception>
    public async Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await WriteAsync(connection, entry, cancellationToken);
    }

    /// <summary>Writes a refusal. It stands whether or not the row can be written, so a database that is away is only logged.</summary>
    public async Task WriteRefusalAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        using var lease = _refusals.AttemptAcquire(entry.Address?.ToString() ?? "");
        if (!lease.IsAcquired)
        {
            Log.RefusalsPastCount(logger, entry.Address, entry.Action);
            return;
        }

        try
        {
            await WriteAsync(entry with { Refused = true }, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            Log.RefusalNotWritten(logger, entry.Action, exception);
        }
    }

    public void Dispose() => _refusals.Dispose();
}
