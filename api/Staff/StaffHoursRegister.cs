using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Staff;

/// <summary>Puts staff hours in the place of what the store-days they name had before.</summary>
internal sealed class StaffHoursRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    /// <summary>Replaces the store-days named, whole; together with the new data version and the entry in the audit.</summary>
    /// <returns>What was loaded; nothing was written when everything was so already.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was replaced.</exception>
    public async Task<StaffHoursLoaded> ReplaceAsync(HttpContext context, SessionUser user, IReadOnlyList<StaffHour> rows, CancellationToken cancellationToken)
    {
        var days = rows.Select(row => (row.Store, row.Date)).Distinct().ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);

        // Two files of the same store-days come one after the other; the lock is on the company's hours, held to the end of the transaction.
        await ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('staff_hours ' || $1, 0))", user.Tenant);
        var known = await KnownAsync(connection, user.Tenant, days, cancellationToken);
        var loaded = StaffHoursLoaded.Of(rows, changed: !known.SetEquals(rows));
        await context.KeepAnswerAsync(connection, StatusCodes.Status200OK, null, loaded, cancellationToken);
        if (!loaded.Changed)
        {
            await transaction.CommitAsync(cancellationToken);
            return loaded;
        }

        await ExecuteAsync(
            "DELETE FROM mart.staff_hours AS h USING unnest($2, $3) AS d(store, day) WHERE h.tenant = $1 AND h.store = d.store AND h.business_date = d.day",
            user.Tenant, days.Select(day => day.Store).ToArray(), days.Select(day => day.Date).ToArray());
        await ExecuteAsync(
            """
            INSERT INTO mart.staff_hours (tenant, store, business_date, hour, minutes, planned_minutes)
            SELECT $1, store, day, hour, minutes, planned FROM unnest($2, $3, $4, $5, $6) AS r(store, day, hour, minutes, planned)
            """,
            user.Tenant, rows.Select(row => row.Store).ToArray(), rows.Select(row => row.Date).ToArray(), rows.Select(row => (short)row.Hour).ToArray(),
            rows.Select(row => row.Worked).ToArray(), rows.Select(row => row.Planned).ToArray());
        await ExecuteAsync(
            """
            INSERT INTO mart.data_version AS current (tenant, version) VALUES ($1, 1)
            ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()
            """,
            user.Tenant);
        await audit.WriteAsync(
            connection,
            AuditEntry.Of(context, user, "staff_hours.replace", user.Tenant, new { Rows = rows.Count, StoreDays = days.Count, From = days.Min(day => day.Date), To = days.Max(day => day.Date) }),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return loaded;

        async Task ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 30 };
            foreach (var value in values)
            {
                command.Parameters.Add(value is int?[]? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer } : new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<HashSet<StaffHour>> KnownAsync(
        NpgsqlConnection connection, string tenant, List<(string Store, DateOnly Date)> days, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT h.store, h.business_date, h.hour, h.planned_minutes, h.minutes
            FROM mart.staff_hours AS h JOIN unnest($2, $3) AS d(store, day) ON h.store = d.store AND h.business_date = d.day
            WHERE h.tenant = $1
            """,
            connection)
        {
            CommandTimeout = 30,
            Parameters = { new() { Value = tenant }, new() { Value = days.Select(day => day.Store).ToArray() }, new() { Value = days.Select(day => day.Date).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new HashSet<StaffHour>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new StaffHour(
                reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetInt16(2), await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetInt32(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetInt32(4)));
        }

        return rows;
    }
}
