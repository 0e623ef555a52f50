using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Calendars;

/// <summary>Sets a company's calendar, together with its entry in the audit.</summary>
internal sealed class CalendarRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    /// <summary>Sets it whole.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was set.</exception>
    public async Task SetAsync(HttpContext context, SessionUser user, CalendarSetting setting, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO tenancy.tenant_calendar (tenant, country, week_start, year_start_month, month_pattern, same_store_months, closed_weekdays)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (tenant) DO UPDATE SET country = excluded.country, week_start = excluded.week_start,
              year_start_month = excluded.year_start_month, month_pattern = excluded.month_pattern, same_store_months = excluded.same_store_months,
              closed_weekdays = excluded.closed_weekdays
            """,
            connection,
            transaction)
        {
            CommandTimeout = 5,
            Parameters =
            {
                new() { Value = user.Tenant }, new() { Value = setting.Country }, new() { Value = (short)CalendarEndpoints.Weekdays.IndexOf(setting.WeekStart) },
                new() { Value = (short)setting.YearStartMonth }, new() { Value = setting.MonthPattern }, new() { Value = (short)setting.SameStoreMonths },
                new() { Value = (setting.ClosedWeekdays ?? []).Select(day => (short)CalendarEndpoints.Weekdays.IndexOf(day)).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "calendar.set", user.Tenant, setting), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
