using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Api;
using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.BrowserTests;

/// <summary>
/// What pages of operations show: weeks of runs in every state, one under way and one that waits, what people did, and a run of the real
/// engine with a mapped task of which a part failed, tries that failed before and a log of several levels.
/// </summary>
internal static partial class RunsOfThePages
{
    /// <summary>The DAG of the real run.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>Signs in to a company of 400 stores.</summary>
    public const string Chain = "chain";

    private static readonly string[] Keys = [.. Enumerable.Range(1, 24).Select(store => $"S{store:00}")];

    public static async Task MakeAsync(TestDatabase database, IServiceProvider services)
    {
        await using (await TestEngine.CreateAsync(database, services.GetServices<Dag>()))
        {
            // Registered; nothing of the product's runs here.
        }

        await using (var engine = await TestEngine.StartAsync(database, [Dag()]))
        {
            Assert.Equal("failed", await database.EndOfAsync(await database.QueueAsync(Deliveries, $"aoba/{Company.Latest:yyyy-MM-dd}")));
        }

        await using var connection = await database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant VALUES ('chain', '全国チェーン', 'JPY', 'Asia/Tokyo');
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines)
            SELECT 'chain', 'S' || to_char(s, 'FM000'), (ARRAY['札幌', '仙台', '新宿', '横浜みなとみらい', '名古屋', '梅田', '広島', '博多'])[1 + s % 8] || s || '号店', 'Asia/Tokyo', 600, 1200, 1 FROM generate_series(1, 400) s;
            INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) SELECT @Chain, 'chain', password_hash, 'data_engineer', 'ja', '全国 六郎' FROM api.app_user WHERE login = 'honbu';
            INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
            SELECT 'chain', 'S' || to_char(s, 'FM000'), @Latest::date - d, 3, CASE WHEN h < 4 THEN 0 WHEN h < 18 THEN 2 ELSE 3 END, CASE WHEN h < 4 THEN 0 ELSE 200 END, CASE WHEN h > 970 OR (d = 31 AND h > 300) THEN 5 ELSE 0 END, 0, 0, 600, 600
            FROM generate_series(1, 400) s, generate_series(0, 89) d, LATERAL (SELECT (hashint4(s * 1000 + d / CASE WHEN s % 13 = 0 THEN 6 ELSE 1 END) & 1023) % 1000 AS h) x;
            """,
            new { Chain, Company.Latest });
        await connection.ExecuteAsync(
            """
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause, eligible_at, created_at, started_at, ended_at)
            SELECT d.dag_id, d.current_version, CASE age % 3 WHEN 0 THEN 'scheduled' ELSE 'asset' END, t.tenant, t.tenant || '/' || to_char(@Today::date - age, 'YYYY-MM-DD'), s.state,
              CASE WHEN age % 3 = 0 THEN '{}' ELSE '{"stores":["S01","S02","S04"]}' END::jsonb,
              CASE age % 3 WHEN 0 THEN jsonb_build_object('schedule', d.schedule, 'time_zone', d.time_zone) ELSE '{"partition_changes":1284}' END::jsonb,
              at, at, CASE WHEN s.state <> 'queued' THEN at + interval '2 seconds' END, CASE WHEN s.state IN ('success', 'failed', 'canceled') THEN at + interval '2 seconds' + age * interval '7.3 seconds' END
            FROM dags.dag d, unnest(ARRAY['aoba', 'thames']) AS t(tenant), generate_series(0, 60) AS age,
              LATERAL (SELECT CASE WHEN age = 0 AND dag_id <> 'store_kpis' THEN 'queued' WHEN age = 0 THEN 'running' WHEN age IN (3, 19) THEN 'failed' WHEN age = 11 THEN 'canceled' ELSE 'success' END AS state) AS s,
              LATERAL (SELECT @Now::timestamptz - age * interval '1 day' - interval '11 minutes' AS at) AS moment
            WHERE d.dag_id IN ('store_kpis', 'customers_and_baskets') AND (t.tenant = 'aoba' OR age < 9) AND NOT (d.dag_id = 'customers_and_baskets' AND age % 7 = 4);
            INSERT INTO dags.task_instance (run_id, task_id, state, max_tries, try_number, lease_token, started_at, ended_at, eligible_at, reason)
            SELECT r.run_id, t.id, k.state, t.max_tries, CASE WHEN k.state IN ('waiting', 'upstream_failed', 'canceled') THEN 0 ELSE 1 END, CASE WHEN k.state = 'running' THEN nextval('dags.fence_seq') END,
              CASE WHEN k.state NOT IN ('waiting', 'upstream_failed', 'canceled') THEN r.started_at + t.place * interval '9 seconds' END,
              CASE WHEN k.state IN ('success', 'failed') THEN r.started_at + t.place * interval '9 seconds' + interval '6.2 seconds' END,
              @Now::timestamptz + interval '90 seconds', CASE k.state WHEN 'failed' THEN 'the warehouse refused the statement' WHEN 'retry_wait' THEN 'the line to the warehouse went dead' ELSE '' END
            FROM dags.dag_run r JOIN dags.dag_version v USING (version_id),
              jsonb_array_elements(v.spec -> 'tasks') WITH ORDINALITY AS e(task, place), LATERAL (SELECT task ->> 'id' AS id, (task ->> 'max_tries')::int AS max_tries, place) AS t,
              LATERAL (SELECT CASE WHEN r.state IN ('success', 'canceled') THEN r.state WHEN t.place = 1 THEN 'success'
                WHEN r.state = 'failed' THEN CASE t.place WHEN 2 THEN 'failed' WHEN 3 THEN 'success' ELSE 'upstream_failed' END
                ELSE CASE t.place WHEN 2 THEN 'running' WHEN 3 THEN 'retry_wait' ELSE 'waiting' END END AS state) AS k
            WHERE r.dag_id <> @Deliveries AND r.state <> 'queued';
            INSERT INTO dags.task_try (lease_token, ti_id, generation, try_number, outcome, started_at, ended_at, error_class, error)
            SELECT nextval('dags.fence_seq'), t.ti_id, 1, 1, CASE WHEN t.state = 'success' THEN 'success' ELSE 'failed' END, t.started_at, coalesce(t.ended_at, t.started_at + interval '5 seconds'),
              CASE WHEN t.state <> 'success' THEN 'Transient' END, nullif(t.reason, '')
            FROM dags.task_instance t JOIN dags.dag_run r USING (run_id) WHERE r.dag_id <> @Deliveries AND t.state IN ('success', 'failed', 'retry_wait');
            INSERT INTO dags.action (at, actor, kind, tenant, dag_id, run_id, reason, before)
            SELECT @Now::timestamptz - k.age, 'engineer', k.kind, tenant, dag_id, run_id, '倉庫の接続が直ったため、もう一度実行します。', '[{"TiId":1,"TaskId":"store_figures","State":"failed"},{"TiId":2,"TaskId":"store_clusters","State":"upstream_failed"}]'
            FROM dags.dag_run, (VALUES ('clear', interval '1 hour'), ('mark', interval '50 minutes')) AS k(kind, age) WHERE tenant = 'aoba' AND dag_id = 'store_kpis' AND state = 'failed';
            INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause, created_at, started_at, ended_at)
            SELECT dag_id, current_version, 'manual', 'aoba', 'aoba/2026-11-10', 'success', '{}', '{"actor":"engineer"}', @Now, @Now, @Now FROM dags.dag WHERE dag_id = 'store_kpis';
            """,
            new { CompanyOfThePages.Today, Now = CompanyOfThePages.Now.ToUniversalTime(), Deliveries });
    }

    // What the gateway would do for each store of a chain, with one store whose file is damaged.
    private static Dag Dag() => new(Deliveries,
    [
        new DagTask("list_files", (context, _) => SayAsync(context)),
        new DagTask("load_file", async (context, cancellationToken) =>
        {
            Begins(context.Logger, context.MapKey, context.TryNumber);
            await Task.Delay(30, cancellationToken);
            return context switch
            {
                { MapKey: "S04" } => throw new FatalTaskException("The file of S04 ends in the middle of a receipt <row 10,382>."),
                { MapKey: "S02" or "S09", TryNumber: 1 } => throw new IOException("The line went dead."),
                _ => TaskOutput.None,
            };
        })
        {
            Upstreams = ["list_files"],
            Map = (_, _, _, _) => Task.FromResult<IReadOnlyList<string>>(Keys),
            Retry = new RetryPolicy { MaxTries = 3, Delay = TimeSpan.FromMilliseconds(40) },
        },
        new DagTask("check_file", (context, _) => SayAsync(context)) { Upstreams = ["load_file"], MapWith = "load_file" },
        new DagTask("stores_of_the_day", (context, _) => SayAsync(context)) { Upstreams = ["list_files"] },
        new DagTask("report_to_head_office", (context, _) => SayAsync(context)) { Upstreams = ["check_file", "stores_of_the_day"] },
        new DagTask("tidy_up", (context, _) => SayAsync(context)) { Upstreams = ["report_to_head_office", "list_files"], Rule = TriggerRule.AllDone, Tolerated = true },
    ]);

    private static Task<TaskOutput> SayAsync(TaskContext context)
    {
        Begins(context.Logger, context.TaskId, context.TryNumber);
        Odd(context.Logger, "横浜みなとみらい店");
        return Task.FromResult(TaskOutput.None);
    }

    [LoggerMessage(1, LogLevel.Information, "{What} begins, try {Number}")]
    private static partial void Begins(ILogger logger, string what, int number);

    [LoggerMessage(2, LogLevel.Warning, "{Store} sent its file twice; the second one counts")]
    private static partial void Odd(ILogger logger, string store);
}
