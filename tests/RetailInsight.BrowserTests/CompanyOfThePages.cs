using Dapper;
using Npgsql;
using RetailInsight.Api.Sessions;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.BrowserTests;

/// <summary>
/// What the company of the API tests lacks for pages to have everything on them: a Sunday that is running, products, pairs, registers that
/// fell silent, receipt numbers that are missing; and a company that has two stores and no figures yet.
/// </summary>
internal static class CompanyOfThePages
{
    /// <summary>Signs in to the company without figures.</summary>
    public const string Newcomer = "newcomer";

    /// <summary>Twenty past two on a trading Sunday. Zone: Asia/Tokyo.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 15, 14, 20, 0, TimeSpan.FromHours(9));

    /// <summary>The day that is running then.</summary>
    public static readonly DateOnly Today = Company.Latest.AddDays(1);

    public static async Task CompleteAsync(NpgsqlDataSource job)
    {
        await using var connection = await job.OpenConnectionAsync();
        await EarlierWeeksAsync(connection);
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT tenant, store, @Today, hour, currency, net / 1000000 * 1080000, tax, net / 1000000 * 1080000 + tax, receipts, items, 0, 0, visitors, observed_minutes, expected_minutes
            FROM mart.kpi_store_hour WHERE tenant = 'aoba' AND business_date = @WeekBefore AND hour < 14 AND store <> 'S05';
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
            SELECT tenant, store, business_date, currency, sum(net), sum(tax), sum(gross), sum(receipts), sum(items), 0, 0,
              CASE WHEN sum(observed_minutes) > 0 THEN sum(visitors) END, sum(observed_minutes), sum(expected_minutes), @Computed
            FROM mart.kpi_store_hour WHERE tenant = 'aoba' AND business_date = @Today GROUP BY 1, 2, 3, 4;
            """,
            new { Today, WeekBefore = Today.AddDays(-7), Computed = Now.AddMinutes(-15).ToUniversalTime() });
        await MonthTargetsOfAoba.MakeAsync(job);
        await ProductsAsync(connection);
        await HealthAsync(connection);
        await DevicesAsync(connection);
        await NotesAndAlertsAsync(connection);
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant VALUES ('kaiten', '開店準備株式会社', 'JPY', 'Asia/Tokyo');
            INSERT INTO tenancy.store VALUES ('kaiten', 'N01', '新宿東口店', 'Asia/Tokyo', 0, 600, 1260, 1, null, '', null), ('kaiten', 'N02', '池袋店', 'Asia/Tokyo', 0, 600, 1260, 0, null, '', null);
            INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) VALUES (@Newcomer, 'kaiten', @Hash, 'head_office', 'ja', '新規 五郎');
            INSERT INTO mart.kpi_change (tenant, store, business_date, changed_at, net_was, net_is, receipts_was, receipts_is, first, reason)
            SELECT 'aoba', 'S01', @Latest, @At, 1212000000000, 1234000000000, 412, 418, false, 'late_data';
            """,
            new { Newcomer, Hash = PasswordHash.Create(Company.Password), Company.Latest, At = Now.AddHours(-4).ToUniversalTime() });
    }

    // Notes of each visibility, a rule, and one that is muted and found something meanwhile.
    private static Task<int> NotesAndAlertsAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO api.annotation (tenant, kind, text, visibility, store, owner, from_date, to_date, from_hour, to_hour)
        VALUES ('aoba', 'sale', '全店いっせいの秋の大感謝祭。折込チラシとアプリの通知で案内し、初日は開店前から並ぶお客様がいました。', 'chain', null, 'honbu', @Latest::date - 7, @Latest::date - 6, null, null),
          ('aoba', 'rain', '', 'store', 'S01', 'shibuya', @Latest, @Latest, 13, 15),
          ('aoba', 'note', 'https://example.com/a-long-address-that-has-no-space-in-it/and-goes-on-and-on-and-on', 'personal', 'S01', 'honbu', @Latest::date - 3, @Latest::date - 3, null, null);
        WITH rules AS (
          INSERT INTO api.alert_rule (tenant, created_by, name, metric, direction, against, threshold, stores, registers_complete, language, since, muted_until, muted_to, muted_by, muted_reason)
          VALUES ('aoba', 'honbu', '売上の急な落ち込み', 'net_sales', 'below', 'value', 1, null, true, 'ja', @Latest, null, null, null, null),
            ('aoba', 'honbu', '売上が多い日', 'net_sales', 'above', 'value', 1, ARRAY['S01'], false, 'ja', @Latest, @Latest::date + 16, @Latest::date + 17, 'honbu', '改装工事が終わるまで')
          RETURNING rule_id, stores
        )
        INSERT INTO api.alert_incident (tenant, rule_id, store, business_date, state, gap, figure, currency, data_version, opened_at, figure_opened, muted)
        SELECT 'aoba', rule_id, 'S01', @Latest, 'open', 'none', net / 1000000, currency, 7, computed_at, net / 1000000, true
        FROM rules, mart.kpi_store_day WHERE stores IS NOT NULL AND tenant = 'aoba' AND store = 'S01' AND business_date = @Latest
        """,
        new { Company.Latest });

    // The two weeks there are once more, two, four and six weeks earlier and a little smaller, so that there is something to compare with.
    private static Task<int> EarlierWeeksAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
        SELECT tenant, store, business_date - weeks * 7, hour, currency, net / 100000000 * 96000000, tax, net / 100000000 * 96000000 + tax, receipts, items, 0, 0, visitors, observed_minutes, expected_minutes
        FROM mart.kpi_store_hour, unnest(ARRAY[2, 4, 6]) AS weeks
        WHERE tenant = 'aoba' AND business_date > @Latest - 14 AND (weeks > 2 OR business_date <= @Latest - 6);
        INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
        SELECT tenant, store, business_date, currency, sum(net), sum(tax), sum(gross), sum(receipts), sum(items), 0, 0,
          CASE WHEN sum(observed_minutes) > 0 THEN sum(visitors) END, sum(observed_minutes), sum(expected_minutes), (business_date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' + interval '3 hours'
        FROM mart.kpi_store_hour WHERE tenant = 'aoba' AND business_date <= @Latest - 20 GROUP BY 1, 2, 3, 4;
        """,
        new { Company.Latest });

    private static Task<int> ProductsAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO mart.kpi_item_day (tenant, store, business_date, item_code, item_name, category, merchandise, currency, net, tax, gross, quantity, receipts, returned_quantity)
        SELECT 'aoba', store, @From::date + day, 'P' || item, (ARRAY['深煎りブレンド 200g', 'ドリップバッグ 10袋', 'ステンレスボトル 480ml（限定色・ネイビー）', 'クッキー缶', '紅茶 ティーバッグ', 'タンブラー', 'コーヒーフィルター 100枚', 'はちみつ', 'ジャム 苺', 'チョコレート', 'エプロン', 'マグカップ'])[1 + item % 12] || CASE WHEN item >= 12 THEN ' ' || item ELSE '' END,
          (ARRAY['コーヒー', '食品', '雑貨', ''])[1 + item % 4], true, 'JPY', net, net / 10, net + net / 10, quantity * 1000000, quantity, 0
        FROM (SELECT store, day, item, (1 + (item * 7 + day * 3) % 9) AS quantity, (1 + (item * 7 + day * 3) % 9) * (300 + 6000 / (1 + item)) * 1000000::bigint AS net
          FROM unnest(ARRAY['S01', 'S02', 'S04']) AS store, generate_series(0, 55) AS day, generate_series(0, 44) AS item WHERE item < 40 OR day > 40) AS sold;
        INSERT INTO mart.kpi_category_day (tenant, store, business_date, category, currency, net, tax, gross, quantity, receipts)
        SELECT tenant, store, business_date, category, currency, sum(net), sum(tax), sum(gross), sum(quantity), sum(receipts) FROM mart.kpi_item_day WHERE tenant = 'aoba' GROUP BY 1, 2, 3, 4, 5;
        INSERT INTO mart.basket_pair (tenant, store, business_date, item_a, item_b, receipts, receipts_a, receipts_b, receipts_all)
        SELECT 'aoba', store, @Latest, 'P' || a, 'P' || (a + 1), 30 + a, 120 + a, 140, 4000 FROM unnest(ARRAY['S01', 'S02']) AS store, generate_series(0, 7) AS a;
        """,
        new { Company.Latest, From = Company.Latest.AddDays(-55) });

    // Doors of three stores: one counts, one is overdue, one hung elsewhere before, one is new, one hangs nowhere, one is retired.
    private static Task<int> DevicesAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO tenancy.device_group (tenant, device_group, feed, profile_version) VALUES ('aoba', 'doors', 'doors', 1), ('aoba', 'canary', 'doors', 2);
        INSERT INTO tenancy.device (tenant, device, name, maker, model, device_group, interval_seconds, enrolled_at, network, subscriber, equipment, retired_at) VALUES
          ('aoba', '80:1F:12:D4:00:01', '渋谷店 正面入口', 'Xovis', 'PC2S', 'doors', 900, '2026-01-01', null, null, null, null), ('aoba', '80:1F:12:D4:00:02', '渋谷店 地下口', 'Xovis', 'PC2S', 'canary', 900, '2026-01-01', 'sim', '440100000000001', '35-1', null),
          ('aoba', 'ACCC8E-3', '', 'Axis', 'P8815', 'doors', 3600, '2026-02-01', null, null, null, null), ('aoba', 'new-door', '', '', '', 'doors', 900, '2026-11-01', null, null, null, null),
          ('aoba', 'lost-door', '', '', '', 'doors', 900, '2026-11-01', null, null, null, null), ('aoba', 'old-door', '', '', '', 'doors', 900, '2024-11-01', null, null, null, '2026-06-01');
        INSERT INTO tenancy.device_line (tenant, device, line, valid_from, valid_to, store, role, reversed) VALUES
          ('aoba', '80:1F:12:D4:00:01', 'door', '2026-01-01', null, 'S01', 'entrance', false), ('aoba', '80:1F:12:D4:00:01', 'street', '2026-01-01', null, 'S01', 'passage', false),
          ('aoba', '80:1F:12:D4:00:02', 'door', '2026-01-01', @Latest::date - 40, 'S02', 'entrance', true), ('aoba', '80:1F:12:D4:00:02', 'door', @Latest::date - 39, null, 'S01', 'entrance', true),
          ('aoba', 'ACCC8E-3', '*', '2026-02-01', null, 'S02', 'entrance', false), ('aoba', 'new-door', '*', '2026-11-01', null, 'S01', 'entrance', false), ('aoba', 'old-door', '*', '2024-11-01', null, 'S03', 'entrance', false);
        INSERT INTO tenancy.device_calibration VALUES ('aoba', '80:1F:12:D4:00:01', 'door', '2026-06-01', null, 412, 396, '2026-06-01', 'honbu');
        INSERT INTO tenancy.staff_entry (tenant, store, valid_from, valid_to, per_day, at_least, at_most, noted_at, noted_by) VALUES
          ('aoba', 'S01', '2026-06-01', '2026-11-09', 38, 30, 46, '2026-06-01', 'honbu'), ('aoba', 'S01', '2026-11-10', null, 44, 36, 55, '2026-11-10', 'honbu');
        INSERT INTO tenancy.device_seen SELECT 'aoba', d, '2026-11-15T14:15:00+09:00'::timestamptz + wait, '5.0.12' FROM (VALUES ('80:1F:12:D4:00:01', interval '0'), ('80:1F:12:D4:00:02', interval '-3 hours'), ('ACCC8E-3', interval '-1 day')) AS seen(d, wait);
        INSERT INTO tenancy.device_audit (tenant, device, device_group, at, actor, action, detail) VALUES
          ('aoba', '80:1F:12:D4:00:01', 'doors', '2026-01-01', 'honbu', 'enrol', '{}'), ('aoba', '80:1F:12:D4:00:01', 'doors', '2026-06-01', 'honbu', 'calibrate', '[]');
        INSERT INTO mart.device_line_day (tenant, store, business_date, device, line, measure, role, intervals, observed_minutes, partial_minutes, entered, exited, staff, entered_outside_hours, missing_packages,
          longest_silence_minutes, longest_flat_minutes, flat_entered, firmware)
        SELECT 'aoba', d.store, @Latest::date - back, d.device, d.line, 'raw', 'entrance', 44, CASE WHEN back % 5 = 0 THEN 430 ELSE 660 END, 0, 380 + (back * 37 % 120), 371 + (back * 29 % 110), 11, CASE WHEN back = 4 THEN 90 ELSE 3 END,
          CASE WHEN back % 5 = 0 THEN 6 ELSE 0 END, CASE WHEN back % 5 = 0 THEN 230 ELSE 0 END, CASE WHEN back = 6 THEN 180 ELSE 15 END, CASE WHEN back = 6 THEN 7 ELSE 0 END, '5.0.12'
        FROM generate_series(0, 13) AS back, (VALUES ('S01', '80:1F:12:D4:00:01', 'door'), ('S01', '80:1F:12:D4:00:02', 'door'), ('S02', 'ACCC8E-3', '1')) AS d(store, device, line)
        WHERE NOT (d.device = 'ACCC8E-3' AND back IN (0, 3));
        INSERT INTO api.alert_rule (rule_id, tenant, created_by, name, metric, direction, against, threshold, registers_complete, language, since)
          VALUES ('3123456789abcdef0123456789abcdef', 'aoba', 'honbu', '無通信の機器', 'device_silence', 'above', 'value', 60, false, 'ja', '2026-11-01');
        INSERT INTO api.alert_incident (tenant, rule_id, store, subject, business_date, state, gap, figure, figure_opened, data_version, opened_at)
          VALUES ('aoba', '3123456789abcdef0123456789abcdef', 'S01', '80:1F:12:D4:00:02', @Latest::date + 1, 'open', 'none', 165, 75, 1, '2026-11-15T12:30:00+09:00');
        """,
        new { Company.Latest });

    private static Task<int> HealthAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, first_at, last_at, last_received_at, late_receipts, missing_numbers,
          voided_receipts, observed_minutes, expected_minutes)
        SELECT tenant, store, business_date, 3, CASE WHEN store = 'S01' AND business_date >= @Latest THEN 2 WHEN store = 'S03' AND business_date = @Latest THEN 0 ELSE 3 END,
          CASE WHEN store = 'S03' AND business_date = @Latest THEN 0 ELSE receipts END, computed_at - interval '6 hours', computed_at - interval '1 hour', computed_at,
          CASE WHEN store = 'S02' AND business_date = @Latest THEN 14 ELSE 0 END, CASE WHEN store = 'S02' THEN (business_date - @Latest + 30) % 4 ELSE 0 END, 0, observed_minutes, expected_minutes
        FROM mart.kpi_store_day WHERE tenant = 'aoba' AND business_date > @Latest - 16
        UNION ALL SELECT 'aoba', 'S05', @Latest::date + 1, 3, 0, 0, null, null, null, 0, 0, 0, 0, 600;

        -- Of Thursday the counters of S04 reported and none of its registers.
        UPDATE mart.kpi_store_hour SET net = 0, tax = 0, gross = 0, receipts = 0, items = 0, sales_reported = false WHERE tenant = 'aoba' AND store = 'S04' AND business_date = @Latest - 2;
        UPDATE mart.kpi_store_day SET net = 0, tax = 0, gross = 0, receipts = 0, items = 0, sales_reported = false WHERE tenant = 'aoba' AND store = 'S04' AND business_date = @Latest - 2;
        UPDATE mart.data_health_day SET registers_reported = 0, receipts = 0, first_at = null, last_at = null, last_received_at = null WHERE tenant = 'aoba' AND store = 'S04' AND business_date = @Latest - 2;
        INSERT INTO mart.forecast_error (tenant, as_of, model, unit, lead, forecasts, actual, absolute, signed, pinball, inside, reference_absolute, reference_signed, reference_pinball, reference_inside)
        SELECT 'aoba', @Latest - back, 'sales', 'JPY', lead, 40, 4000000, 320000 + (back * 7919 % 90000) + CASE WHEN back < 7 THEN 300000 ELSE 0 END, CASE WHEN back < 7 THEN -500000 ELSE 40000 END, 500000, 30 + back % 5,
          360000, 0, 480000, 32 FROM generate_series(0, 90) AS back, unnest(ARRAY['1-7', '8-14', '15-28']) AS lead;
        INSERT INTO mart.model_drift (tenant, as_of, model, verdict, reasons, champion, trained_as_of, days, forecasts, error, error_reference, error_low, error_high, bias, bias_reference, coverage, coverage_reference,
          pinball, pinball_reference, week_low, week_high, expected_days, missing_days)
        VALUES ('aoba', @Latest, 'sales', 'drifted', '[{"code":"error_sudden","verdict":"drifted","figure":0.82,"limit":0.5,"subjects":[]},
          {"code":"leans_low","verdict":"watch","figure":-0.04,"limit":-0.025,"subjects":[]},{"code":"inputs_moved","verdict":"watch","figure":0.1,"limit":0,"subjects":["trend","weekend_ratio"]}]',
          repeat('a', 64), @Latest - 20, 28, 3360, 0.11, 0.09, 0.1, 0.13, -0.02, 0, 0.78, 0.8, 0.125, 0.12, 0.85, 1.2, 35, 2),
          ('aoba', @Latest, 'visitors', 'steady', '[{"code":"no_backtest","verdict":"steady","figure":0,"limit":0,"subjects":[]}]', null, null, 28, 900, 0.1, null, null, null, 0.01, null, 0.8, null, 0.1, null, null, null, 35, 0);
        INSERT INTO mart.feature_drift (tenant, as_of, model, feature, psi, psi_limit, shift, stores_then, stores_now, moved) VALUES
          ('aoba', @Latest, 'sales', 'trend', 0.62, 0.3, 1.4, 40, 41, true), ('aoba', @Latest, 'sales', 'weekend_ratio', 0.31, 0.3, -0.2, 40, 41, true), ('aoba', @Latest, 'sales', 'basket_value', 0.05, 0.3, 0.1, 40, 41, false);
        INSERT INTO ml.review_case (tenant, reason, store, subject, business_date, as_of, uncertainty, chance, detail, expires_on, state, label, note, decided_by, decided_at) VALUES
          ('aoba', 'missed_range', 'S01', 'net_sales', @Latest, @Latest, 2, 1, '{"expected":412000,"low":350000,"high":480000,"actual":1200000,"unit":"JPY"}', @Latest + 14, 'open', null, '', null, null),
          ('aoba', 'wide_range', 'S02', 'visitors', @Latest + 1, @Latest, 3, 0.25, '{"expected":412.4,"low":150,"high":980,"unit":"visitors"}', @Latest + 14, 'open', null, '', null, null),
          ('aoba', 'group_change', 'S03', 'group', @Latest, @Latest, 1, 1, '{"group":1,"earlier":1,"candidate":2}', @Latest + 14, 'open', null, '', null, null),
          ('aoba', 'far_from_group', 'S04', 'group', @Latest, @Latest, 4, 1, '{"group":2,"distance":3.214,"usual":0.8}', @Latest + 14, 'decided', 'known_event', '改装の準備', 'engineer', now());
        INSERT INTO mart.data_health_register (tenant, store, business_date, terminal, receipts, first_at, last_at, last_received_at, first_number, last_number, missing_numbers)
        SELECT tenant, store, business_date, 'POS-0' || register, CASE WHEN register = 3 AND registers_reported < 3 THEN 0 ELSE receipts / 3 END, first_at,
          CASE WHEN register = 3 AND registers_reported < 3 THEN null ELSE last_at END, CASE WHEN register = 3 AND registers_reported < 3 THEN null ELSE last_received_at END,
          CASE WHEN register = 3 AND registers_reported < 3 THEN null ELSE 10001 END, CASE WHEN register = 3 AND registers_reported < 3 THEN null ELSE 10001 + receipts / 3 END, CASE WHEN register = 1 THEN missing_numbers ELSE 0 END
        FROM mart.data_health_day, generate_series(1, 3) AS register WHERE tenant = 'aoba';
        """,
        new { Company.Latest });
}
