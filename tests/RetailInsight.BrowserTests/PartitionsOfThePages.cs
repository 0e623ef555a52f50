using System.Text.Json;
using Dapper;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Api;
using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.BrowserTests;

/// <summary>
/// What pages about partitions, backfills and approvals show: six weeks that stand, some of it stale or held, a store's day with versions of
/// every cause, backfills in every state, and a question of the real engine.
/// </summary>
internal static class PartitionsOfThePages
{
    /// <summary>A DAG of the pages' own, which publishes a store's day from the receipts there are of it.</summary>
    public const string Shelves = "shelf_levels";

    private const string Prices = "price_check";

    /// <summary>The DAGs, which the host of the pages has to know.</summary>
    public static IReadOnlyList<Dag> Dags { get; } =
    [
        new(Shelves, [
            new DagTask("count_shelves", (context, _) => Task.FromResult(Publish(context)))
            {
                Produces = new Asset(Shelves, PartitionGrain.StoreDay, [new AssetInput(Datasets.PosTransaction)])
                {
                    Tables = ["mart.shelf_level"],
                    Restore = (partition, _, publication, _) =>
                    {
                        publication.Changed(partition.Store);
                        return Task.FromResult(true);
                    },
                },
            },
        ]),
        new(Prices, [
            new DagTask("compare_prices", (context, _) => Task.FromResult(Publish(context) with { Approval = Question() }))
            {
                Produces = new Asset(Prices, PartitionGrain.StoreDay, [new AssetInput(Shelves)]),
            },
        ]),
    ];

