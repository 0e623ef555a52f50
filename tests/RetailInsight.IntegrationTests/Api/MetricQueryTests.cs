using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class MetricQueryTests(ApiHost host)
{
    private sealed record Hour(
        string Store, DateOnly Date, int HourOfDay, decimal Net, long Receipts, decimal Items, long Visitors, int Observed, int Expected);

    [Fact]
    public async Task Sums_and_ratios_equal_a_naive_recount_by_store_week_weekday_and_hour()
    {
        using var client = await host.SignInAsync("honbu");
        var hours = await HoursAsync();
        const string Asked = "metrics=net_sales,receipts,basket_value,items_per_receipt,item_price,visitors,conversion,sales_per_visitor,counter_coverage";
        foreach (var (dimensions, extra, key) in new (string, string, Func<Hour, string>)[]
        {
            ("store", "", hour => hour.Store),
            ("business_date", "", hour => Iso(hour.Date)),
            ("business_date", "&grain=week", hour => Iso(hour.Date.AddDays(-(((int)hour.Date.DayOfWeek + 6) % 7)))),
            ("business_date", "&grain=week&week_start=sunday", hour => Iso(hour.Date.AddDays(-(int)hour.Date.DayOfWeek))),
            ("business_date", "&grain=month", hour => Iso(new DateOnly(hour.Date.Year, hour.Date.Month, 1))),
            ("weekday", "", hour => (((int)hour.Date.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture)),
            ("", "", _ => ""),
        })
        {
            var answer = await client.GetFromJsonAsync<JsonElement>($"/v1/metrics/query?{Asked}&dimensions={dimensions}&from=2026-10-26&to=2026-11-14{extra}".Replace("&dimensions=&", "&", StringComparison.Ordinal));
            var rows = answer.GetProperty("rows").EnumerateArray().ToDictionary(
                row => string.Join("/", row.GetProperty("dimensions").EnumerateObject().Select(one => one.Value.GetString())));
            var groups = hours.GroupBy(key).ToDictionary(group => group.Key, group => group.ToList());
            Assert.Equal(groups.Keys.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, group) in groups)
            {
                // Days without one observed minute have no visitors, and then their receipts are not in the conversion either.
                var counted = group.GroupBy(hour => (hour.Store, hour.Date)).Where(day => hours.Where(hour => (hour.Store, hour.Date) == day.Key).Sum(hour => hour.Observed) > 0).SelectMany(day => day).ToList();
                var (net, receipts, items, visitors) = (group.Sum(hour => hour.Net), group.Sum(hour => hour.Receipts), group.Sum(hour => hour.Items), counted.Sum(hour => hour.Visitors));
                var row = rows[name];
                Assert.Equal("JPY", row.GetProperty("currency").GetString());
                Assert.Equal(net, Value(row, "net_sales"));
                Assert.Equal(receipts, Value(row, "receipts"));
                Assert.Equal(Rounded(net / receipts, 2), Value(row, "basket_value"));
                Assert.Equal(Rounded(items / receipts, 2), Value(row, "items_per_receipt"));
                Assert.Equal(Rounded(net / items, 2), Value(row, "item_price"));
                Assert.Equal(counted.Count == 0 ? null : visitors, Value(row, "visitors"));
                Assert.Equal(visitors == 0 ? null : Rounded(counted.Sum(hour => hour.Receipts) / (decimal)visitors, 4), Value(row, "conversion"));
                Assert.Equal(visitors == 0 ? null : Rounded(counted.Sum(hour => hour.Net) / visitors, 2), Value(row, "sales_per_visitor"));
                var expected = group.Sum(hour => hour.Expected);
                Assert.Equal(expected == 0 ? null : Rounded(group.Sum(hour => hour.Observed) / (decimal)expected, 4), Value(row, "counter_coverage"));
                Assert.Equal(group.Select(hour => (hour.Store, hour.Date)).Distinct().Count(), row.GetProperty("data").GetProperty("store_days_reported").GetInt32());
            }
        }
    }

    [Fact]
    public async Task Hours_count_visitors_and_their_receipts_only_where_a_counter_reported()
    {
        using var client = await host.SignInAsync("honbu");
        var hours = (await HoursAsync()).Where(hour => hour.Date == new DateOnly(2026, 11, 14) && hour.Store == "S01").ToDictionary(hour => hour.HourOfDay);
        var answer = await client.GetFromJsonAsync<JsonElement>(
            "/v1/metrics/query?metrics=receipts,visitors,conversion&dimensions=hour&filter=store:S01&from=2026-11-14&to=2026-11-14");
        Assert.Equal(hours.Keys.Order(), answer.GetProperty("rows").EnumerateArray().Select(row => int.Parse(row.GetProperty("dimensions").GetProperty("hour").GetString()!, CultureInfo.InvariantCulture)));
        foreach (var row in answer.GetProperty("rows").EnumerateArray())
        {
            var hour = hours[int.Parse(row.GetProperty("dimensions").GetProperty("hour").GetString()!, CultureInfo.InvariantCulture)];
            Assert.Equal(hour.Observed == 0 ? null : hour.Visitors, Value(row, "visitors"));
            Assert.Equal(hour.Observed == 0 ? null : Rounded(hour.Receipts / (decimal)hour.Visitors, 4), Value(row, "conversion"));
        }
    }

    [Theory]
    [InlineData("previous_period", "2026-11-02", "2026-11-07", 6)]
    [InlineData("previous_week", "2026-11-01", "2026-11-06", 7)]
    public async Task A_comparison_lies_over_the_days_it_is_compared_with(string compare, string from, string to, int shift)
    {
        using var client = await host.SignInAsync("honbu");
        var hours = await HoursAsync();
        var first = DateOnly.Parse("2026-11-08", CultureInfo.InvariantCulture);
        var answer = await client.GetFromJsonAsync<JsonElement>(
            $"/v1/metrics/query?metrics=net_sales,basket_value&dimensions=business_date&from=2026-11-08&to=2026-11-13&compare={compare}");
        Assert.Equal((from, to), (answer.GetProperty("compared_from").GetString(), answer.GetProperty("compared_to").GetString()));
        Assert.Equal(6, answer.GetProperty("rows").GetArrayLength());
        foreach (var (row, day) in answer.GetProperty("rows").EnumerateArray().Select((row, at) => (row, first.AddDays(at))))
        {
            Assert.Equal(Iso(day), row.GetProperty("dimensions").GetProperty("business_date").GetString());
            var (now, then) = (hours.Where(hour => hour.Date == day).ToList(), hours.Where(hour => hour.Date == day.AddDays(-shift)).ToList());
            var net = row.GetProperty("values").GetProperty("net_sales");
            var (value, compared) = (now.Sum(hour => hour.Net), then.Sum(hour => hour.Net));
            Assert.Equal(compared, Number(net, "comparison"));
            Assert.Equal(value - compared, Number(net, "difference"));
            Assert.Equal(Rounded((value - compared) / compared, 4), Number(net, "change"));
            var basket = row.GetProperty("values").GetProperty("basket_value");
            Assert.Equal(Rounded((value / now.Sum(hour => hour.Receipts)) - (compared / then.Sum(hour => hour.Receipts)), 2), Number(basket, "difference"));
        }
    }

    [Fact]
    public async Task Last_year_is_the_same_weekday_or_the_same_date_as_asked()
    {
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, observed_minutes, expected_minutes)
                VALUES ('aoba', 'S01', '2024-03-01', 'JPY', 5000000, 0, 5000000, 1, 0, 0, 0, 0, 0), ('aoba', 'S01', '2023-03-01', 'JPY', 3000000, 0, 3000000, 1, 0, 0, 0, 0, 0),
                       ('aoba', 'S01', '2023-03-03', 'JPY', 4000000, 0, 4000000, 1, 0, 0, 0, 0, 0)
                """);
        }

        using var client = await host.SignInAsync("honbu");
        foreach (var (compare, comparison, change) in new[] { ("last_year_date", "3", "0.6667"), ("last_year_weekday", "4", "0.2500") })
        {
            var answer = await client.GetFromJsonAsync<JsonElement>($"/v1/metrics/query?metrics=net_sales&dimensions=store,business_date&from=2024-03-01&to=2024-03-01&compare={compare}");
            var value = Assert.Single(answer.GetProperty("rows").EnumerateArray()).GetProperty("values").GetProperty("net_sales");
            Assert.Equal(("5", comparison, change), (value.GetProperty("value").GetString(), value.GetProperty("comparison").GetString(), value.GetProperty("change").GetString()));
        }
    }

    [Fact]
    public async Task Targets_stand_beside_the_store_days_that_have_one_and_add_up_to_the_table()
    {
        using var client = await host.SignInAsync("honbu");
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        var table = (await connection.QueryAsync<(string Store, string Metric, decimal Actual, decimal Target)>(
            """
            SELECT t.store, t.metric, t.actual, t.target FROM mart.store_target AS t JOIN mart.store_cluster AS c USING (tenant, store, business_date)
            WHERE t.tenant = 'aoba' AND t.business_date = '2026-11-14' AND c.cluster_size >= 3
            """)).ToLookup(row => row.Metric);
        const string Asked = "/v1/metrics/query?metrics=net_sales,basket_value,items_per_receipt,conversion&from=2026-11-10&to=2026-11-14&compare=target";
        var whole = (await client.GetFromJsonAsync<JsonElement>(Asked)).GetProperty("rows")[0];
        Assert.Equal((table["net_sales"].Sum(row => row.Actual), table["net_sales"].Sum(row => row.Target)), (Value(whole, "net_sales"), Compared(whole, "net_sales")));

        // A ratio's target over stores weighs each by its receipts.
        var receipts = (await HoursAsync()).Where(hour => hour.Date == new DateOnly(2026, 11, 14)).GroupBy(hour => hour.Store).ToDictionary(group => group.Key, group => group.Sum(hour => hour.Receipts));
        var weighed = table["basket_value"].Sum(row => row.Target * receipts[row.Store]) / table["basket_value"].Sum(row => receipts[row.Store]);
        Assert.Equal(Rounded(weighed, 2), Compared(whole, "basket_value"));

        var days = (await client.GetFromJsonAsync<JsonElement>(Asked + "&dimensions=store,business_date&order=store")).GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("dimensions").GetProperty("business_date").GetString() == "2026-11-14").ToDictionary(row => row.GetProperty("dimensions").GetProperty("store").GetString()!);
        foreach (var (metric, places) in new[] { ("net_sales", 6), ("basket_value", 2), ("items_per_receipt", 2), ("conversion", 4) })
        {
            Assert.Equal(
                table[metric].OrderBy(row => row.Store, StringComparer.Ordinal).Select(row => (row.Store, Target: (decimal?)Rounded(row.Target, places))),
                days.Where(row => Compared(row.Value, metric) is not null).Select(row => (row.Key, Compared(row.Value, metric))).OrderBy(row => row.Key, StringComparer.Ordinal));
        }

        // S05 stands in a group of two, in which a mean would tell what the other store earned: it is on neither side.
        Assert.DoesNotContain("S05", days.Keys);
    }

    [Theory]
    [InlineData("metrics=receipts,net_sales", "receipts", "net_sales, basket_value, items_per_receipt, conversion have")]
    [InlineData("metrics=net_sales&dimensions=store,hour", "net_sales", "leave hour out")]
    [InlineData("metrics=net_sales&filter=category:Tea", "net_sales", "leave category out")]
    public async Task What_has_no_target_is_named_with_what_has_one(string asked, string metric, string detail)
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync($"/v1/metrics/query?{asked}&from=2026-11-14&to=2026-11-14&compare=target");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("target-missing", problem.GetProperty("code").GetString());
        var fault = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal(metric, fault.GetProperty("parameter").GetString());
        Assert.Contains(detail, fault.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Different_currencies_are_never_added()
    {
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, opened_on) VALUES ('thames', 'E1', 'Paris', 'Europe/Paris', 600, 1200, '2026-05-02');
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, observed_minutes, expected_minutes)
                VALUES ('thames', 'S01', '2026-05-02', 'GBP', 10550000, 0, 10550000, 2, 0, 0, 0, 0, 0), ('thames', 'E1', '2026-05-02', 'EUR', 7000000, 0, 7000000, 1, 0, 0, 0, 0, 0)
                """);
        }

        using var client = await host.SignInAsync("camden");
        var both = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=net_sales,receipts&from=2026-05-01&to=2026-05-02");
        Assert.Equal(["EUR 7 1", "GBP 10.55 2"], both.GetProperty("rows").EnumerateArray().Select(row =>
            $"{row.GetProperty("currency").GetString()} {row.GetProperty("values").GetProperty("net_sales").GetProperty("value").GetString()} {row.GetProperty("values").GetProperty("receipts").GetProperty("value").GetString()}"));

        // Counts alone have no currency. One store was not open yet on the first day, so three store-days are expected.
        // A new store is known within seconds.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var row = await CountsAsync();
        while (row.GetProperty("data").GetProperty("store_days_expected").GetInt32() != 3)
        {
            await Task.Delay(500, patience.Token);
            row = await CountsAsync();
        }

        Assert.Equal((JsonValueKind.Null, 3m), (row.GetProperty("currency").ValueKind, Value(row, "receipts")));
        Assert.Equal(2, row.GetProperty("data").GetProperty("store_days_reported").GetInt32());

        async Task<JsonElement> CountsAsync() => Assert.Single(
            (await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=receipts&from=2026-05-01&to=2026-05-02", patience.Token)).GetProperty("rows").EnumerateArray());
    }

    [Fact]
    public async Task Breakdowns_come_from_the_table_that_has_them_and_sales_per_area_and_labour_hour_count_both_sides_alike()
    {
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, floor_area, opened_on, closed_on)
                VALUES ('thames', 'A1', 'Area', 'Europe/London', 600, 1200, 400, '2025-01-01', '2025-12-31'), ('thames', 'A2', 'No area', 'Europe/London', 600, 1200, null, '2025-01-01', '2025-12-31');
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, observed_minutes, expected_minutes, guests, identified_receipts, discount)
                VALUES ('thames', 'A1', '2025-03-01', 'GBP', 121000000, 0, 121000000, 4, 0, 0, 0, 0, 0, 8, 1, 5000000), ('thames', 'A2', '2025-03-01', 'GBP', 50000000, 0, 50000000, 6, 0, 0, 0, 0, 0, 0, 2, 0);
                INSERT INTO mart.staff_hours VALUES ('thames', 'A1', '2025-03-01', 10, 90), ('thames', 'A1', '2025-03-01', 11, 30);
                INSERT INTO mart.kpi_category_day VALUES ('thames', 'A1', '2025-03-01', 'Tea', 'GBP', 100000000, 0, 100000000, 3000000, 3), ('thames', 'A1', '2025-03-01', '', 'GBP', 21000000, 0, 21000000, 1000000, 1);
                INSERT INTO mart.kpi_item_day VALUES ('thames', 'A1', '2025-03-01', 't1', 'Tea', 'Tea', true, 'GBP', 100000000, 0, 100000000, 3000000, 3, 500000),
                  ('thames', 'A1', '2025-03-01', 'bag', 'Bag', '', false, 'GBP', 21000000, 0, 21000000, 1000000, 1, 0);
                INSERT INTO mart.kpi_tender_day VALUES ('thames', 'A1', '2025-03-01', 'cash', 'GBP', 21000000, 2), ('thames', 'A1', '2025-03-01', 'card', 'GBP', 100000000, 3);
                INSERT INTO mart.kpi_discount_day VALUES ('thames', 'A1', '2025-03-01', 'coupon', 'spring', 'GBP', 5000000, 1);
                INSERT INTO mart.kpi_tax_day VALUES ('thames', 'A1', '2025-03-01', 2000, 'standard', 'GBP', 121000000, 24200000, 145200000);
                INSERT INTO mart.data_health_day VALUES ('thames', 'A1', '2025-03-01', 3, 2, 4, null, null, null, 1, 5, 2, 0, 0);
                """);
        }

        using var client = await host.SignInAsync("camden");
        foreach (var (query, expected) in new[]
        {
            ("metrics=sales_per_tsubo,sales_per_square_metre,sales_per_labour_hour,sales_per_guest,identified_share,discount", " GBP 1.00 0.30 60.50 15.13 0.3000 5"),
            ("metrics=net_sales,quantity,containing_receipts&dimensions=category", " GBP 21 1 1|Tea GBP 100 3 3"),
            ("metrics=net_sales,items,returned_quantity,containing_receipts&dimensions=item&order=-net_sales", "t1 GBP 100 3 0.5 3|bag GBP 21 – 0 1"),
            ("metrics=item_price&dimensions=category&filter=category:Tea", "Tea GBP 33.33"),
            ("metrics=tender_amount,tender_receipts&dimensions=tender", "card GBP 100 3|cash GBP 21 2"),
            ("metrics=discount&dimensions=discount_kind,discount_label", "coupon/spring GBP 5"),
            ("metrics=tax,gross_sales&dimensions=tax_rate,tax_category", "2000/standard GBP 24.2 145.2"),
            ("metrics=register_coverage,late_receipts,missing_numbers,voided_receipts", "  0.6667 1 5 2"),
            ("metrics=net_sales,late_receipts&dimensions=store", "A1 GBP 121 1|A2 GBP 50 –"),
            ("metrics=sales_per_labour_hour&dimensions=hour", ""),
        })
        {
            var answer = await client.GetFromJsonAsync<JsonElement>($"/v1/metrics/query?{query}&from=2025-03-01&to=2025-03-01");
            Assert.Equal(expected, string.Join("|", answer.GetProperty("rows").EnumerateArray().Select(row =>
                $"{string.Join("/", row.GetProperty("dimensions").EnumerateObject().Select(one => one.Value.GetString()))} {row.GetProperty("currency").GetString()} {string.Join(" ", row.GetProperty("values").EnumerateObject().Select(one => one.Value.GetProperty("value").GetString() ?? "–"))}")));
        }
    }

    internal static decimal? Value(JsonElement row, string metric) => Number(row.GetProperty("values").GetProperty(metric), "value");

    private static decimal? Compared(JsonElement row, string metric) => Number(row.GetProperty("values").GetProperty(metric), "comparison");

    private static decimal? Number(JsonElement value, string member) =>
        value.GetProperty(member).GetString() is { } text ? decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture) : null;

    private static decimal Rounded(decimal value, int places) => Math.Round(value, places, MidpointRounding.AwayFromZero);

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<List<Hour>> HoursAsync()
    {
        var hours = new List<Hour>();
        await using var command = host.Database.Job.CreateCommand(
            "SELECT store, business_date, hour, net, receipts, items, visitors, observed_minutes, expected_minutes FROM mart.kpi_store_hour WHERE tenant = 'aoba' AND business_date BETWEEN '2026-10-26' AND '2026-11-14'");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            hours.Add(new Hour(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt16(2), row.GetInt64(3) / 1_000_000m, row.GetInt32(4), row.GetInt64(5) / 1_000_000m, row.GetInt32(6), row.GetInt32(7), row.GetInt32(8)));
        }

        return hours;
    }
}
