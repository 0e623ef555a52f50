using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>The rules of a tenant. Whoever made a personal rule sees it alone; the chain's are seen by all. Every statement names the tenant.</summary>
internal sealed class AlertRuleRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    /// <summary>The most rules of a tenant.</summary>
    public const int MostOfTenant = 500;

    /// <summary>The most personal rules of one person.</summary>
    public const int MostOfPerson = 20;

    private const string Columns = """
        r.rule_id, r.tenant, r.owner, r.name, r.metric, r.direction, r.against, r.threshold, r.until_hour, r.registers_complete, r.minimum_coverage,
        r.stores, r.recipients, r.language, r.active, r.since, r.muted_until, r.muted_to, r.muted_by, r.muted_reason
        """;

    // Place of the column that follows the rule's own.
    private const int OwnersStores = 20;

    /// <summary>The rules a person may see, the chain's first, oldest first; or the one of an id.</summary>
    public Task<List<AlertRule>> ListAsync(SessionUser user, Guid? id, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            $"""
            SELECT {Columns} FROM api.alert_rule AS r
            WHERE r.tenant = $1 AND r.removed_at IS NULL AND (r.owner IS NULL OR r.owner = $2) AND ($3::uuid IS NULL OR r.rule_id = $3)
            ORDER BY r.owner IS NOT NULL, r.created_at, r.rule_id
            """,
            user.Tenant, user.Login, PositionalParameters.OrNull(NpgsqlDbType.Uuid, id));
        return await ReadAsync(command, token);
    }, cancellationToken);

    /// <summary>
    /// The rules to be evaluated. A personal rule of somebody who was shut out is silent, and it never reaches beyond the stores its owner may see now.
    /// </summary>
    /// <param name="connection">As retail_job.</param>
    /// <param name="tenant">Whose rules.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<List<AlertRule>> ActiveAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            $"""
            SELECT {Columns}, u.stores FROM api.alert_rule AS r LEFT JOIN api.app_user AS u ON u.tenant = r.tenant AND u.login = r.owner
            WHERE r.tenant = $1 AND r.kind = 'metric' AND r.active AND r.removed_at IS NULL AND u.disabled_at IS NULL
            ORDER BY r.created_at, r.rule_id
            """,
            tenant);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Makes a rule; null when there are as many as may be.</summary>
    public async Task<AlertRule?> CreateAsync(HttpContext context, SessionUser user, AlertRuleDraft draft, DateOnly since, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await connection.TakeTurnAsync("alert_rule", user.Tenant, cancellationToken);
        await using var command = connection.Command(
            $"""
            INSERT INTO api.alert_rule AS r (tenant, created_by, owner, name, metric, direction, against, threshold, until_hour, registers_complete, minimum_coverage, stores, recipients, language, active, since)
            SELECT $1, $2, CASE WHEN NOT $3 THEN $2 END, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
            WHERE (SELECT count(*) FROM api.alert_rule WHERE tenant = $1 AND removed_at IS NULL) < {MostOfTenant}
              AND ($3 OR (SELECT count(*) FROM api.alert_rule WHERE tenant = $1 AND owner = $2 AND removed_at IS NULL) < {MostOfPerson})
            RETURNING {Columns}
            """,
            [user.Tenant, user.Login, draft.ForChain, .. Values(draft), since]);
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } made)
        {
            return null;
        }

        await WakeAsync(connection, user.Tenant, cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "alert_rule.create", made.Id.ToString("N"), Facts(made)), cancellationToken);
        await context.KeepAnswerAsync(connection, StatusCodes.Status201Created, AlertEndpoints.Location(made), AlertRuleView.Of(made, user), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>Changes a rule the person may change; null when there is none. Whose it is stays as it is.</summary>
    public async Task<AlertRule?> UpdateAsync(HttpContext context, SessionUser user, Guid id, AlertRuleDraft draft, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"""
            UPDATE api.alert_rule AS r SET name = $4, metric = $5, direction = $6, against = $7, threshold = $8, until_hour = $9, registers_complete = $10, minimum_coverage = $11,
              stores = $12, recipients = $13, language = $14, active = $15
            WHERE r.tenant = $1 AND r.rule_id = $16 AND r.removed_at IS NULL AND r.owner IS NOT DISTINCT FROM CASE WHEN NOT $3 THEN $2 END RETURNING {Columns}
            """,
            [user.Tenant, user.Login, draft.ForChain, .. Values(draft), id]);
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } now)
        {
            return null;
        }

        if (!now.Active)
        {
            await CloseAsync(connection, user.Tenant, id, cancellationToken);
        }

        await WakeAsync(connection, user.Tenant, cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "alert_rule.change", id.ToString("N"), Facts(now)), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return now;
    }

    /// <summary>Mutes a rule for a time, or with null lets it speak again; null when there is none.</summary>
    public async Task<AlertRule?> MuteAsync(HttpContext context, SessionUser user, AlertRule rule, AlertMute? mute, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"""
            UPDATE api.alert_rule AS r SET muted_until = $3, muted_to = $4, muted_by = $5, muted_reason = $6
            WHERE r.tenant = $1 AND r.rule_id = $2 AND r.removed_at IS NULL RETURNING {Columns}
            """,
            user.Tenant, rule.Id, PositionalParameters.OrNull(NpgsqlDbType.Date, mute?.Until), PositionalParameters.OrNull(NpgsqlDbType.TimestampTz, mute?.To.ToUniversalTime()),
            PositionalParameters.OrNull(NpgsqlDbType.Text, mute?.By), PositionalParameters.OrNull(NpgsqlDbType.Text, mute?.Reason));
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } now)
        {
            return null;
        }

        var entry = mute is null
            ? AuditEntry.Of(context, user, "alert_rule.unmute", rule.Id.ToString("N"), new { rule.Name })
            : AuditEntry.Of(context, user, "alert_rule.mute", rule.Id.ToString("N"), new { rule.Name, mute.Until, mute.Reason });
        await audit.WriteAsync(connection, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return now;
    }

    /// <summary>Takes a rule away and closes what it opened; false when there is none. Its incidents stay on record.</summary>
    public async Task<bool> RemoveAsync(HttpContext context, SessionUser user, AlertRule rule, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command("UPDATE api.alert_rule SET removed_at = now() WHERE tenant = $1 AND rule_id = $2 AND removed_at IS NULL", user.Tenant, rule.Id);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await CloseAsync(connection, user.Tenant, rule.Id, cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "alert_rule.remove", rule.Id.ToString("N"), Facts(rule)), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task CloseAsync(NpgsqlConnection connection, string tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "UPDATE api.alert_incident SET state = 'closed', closed_at = now(), closed_why = 'rule' WHERE tenant = $1 AND rule_id = $2 AND state <> 'closed'",
            tenant, id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A rule that is new or another speaks at once, not with the next data.
    private static async Task WakeAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("DELETE FROM api.alert_progress WHERE tenant = $1", tenant);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static object Facts(AlertRule rule) => new
    {
        rule.Name,
        Scope = rule.Owner is null ? "chain" : "personal",
        rule.Test.Metric,
        rule.Test.Direction,
        rule.Test.Against,
        rule.Test.Threshold,
        rule.Test.UntilHour,
        rule.Stores,
        Recipients = rule.Recipients.Count,
        rule.Active,
    };

    private static object[] Values(AlertRuleDraft draft) =>
    [
        draft.Name, draft.Test.Metric, draft.Test.Direction, draft.Test.Against, draft.Test.Threshold,
        PositionalParameters.OrNull(NpgsqlDbType.Integer, draft.Test.UntilHour), draft.Test.RegistersComplete,
        PositionalParameters.OrNull(NpgsqlDbType.Numeric, draft.Test.MinimumCoverage),
        PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, draft.Stores?.ToArray()),
        draft.Recipients.ToArray(), draft.Language, draft.Active,
    ];

    private static async Task<List<AlertRule>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rules = new List<AlertRule>();
        while (await row.ReadAsync(cancellationToken))
        {
            var stores = row.IsDBNull(11) ? null : row.GetFieldValue<string[]>(11);
            if (row.FieldCount > OwnersStores && !row.IsDBNull(OwnersStores))
            {
                var visible = row.GetFieldValue<string[]>(OwnersStores);
                stores = stores is null ? visible : [.. stores.Intersect(visible)];
            }

            rules.Add(new AlertRule(
                row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3),
                new AlertTest(
                    row.GetString(4), row.GetString(5), row.GetString(6), row.GetDecimal(7), row.IsDBNull(8) ? null : row.GetInt16(8), row.GetBoolean(9), row.IsDBNull(10) ? null : row.GetDecimal(10)),
                stores, row.GetFieldValue<string[]>(12), row.GetString(13), row.GetBoolean(14), row.GetFieldValue<DateOnly>(15))
            {
                Mute = row.IsDBNull(16) ? null : new AlertMute(row.GetFieldValue<DateOnly>(16), row.GetFieldValue<DateTimeOffset>(17), row.GetString(18), row.GetString(19)),
            });
        }

        return rules;
    }
}

/// <summary>A rule as somebody wants it, checked.</summary>
internal sealed record AlertRuleDraft(
    bool ForChain, string Name, AlertTest Test, IReadOnlyList<string>? Stores, IReadOnlyList<string> Recipients, string Language, bool Active);
