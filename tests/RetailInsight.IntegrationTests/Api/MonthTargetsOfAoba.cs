using Dapper;
using Npgsql;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// What the night of 14 November left of month targets and forecasts of Aoba: five stores with a target of November, frozen, and a proposal for December; none for S06. Each
/// store is explained by another bound.
/// </summary>
internal static class MonthTargetsOfAoba
{
    public static async Task MakeAsync(NpgsqlDataSource job)
    {
        await using var connection = await job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            CREATE TEMP TABLE level AS
            SELECT store, avg(net) / 1e6 AS day_net, (row_number() OVER (ORDER BY store))::int AS place FROM mart.kpi_store_day
            WHERE tenant = 'aoba' AND store < 'S06' AND business_date BETWEEN '2026-10-26' AND '2026-11-14' AND net > 0 GROUP BY store;
            CREATE TEMP TABLE day AS
            SELECT store, place, day::date AS day, date_trunc('month', day)::date AS month,
              round(day_net * CASE WHEN extract(isodow FROM day) > 5 THEN 1.3 ELSE 0.9 END) AS expected
            FROM level, generate_series('2026-11-01'::date, '2026-12-31', '1 day') AS day;

            INSERT INTO mart.sales_forecast (tenant, as_of, store, metric, business_date, expected, low, median, high, unit, low_confidence, factors, model, running)
            SELECT 'aoba', '2026-11-14', store, 'net_sales', day, expected, expected * 0.8, expected, expected * 1.25, 'JPY', store = 'S05',
              jsonb_build_array(jsonb_build_object('name', 'level', 'effect', expected), jsonb_build_object('name', 'weekday', 'effect', 1.0)), 'log_additive',
              jsonb_build_object('expected', total, 'levels', (SELECT jsonb_agg(round(total * exp((step - 10) / 10.0 * 0.12 / sqrt(1 + days / 10.0)), 2) ORDER BY step) FROM generate_series(0, 20) AS step))
            FROM (SELECT *, sum(expected) OVER (PARTITION BY store, month ORDER BY day) AS total, count(*) OVER (PARTITION BY store, month ORDER BY day) AS days FROM day WHERE day > '2026-11-14') AS ahead;

            INSERT INTO mart.month_target (tenant, store, month, version, state, amount, currency, explanation, decided_by, decided_at)
            SELECT 'aoba', store, month, version, CASE version WHEN 1 THEN 'proposed' ELSE 'frozen' END, sum(round(expected * (1 + place * 0.01))) * 1000000, 'JPY',
              jsonb_build_object('expected', sum(expected), 'start', sum(expected) * 0.99, 'ambition', 0.5, 'lift', CASE WHEN place = 1 THEN 0.021 ELSE 0 END, 'is_held_by_odds', place = 1,
                'company_adjustment', jsonb_build_object('micros', CASE WHEN place = 2 THEN 1200000000000 ELSE 0 END, 'currency', 'JPY'), 'probability', 0.55,
                'potentials', jsonb_build_array(
                  jsonb_build_object('metric', 'basket_value', 'gap', 0.08, 'lift', 0.04, 'low', 0.01, 'high', 0.09, 'cap', 0.06,
                    'bound', (ARRAY['gap', 'observed_improvement', 'standing_gap', 'upper_quartile', 'no_evidence'])[place]),
                  jsonb_build_object('metric', 'conversion', 'gap', -0.02, 'lift', 0, 'low', 0, 'high', 0.01, 'cap', 0.06, 'bound', 'upper_quartile'),
                  jsonb_build_object('metric', 'items_per_receipt', 'gap', 0.01, 'lift', 0, 'low', 0, 'high', 0.01, 'cap', 0.06, 'bound', 'gap')),
                'peers', jsonb_build_array('S02', 'S03', 'S04')),
              'outlook', month - interval '10 days' + version * interval '9 days'
            FROM day, generate_series(1, 2) AS version WHERE version = 1 OR month = '2026-11-01' GROUP BY store, place, month, version;
            INSERT INTO mart.month_target_day (tenant, store, month, version, business_date, amount)
            SELECT 'aoba', store, month, version, day, round(expected * (1 + place * 0.01)) * 1000000 FROM day JOIN mart.month_target AS t USING (store, month) WHERE t.tenant = 'aoba';
            INSERT INTO tenancy.company_target VALUES ('aoba', '2026-12-01', 'JPY', 90000000000000, 'honbu', '2026-11-10Z');
            DROP TABLE day; DROP TABLE level;
            """);
    }
}
