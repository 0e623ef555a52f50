using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.VisitorEstimates;

/// <summary>Sets how often staff cross the doors of stores.</summary>
internal sealed class StaffEntryRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    /// <summary>Sets the rules of a store, whole.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who sets them.</param>
    /// <param name="store">Code of a store of the company.</param>
    /// <param name="seen"><see cref="StaffEntryRule.Version"/> of what the person saw.</param>
    /// <param name="rules">As they are to be.</param>
    /// <param name="cancellationToken">Stops before they are set.</param>
    /// <returns>False when somebody was faster; nothing was set then.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was set.</exception>
    public async Task<bool> SetAsync(HttpContext context, SessionUser user, string store, string seen, IReadOnlyList<StaffEntryRequest> rules, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('staff_entry ' || $1 || ' ' || $2, 0))", user.Tenant, store);
        if (StaffEntryRule.Version(await ReadAsync(connection, user.Tenant, store, cancellationToken)) != seen)
        {
            return false;
        }

        await ExecuteAsync("DELETE FROM tenancy.staff_entry WHERE tenant = $1 AND store = $2", user.Tenant, store);
        await ExecuteAsync(
            """
            INSERT INTO tenancy.staff_entry (tenant, store, valid_from, valid_to, per_day, at_least, at_most, noted_at, noted_by)
            SELECT $1, $2, r.valid_from, r.valid_to, r.per_day, r.at_least, r.at_most, $8, $9
            FROM unnest($3, $4, $5, $6, $7) AS r(valid_from, valid_to, per_day, at_least, at_most)
            """,
            user.Tenant, store, rules.Select(rule => rule.ValidFrom).ToArray(), rules.Select(rule => rule.ValidTo).ToArray(),
            rules.Select(rule => rule.PerDay).ToArray(), rules.Select(rule => rule.AtLeast).ToArray(), rules.Select(rule => rule.AtMost).ToArray(), clock.GetUtcNow(), user.Login);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "staff_entries.set", store, new { Rules = rules }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;

        async Task ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 30 };
            foreach (var value in values)
            {
                command.Parameters.Add(value is DateOnly?[]? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date } : new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<List<StaffEntryRule>> ReadAsync(NpgsqlConnection connection, string tenant, string store, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "SELECT store, valid_from, valid_to, per_day, at_least, at_most FROM tenancy.staff_entry WHERE tenant = $1 AND store = $2 ORDER BY valid_from", tenant, store);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rules = new List<StaffEntryRule>();
        while (await row.ReadAsync(cancellationToken))
        {
            rules.Add(VisitorEstimateReads.Rule(row));
        }

        return rules;
    }
}
