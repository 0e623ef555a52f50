using Dapper;
using Npgsql;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>A company whose figures of a year and a half are known to the yen, with stores that opened, closed, were refurbished and missed a day.</summary>
internal static class CalendarCompany
{
    public const string Tenant = "hoshi";
    public static readonly DateOnly First = new(2024, 9, 1);
    public static readonly DateOnly Last = new(2026, 3, 20);

    // K1 traded all along, K2 opened in the middle, K3 was refurbished last spring, K4 missed a day, K5 closed, K6 opens 13 months before February 2026.
    public static readonly (string Store, DateOnly From, DateOnly To, int Size)[] Shops =
    [
        ("K1", First, Last, 100), ("K2", new(2025, 6, 10), Last, 80), ("K3", First, Last, 60), ("K4", First, Last, 50), ("K5", First, new(2026, 3, 3), 40), ("K6", new(2025, 2, 1), Last, 30),
    ];

    /// <summary>Founds it where it is not there yet.</summary>
    public static async Task FoundAsync(NpgsqlDataSource job)
    {
        await using var connection = await job.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM tenancy.tenant WHERE tenant = @Tenant)", new { Tenant }))
        {
            return;
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES (@Tenant, 'ほし商店', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.data_version VALUES (@Tenant, 1, now());
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines, floor_area, prefecture, area, format)
            SELECT @Tenant, store, store || '店', 'Asia/Tokyo', 600, 1200, 0, 100, CASE WHEN store < 'K4' THEN '東京都' ELSE '' END, CASE WHEN store > 'K4' THEN '西' ELSE '東' END, ''
            FROM unnest(ARRAY['K1', 'K2', 'K3', 'K4', 'K5', 'K6']) AS store;
            UPDATE tenancy.store SET opened_on = '2025-06-10' WHERE tenant = @Tenant AND store = 'K2';
            UPDATE tenancy.store SET refurbished_from = '2025-03-10', refurbished_to = '2025-03-12' WHERE tenant = @Tenant AND store = 'K3';
            UPDATE tenancy.store SET closed_on = '2026-03-03' WHERE tenant = @Tenant AND store = 'K5';
            UPDATE tenancy.store SET opened_on = '2025-02-01' WHERE tenant = @Tenant AND store = 'K6';
            """,
            new { Tenant });
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, observed_minutes, expected_minutes, discount, guests, computed_at)
            SELECT @Tenant, @Store, day, 'JPY', net * 1000000, 0, net * 1000000, net / 900 + 1, 1000000, 0, 0, 0, 0, net * 50000, 3, day + interval '40 hours'
            FROM (SELECT day::date AS day, (@Size * (CASE extract(isodow FROM day)::int WHEN 6 THEN 190 WHEN 7 THEN 170 WHEN 2 THEN 60 ELSE 100 END)
                + (extract(doy FROM day)::int * 7 + @Size) % 311)::bigint AS net
              FROM generate_series(@From::timestamp, @To::timestamp, '1 day') AS day) AS days
            WHERE NOT (@Store = 'K4' AND day = '2026-03-05')
            """,
            Shops.Select(shop => new { Tenant, shop.Store, shop.From, shop.To, shop.Size }));
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.customer_rfm VALUES (@Tenant, 'K1', '2026-03-19', 5, 5, 5, 'JPY', 30, 300, 900000000), (@Tenant, 'K1', '2026-03-19', 1, 1, 1, 'JPY', 3, 3, 9000000), (@Tenant, 'K1', '2026-03-19', 3, 1, 1, 'JPY', 7, 7, 7000000);
            INSERT INTO mart.kpi_tender_day VALUES (@Tenant, 'K1', '2026-03-20', 'cash', 'JPY', 7000000000, 9), (@Tenant, 'K1', '2026-03-20', 'e_money', 'JPY', 3000000000, 4);
            INSERT INTO mart.kpi_discount_day VALUES (@Tenant, 'K1', '2026-03-20', 'coupon', 'x', 'JPY', 50000000, 4);
            INSERT INTO mart.kpi_tax_day VALUES (@Tenant, 'K1', '2026-03-20', 800, 'reduced', 'JPY', 1000000000, 80000000, 1080000000);
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT who, @Tenant, (SELECT password_hash FROM api.app_user WHERE login = 'honbu'), role, stores, 'en', who
            FROM (VALUES ('hoshi-hq', 'head_office', NULL::text[]), ('hoshi-k1', 'store_manager', ARRAY['K1'])) AS person(who, role, stores);
            """,
            new { Tenant });
    }

    /// <summary>Net sales of every store-day.</summary>
    public static async Task<List<(string Store, DateOnly Date, decimal Net)>> RowsAsync(NpgsqlDataSource job)
    {
        var rows = new List<(string, DateOnly, decimal)>();
        await using var command = job.CreateCommand("SELECT store, business_date, net FROM mart.kpi_store_day WHERE tenant = 'hoshi'");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows.Add((row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt64(2) / 1_000_000m));
        }

        return rows;
    }
}
