using Dapper;
using Npgsql;
using RetailInsight.Ml.Similarity;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// A company of eighteen stores of three kinds, compared by the product itself: M01 to M06 stand at stations and are busy on weekday evenings, M07 to M12 at the edge of town with
/// large baskets on weekends, M13 to M18 are small and busy in the morning. M12 is on its way to the small ones.
/// </summary>
internal static class StoresOfThreeKinds
{
    public const string Tenant = "mori";

    public static async Task FoundAsync(NpgsqlDataSource job, StoreSimilarity similarity)
    {
        await using var connection = await job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES (@Tenant, 'もり書店', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.data_version VALUES (@Tenant, 1, now());
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines, floor_area)
            SELECT @Tenant, 'M' || lpad(i::text, 2, '0'), (ARRAY['新宿駅前店', '池袋駅前店', '品川駅前店', '大宮駅前店', '横浜駅前店', '千葉駅前店', '八王子郊外店', '所沢郊外店', '柏郊外店', '幕張郊外店', '厚木郊外店', '川越郊外店',
              '谷中店', '吉祥寺店', '下北沢店', '鎌倉店', '国立店', '浦和店'])[i], 'Asia/Tokyo', 540, 1260, 1, (ARRAY[300, 900, 120])[1 + (i - 1) / 6] + i FROM generate_series(1, 18) i;
            CREATE TEMP TABLE sold AS
            SELECT 'M' || lpad(i::text, 2, '0') AS store, (i - 1) / 6 AS kind, day::date AS day,
              ((ARRAY[1500, 900, 250])[1 + (i - 1) / 6] * (1 + i % 6 * 0.02) * (0.95 + abs(hashtext(i || '/' || day)) % 100 / 1000.0)
                * CASE WHEN extract(isodow FROM day) >= 6 THEN (ARRAY[0.7, 2.1, 1.1])[1 + (i - 1) / 6] ELSE 1 END)::int AS visitors
            FROM generate_series(1, 18) i, generate_series(@From::timestamp, @To::timestamp, interval '1 day') day;
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
            SELECT @Tenant, store, day, 'JPY', visitors * 3 / 10 * (ARRAY[900, 3200, 1400])[1 + kind]::bigint * 1000000, 0, visitors * 3 / 10 * (ARRAY[900, 3200, 1400])[1 + kind]::bigint * 1000000, visitors * 3 / 10,
              visitors * 3 / 10 * (ARRAY[1500000, 4200000, 2000000])[1 + kind]::bigint, 0, 0, visitors, 720, 720, day + interval '40 hours' FROM sold;
            INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT @Tenant, store, day, hour, 'JPY', net, 0, net, visitors / 40, visitors * 50000::bigint, 0, 0, visitors / 12, 60, 60
            FROM sold, generate_series(9, 20) hour, LATERAL (SELECT visitors * 20 * 1000000::bigint * CASE WHEN hour >= 17 AND kind = 0 OR hour < 11 AND kind = 2 THEN 3 ELSE 1 END AS net) AS made;
            INSERT INTO mart.kpi_category_day (tenant, store, business_date, category, currency, net, tax, gross, quantity, receipts)
            SELECT @Tenant, store, day, category, 'JPY', visitors * 1000000::bigint * CASE WHEN category = '雑誌' AND kind = 0 THEN 3 ELSE 1 END, 0, 0, 1, 1 FROM sold, unnest(ARRAY['文庫', '雑誌']) category;
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT who, @Tenant, (SELECT password_hash FROM api.app_user WHERE login = 'honbu'), role, stores, 'ja', who
            FROM (VALUES ('mori-hq', 'head_office', NULL::text[]), ('mori-m07', 'store_manager', ARRAY['M07'])) AS person(who, role, stores);
            DROP TABLE sold
            """,
            new { Tenant, From = Company.Latest.AddDays(-60), To = Company.Latest });
        var set = await similarity.ComputeAsync(Tenant, Company.Latest, CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        await StoreSimilarity.PublishAsync(set, connection, transaction, CancellationToken.None);
        await connection.ExecuteAsync(
            "UPDATE mart.store_segment SET candidate = (SELECT segment FROM mart.store_segment WHERE tenant = @Tenant AND store = 'M13') WHERE tenant = @Tenant AND store = 'M12'", new { Tenant }, transaction);
        await transaction.CommitAsync();
    }
}
