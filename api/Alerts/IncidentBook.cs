using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.Webhooks;

namespace RetailInsight.Api.Alerts;

/// <summary>
/// Turns findings into incidents and tells people, all in one transaction of the caller: what is told and that it was told cannot come apart.
/// Whoever finds things, of figures or of devices, hands them to it.
/// </summary>
internal sealed class IncidentBook(MailOutbox outbox, TimeProvider clock)
{
    private const int AlertsAMessage = 200;

    /// <summary>The incidents of a tenant that are not closed, or of a business date from a first one on.</summary>
    /// <param name="connection">As retail_job, in the transaction.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="from">First business date of closed ones.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<Dictionary<(Guid Rule, string Store, string Subject, DateOnly Date), KnownIncident>> ReadAsync(
        NpgsqlConnection connection, string tenant, DateOnly from, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            """
            SELECT incident_id, rule_id, store, subject, business_date, state, episode, gap, figure, reference, figure_opened, muted FROM api.alert_incident
            WHERE tenant = $1 AND (business_date >= $2 OR state <> 'closed')
            """,
            tenant, from);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var known = new Dictionary<(Guid, string, string, DateOnly), KnownIncident>();
        while (await row.ReadAsync(cancellationToken))
        {
            known[(row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateOnly>(4))] = new KnownIncident(
                row.GetInt64(0), row.GetString(5), row.GetInt32(6), row.GetString(7), Amount(row, 8), Amount(row, 9), Amount(row, 10), row.GetBoolean(11));
        }

        return known;
    }

    /// <summary>Brings the incidents up to the findings, and tells of those that opened or closed.</summary>
    public async Task ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, AlertSight sight,
        IReadOnlyDictionary<(Guid Rule, string Store, string Subject, DateOnly Date), KnownIncident> known, CancellationToken cancellationToken)
    {
        var (told, now) = (new List<ToldIncident>(), clock.GetUtcNow());
        foreach (var finding in sight.Findings)
        {
            var incident = known.GetValueOrDefault((finding.Rule.Id, finding.Store, finding.Subject, finding.Date));
            var step = IncidentLife.Next(incident?.State, incident?.Episode ?? 0, finding.Verdict);
            var gap = Incident.WordOf(finding.Reading.Gap);
            if (step == IncidentStep.Stay)
            {
                if (incident is not null && incident.State != Incident.Closed && (incident.Figure, incident.Reference, incident.Gap) != (finding.Reading.Figure, finding.Reading.Reference, gap))
                {
                    await WriteAsync(
                        connection, "UPDATE api.alert_incident SET figure = $3, reference = $4, currency = $5, gap = $6, data_version = $7 WHERE tenant = $1 AND incident_id = $2",
                        tenant, incident.Id, finding, gap, sight.DataVersion, cancellationToken);
                }
            }
            else if (step == IncidentStep.Close)
            {
                // The figures of a business date change by data alone; where they did not, what they are compared with did.
                var why = incident!.State == Incident.Held ? "complete" : incident.FigureOpened != finding.Reading.Figure ? "corrected" : "recovered";
                await WriteAsync(
                    connection,
                    $"UPDATE api.alert_incident SET figure = $3, reference = $4, currency = $5, gap = $6, data_version = $7, state = 'closed', closed_at = now(), closed_why = '{why}' WHERE tenant = $1 AND incident_id = $2",
                    tenant, incident.Id, finding, gap, sight.DataVersion, cancellationToken);
                if (incident is { State: not Incident.Held, Muted: false } && !finding.Rule.IsMuted(now))
                {
                    told.Add(new ToldIncident(incident.Id, incident.Episode, finding, Opened: false, incident.FigureOpened));
                }
            }
            else
            {
                var muted = step == IncidentStep.Open && finding.Rule.IsMuted(now);
                var (id, episode) = await StartAsync(connection, tenant, finding, gap, step == IncidentStep.Open, muted, sight.DataVersion, cancellationToken);
                if (step == IncidentStep.Open && !muted)
                {
                    told.Add(new ToldIncident(id, episode, finding, Opened: true, null));
                }
            }
        }

        var messages = told.GroupBy(one => (one.Finding.Rule.Id, one.Opened)).Select(group => group.ToList()).ToList();
        foreach (var message in messages)
        {
            await MailAsync(connection, tenant, message, sight.Stores, cancellationToken);
        }

        foreach (var message in messages)
        {
            await CallEndpointsAsync(connection, transaction, tenant, message, cancellationToken);
        }
    }

    // A second opening begins another episode: who acknowledged the first has not seen it.
    private static async Task<(long Id, int Episode)> StartAsync(
        NpgsqlConnection connection, string tenant, AlertFinding finding, string gap, bool open, bool muted, long version, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            """
            INSERT INTO api.alert_incident AS i (tenant, rule_id, store, subject, business_date, state, gap, figure, reference, currency, data_version, opened_at, figure_opened, reference_opened, muted)
            VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN 'open' ELSE 'held' END, $7, $8, $9, $10, $11, CASE WHEN $6 THEN now() END, CASE WHEN $6 THEN $8 END, CASE WHEN $6 THEN $9 END, $12)
            ON CONFLICT (tenant, rule_id, store, subject, business_date) DO UPDATE SET
              episode = i.episode + CASE WHEN i.state = 'closed' AND i.opened_at IS NOT NULL THEN 1 ELSE 0 END, state = excluded.state, gap = excluded.gap, figure = excluded.figure,
              reference = excluded.reference, currency = excluded.currency, data_version = excluded.data_version, opened_at = excluded.opened_at, figure_opened = excluded.figure_opened,
              reference_opened = excluded.reference_opened, acknowledged_by = NULL, acknowledged_at = NULL, note = NULL, closed_at = NULL, closed_why = NULL, muted = excluded.muted
            RETURNING incident_id, episode
            """,
            tenant, finding.Rule.Id, finding.Store, finding.Subject, finding.Date, open, gap, Numeric(finding.Reading.Figure), Numeric(finding.Reading.Reference), Text(finding.Reading.Currency), version, muted);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt32(1));
    }

    private async Task MailAsync(NpgsqlConnection connection, string tenant, List<ToldIncident> told, IReadOnlyList<Store> stores, CancellationToken cancellationToken)
    {
        var (rule, opened) = (told[0].Finding.Rule, told[0].Opened);
        var mail = AlertMail.Of(rule, opened, told, stores, outbox.Link);
        var cause = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"alert:{told[0].Id}:{told[0].Episode}:{(opened ? "opened" : "closed")}");
        foreach (var recipient in rule.Recipients)
        {
            await outbox.AddAsync(connection, tenant, cause, mail with { To = recipient }, cancellationToken);
        }
    }

    private static async Task CallEndpointsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, List<ToldIncident> told, CancellationToken cancellationToken)
    {
        var (rule, opened) = (told[0].Finding.Rule, told[0].Opened);

        // Personal rules are the person's own affair; endpoints belong to head office.
        if (rule.Owner is not null)
        {
            return;
        }

        foreach (var part in told.Chunk(AlertsAMessage))
        {
            await WebhookOutbox.AddAsync(
                connection, transaction, tenant, opened ? WebhookOutbox.AlertOpened : WebhookOutbox.AlertClosed,
                new
                {
                    rule = new { id = $"{rule.Id:N}", name = rule.Name, metric = rule.Test.Metric },
                    alerts = part.Select(one => new { id = $"{one.Id}", store = one.Finding.Store, device = one.Finding.Subject.Length == 0 ? null : one.Finding.Subject, business_date = one.Finding.Date }),
                },
                cancellationToken);
        }
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, string sql, string tenant, long id, AlertFinding finding, string gap, long version, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, tenant, id, Numeric(finding.Reading.Figure), Numeric(finding.Reading.Reference), Text(finding.Reading.Currency), gap, version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Numeric(decimal? value) => PositionalParameters.OrNull(NpgsqlDbType.Numeric, value);

    private static NpgsqlParameter Text(string? value) => PositionalParameters.OrNull(NpgsqlDbType.Text, value);

    private static decimal? Amount(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetDecimal(at);
}

/// <summary>An incident as it stood before the findings.</summary>
internal sealed record KnownIncident(long Id, string State, int Episode, string Gap, decimal? Figure, decimal? Reference, decimal? FigureOpened, bool Muted);

/// <summary>An incident people are told of. <paramref name="Was"/> is the figure it was opened with, for one that closed.</summary>
internal sealed record ToldIncident(long Id, int Episode, AlertFinding Finding, bool Opened, decimal? Was);
