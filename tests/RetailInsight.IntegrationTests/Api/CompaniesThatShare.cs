using Dapper;
using Npgsql;
using RetailInsight.Ml.Benchmarks;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Six drugstore chains of three stores each that agreed to compare, the first with people of its own; and a seventh that did not agree. Chain n sold in October 2026
/// 90 + 4n % of what it sold on the same weekdays the year before, its stores a little apart.
/// </summary>
internal static class CompaniesThatShare
{
    public const string First = "wakaba-1";

    public static readonly DateOnly Month = new(2026, 10, 1);

    /// <summary>When the month is published.</summary>
    public static readonly DateTimeOffset Published = new(2026, 11, 7, 6, 20, 0, TimeSpan.Zero);

    public static async Task FoundAsync(NpgsqlDataSource job)
    {
        await using var connection = await job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) SELECT 'wakaba-' || n, 'わかば薬局 ' || n, 'JPY', 'Asia/Tokyo' FROM generate_series(1, 7) n;
            INSERT INTO mart.data_version SELECT 'wakaba-' || n, 1, now() FROM generate_series(1, 7) n;
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines)
            SELECT 'wakaba-' || n, 'W' || s, (ARRAY['駅前店', '中央店', '南口店'])[s], 'Asia/Tokyo', 540, 1260, 1 FROM generate_series(1, 7) n, generate_series(1, 3) s;
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
            SELECT 'wakaba-' || n, 'W' || s, day::date, 'JPY', net, net / 10, net * 11 / 10, receipts, receipts * 2500000::bigint + n * 100000, 0, 0, 900, 720, 720, day
            FROM generate_series(1, 7) n, generate_series(1, 3) s, generate_series(@Month::timestamp, @Month::timestamp + interval '30 days', interval '1 day') AS october(day_now),
              (VALUES (0, 1.0), (364, NULL)) AS year (back, factor),
              LATERAL (SELECT day_now - make_interval(days => back) AS day, 200 + CASE WHEN back = 0 THEN 10 * n ELSE 0 END AS receipts,
                (1000000000::numeric * s * CASE WHEN back = 0 THEN 0.90 + 0.04 * n + 0.005 * s ELSE 1 END)::bigint AS net) AS made;
            INSERT INTO tenancy.benchmark_consent (tenant, agreed_at, industry, first_month, agreed_by)
            SELECT 'wakaba-' || n, '2026-08-20T01:00:00Z', 'drugstore', '2026-09-01', 'wakaba-hq' FROM generate_series(1, 6) n;
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT who, company, (SELECT password_hash FROM api.app_user WHERE login = 'honbu'), role, stores, 'ja', who
            FROM (VALUES ('wakaba-hq', 'wakaba-1', 'head_office', NULL::text[]), ('wakaba-w2', 'wakaba-1', 'store_manager', ARRAY['W2']), ('wakaba-apart', 'wakaba-7', 'head_office', NULL::text[])) AS person(who, company, role, stores)
            """,
            new { Month });
    }

    /// <summary>Publishes what is due at a moment, as the nightly task does.</summary>
    public static async Task<int> PublishAsync(NpgsqlDataSource job, DateTimeOffset now)
    {
        await using var connection = await job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var cells = await new BenchmarkPublication(new StandingClock(now)).PublishDueAsync(connection, transaction, CancellationToken.None);
        await transaction.CommitAsync();
        return cells;
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
