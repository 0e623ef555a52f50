using Dapper;
using Npgsql;
using RetailInsight.Api.Sessions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Two companies with two weeks and more of plausible figures. Aoba: six stores in yen, one open past midnight, one whose
/// counter was silent for some hours, one without a counter, one with a hostile name. Thames: one store in pounds.
/// </summary>
internal static class Company
{
    public const string Password = "correct horse battery";
    public const string HostileName = "<script>alert(1)</script>\"'&";
    public static readonly DateOnly Latest = new(2026, 11, 14);

    private static readonly (string Tenant, string Store, string Name, int Opens, int Closes, int Doors, int Size)[] Shops =
    [
        ("aoba", "S01", "渋谷店", 600, 1260, 2, 100), ("aoba", "S02", "横浜みなとみらい店", 600, 1320, 2, 130),
        ("aoba", "S03", "難波ミッドナイト店", 1020, 1560, 1, 60), ("aoba", "S04", HostileName, 600, 1260, 1, 45),
        ("aoba", "S05", "札幌店", 600, 1200, 1, 70), ("aoba", "S06", "郊外倉庫店", 600, 1200, 0, 30),
        ("thames", "S01", "Camden", 540, 1140, 1, 80),
    ];

    public static async Task FoundAsync(NpgsqlDataSource job)
    {
        await using var connection = await job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant VALUES ('aoba', 'あおば商店', 'JPY', 'Asia/Tokyo'), ('thames', 'Thames Retail', 'GBP', 'Europe/London');
            INSERT INTO mart.data_version VALUES ('aoba', 7, now()), ('thames', 3, now());
            """);
        foreach (var shop in Shops)
        {
            await connection.ExecuteAsync(
                "INSERT INTO tenancy.store VALUES (@Tenant, @Store, @Name, @Zone, 0, @Opens, @Closes, @Doors, null, '', null)",
                new { shop.Tenant, shop.Store, shop.Name, Zone = shop.Tenant == "aoba" ? "Asia/Tokyo" : "Europe/London", shop.Opens, shop.Closes, shop.Doors });
            for (var back = 0; back < 20; back++)
            {
                await TradeAsync(connection, shop, Latest.AddDays(-back));
            }
        }

        await SumDaysAsync(connection);
        await TargetsAsync(connection);
        await PeopleAsync(connection);
    }

    private static async Task TradeAsync(
        NpgsqlConnection connection, (string Tenant, string Store, string Name, int Opens, int Closes, int Doors, int Size) shop, DateOnly date)
    {
        var busy = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 150 : 100;
        for (var hour = shop.Opens / 60; hour < shop.Closes / 60; hour++)
        {
            var wave = 60 + (40 * ((hour * 7) + (date.DayNumber * 5 % 11)) % 97) + (hour is > 14 and < 19 ? 45 : 0);
            var visitors = shop.Size * busy * wave / 40_000;
            var receipts = visitors * (24 + ((hour + date.DayNumber) % 9)) / 100;
            var basket = shop.Tenant == "aoba" ? 2_480 + ((hour * 37) + (date.DayNumber * 13 % 300)) : 21;
            var expected = 60 * shop.Doors;
            var silent = shop.Store == "S01" && date == Latest && hour is 13 or 14;
            await connection.ExecuteAsync(
                """
                INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns,
                  return_net, visitors, observed_minutes, expected_minutes)
                VALUES (@Tenant, @Store, @date, @hour, @currency, @net, @tax, @net + @tax, @receipts, @items, 0, 0, @visitors, @observed, @expected)
                """,
                new
                {
                    shop.Tenant,
                    shop.Store,
                    date,
                    hour,
                    currency = shop.Tenant == "aoba" ? "JPY" : "GBP",
                    net = (receipts * basket * 1_000_000L) + (shop.Tenant == "aoba" ? 0 : 550_000L),
                    tax = receipts * basket / 10 * 1_000_000L,
                    receipts,
                    items = receipts * 2_300_000L,
                    visitors = silent || expected == 0 ? 0 : visitors,
                    observed = silent ? 0 : hour == 18 ? expected * 9 / 10 : expected,
                    expected,
                });
        }
    }

    // S05's counter was out all day three days before the latest: no visitors, not zero visitors.
    private static Task<int> SumDaysAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        UPDATE mart.kpi_store_hour SET visitors = 0, observed_minutes = 0
        WHERE tenant = 'aoba' AND store = 'S05' AND business_date = @out;
        INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net,
          visitors, observed_minutes, expected_minutes, computed_at)
        SELECT tenant, store, business_date, currency, sum(net), sum(tax), sum(gross), sum(receipts), sum(items), 0, 0,
          CASE WHEN sum(observed_minutes) > 0 THEN sum(visitors) END, sum(observed_minutes), sum(expected_minutes),
          (business_date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' + interval '3 hours 5 minutes'
        FROM mart.kpi_store_hour WHERE tenant IN ('aoba', 'thames') GROUP BY 1, 2, 3, 4
        """,
        new { @out = Latest.AddDays(-3) });

    private static Task<int> TargetsAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO mart.store_cluster SELECT tenant, @Latest, store, 1, 12, '{}' FROM tenancy.store WHERE tenant = 'aoba' AND store <> 'S05';
        INSERT INTO mart.store_cluster VALUES ('aoba', @Latest, 'S05', 2, 2, '{}');
        INSERT INTO mart.store_target (tenant, store, business_date, metric, actual, cluster_mean, gap, target, unit, cluster)
        SELECT tenant, store, business_date, metric, actual, mean, mean - actual, greatest(actual, mean), unit, 1
        FROM (
          SELECT tenant, store, business_date, 'net_sales' AS metric, net / 1e6 AS actual, round(net / 1e6 * 1.06) AS mean, 'JPY' AS unit FROM mart.kpi_store_day
          UNION ALL SELECT tenant, store, business_date, 'basket_value', round(net / 1e6 / receipts, 6), round(net / 1e6 / receipts * 0.97, 6), 'JPY' FROM mart.kpi_store_day
          UNION ALL SELECT tenant, store, business_date, 'items_per_receipt', 2.3, 2.41, 'items' FROM mart.kpi_store_day
          UNION ALL SELECT tenant, store, business_date, 'conversion', round(receipts::numeric / visitors, 6), round(receipts::numeric / visitors + 0.018, 6), 'ratio'
            FROM mart.kpi_store_day WHERE visitors > 0) AS figures
        WHERE tenant = 'aoba' AND business_date = @Latest
        """,
        new { Latest });

    private static async Task PeopleAsync(NpgsqlConnection connection)
    {
        var hash = PasswordHash.Create(Password);
        foreach (var (login, tenant, role, stores, language, name) in new (string, string, string, string[]?, string, string)[]
        {
            ("honbu", "aoba", "head_office", null, "ja", "本部 花子"), ("shibuya", "aoba", "store_manager", ["S01"], "ja", "渋谷 太郎"),
            ("engineer", "aoba", "data_engineer", null, "en", "Engineer"), ("camden", "thames", "head_office", null, "en", "Camden Office"),
            ("leaver", "aoba", "head_office", null, "ja", "退職 次郎"), ("administrator", "aoba", "admin", null, "ja", "管理 三郎"),
            ("kanto", "aoba", "area_manager", ["S01", "S02"], "ja", "関東 四郎"), ("supplier", "aoba", "vendor", [], "en", "Supplier"),
        })
        {
            await connection.ExecuteAsync(
                "INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name, vendor) VALUES (@login, @tenant, @hash, @role, @stores, @language, @name, @vendor)",
                new { login, tenant, hash, role, stores, language, name, vendor = role == "vendor" ? "vendor-a" : null });
        }
    }
}