    public static async Task MakeAsync(TestDatabase database)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, fence, kpi, reason, published_at, checked_at, stale_since, stale_cause, pinned_by)
            SELECT 'aoba', a.asset, @Latest::date - age, CASE WHEN a.grain = 'day' THEN '' ELSE s.store END, 1 + (age + length(a.asset)) % 3, 1,
              CASE WHEN a.asset = 'store_figures' THEN jsonb_build_object('net', '1234500', 'receipts', 410 - age, 'visitors', 2100) END, 'asset', at, at,
              CASE WHEN hit.source OR hit.made THEN @Now::timestamptz - interval '9 minutes' END,
              CASE WHEN hit.source THEN '{"data":["pos_transaction"]}'::jsonb WHEN hit.made THEN '{"asset":"store_figures","run":1}'::jsonb END,
              CASE WHEN a.asset = 'store_figures' AND age = 5 AND s.store = 'S03' THEN 'engineer' END
            FROM dags.asset a JOIN (SELECT store FROM tenancy.store WHERE tenant = 'aoba') s ON a.grain <> 'day' OR s.store = 'S01', generate_series(0, 41) AS age,
              LATERAL (SELECT @Now::timestamptz - (age + 1) * interval '1 day' AS at) m,
              LATERAL (SELECT a.asset IN ('store_figures', 'breakdowns') AND age = 2 AND s.store IN ('S02', 'S04') AS source, a.grain = 'day' AND a.asset LIKE 'store%' AND age = 2 AS made) hit
            WHERE (a.asset IN ('pos_transaction', 'people_count', 'store_figures', 'breakdowns', 'store_clusters', 'store_targets') OR a.asset = @Prices AND age = 0) AND NOT (a.dag_id IS NOT NULL AND age IN (17, 18)) AND (a.dag_id IS NOT NULL OR age < 30)
            ON CONFLICT DO NOTHING;
            UPDATE dags.asset_partition SET version = 5 WHERE tenant = 'aoba' AND asset = 'store_figures' AND business_date = @Latest AND store = 'S01';
            INSERT INTO dags.asset_version (tenant, asset, business_date, store, version, fence, run_id, code_version, inputs, kpi, reason, published_at)
            SELECT 'aoba', 'store_figures', @Latest, 'S01', v.version, v.version, CASE WHEN v.reason IN ('asset', 'scheduled') THEN (
                SELECT max(run_id) FROM dags.dag_run WHERE tenant = 'aoba' AND dag_id = 'store_kpis' AND partition_key = 'aoba/' || to_char(@Latest::date, 'YYYY-MM-DD')) END, 1,
              jsonb_build_object('pos_transaction', 3 + v.version / 2, 'people_count', 2), jsonb_build_object('net', v.net, 'receipts', v.receipts, 'visitors', v.visitors), v.reason, @Now::timestamptz - v.ago
            FROM (VALUES (1, '1180000', 398, NULL, 'scheduled', interval '20 hours'), (2, '1212000', 412, 2051, 'asset', interval '11 hours'), (3, '1234500', 418, 2051, 'backfill', interval '6 hours'),
              (4, '990000', 340, 2051, 'manual', interval '3 hours'), (5, '1234500', 418, 2051, 'restored', interval '2 hours')) AS v(version, net, receipts, visitors, reason, ago);
            INSERT INTO gateway.ingestion (id, tenant, feed, vendor, profile, profile_version, file_name, content_encoding, sha256, bytes, lake_object, lake_offset, received_at, next_attempt_at)
            SELECT md5('file' || n)::uuid, 'aoba', 'pos-shibuya', 'vendor-a', 'vendor-a', 1, 'uriage_' || n || '.csv', 'identity', decode(repeat('00', 32), 'hex'), 1, 'x', 0, at, at
            FROM (VALUES (1, @Now::timestamptz - interval '21 hours'), (2, @Now::timestamptz - interval '12 hours')) AS f(n, at);
            INSERT INTO gateway.identity (tenant, event_id, content_hash, revision, batch_id, store, business_date, introduced_at, ingestion_id, feed, kind)
            SELECT 'aoba', md5('e' || n || i)::uuid, md5('h' || n || i)::uuid, 1, md5('b' || n)::uuid, 'S01', @Latest, at, md5('file' || n)::uuid, 'pos-shibuya', 1
            FROM (VALUES (1, 9, @Now::timestamptz - interval '21 hours'), (2, 4, @Now::timestamptz - interval '12 hours')) AS f(n, many, at), generate_series(1, many) i;
            """,
            new { Company.Latest, Now = CompanyOfThePages.Now.ToUniversalTime(), Prices });
        await BackfillsAsync(connection);
        await using var engine = await TestEngine.StartAsync(database, Dags);
        await AskAsync(database, Company.Latest);
    }

    /// <summary>Has a run ask before it publishes; an engine that knows <see cref="Dags"/> has to run.</summary>
    /// <returns>The run.</returns>
    public static async Task<long> AskAsync(TestDatabase database, DateOnly date)
    {
        var run = await database.QueueAsync(Prices, $"aoba/{date:yyyy-MM-dd}");
        await database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_instance WHERE run_id = @run AND state = 'awaiting_input')", new { run });
        return run;
    }

    // Those under way have as many runs as they may, so that an engine makes none.
    private static Task<int> BackfillsAsync(Npgsql.NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO dags.backfill (tenant, dag_id, first_date, last_date, selector, ordering, max_active_runs, state, actor, reason, created_at, ended_at)
        SELECT 'aoba', 'store_kpis', @Latest::date - span, @Latest::date - 1, selector, ordering, 1, state, 'engineer', reason, @Now::timestamptz - ago, CASE WHEN state IN ('done', 'canceled') THEN @Now END
        FROM (VALUES (13, 'failed', 'oldest_first', 'canceled', '倉庫が止まった日', interval '5 days'), (27, 'stale', 'newest_first', 'done', '返品の数え方が変わった', interval '3 days'),
          (9, 'missing', 'sequential', 'paused', '開店前の日をそろえる', interval '1 day'), (59, 'all', 'newest_first', 'running', '税率の訂正を全店に反映する', interval '40 minutes'))
          AS b(span, selector, ordering, state, reason, ago);
        INSERT INTO dags.backfill_slot (backfill_id, tenant, position, partition_key, conf, state, run_id)
        SELECT b.backfill_id, 'aoba', n + 1, k.key, CASE WHEN n % 3 = 0 THEN '{"stores":["S01","S04"]}' ELSE '{}' END::jsonb, s.state,
          CASE WHEN s.state = 'submitted' THEN (SELECT max(run_id) FROM dags.dag_run WHERE dag_id = 'store_kpis' AND tenant = 'aoba' AND state = 'running')
            WHEN s.state IN ('success', 'failed') THEN (SELECT max(run_id) FROM dags.dag_run WHERE dag_id = 'store_kpis' AND tenant = 'aoba' AND partition_key = k.key) END
        FROM dags.backfill b, LATERAL generate_series(0, b.last_date - b.first_date) AS n,
          LATERAL (SELECT 'aoba/' || to_char(CASE WHEN b.ordering = 'newest_first' THEN b.last_date - n ELSE b.first_date + n END, 'YYYY-MM-DD') AS key) k,
          LATERAL (SELECT CASE b.state WHEN 'done' THEN CASE WHEN n IN (4, 9) THEN 'failed' ELSE 'success' END
            WHEN 'canceled' THEN CASE WHEN n < 4 THEN 'success' ELSE 'canceled' END WHEN 'paused' THEN CASE WHEN n < 2 THEN 'success' WHEN n = 2 THEN 'failed' ELSE 'pending' END
            ELSE CASE WHEN n < 11 THEN 'success' WHEN n = 11 THEN 'failed' WHEN n = 12 THEN 'submitted' ELSE 'pending' END END AS state) s
        WHERE b.tenant = 'aoba' AND b.dag_id = 'store_kpis';
        """,
        new { Company.Latest, Now = CompanyOfThePages.Now.ToUniversalTime() });

    private static TaskOutput Publish(TaskContext context)
    {
        IReadOnlyList<string> stores = [.. (context.TextList("stores") ?? ["S01", "S02"]).Where(store => !context.Pinned.Contains(store))];
        return new TaskOutput((publication, _) =>
        {
            foreach (var store in stores)
            {
                publication.Changed(store, $$"""{"net":"{{context.TextList("net")?[0] ?? "1500"}}","receipts":3,"visitors":null}""");
            }

            return Task.CompletedTask;
        })
        {
            Stores = stores,
        };
    }

    private static ApprovalQuestion Question()
    {
        var detail = JsonSerializer.Serialize<object[]>(
        [
            new { store = "S01", netWas = 1_234_500_000_000, netIs = 987_600_000_000, receiptsWas = 418, receiptsIs = 340, visitorsWas = 2051, visitorsIs = 2051 },
            new { store = "S02", netWas = 2_000_000_000_000, netIs = 2_100_000_000_000, receiptsWas = 600, receiptsIs = 630, visitorsWas = (int?)null, visitorsIs = 1200 },
        ]);
        return new ApprovalQuestion("2 of 2 stores differ by more than 5 per mille from what stands", detail, "the same");
    }
}
