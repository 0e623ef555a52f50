using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Morning;

/// <summary>
/// Who gets the morning sheet and what was sent. The pages' role cannot reach these rows, so this class works as retail_job; every statement
/// names the tenant but the one that finds a mail by its token, where only the token tells it.
/// </summary>
internal sealed class MorningRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, MailOutbox outbox, AuditLog audit, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>The subscription of a person; null for none.</summary>
    public async Task<MorningSubscription?> FindAsync(SessionUser user, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "SELECT tenant, login, mail, store, hour, language FROM api.morning_sheet WHERE tenant = $1 AND login = $2",
            user.Tenant, user.Login);
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>
    /// Subscriptions of all tenants whose hour has come on their wall clock. Whoever was sent a sheet in the last twelve hours is not among
    /// them: the next one is due a day later, at the earliest three hours less.
    /// </summary>
    public async Task<List<MorningSubscription>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            SELECT m.tenant, m.login, m.mail, m.store, m.hour, m.language
            FROM api.morning_sheet AS m JOIN tenancy.tenant AS t ON t.tenant = m.tenant LEFT JOIN tenancy.store AS s ON s.tenant = m.tenant AND s.store = m.store
            WHERE extract(hour FROM $1::timestamptz AT TIME ZONE coalesce(s.time_zone, t.time_zone)) >= m.hour
              AND NOT EXISTS (SELECT FROM api.morning_sheet_sent AS x WHERE x.tenant = m.tenant AND x.login = m.login AND x.sent_at > $1::timestamptz - interval '12 hours')
            ORDER BY m.tenant, m.login
            """,
            clock.GetUtcNow());
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Whether the sheet of a trading day was sent to a person.</summary>
    public async Task<bool> IsSentAsync(MorningSubscription subscription, DateOnly date, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "SELECT EXISTS (SELECT FROM api.morning_sheet_sent WHERE tenant = $1 AND login = $2 AND business_date = $3)",
            subscription.Tenant, subscription.Login, date);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Subscribes a person, or changes the subscription.</summary>
    public async Task SaveAsync(HttpContext context, SessionUser user, MorningSubscription subscription, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            INSERT INTO api.morning_sheet (tenant, login, mail, store, hour, language, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (tenant, login) DO UPDATE SET mail = $3, store = $4, hour = $5, language = $6, changed_at = $7
            """,
            user.Tenant, user.Login, subscription.Mail, subscription.Store, (short)subscription.Hour, subscription.Language, clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "morning_sheet.subscribe", user.Login, new { subscription.Mail, subscription.Store, subscription.Hour }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Ends a person's subscription; without one it does nothing.</summary>
    public Task StopAsync(HttpContext context, SessionUser user, CancellationToken cancellationToken) =>
        StopAsync(user.Tenant, user.Login, AuditEntry.Of(context, user, "morning_sheet.unsubscribe", user.Login), cancellationToken);

    /// <summary>Ends the subscription a mail was sent for; false where no mail held that token. A second time does nothing.</summary>
    public async Task<bool> StopAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var (tenant, login) = ("", "");
        await using (var command = database.Command("SELECT tenant, login FROM api.morning_sheet_sent WHERE unsubscribe_hash = $1", Hash(token)))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return false;
            }

            (tenant, login) = (reader.GetString(0), reader.GetString(1));
        }

        // Whoever holds the mail need not be the person, so nobody is named as the actor.
        var entry = new AuditEntry(tenant, "", "morning_sheet.unsubscribe", login) { Address = context.Connection.RemoteIpAddress };
        await StopAsync(tenant, login, entry, cancellationToken);
        return true;
    }

    /// <summary>A new token, for the link of one mail.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Writes the mail of a trading day into the outbox, once a person and day however many try.</summary>
    /// <returns>Whether this call did.</returns>
    public async Task<bool> SendAsync(MorningSubscription subscription, DateOnly date, bool whole, string token, OutgoingMail mail, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            INSERT INTO api.morning_sheet_sent (tenant, login, business_date, sent_at, whole, unsubscribe_hash)
            SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT FROM api.morning_sheet WHERE tenant = $1 AND login = $2 AND mail = $7)
            ON CONFLICT (tenant, login, business_date) DO NOTHING
            """,
            subscription.Tenant, subscription.Login, date, clock.GetUtcNow(), whole, Hash(token), subscription.Mail);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0
            || await outbox.AddAsync(connection, subscription.Tenant, $"morning:{subscription.Login}:{date:yyyy-MM-dd}", mail, cancellationToken) is not MailAdmission.Queued)
        {
            return false;
        }

        await using var tidy = connection.Command("DELETE FROM api.morning_sheet_sent WHERE tenant = $1 AND login = $2 AND sent_at < $3", subscription.Tenant, subscription.Login, clock.GetUtcNow() - Kept);
        await tidy.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task StopAsync(string tenant, string login, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command("DELETE FROM api.morning_sheet WHERE tenant = $1 AND login = $2", tenant, login);
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
        {
            await audit.WriteAsync(connection, entry, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static async Task<List<MorningSubscription>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<MorningSubscription>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt16(4), reader.GetString(5)));
        }

        return found;
    }
}
