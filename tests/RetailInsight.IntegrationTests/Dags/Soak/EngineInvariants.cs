using Dapper;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>What holds of the engine's tables at every moment, looked at in one snapshot: by hand, or again and again while something else goes on.</summary>
internal sealed class EngineInvariants : IAsyncDisposable
{
    // Each yields a line for what must not be.
    private const string Broken = """
        SELECT 'task ' || t.ti_id || ' runs without its lease in the queue' FROM dags.task_instance t LEFT JOIN dags.task_queue q USING (ti_id)
        WHERE t.state = 'running' AND (q.state, q.lease_token, q.session_id) IS DISTINCT FROM ('leased', t.lease_token, t.session_id)
        UNION ALL
        SELECT 'task ' || q.ti_id || ' is ' || t.state || ' and in the queue as ' || q.state FROM dags.task_queue q JOIN dags.task_instance t USING (ti_id)
        WHERE t.state <> CASE q.state WHEN 'leased' THEN 'running' ELSE 'ready' END
        UNION ALL
        SELECT 'task ' || t.ti_id || ' is ready and not in the queue' FROM dags.task_instance t
        WHERE t.state = 'ready' AND NOT EXISTS (SELECT FROM dags.task_queue q WHERE q.ti_id = t.ti_id)
        UNION ALL
        SELECT 'task ' || t.ti_id || ' runs a try that has ended' FROM dags.task_instance t JOIN dags.task_try y ON y.lease_token = t.lease_token WHERE t.state = 'running'
        UNION ALL
        SELECT 'pool ' || p.pool || ' has ' || p.slots || ' slots, leased are ' || sum(q.slots) FROM dags.pool p JOIN dags.task_queue q USING (pool)
        WHERE q.state = 'leased' AND p.slots IS NOT NULL GROUP BY p.pool, p.slots HAVING sum(q.slots) > p.slots
        UNION ALL
        SELECT 'run ' || r.run_id || ' is ' || r.state || ', its task ' || t.ti_id || ' ' || t.state FROM dags.task_instance t JOIN dags.dag_run r USING (run_id)
        WHERE t.state IN ('waiting', 'ready', 'running', 'deferred', 'awaiting_input', 'retry_wait') AND r.state NOT IN ('running', 'queued')
          OR t.state IN ('ready', 'running') AND r.state = 'queued'
        UNION ALL
        SELECT 'task ' || ti_id || ' succeeded ' || count(*) || ' times in generation ' || generation FROM dags.task_try
        WHERE outcome = 'success' GROUP BY ti_id, generation HAVING count(*) > 1
        UNION ALL
        SELECT 'asset ' || p.asset || ' of ' || p.business_date || ' ' || p.store || ' has fence ' || p.fence || ', version ' || v.version || ' fence ' || v.fence
        FROM dags.asset_version v JOIN dags.asset_partition p USING (tenant, asset, business_date, store) WHERE p.fence < v.fence
        UNION ALL
        SELECT 'asset ' || v.asset || ' version ' || v.version || ' was published by lease ' || v.fence || ', which did not succeed' FROM dags.asset_version v
        WHERE v.run_id IS NOT NULL AND v.reason <> 'restored' AND NOT EXISTS (SELECT FROM dags.task_try y WHERE y.lease_token = v.fence AND y.outcome = 'success')
        """;

    private const string BrokenEffects = """
        UNION ALL
        SELECT 'run ' || e.run_id || ' ' || e.task || ' was written by lease ' || e.lease_token || ', which did not succeed' FROM public.effect e
        WHERE NOT EXISTS (SELECT FROM dags.task_try y JOIN dags.task_instance t USING (ti_id)
          WHERE y.lease_token = e.lease_token AND y.outcome = 'success' AND t.run_id = e.run_id AND t.task_id = e.task)
        """;

    private readonly TestDatabase _database;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task<List<string>> _watching;

    private EngineInvariants(TestDatabase database, TimeSpan every)
    {
        _database = database;
        _watching = WatchAsync(every);
    }

    /// <summary>How often was looked.</summary>
    public int Looks { get; private set; }

    /// <summary>Looks again and again until it is disposed of, which fails when something was broken at any look.</summary>
    public static EngineInvariants Watch(TestDatabase database, TimeSpan? every = null) => new(database, every ?? TimeSpan.FromMilliseconds(200));

    /// <summary>What is broken at this moment; nothing if all is well.</summary>
    public static async Task<List<string>> BrokenAsync(TestDatabase database)
    {
        await using var connection = await database.Owner.OpenConnectionAsync();
        var effects = await connection.ExecuteScalarAsync<bool>("SELECT to_regclass('public.effect') IS NOT NULL");
        return (await connection.QueryAsync<string>(effects ? Broken + "\n" + BrokenEffects : Broken)).AsList();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        var broken = await _watching;
        _ending.Dispose();
        broken.AddRange(await BrokenAsync(_database));
        Assert.True(broken.Count == 0, string.Join(Environment.NewLine, broken.Distinct().Take(20)));
    }

    private async Task<List<string>> WatchAsync(TimeSpan every)
    {
        var broken = new List<string>();
        using var pace = new PeriodicTimer(every);
        try
        {
            while (await pace.WaitForNextTickAsync(_ending.Token))
            {
                try
                {
                    broken.AddRange(await BrokenAsync(_database));
                    Looks++;
                }
                catch (Npgsql.NpgsqlException)
                {
                    // The server is being restarted; what it says afterwards counts.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The proof is over.
        }

        return broken;
    }
}
