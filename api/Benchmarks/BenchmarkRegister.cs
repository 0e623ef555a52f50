using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Benchmarks;

/// <summary>Keeps whether a company compares itself with others, together with the entry in the audit.</summary>
internal sealed class BenchmarkRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    /// <summary>
    /// Sets it. Sharing begins with the month after the one it was agreed in, as nobody agreed to it while the earlier days were traded; not sharing holds from the next
    /// publication on. What is so already stays as it is.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who may decide it.</param>
    /// <param name="industry">The industry to share in; null to stop.</param>
    /// <param name="cancellationToken">Stops before it is set.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was set.</exception>
    public async Task SetAsync(HttpContext context, SessionUser user, string? industry, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.TakeTurnAsync("benchmark_consent", user.Tenant, cancellationToken);
        var withdrawn = await ExecuteAsync(
            connection,
            "UPDATE tenancy.benchmark_consent SET withdrawn_at = greatest($2, agreed_at), withdrawn_by = $3 WHERE tenant = $1 AND withdrawn_at IS NULL AND industry IS DISTINCT FROM $4",
            cancellationToken,
            user.Tenant,
            now,
            user.Login,
            (object?)industry ?? DBNull.Value);
        var agreed = industry is null ? 0 : await ExecuteAsync(
            connection,
            """
            INSERT INTO tenancy.benchmark_consent (tenant, agreed_at, industry, first_month, agreed_by)
            SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM tenancy.benchmark_consent WHERE tenant = $1 AND withdrawn_at IS NULL)
            """,
            cancellationToken,
            user.Tenant,
            now,
            industry,
            new DateOnly(now.Year, now.Month, 1).AddMonths(1),
            user.Login);
        if (withdrawn + agreed > 0)
        {
            await ExecuteAsync(
                connection,
                "INSERT INTO mart.data_version AS current (tenant, version) VALUES ($1, 1) ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()",
                cancellationToken,
                user.Tenant);
            await audit.WriteAsync(connection, AuditEntry.Of(context, user, industry is null ? "benchmark.withdraw" : "benchmark.agree", industry ?? user.Tenant, new { Industry = industry }), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
