using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>Which incidents are asked for; null members ask for all.</summary>
internal sealed record IncidentFilter(IReadOnlyList<string>? States = null, IReadOnlyList<string>? Stores = null, DateOnly? From = null, DateOnly? To = null, long? Before = null, int Limit = 100)
{
    /// <summary>Those that ask for somebody's attention.</summary>
    public static readonly string[] Unfinished = [Incident.Held, Incident.Open, Incident.Acknowledged];
}

/// <summary>Incidents as people see them: of the stores they may see, by the chain's rules and their own. Every statement names the tenant.</summary>
internal sealed class IncidentRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    private const string Visible = "i.tenant = $1 AND r.tenant = $1 AND (r.owner IS NULL OR r.owner = $2) AND ($3::text[] IS NULL OR i.store = ANY($3))";

    /// <summary>Incidents, the latest first.</summary>
    public Task<List<Incident>> ListAsync(SessionUser user, IncidentFilter filter, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT i.incident_id, i.store, i.business_date, i.state, i.gap, i.figure, i.reference, i.currency, i.figure_opened, i.reference_opened, i.since, i.opened_at,
              i.acknowledged_by, i.acknowledged_at, i.note, i.closed_at, i.closed_why,
              r.rule_id, r.owner, r.name, r.metric, r.direction, r.against, r.threshold, r.until_hour, r.registers_complete, r.minimum_coverage, r.stores, r.recipients, r.language, r.active, r.since, i.muted, i.subject
            FROM api.alert_incident AS i JOIN api.alert_rule AS r USING (rule_id)
            WHERE {Visible} AND ($4::text[] IS NULL OR i.state = ANY($4)) AND ($5::text[] IS NULL OR i.store = ANY($5))
              AND ($6::date IS NULL OR i.business_date >= $6) AND ($7::date IS NULL OR i.business_date <= $7) AND ($8::bigint IS NULL OR i.incident_id < $8)
            ORDER BY i.incident_id DESC LIMIT $9
            """);
        BindPerson(command, user);
        command.Parameters.Add(Texts(filter.States));
        command.Parameters.Add(Texts(filter.Stores));
        command.Parameters.Add(new() { Value = (object?)filter.From ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = (object?)filter.To ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = filter.Limit });
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<Incident>();
        while (await row.ReadAsync(token))
        {
            found.Add(Read(row, user.Tenant));
        }

        return found;
    }, cancellationToken);

    /// <summary>One incident; null when the person sees none of that number.</summary>
    public async Task<Incident?> FindAsync(SessionUser user, long id, CancellationToken cancellationToken) =>
        id == long.MaxValue ? null : (await ListAsync(user, new IncidentFilter(Before: id + 1, Limit: 1), cancellationToken)).SingleOrDefault(found => found.Id == id);

    /// <summary>Notes that a person has taken care of an open incident, and what they say about it; false when it is not open or not seen.</summary>
    public async Task<bool> AcknowledgeAsync(HttpContext context, SessionUser user, long id, string note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE api.alert_incident AS i SET state = 'acknowledged', acknowledged_by = $2, acknowledged_at = now(), note = nullif($5, '')
            FROM api.alert_rule AS r WHERE r.rule_id = i.rule_id AND {Visible} AND i.incident_id = $4 AND i.state IN ('open', 'acknowledged')
            """,
            connection);
        BindPerson(command, user);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = note });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "alert.acknowledge", id.ToString(System.Globalization.CultureInfo.InvariantCulture), new { Note = note }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static void BindPerson(NpgsqlCommand command, SessionUser user)
    {
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = user.Login });
        command.Parameters.Add(Texts(user.Stores?.ToArray()));
    }

    private static NpgsqlParameter Texts(IReadOnlyList<string>? values) => new() { Value = (object?)values?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static Incident Read(NpgsqlDataReader row, string tenant)
    {
        decimal? Number(int at) => row.IsDBNull(at) ? null : row.GetDecimal(at);
        string? Text(int at) => row.IsDBNull(at) ? null : row.GetString(at);
        DateTimeOffset? Instant(int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
        var rule = new AlertRule(
            row.GetGuid(17), tenant, Text(18), row.GetString(19),
            new AlertTest(row.GetString(20), row.GetString(21), row.GetString(22), row.GetDecimal(23), row.IsDBNull(24) ? null : row.GetInt16(24), row.GetBoolean(25), Number(26)),
            row.IsDBNull(27) ? null : row.GetFieldValue<string[]>(27), row.GetFieldValue<string[]>(28), row.GetString(29), row.GetBoolean(30), row.GetFieldValue<DateOnly>(31));
        return new Incident(
            row.GetInt64(0), rule, row.GetString(1), row.GetString(33), row.GetFieldValue<DateOnly>(2), row.GetString(3), Incident.GapOf(row.GetString(4)), Number(5), Number(6), Text(7), Number(8), Number(9))
        {
            Since = row.GetFieldValue<DateTimeOffset>(10),
            OpenedAt = Instant(11),
            AcknowledgedBy = Text(12),
            AcknowledgedAt = Instant(13),
            Note = Text(14),
            ClosedAt = Instant(15),
            ClosedWhy = Text(16),
            Muted = row.GetBoolean(32),
        };
    }
}
