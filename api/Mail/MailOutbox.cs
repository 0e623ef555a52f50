using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Mail;

/// <summary>
/// Mails on their way: written in one transaction with what they tell of, claimed under a lease by any number of processes, finished by
/// whoever holds the attempt. Times are the database's. Mails are kept for 30 days.
/// </summary>
internal sealed class MailOutbox([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ApiOptions options, ILogger<MailOutbox> logger)
{
    private long _refused;

    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Whether a mail server is configured. Pages that offer mail say so when it is not.</summary>
    public bool IsOn => options.Mail is not null;

    /// <summary>Domains mail may go to; none is any.</summary>
    public IReadOnlyList<string> RecipientDomains => options.Mail?.RecipientDomains ?? [];

    /// <summary>The address of a page for people who read it in a mail; null when nobody said where the pages are.</summary>
    /// <param name="path">Path and query, from the root.</param>
    public string? Link(string path) => options.Mail?.PagesAddress is { } pages ? new Uri(pages, path).AbsoluteUri : null;

    /// <summary>
    /// Writes a mail in the caller's transaction. A cause is written to a person once, however often it is tried. The company's mails are counted one
    /// transaction after the other: write mails before messages of webhooks and entries of the audit, in that order everywhere.
    /// </summary>
    /// <param name="connection">As retail_job, in the transaction of what causes the mail.</param>
    /// <param name="tenant">Whose mail it is.</param>
    /// <param name="cause">What it tells of, the same at every attempt to tell it: <c>alert:17:open</c>.</param>
    /// <param name="mail">The mail.</param>
    /// <param name="cancellationToken">Stops before it is written.</param>
    /// <exception cref="ArgumentException">The files are too large.</exception>
    public async Task<MailAdmission> AddAsync(NpgsqlConnection connection, string tenant, string cause, OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (options.Mail is not { } settings)
        {
            return MailAdmission.Off;
        }

        if (mail.Files.Sum(file => (long)file.Content.Length) > OutgoingMail.MostFileBytes)
        {
            throw new ArgumentException($"The files of a mail have at most {OutgoingMail.MostFileBytes} bytes together.", nameof(mail));
        }

        await connection.TakeTurnAsync("mail", tenant, cancellationToken);
        await using var command = connection.Command(
            """
            WITH mail AS (
              INSERT INTO api.mail (tenant, cause, recipient, subject, body_text, body_html, unsubscribe)
              SELECT $1, $2, $3, $4, $5, $6, $12 WHERE (SELECT count(*) FROM api.mail WHERE tenant = $1 AND state = 'waiting') < $7
              ON CONFLICT (tenant, cause, recipient) DO NOTHING RETURNING mail_id
            ), files AS (
              INSERT INTO api.mail_file (tenant, mail_id, number, name, media_type, content_id, content)
              SELECT $1, mail_id, f.number, f.name, f.media_type, nullif(f.content_id, ''), f.content
              FROM mail, unnest($8::text[], $9::text[], $10::text[], $11::bytea[]) WITH ORDINALITY AS f (name, media_type, content_id, content, number)
            )
            SELECT EXISTS (SELECT FROM mail), EXISTS (SELECT FROM api.mail WHERE tenant = $1 AND cause = $2 AND recipient = $3)
            """,
            tenant, cause, mail.To, OutgoingMail.OneLine(mail.Subject), mail.Text, (object?)mail.Html ?? DBNull.Value, settings.WaitingPerTenant,
            mail.Files.Select(file => file.Name).ToArray(), mail.Files.Select(file => file.MediaType).ToArray(), mail.Files.Select(file => file.ContentId ?? "").ToArray(),
            mail.Files.Select(file => file.Content).ToArray(), (object?)mail.Unsubscribe ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var admission = reader.GetBoolean(0) ? MailAdmission.Queued : reader.GetBoolean(1) ? MailAdmission.Known : MailAdmission.Full;
        if (admission == MailAdmission.Full)
        {
            Log.MailRefused(logger, tenant, cause.Split(':')[0], settings.WaitingPerTenant, Interlocked.Increment(ref _refused));
        }

        return admission;
    }

    /// <summary>Takes mails that are due, few a tenant, so that one with many does not hold up the others; forgets what is a month old.</summary>
    public async Task<List<ClaimedMail>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var clear = connection.Command("DELETE FROM api.mail WHERE created_at < now() - $1", Kept))
        {
            await clear.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = connection.Command(
            """
            UPDATE api.mail AS m SET leased_until = now() + $1, attempts = attempts + 1
            FROM (
              SELECT one.mail_id FROM (SELECT DISTINCT tenant FROM api.mail WHERE state = 'waiting') AS t CROSS JOIN LATERAL (
                SELECT mail_id FROM api.mail AS due
                WHERE due.tenant = t.tenant AND due.state = 'waiting' AND due.due_at <= now() AND (due.leased_until IS NULL OR due.leased_until < now())
                ORDER BY due.due_at LIMIT 2 FOR UPDATE SKIP LOCKED) AS one
              LIMIT $2) AS chosen
            WHERE m.mail_id = chosen.mail_id
            RETURNING m.mail_id, m.tenant, m.attempts, m.recipient, m.subject, m.body_text, m.body_html,
              array(SELECT name FROM api.mail_file AS f WHERE f.mail_id = m.mail_id ORDER BY number),
              array(SELECT media_type FROM api.mail_file AS f WHERE f.mail_id = m.mail_id ORDER BY number),
              array(SELECT coalesce(content_id, '') FROM api.mail_file AS f WHERE f.mail_id = m.mail_id ORDER BY number),
              array(SELECT content FROM api.mail_file AS f WHERE f.mail_id = m.mail_id ORDER BY number), m.unsubscribe
            """,
            (options.Mail?.Timeout ?? TimeSpan.Zero) + AfterTimeout, limit);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedMail>();
        while (await row.ReadAsync(cancellationToken))
        {
            var (names, types, ids, contents) = (row.GetFieldValue<string[]>(7), row.GetFieldValue<string[]>(8), row.GetFieldValue<string[]>(9), row.GetFieldValue<byte[][]>(10));
            claimed.Add(new ClaimedMail(row.GetGuid(0), row.GetString(1), row.GetInt32(2), new OutgoingMail(row.GetString(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6))
            {
                Files = [.. names.Select((name, at) => new MailFile(name, types[at], contents[at], ids[at].Length == 0 ? null : ids[at]))],
                Unsubscribe = row.IsDBNull(11) ? null : row.GetString(11),
            }));
        }

        return claimed;
    }

    /// <summary>
    /// Notes an attempt. What may succeed later is tried again after a pause that doubles, for three days; whoever lost the lease changes nothing.
    /// </summary>
    public async Task FinishAsync(ClaimedMail mail, MailOutcome outcome, CancellationToken cancellationToken)
    {
        var first = options.Mail?.FirstPause ?? TimeSpan.FromSeconds(1);
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, first.Ticks << Math.Min(mail.Attempt - 1, 12)));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            UPDATE api.mail SET leased_until = NULL, error = $5, due_at = now() + $6 * (0.9 + 0.2 * random()),
              state = CASE WHEN $4 = 'retry' THEN CASE WHEN now() + $6 > created_at + $7 THEN 'failed' ELSE 'waiting' END ELSE $4 END,
              finished_at = CASE WHEN $4 <> 'retry' OR now() + $6 > created_at + $7 THEN now() END
            WHERE tenant = $1 AND mail_id = $2 AND attempts = $3 AND state = 'waiting'
            """,
            mail.Tenant, mail.Id, mail.Attempt, outcome.IsSent ? "sent" : outcome.IsFinal ? "failed" : "retry", (object?)outcome.Error ?? DBNull.Value, pause, Patience);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A mail under lease.</summary>
internal sealed record ClaimedMail(Guid Id, string Tenant, int Attempt, OutgoingMail Mail);
