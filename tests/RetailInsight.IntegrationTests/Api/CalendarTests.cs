using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Comparisons true to the calendar, growth of the same stores, and staff hours, on a company whose figures are known to the yen: what the
/// page shows is what the API answers and what a recount of the rows comes to.
/// </summary>
[Collection(ApiCollections.Pages)]
public sealed partial class CalendarTests(ApiHost host) : IAsyncLifetime
{
    private const string Tenant = CalendarCompany.Tenant;
    private static readonly DateOnly Last = CalendarCompany.Last;

    public Task InitializeAsync() => CalendarCompany.FoundAsync(host.Database.Job);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Page_api_and_a_recount_agree_on_growth_of_all_and_of_the_same_stores_and_for_trading_days()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        var rows = await RowsAsync();
        var (from, through) = (new DateOnly(2026, 3, 1), Last);
        var answer = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/growth?from=2026-03-01&to=2026-03-31&compare=last_year_date");
        Assert.Equal(("2026-03-01", "2026-03-20", "2025-03-01", "2025-03-20"), (Text(answer, "from"), Text(answer, "to"), Text(answer, "compared_from"), Text(answer, "compared_to")));

        decimal Sum(IEnumerable<string> stores, DateOnly first, DateOnly last) => rows.Where(row => stores.Contains(row.Store) && row.Date >= first && row.Date <= last).Sum(row => row.Net);
        string[] all = [.. CalendarCompany.Shops.Select(shop => shop.Store)], same = ["K1", "K6"];
        var (now, then) = (Sum(all, from, through), Sum(all, from.AddYears(-1), through.AddYears(-1)));
        var (sameNow, sameThen) = (Sum(same, from, through), Sum(same, from.AddYears(-1), through.AddYears(-1)));
        Assert.Equal((now, then, Rounded((now / then) - 1)), Figure(answer, "all_stores"));
        Assert.Equal((sameNow, sameThen, Rounded((sameNow / sameThen) - 1)), Figure(answer, "same_stores"));

