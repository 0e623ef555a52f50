using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// What is missing is never zero, and never hidden: a company of which a week ago everything arrived and today one store's sales, another's
/// counts alone and of the third nothing.
/// </summary>
[Collection(ApiCollections.Pages)]
public sealed class StateOfDataTests(ApiHost host) : IAsyncLifetime
{
    private const string Short = "2026-11-14";
    private const string Whole = "2026-11-07";

    // The running day is today by the wall clock of the company, whatever day that is.
    private static readonly DateOnly Running = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")).DateTime);

    public static TheoryData<string> Pages => ["/", "/today", "/period", "/traffic", "/products", "/customers", "/stores", "/peers", "/health"];

    public async Task InitializeAsync()
    {
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM tenancy.tenant WHERE tenant = 'mizu')"))
        {
            return;
        }

        // M1 sells 10,000 yen an hour and M2 and M3 twice and three times that; M2's counter is out for the last two hours of the whole day.
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES ('mizu', 'みず商店', 'JPY', 'Asia/Tokyo'), ('kawa', 'かわ商店', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.data_version VALUES ('mizu', 1, now()), ('kawa', 1, now());
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines, floor_area, prefecture, area, format)
            SELECT tenant, store, store || '店', 'Asia/Tokyo', 600, 1200, 1, 100, '', '', ''
            FROM (VALUES ('mizu', 'M1'), ('mizu', 'M2'), ('mizu', 'M3'), ('kawa', 'R1')) AS shop(tenant, store);
            INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT 'mizu', 'M' || size, date '2026-11-07', hour, 'JPY', size * 10000000000::bigint, 0, size * 10000000000::bigint, 10, 10000000, 0, 0,
              CASE WHEN size = 2 AND hour > 17 THEN 0 ELSE 100 END, CASE WHEN size = 2 AND hour > 17 THEN 0 ELSE 60 END, 60
            FROM generate_series(1, 3) AS size, generate_series(10, 19) AS hour
            UNION ALL SELECT 'mizu', 'M1', date '2026-11-14', hour, 'JPY', 11000000000, 0, 11000000000, 11, 11000000, 0, 0, 100, 60, 60 FROM generate_series(10, 19) AS hour
            UNION ALL SELECT 'kawa', 'R1', @Running::date - 7, hour, 'JPY', 10000000000, 0, 10000000000, 10, 10000000, 0, 0, 100, 60, 60 FROM generate_series(10, 19) AS hour
            UNION ALL SELECT 'kawa', 'R1', @Running::date, hour, 'JPY', CASE WHEN hour < 14 THEN 12000000000 ELSE 1000000000 END, 0, CASE WHEN hour < 14 THEN 12000000000 ELSE 1000000000 END, 12, 12000000, 0, 0, 100, 60, 60
              FROM generate_series(10, 14) AS hour;
            INSERT INTO mart.kpi_store_hour (tenant, store, business_date, hour, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, sales_reported)
            SELECT 'mizu', 'M2', '2026-11-14', hour, 'JPY', 0, 0, 0, 0, 0, 0, 0, 90, 60, 60, false FROM generate_series(10, 19) AS hour;
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, sales_reported, computed_at)
            SELECT tenant, store, business_date, currency, sum(net), sum(tax), sum(gross), sum(receipts), sum(items), 0, 0, sum(visitors), sum(observed_minutes), sum(expected_minutes), bool_or(sales_reported),
              (CASE WHEN business_date = @Running::date THEN business_date + time '14:05' ELSE business_date + interval '27 hours' END) AT TIME ZONE 'Asia/Tokyo'
            FROM mart.kpi_store_hour WHERE tenant IN ('mizu', 'kawa') GROUP BY 1, 2, 3, 4;
            INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, last_at, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
            SELECT 'mizu', store, day, registers, CASE WHEN day = '2026-11-07' OR store = 'M1' THEN registers ELSE 0 END, CASE WHEN day = '2026-11-07' OR store = 'M1' THEN 100 ELSE 0 END,
              CASE WHEN day = '2026-11-07' OR store = 'M1' THEN day + interval '10 hours 50 minutes' END, 0, 0, 0, CASE WHEN day = '2026-11-07' AND store = 'M2' THEN 480 WHEN day = '2026-11-14' AND store = 'M3' THEN 0 ELSE 600 END, 600
            FROM (VALUES ('M1', 3), ('M2', 2), ('M3', 2)) AS shop(store, registers), unnest(ARRAY['2026-11-07', '2026-11-14']::date[]) AS day;
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT who, tenant, (SELECT password_hash FROM api.app_user WHERE login = 'honbu'), 'head_office', NULL, 'en', who FROM (VALUES ('mizu-hq', 'mizu'), ('kawa-hq', 'kawa')) AS person(who, tenant);
            """,
            new { Running });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_day_of_which_only_counters_reported_has_visitors_and_no_sales()
    {
        using var client = await host.SignInAsync("mizu-hq");
        var day = (await client.GetFromJsonAsync<JsonElement>($"/v1/kpis/store-day?store=M2&from={Short}&to={Short}")).GetProperty("items")[0];
        Assert.All(["net_sales", "tax", "gross_sales", "receipts", "returns", "basket_value", "conversion"], figure => Assert.Equal(JsonValueKind.Null, day.GetProperty(figure).ValueKind));
        Assert.Equal(900, day.GetProperty("visitors").GetInt64());

        var rows = (await AskAsync(client, $"metrics=net_sales,receipts,visitors,conversion&dimensions=store&from={Short}&to={Short}")).GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("dimensions").GetProperty("store").GetString()!);
        Assert.Equal((null, null, "900", null), (Value(rows["M2"], "net_sales"), Value(rows["M2"], "receipts"), Value(rows["M2"], "visitors"), Value(rows["M2"], "conversion")));
        Assert.Equal((0, 2, 0), (Data(rows["M2"], "store_days_reported"), Data(rows["M2"], "registers_expected"), Data(rows["M2"], "registers_reported")));

        // Whoever came where nobody knows what was sold says nothing of conversion.
        var all = (await AskAsync(client, $"metrics=net_sales,visitors,conversion&from={Short}&to={Short}")).GetProperty("rows")[0];
        Assert.Equal(("110000", "1900", "0.1100"), (Value(all, "net_sales"), Value(all, "visitors"), Value(all, "conversion")));
        Assert.Equal((3, 1, 7, 3), (Data(all, "store_days_expected"), Data(all, "store_days_reported"), Data(all, "registers_expected"), Data(all, "registers_reported")));

        var row = await FiguresAsync(client, $"/export/day/figures.csv?store=M2&date={Short}&lang=en");
        Assert.Equal(("", "", "900", "0"), (row["Net sales"], row["Receipts"], row["Visitors"], row["Stores reported"]));
        foreach (var page in (string[])["/", "/period", "/today"])
        {
            var html = await client.GetStringAsync($"{page}?store=M2&date={Short}&lang=en");
            Assert.DoesNotContain("<td>¥0</td>", html, StringComparison.Ordinal);
            Assert.DoesNotContain("class=\"value\">¥0", html, StringComparison.Ordinal);
            Assert.Contains("No data", html, StringComparison.Ordinal);
        }

        var shown = await client.GetStringAsync($"/?store=M2&date={Short}&lang=en");
        Assert.Contains("No receipt of this day has arrived", shown, StringComparison.Ordinal);
        Assert.Contains("<p class=\"value none\">No data</p>", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_of_which_stores_are_missing_is_compared_with_the_same_stores()
    {
        using var client = await host.SignInAsync("mizu-hq");
        var day = await FiguresAsync(client, $"/export/day/figures.csv?store=all&date={Short}&lang=en");
        Assert.Equal(("110000", "100000", "10000", "0.1"), (day["Net sales"], day["Net sales, compared"], day["Net sales, difference"], day["Net sales, change"]));
        Assert.Equal(("3", "1", "7", "3"), (day["Stores expected"], day["Stores reported"], day["Registers expected"], day["Registers reported"]));
        Assert.Contains("Compared over the 1 stores with sales on both days (1 on this day, 3 on the other)", await client.GetStringAsync($"/?store=all&date={Short}"), StringComparison.Ordinal);

        var week = await FiguresAsync(client, $"/export/period/figures.csv?store=all&date={Short}&grain=week&lang=en");
        Assert.Equal(("110000", "100000", "0.1"), (week["Net sales"], week["Net sales, compared"], week["Net sales, change"]));
        var period = await client.GetStringAsync($"/period?store=all&date={Short}&grain=week");
        Assert.Contains("<small>1 of 3 stores only</small>", period, StringComparison.Ordinal);
        Assert.Contains("class=\"silent partial\"", period, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"silent partial\"", await client.GetStringAsync($"/period?store=all&date={Whole}&grain=week"), StringComparison.Ordinal);

        var today = await client.GetStringAsync($"/today?store=all&date={Short}");
        Assert.Contains("10.0% ahead of usual", today, StringComparison.Ordinal);
        Assert.Contains("Measured by the 1 stores that have reported today.", today, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Beside_the_figures_of_every_page_stands_what_they_rest_on(string page)
    {
        using var client = await host.SignInAsync("mizu-hq");
        var chain = await client.GetStringAsync($"{page}?store=all&date={Short}&lang=en");
        Assert.Matches("<li class=\"warn\"><a href=\"/health[^\"]*\">[0-9]+ of [0-9]+ (registers reporting|register-days received)</a>", chain);
        Assert.Matches("Data of [01] of 3 stores is complete", chain);
        Assert.Matches("Incomplete: [^<]*M2店", chain);
        if (page != "/stores")
        {
            Assert.Matches("<li class=\"good\"><a href=\"/health[^\"]*\">[0-9]+ of [0-9]+ (registers reporting|register-days received)</a>", await client.GetStringAsync($"{page}?store=M1&date={Short}&lang=en"));
        }
    }

    [Theory]
    [InlineData($"/?store=all&date={Whole}")]
    [InlineData($"/period?store=all&date={Whole}")]
    [InlineData($"/stores?date={Whole}&grain=hour")]
    public async Task What_rests_on_a_counter_that_was_out_is_marked_in_tables_of_stores(string page)
    {
        using var client = await host.SignInAsync("mizu-hq");
        var html = await client.GetStringAsync(page);
        string RowOf(string store) => html[html.IndexOf($"<bdi>{store}</bdi></a></th>", StringComparison.Ordinal)..].Split("</tr>")[0];
        Assert.Equal(2, RowOf("M2店").Split("<small>for reference</small>").Length - 1);
        Assert.DoesNotContain("for reference", RowOf("M1店"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_that_runs_is_compared_up_to_its_hour_or_not_at_all_and_the_answer_says_which()
    {
        using var client = await host.SignInAsync("kawa-hq");
        var (today, yesterday) = (Iso(Running), Iso(Running.AddDays(-1)));
        foreach (var dimensions in (string[])["", "&dimensions=store", "&dimensions=business_date"])
        {
            var byHour = await AskAsync(client, $"metrics=net_sales,conversion&from={today}&to={today}&compare=previous_week{dimensions}");
            Assert.Equal((14, today), (byHour.GetProperty("compared_until_hour").GetInt32(), byHour.GetProperty("through").GetString()));
            var net = Assert.Single(byHour.GetProperty("rows").EnumerateArray()).GetProperty("values").GetProperty("net_sales");
            Assert.Equal(("48000", "40000", "0.2000"), (net.GetProperty("value").GetString(), net.GetProperty("comparison").GetString(), net.GetProperty("change").GetString()));
        }

        var hours = await AskAsync(client, $"metrics=net_sales&dimensions=hour&from={today}&to={today}&compare=previous_week");
        Assert.Equal(["10", "11", "12", "13"], hours.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("dimensions").GetProperty("hour").GetString()));

        // Sales of an area are known by the day alone.
        var whole = await AskAsync(client, $"metrics=sales_per_square_metre&from={yesterday}&to={today}&compare=previous_week");
        Assert.Equal((JsonValueKind.Null, yesterday, today), (whole.GetProperty("compared_until_hour").ValueKind, whole.GetProperty("through").GetString(), whole.GetProperty("to").GetString()));
        Assert.Equal(1, whole.GetProperty("data").GetProperty("store_days_expected").GetInt32());

        // What is not compared is told as far as it came.
        Assert.Equal("49000", Value((await AskAsync(client, $"metrics=net_sales&from={today}&to={today}")).GetProperty("rows")[0], "net_sales"));
    }

    private static Task<JsonElement> AskAsync(HttpClient client, string question) => client.GetFromJsonAsync<JsonElement>($"/v1/metrics/query?{question}");

    private static async Task<Dictionary<string, string>> FiguresAsync(HttpClient client, string address)
    {
        var rows = CsvRows.Of(await client.GetStringAsync(address));
        return rows[0].Zip(rows[1]).ToDictionary(cell => cell.First.TrimStart('\uFEFF'), cell => cell.Second);
    }

    private static string? Value(JsonElement row, string metric) => row.GetProperty("values").GetProperty(metric).GetProperty("value").GetString();

    private static int Data(JsonElement row, string member) => row.GetProperty("data").GetProperty(member).GetInt32();

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
