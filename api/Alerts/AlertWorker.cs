using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>
/// Evaluates the rules of a tenant when its data version has risen, and now and then because an hour or a day may be over. Any number of
/// processes may run it: one at a time has a tenant, and what it finds and whom it tells is one transaction.
/// </summary>
internal sealed class AlertWorker(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, MetricWatch watch, DeviceWatch devices, IncidentBook book, AlertOptions options, TimeProvider clock, ILogger<AlertWorker> logger) : BackgroundService
{
    private const int KeptDays = 400;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Poll, clock);
        do
        {
            try
            {
                foreach (var tenant in await DueAsync(stoppingToken))
                {
                    await EvaluateAsync(tenant, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away or still being migrated; the tenant stays due and is evaluated later.
                Log.AlertsWait(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<List<string>> DueAsync(CancellationToken cancellationToken)
    {
        // In any order, so that one tenant that fails does not keep the others from being looked at.
        await using var command = database.CreateCommand(
            """
            SELECT v.tenant FROM mart.data_version AS v LEFT JOIN api.alert_progress AS p USING (tenant)
            WHERE EXISTS (SELECT FROM api.alert_rule AS r WHERE r.tenant = v.tenant AND r.removed_at IS NULL AND r.active)
              AND (p.tenant IS NULL OR (p.data_version < v.version AND p.evaluated_at < now() - $1) OR p.evaluated_at < now() - $2)
            ORDER BY random()
            """);
        command.Parameters.Add(new() { Value = options.Pause });
        command.Parameters.Add(new() { Value = options.Every });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            due.Add(row.GetString(0));
        }

        return due;
    }

    private async Task EvaluateAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteAsync(
            connection, "INSERT INTO api.alert_progress (tenant, data_version, evaluated_at) VALUES ($1, -1, '-infinity') ON CONFLICT DO NOTHING", cancellationToken, new NpgsqlParameter { Value = tenant });
        await using (var take = new NpgsqlCommand(
            "SELECT 1 FROM api.alert_progress WHERE tenant = $1 AND evaluated_at < now() - least($2, $3) FOR UPDATE SKIP LOCKED", connection)
        { Parameters = { new() { Value = tenant }, new() { Value = options.Pause }, new() { Value = options.Every } } })
        {
            if (await take.ExecuteScalarAsync(cancellationToken) is null)
            {
                return;
            }
        }

        var rules = await AlertRuleRegister.ActiveAsync(connection, tenant, cancellationToken);
        var first = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-MetricWatch.Days - 1);
        var known = await IncidentBook.ReadAsync(connection, tenant, first, cancellationToken);
        var unfinished = known.Where(one => one.Value.State != Incident.Closed).Select(one => (one.Key.Rule, one.Key.Store, one.Key.Date)).ToHashSet();
        var sight = await watch.LookAsync(tenant, rules.FindAll(rule => !DeviceMetrics.IsOf(rule.Test)), unfinished, cancellationToken);
        var ofDevices = await devices.LookAsync(connection, tenant, rules, sight.Stores, known, cancellationToken);
        sight = sight with { Findings = [.. sight.Findings, .. ofDevices] };
        await book.ApplyAsync(connection, transaction, tenant, sight, known, cancellationToken);
        await WriteAsync(
            connection, "DELETE FROM api.alert_incident WHERE tenant = $1 AND state = 'closed' AND business_date < $2", cancellationToken,
            new() { Value = tenant }, new() { Value = first.AddDays(-KeptDays) });
        await WriteAsync(
            connection, "UPDATE api.alert_progress SET data_version = $2, evaluated_at = now() WHERE tenant = $1", cancellationToken, new() { Value = tenant }, new() { Value = sight.DataVersion });
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
