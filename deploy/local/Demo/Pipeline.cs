using Dapper;
using Npgsql;
using Spectre.Console;

namespace RetailInsight.Local.Demo;

/// <summary>What is still under way between the gateway and the datamart.</summary>
internal sealed class Pipeline(NpgsqlDataSource owner, TimeProvider clock)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    // Each stage hands on in one transaction, so nothing is between two of them when all are empty in one snapshot. What the bus
    // holds is told by the ledgers at both of its ends: a bus in the cloud cannot be counted. Every batch introduces an identity.
    private const string Outstanding =
        """
        SELECT (SELECT count(*) FROM gateway.ingestion WHERE state = 'landed') AS Landed,
               (SELECT count(*) FROM gateway.outbox) AS Outbox,
               (SELECT count(*) FROM (SELECT DISTINCT tenant, batch_id FROM gateway.identity) AS batch
                WHERE NOT EXISTS (SELECT FROM ingest.loaded_batch AS loaded WHERE loaded.tenant = batch.tenant AND loaded.batch_id = batch.batch_id)) AS Bus,
               (SELECT count(*) FROM ingest.partition_change) AS Changes,
               (SELECT count(*) FROM dags.dag_run WHERE state IN ('queued', 'running')) AS Runs,
               (SELECT count(*) FROM dags.dag_run) AS AllRuns
        """;

    /// <summary>Waits until every stage is empty, moving a bar along.</summary>
    public Task DrainAsync(ProgressTask bar, CancellationToken cancellationToken) => DrainAsync(
        left =>
        {
            bar.MaxValue = Math.Max(1, left.AllRuns + left.Outbox + left.Bus);
            bar.Value = left.Total == 0 ? bar.MaxValue : left.AllRuns - left.Runs;
        },
        cancellationToken);

    /// <summary>Waits until every stage is empty.</summary>
    public async Task DrainAsync(Action<Stages> report, CancellationToken cancellationToken)
    {
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        while (true)
        {
            var started = clock.GetTimestamp();
            var left = await connection.QuerySingleAsync<Stages>(new CommandDefinition(Outstanding, cancellationToken: cancellationToken));
            report(left);
            if (left.Total == 0)
            {
                return;
            }

            var asked = clock.GetElapsedTime(started);
            await Task.Delay(asked * 4 > Poll ? asked * 4 : Poll, cancellationToken);
        }
    }

    /// <summary>How much lies in each stage.</summary>
    internal sealed record Stages(long Landed, long Outbox, long Bus, long Changes, long Runs, long AllRuns)
    {
        /// <summary>Nothing is left when this is zero.</summary>
        public long Total => Landed + Outbox + Bus + Changes + Runs;
    }
}