        var reasons = answer.GetProperty("stores").EnumerateArray().ToDictionary(store => Text(store, "store")!, store => $"{Text(store, "reason")} {Text(store, "since")}".Trim());
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["K1"] = "comparable",
                ["K2"] = "opened_recently 2025-06-10",
                ["K3"] = "refurbished 2025-03-10",
                ["K4"] = "not_fully_traded 2026-03-05",
                ["K5"] = "closed 2026-03-03",
                ["K6"] = "comparable",
            },
            reasons);

        // The mean sales of a weekday over the mean of all days, without holidays; a holiday weighs as a Sunday.
        var holidays = await HolidaysAsync();
        var year = Enumerable.Range(0, 364).Select(back => through.AddDays(-back)).Where(day => !holidays.Contains(day)).Select(day => (day.DayOfWeek, Net: Sum(all, day, day))).ToList();
        var mean = year.Average(day => day.Net);
        var weight = year.GroupBy(day => day.DayOfWeek).ToDictionary(group => group.Key, group => Math.Round(group.Average(day => day.Net) / mean, 4, MidpointRounding.ToEven));
        decimal Weighted(DateOnly first) => Enumerable.Range(0, 20).Select(first.AddDays).Sum(day => weight[holidays.Contains(day) ? DayOfWeek.Sunday : day.DayOfWeek]);
        var adjusted = Rounded((now / then * Weighted(from.AddYears(-1)) / Weighted(from)) - 1);
        Assert.Equal(adjusted, decimal.Parse(Text(answer.GetProperty("adjusted"), "change")!, CultureInfo.InvariantCulture));

        var html = await client.GetStringAsync("/period?store=all&grain=month&date=2026-03-20&compare=last_year_date&lang=en");
        var shown = Tree().Matches(html[html.IndexOf("Growth of net sales", StringComparison.Ordinal)..]).Take(3).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToList();
        Assert.Equal([Percent((now / then) - 1), Percent((now / then * Weighted(from.AddYears(-1)) / Weighted(from)) - 1), Percent((sameNow / sameThen) - 1)], shown);
        Assert.Contains("2 of 6 stores compared", html, StringComparison.Ordinal);
        Assert.Contains("refurbished (2025-03-10)", html, StringComparison.Ordinal);

        var query = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=net_sales&from=2026-03-01&to=2026-03-20&compare=last_year_date");
        var value = query.GetProperty("rows")[0].GetProperty("values").GetProperty("net_sales");
        Assert.Equal((now, then), (decimal.Parse(Text(value, "value")!, CultureInfo.InvariantCulture), decimal.Parse(Text(value, "comparison")!, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task The_weekday_a_store_or_the_company_is_closed_on_keeps_a_store_among_the_same_stores_and_a_missed_day_does_not()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        var usual = await client.GetFromJsonAsync<JsonElement>("/v1/calendar");
        Assert.Empty(usual.GetProperty("closed_weekdays").EnumerateArray());

        // K1 never trades on Wednesdays; K6 does, but for one of them.
        await connection.ExecuteAsync(
            """
            CREATE TEMP TABLE kept AS SELECT * FROM mart.kpi_store_day
              WHERE tenant = @Tenant AND ((store = 'K1' AND extract(isodow FROM business_date) = 3) OR (store = 'K6' AND business_date = '2026-03-11'));
            DELETE FROM mart.kpi_store_day AS day USING kept WHERE (day.tenant, day.store, day.business_date) = (kept.tenant, kept.store, kept.business_date);
            """,
            new { Tenant });
        try
        {
            Assert.Equal(("not_fully_traded 2026-03-04", "not_fully_traded 2026-03-11"), await ReasonsAsync());
            const string Growth = "/v1/metrics/growth?from=2026-03-01&to=2026-03-31&compare=last_year_date";
            using var again = new HttpRequestMessage(HttpMethod.Get, Growth);
            again.Headers.IfNoneMatch.Add((await client.GetAsync(Growth)).Headers.ETag!);
            await CloseAsync("{3}");
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(again)).StatusCode);
            Assert.Equal(("comparable ", "not_fully_traded 2026-03-11"), await ReasonsAsync());
            Assert.Contains("1 of 6 stores compared", await client.GetStringAsync("/period?store=all&grain=month&date=2026-03-20&compare=last_year_date&lang=en"), StringComparison.Ordinal);

            // What the whole company keeps holds for each of its stores beside their own days.
            await CloseAsync("{2}");
            Assert.Equal(("not_fully_traded 2026-03-04", "not_fully_traded 2026-03-11"), await ReasonsAsync());
            var closing = new { country = "JP", week_start = "monday", year_start_month = 1, month_pattern = "calendar", same_store_months = 13, closed_weekdays = new[] { "wednesday" } };
            Assert.Equal(HttpStatusCode.OK, (await client.PutAsJsonAsync("/v1/calendar", closing)).StatusCode);
            Assert.Equal("wednesday", Assert.Single((await client.GetFromJsonAsync<JsonElement>("/v1/calendar")).GetProperty("closed_weekdays").EnumerateArray()).GetString());
            Assert.Equal(("comparable ", "comparable "), await ReasonsAsync());
            foreach (var wrong in new[] { ["someday"], ["monday", "monday"], new[] { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" } })
            {
                var refused = await client.PutAsJsonAsync("/v1/calendar", new { closing.country, closing.week_start, closing.year_start_month, closing.month_pattern, closing.same_store_months, closed_weekdays = wrong });
                Assert.Equal("closed_weekdays", Assert.Single((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray()).GetProperty("parameter").GetString());
            }
        }
        finally
        {
            await connection.ExecuteAsync("INSERT INTO mart.kpi_store_day SELECT * FROM kept; DROP TABLE kept");
            await CloseAsync("{}");
            await client.PutAsJsonAsync("/v1/calendar", usual);
        }

        Task CloseAsync(string weekdays) => connection.ExecuteAsync("UPDATE tenancy.store SET closed_weekdays = @weekdays::smallint[] WHERE tenant = @Tenant AND store = 'K1'", new { Tenant, weekdays });

        async Task<(string K1, string K6)> ReasonsAsync()
        {
            var stores = (await client.GetFromJsonAsync<JsonElement>("/v1/metrics/growth?from=2026-03-01&to=2026-03-31&compare=last_year_date")).GetProperty("stores").EnumerateArray().ToDictionary(store => Text(store, "store")!);
            Assert.Equal(Text(stores["K1"], "reason") != "comparable", stores["K1"].GetProperty("left").GetBoolean());
            return ($"{Text(stores["K1"], "reason")} {Text(stores["K1"], "since")}", $"{Text(stores["K6"], "reason")} {Text(stores["K6"], "since")}");
        }
    }

    [Fact]
    public async Task Holidays_of_last_year_are_laid_over_the_same_holidays_in_queries_and_on_the_day()
    {
        using var client = await host.SignInAsync("hoshi-k1");
        var rows = (await RowsAsync()).Where(row => row.Store == "K1").ToDictionary(row => row.Date, row => row.Net);

        // Coming of Age Day moved from 13 January 2025 to the 12th; 364 days before the 12th was a plain Monday, and before the 13th a plain Tuesday.
        var answer = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=net_sales&dimensions=business_date&from=2026-02-09&to=2026-02-13&compare=last_year_weekday");
        var compared = answer.GetProperty("rows").EnumerateArray().ToDictionary(
            row => row.GetProperty("dimensions").GetProperty("business_date").GetString()!, row => decimal.Parse(Text(row.GetProperty("values").GetProperty("net_sales"), "comparison")!, CultureInfo.InvariantCulture));

        // 11 February is Foundation Day: a Wednesday in 2026, a Tuesday in 2025, so 10 February 2026 skips to another plain Tuesday.
        Assert.Equal(rows[new(2025, 2, 11)], compared["2026-02-11"]);
        Assert.Equal(rows[new(2025, 2, 4)], compared["2026-02-10"]);
        Assert.Equal(rows[new(2025, 2, 10)], compared["2026-02-09"]);
        Assert.Equal(rows[new(2025, 2, 13)], compared["2026-02-12"]);

        var html = await client.GetStringAsync("/?date=2026-02-11&compare=last_year_weekday&lang=en");
        Assert.Contains("Compared with Tue 11 February 2025: also a holiday (建国記念の日)", html, StringComparison.Ordinal);
        Assert.Contains("¥" + rows[new(2025, 2, 11)].ToString("#,0", CultureInfo.InvariantCulture), html, StringComparison.Ordinal);

        // The choice is remembered by leading to the address that names it, and an address that names another wins over it.
        var plain = await client.GetAsync("/?date=2026-02-11");
        Assert.Equal((HttpStatusCode.Redirect, "/?date=2026-02-11&compare=last_year_weekday"), (plain.StatusCode, plain.Headers.Location!.OriginalString));
        Assert.Contains("the day before", await client.GetStringAsync("/?date=2026-02-11&compare=previous_period"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/?compare=tomorrow")).StatusCode);
    }

    [Fact]
    public async Task A_company_cuts_its_year_as_it_says_and_only_head_office_says_it()
    {
        using var manager = await host.SignInAsync("hoshi-k1");
        using var client = await host.SignInAsync("hoshi-hq");
        var usual = await manager.GetFromJsonAsync<JsonElement>("/v1/calendar");
        Assert.Equal("JP monday 1 calendar 13", $"{Text(usual, "country")} {Text(usual, "week_start")} {usual.GetProperty("year_start_month")} {Text(usual, "month_pattern")} {usual.GetProperty("same_store_months")}");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PutAsJsonAsync("/v1/calendar", usual)).StatusCode);
        var refused = await client.PutAsJsonAsync("/v1/calendar", new { country = "Japan", week_start = "someday", year_start_month = 13, month_pattern = "4-4-4", same_store_months = -1 });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(5, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetArrayLength());
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await client.PutAsJsonAsync("/v1/calendar", new { country = "JP", week_start = "monday", year_start_month = 2, month_pattern = "4-4-5", same_store_months = 13 })).StatusCode);
            var html = await client.GetStringAsync("/period?store=K1&grain=quarter&date=2026-03-20&lang=en");
            Assert.Contains("Quarter 1 of 2026", html, StringComparison.Ordinal);
            Assert.Contains("Mon 2 February 2026 – Sun 3 May 2026", html, StringComparison.Ordinal);

            // The roster of questions is a few seconds old at most.
            var rows = (await RowsAsync()).Where(row => row.Store == "K1").ToList();
            var months = new Dictionary<string, decimal>();
            for (var attempt = 0; attempt < 40 && !months.ContainsKey("2026-03-02"); attempt++)
            {
                await Task.Delay(250);
                var answer = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=net_sales&dimensions=business_date&grain=month&filter=store:K1&from=2026-02-02&to=2026-03-20");
                months = answer.GetProperty("rows").EnumerateArray().ToDictionary(
                    row => row.GetProperty("dimensions").GetProperty("business_date").GetString()!, row => decimal.Parse(Text(row.GetProperty("values").GetProperty("net_sales"), "value")!, CultureInfo.InvariantCulture));
            }

            Assert.Equal(["2026-02-02", "2026-03-02"], months.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(rows.Where(row => row.Date >= new DateOnly(2026, 2, 2) && row.Date < new DateOnly(2026, 3, 2)).Sum(row => row.Net), months["2026-02-02"]);
        }
        finally
        {
            await client.PutAsJsonAsync("/v1/calendar", usual);
        }

        await using var connection = await host.Database.Job.OpenConnectionAsync();
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM audit.entry WHERE tenant = @Tenant AND action = 'calendar.set' AND actor = 'hoshi-hq'", new { Tenant }));
    }

    [Fact]
    public async Task Staff_hours_replace_the_store_days_they_name_and_nothing_with_a_bad_row_is_stored()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        const string Good = "store,business_date,hour,planned_hours,actual_hours\nK1,2026-03-19,10,4,3.5\nK1,2026-03-19,11,4,4:30\nK1,2026-03-20,10,5,\n";
        var (status, answer) = await LoadAsync(client, Good);
        Assert.Equal((HttpStatusCode.OK, 3, 2, true, "8"), (status, answer.GetProperty("rows").GetInt32(), answer.GetProperty("store_days").GetInt32(), answer.GetProperty("changed").GetBoolean(), Text(answer, "actual_hours")));
        Assert.False((await LoadAsync(client, Good)).Answer.GetProperty("changed").GetBoolean());

        var net = (await RowsAsync()).Single(row => row.Store == "K1" && row.Date == new DateOnly(2026, 3, 19)).Net;
        var query = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=sales_per_labour_hour&filter=store:K1&from=2026-03-19&to=2026-03-20");
        Assert.Equal(Math.Round(net / 8, 2, MidpointRounding.AwayFromZero), MetricQueryTests.Value(query.GetProperty("rows")[0], "sales_per_labour_hour"));

        var (refused, problem) = await LoadAsync(client, Good + "K9,2026-03-21,10,1,1\nK1,2026-03-21,99,1,x\n");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Equal(["5 store", "6 hour", "6 actual_hours"], problem.GetProperty("errors").EnumerateArray().Select(fault => $"{fault.GetProperty("row")} {Text(fault, "field")}"));
        Assert.True((await LoadAsync(client, "store,business_date,hour,actual_hours\nK1,2026-03-19,10,2\n")).Answer.GetProperty("changed").GetBoolean());
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        Assert.Equal(
            ["2026-03-19 10 120 ", "2026-03-20 10  300"],
            await connection.QueryAsync<string>("SELECT business_date || ' ' || hour || ' ' || coalesce(minutes::text, '') || ' ' || coalesce(planned_minutes::text, '') FROM mart.staff_hours WHERE tenant = @Tenant ORDER BY 1", new { Tenant }));
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM audit.entry WHERE tenant = @Tenant AND action = 'staff_hours.replace'", new { Tenant }));
        using var manager = await host.SignInAsync("hoshi-k1");
        Assert.Equal(HttpStatusCode.Forbidden, (await LoadAsync(manager, Good)).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PostAsJsonAsync("/v1/staff-hours", new { })).StatusCode);
    }

    [Fact]
    public async Task Stores_side_by_side_are_summed_and_averaged_by_each_figures_own_rule()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        var answer = await client.GetFromJsonAsync<JsonElement>("/v1/metrics/query?metrics=net_sales,basket_value&from=2026-02-21&to=2026-03-20&filter=store:K1&filter=store:K2");
        var (net, basket) = (MetricQueryTests.Value(answer.GetProperty("rows")[0], "net_sales")!.Value, MetricQueryTests.Value(answer.GetProperty("rows")[0], "basket_value")!.Value);
        foreach (var (total, shown) in new[] { ("sum", net), ("average", net / 2) })
        {
            var html = await client.GetStringAsync($"/stores?pick=K1&pick=K2&date=2026-03-20&total={total}&lang=en");
            var foot = html[html.IndexOf("<tfoot>", StringComparison.Ordinal)..];
            Assert.Contains($"<td>¥{Math.Round(shown, MidpointRounding.AwayFromZero).ToString("#,0", CultureInfo.InvariantCulture)}</td>", foot, StringComparison.Ordinal);
            Assert.Contains($"<td>¥{Math.Round(basket, MidpointRounding.AwayFromZero).ToString("#,0", CultureInfo.InvariantCulture)}</td>", foot, StringComparison.Ordinal);
        }

        var west = await client.GetStringAsync("/stores?group=area:西&grain=week&date=2026-03-20&lang=en");
        Assert.Contains("Area: 西", west, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(west, "<tr><th scope=\"row\"><a "));
        using var manager = await host.SignInAsync("hoshi-k1");
        Assert.Contains("Choose two stores or more", await manager.GetStringAsync("/stores?pick=K1&pick=K2&lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_sales_are_made_of_and_kinds_of_customers_are_where_a_manager_looks()
    {
        using var client = await host.SignInAsync("hoshi-k1");
        var html = await client.GetStringAsync("/?date=2026-03-20&lang=en");
        Assert.Contains("<bdi>Cash</bdi> 70.0%, <bdi>Electronic money</bdi> 30.0%", html, StringComparison.Ordinal);
        Assert.Contains("4.8% of sales before discount", html, StringComparison.Ordinal);
        Assert.Contains("<bdi>8.0%</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("<bdi>Coupon</bdi>", html, StringComparison.Ordinal);
        var customers = await client.GetStringAsync("/customers?date=2026-03-20&lang=en");
        Assert.Contains("365 days up to Thu 19 March 2026", customers, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(customers, "Too few"));
        Assert.DoesNotContain("<td>3</td>", customers, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> LoadAsync(HttpClient client, string csv)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        using var answer = await client.PostAsync("/v1/staff-hours", content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static (decimal, decimal, decimal) Figure(JsonElement answer, string name)
    {
        var figure = answer.GetProperty(name);
        decimal Number(string member) => decimal.Parse(Text(figure, member)!, CultureInfo.InvariantCulture);
        return (Number("value"), Number("comparison"), Number("change"));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static decimal Rounded(decimal value) => Math.Round(value, 4, MidpointRounding.AwayFromZero);

    private static string Percent(decimal ratio) => (ratio > 0 ? "+" : "−") + Math.Abs(Math.Round(ratio * 100, 1, MidpointRounding.AwayFromZero)).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    private Task<List<(string Store, DateOnly Date, decimal Net)>> RowsAsync() => CalendarCompany.RowsAsync(host.Database.Job);

    private async Task<HashSet<DateOnly>> HolidaysAsync()
    {
        var days = new HashSet<DateOnly>();
        await using var command = host.Database.Job.CreateCommand("SELECT day FROM mart.holiday WHERE country = 'JP'");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            days.Add(row.GetFieldValue<DateOnly>(0));
        }

        return days;
    }

    [GeneratedRegex("<p class=\"value\">([^<]*)</p>")]
    private static partial Regex Tree();
}
