using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Products, peers and customers as lists of the API: the numbers of the pages, held to the same stores, minimum counts and days.</summary>
[Collection(ApiCollections.Contract)]
public sealed class FigureListTests(ApiHost host) : IAsyncLifetime
{
    private const string Tenant = "nagare";
    private const string Weeks = "from=2026-09-29&to=2026-10-26";

    private static readonly string[] Lists =
    [
        $"/v1/products?{Weeks}&store=A1", $"/v1/products/movers?{Weeks}&store=A1", $"/v1/products/categories?{Weeks}&store=A1", "/v1/products/pairs?date=2026-10-26&store=A1",
        $"/v1/peers?{Weeks}&store=A1", $"/v1/peers/stores?{Weeks}&store=A1", "/v1/customers/segments?date=2026-10-26&store=A1",
    ];

    // Eight weeks of three stores that are one group, and a fourth alone; the last day was published at noon while it ran.
    public async Task InitializeAsync()
    {
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM tenancy.tenant WHERE tenant = @Tenant)", new { Tenant }))
        {
            return;
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES (@Tenant, 'ながれ商店', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.data_version VALUES (@Tenant, 5, now());
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines)
            SELECT @Tenant, store, store || '店', 'Asia/Tokyo', 600, 1200, 1 FROM unnest(ARRAY['A1', 'A2', 'A3', 'A4']) AS store;
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, discount, guests, identified_receipts, computed_at)
            SELECT @Tenant, store, day::date, 'JPY', net * 1000000, 0, net * 1000000, 40 + at, 90000000, 0, 0, 200 + at * 10, 600, 600, 0, 0, 10, CASE WHEN day = '2026-10-27' THEN day + interval '3 hours' ELSE day + interval '40 hours' END
            FROM unnest(ARRAY['A1', 'A2', 'A3', 'A4']) WITH ORDINALITY AS shop(store, at), generate_series('2026-09-01'::timestamp, '2026-10-27', '1 day') AS day,
              LATERAL (SELECT (50000 + at * 7000 + extract(doy FROM day)::bigint % 13 * 900) AS net) AS sold;
            INSERT INTO mart.kpi_item_day
            SELECT @Tenant, store, day::date, item, CASE item WHEN 'p2' THEN '=1+1' WHEN 'p3' THEN '茶😀' ELSE 'Item ' || item END, CASE WHEN item < 'p4' THEN 'Tea' ELSE '' END, item <> 'bag', 'JPY',
              net * 1000000, 0, net * 1000000, greatest(net, 0) / 100 * 1000000 + 500000, 3, 0
            FROM unnest(ARRAY['A1', 'A2']) WITH ORDINALITY AS shop(store, at), generate_series('2026-09-01'::timestamp, '2026-10-27', '1 day') AS day, unnest(ARRAY['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'bag']) WITH ORDINALITY AS sold(item, place),
              LATERAL (SELECT CASE WHEN item = 'p6' THEN -70 ELSE 4000 / place + at * 100 + extract(doy FROM day)::int * place::int % 17 * 10 END::bigint AS net) AS of
            WHERE NOT (item = 'p4' AND day >= '2026-09-29') AND NOT (item = 'p5' AND day < '2026-09-29');
            INSERT INTO mart.kpi_category_day SELECT tenant, store, business_date, category, currency, sum(net), 0, sum(gross), sum(quantity), 5 FROM mart.kpi_item_day WHERE tenant = @Tenant GROUP BY 1, 2, 3, 4, 5;
            INSERT INTO mart.basket_pair VALUES (@Tenant, 'A1', '2026-10-25', 'p1', 'p2', 12, 60, 40, 1000), (@Tenant, 'A1', '2026-10-25', 'p1', 'p3', 5, 60, 20, 1000), (@Tenant, 'A1', '2026-10-20', 'p1', 'p5', 50, 60, 50, 1000);
            INSERT INTO mart.customer_rfm VALUES (@Tenant, 'A1', '2026-10-25', 5, 5, 5, 'JPY', 30, 300, 900000000), (@Tenant, 'A1', '2026-10-25', 4, 4, 3, 'JPY', 10, 60, 100000000),
              (@Tenant, 'A1', '2026-10-25', 1, 1, 1, 'JPY', 4, 4, 9000000), (@Tenant, 'A1', '2026-10-25', 3, 1, 1, 'JPY', 7, 7, 7000000), (@Tenant, 'A2', '2026-10-25', 5, 5, 5, 'JPY', 6, 30, 60000000);
            INSERT INTO mart.store_cluster SELECT @Tenant, '2026-10-20', store, CASE store WHEN 'A4' THEN 2 ELSE 1 END, CASE store WHEN 'A4' THEN 1 ELSE 3 END, '{}' FROM tenancy.store WHERE tenant = @Tenant;
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT who, @Tenant, (SELECT password_hash FROM api.app_user WHERE login = 'honbu'), role, stores, 'en', who
            FROM (VALUES ('nagare-hq', 'head_office', NULL::text[]), ('nagare-a1', 'store_manager', ARRAY['A1'])) AS person(who, role, stores);
            """,
            new { Tenant });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("A1")]
    [InlineData("all")]
    public async Task Every_number_of_the_pages_is_the_number_of_the_lists(string store)
    {
        using var client = await host.SignInAsync("nagare-hq");
        var of = store == "all" ? "" : $"&store={store}";
        await SameAsync("products", "items", $"/v1/products?{Weeks}{of}", line => line["ABC class"].Length > 0, ("Item code", "item"), ("Item", "item_name"), ("ABC class", "abc_class"), ("Net sales", "net_sales"),
            ("Cumulative share", "cumulative_share"), ("Quantity", "quantity"), ("Net sales, compared", "net_sales_comparison"), ("Net sales, difference", "net_sales_difference"), ("Net sales, change", "net_sales_change"));
        await SameAsync("products", "categories", $"/v1/products/categories?{Weeks}{of}", _ => true, ("Category", "category"), ("Net sales", "net_sales"), ("Share", "share"), ("Net sales, change", "net_sales_change"));
        await SameAsync("customers", "segments", $"/v1/customers/segments?date=2026-10-26{of}", _ => true, ("Number of customers", "customers"), ("Receipts", "receipts"), ("Net sales", "net_sales"));
        var html = WebUtility.HtmlDecode(await client.GetStringAsync($"/products?store={store}&date=2026-10-26&lang=en"));
        foreach (var (title, direction) in new[] { ("Rising", "up"), ("Falling", "down") })
        {
            var list = html[html.IndexOf($"<h2>{title}", StringComparison.Ordinal)..];
            var shown = System.Text.RegularExpressions.Regex.Matches(list[..list.IndexOf("</section>", StringComparison.Ordinal)], "<bdi>([^<]*)</bdi></span><b[^>]*>([^<]*)<").Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
            Assert.Equal(shown, (await ItemsAsync(client, $"/v1/products/movers?{Weeks}{of}&direction={direction}&limit=6")).Select(item =>
                $"{Text(item, "name")} {(direction == "up" ? "+" : "−")}¥{Math.Abs(Number(Text(item.GetProperty("change"), "difference")!)).ToString("#,0", CultureInfo.InvariantCulture)}"));
        }

        if (store != "all")
        {
            await SameAsync("products", "pairs", $"/v1/products/pairs?date=2026-10-26{of}", _ => true, ("Receipts", "receipts"), ("Lift", "lift"));
            await SameAsync("peers", "standings", $"/v1/peers?{Weeks}{of}", _ => true, ("Metric", "metric"), ("Actual", "value"), ("First quartile", "quarter"), ("Median", "median"), ("Third quartile", "three_quarters"), ("Rank", "rank"), ("Out of", "of"),
                ("Sales a day at the median", "gain_per_day"));
            await SameAsync("peers", "stores", $"/v1/peers/stores?{Weeks}{of}", _ => true, ("Store", "store"), ("Net sales a day", "net_sales_per_day"), ("Conversion", "conversion"), ("Items per receipt", "items_per_receipt"));
        }

        async Task SameAsync(string page, string table, string list, Func<Dictionary<string, string>, bool> shown, params (string Page, string List)[] columns)
        {
            await client.GetAsync("/?lang=en");
            var ours = (await FileAsync(client, $"/export/{page}/{table}.csv?store={store}&date=2026-10-26")).Where(shown).ToList();
            var theirs = await FileAsync(client, $"{list}&format=csv");
            Assert.NotEmpty(ours);
            Assert.Equal(ours.Select(row => string.Join('|', columns.Select(column => Cell(row[Named(row, column.Page)])))), theirs.Select(row => string.Join('|', columns.Select(column => Cell(row[column.List])))));
        }

        string Named(Dictionary<string, string> row, string column) => row.ContainsKey(column) ? column : throw new ArgumentException($"{column}: {string.Join(" / ", row.Keys)}");
    }

    [Fact]
    public async Task Items_add_up_share_by_share_and_what_is_brought_back_lifts_no_share_past_the_whole()
    {
        using var client = await host.SignInAsync("nagare-hq");
        var answer = await client.GetFromJsonAsync<JsonElement>($"/v1/products?from=2026-09-29&to=2026-10-27&store=A1");

        // The day that runs is left out on both sides.
        Assert.Equal(("2026-09-29", "2026-10-26", "previous_period", "JPY"), (Text(answer, "from"), Text(answer, "to"), Text(answer, "compare"), Text(answer, "currency")));
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.DoesNotContain(items, item => Text(item, "item") is "bag" or "p4");
        Assert.Equal(Number(Text(answer, "net_sales")!), items.Sum(item => Number(Text(item, "net_sales")!)));
        Assert.Equal(items.Count, answer.GetProperty("classes").EnumerateArray().Sum(one => one.GetProperty("items").GetInt32()));
        Assert.Equal(("p6", "C", "1.0000"), (Text(items[^1], "item"), Text(items[^1], "class"), Text(items[^1], "cumulative_share")));
        Assert.All(items, item => Assert.InRange(Number(Text(item, "cumulative_share")!), 0, 1));
        Assert.Equal("28 28", $"{answer.GetProperty("data").GetProperty("store_days_expected")} {answer.GetProperty("data").GetProperty("store_days_reported")}");

        // Before the first day there is nothing: unknown, not 0, and nothing that moved.
        var first = await client.GetFromJsonAsync<JsonElement>("/v1/products?from=2026-09-01&to=2026-09-07");
        Assert.Equal(0, first.GetProperty("compared_days_reported").GetInt32());
        Assert.All(first.GetProperty("items").EnumerateArray(), item => Assert.Null(Text(item.GetProperty("change"), "comparison")));
        Assert.Empty(await ItemsAsync(client, "/v1/products/movers?from=2026-09-01&to=2026-09-07"));
        Assert.Equal(["p5"], (await ItemsAsync(client, $"/v1/products/movers?{Weeks}")).Where(item => Text(item.GetProperty("change"), "comparison") == "0").Select(item => Text(item, "item")));
        Assert.Null(Text((await ItemsAsync(client, $"/v1/products/movers?{Weeks}&direction=down")).Single(item => Text(item, "item") == "p4"), "class"));
    }

    [Fact]
    public async Task Minimum_counts_hold_as_on_the_pages()
    {
        using var office = await host.SignInAsync("nagare-hq");
        using var manager = await host.SignInAsync("nagare-a1");
        var segments = await manager.GetFromJsonAsync<JsonElement>("/v1/customers/segments?date=2026-10-26");
        Assert.Equal(("2026-10-25", "0.2439", 5), (Text(segments, "business_date"), Text(segments, "identified_share"), segments.GetProperty("fewest_customers").GetInt32()));
        Assert.Equal(
            ["best 40 1.0000 1000 25.00", "regular 0 0.0000 0 ", "new 0 0.0000 0 ", "occasional    ", "at_risk 0 0.0000 0 ", "lapsed    "],
            segments.GetProperty("segments").EnumerateArray().Select(one => $"{Text(one, "segment")} {Cell(one, "customers")} {Cell(one, "customer_share")} {Cell(one, "net_sales")} {Cell(one, "net_sales_per_customer")}"));

        var peers = await manager.GetFromJsonAsync<JsonElement>($"/v1/peers?{Weeks}&store=A1");
        Assert.Equal((3, 3, 5), (peers.GetProperty("group_size").GetInt32(), peers.GetProperty("smallest_group").GetInt32(), peers.GetProperty("standings").GetArrayLength()));
        Assert.Equal(["A1"], Stores(await manager.GetFromJsonAsync<JsonElement>($"/v1/peers/stores?{Weeks}&store=A1")));
        Assert.Equal(["A3", "A2", "A1"], Stores(await office.GetFromJsonAsync<JsonElement>($"/v1/peers/stores?{Weeks}&store=A1")));
        Assert.Equal(0, (await office.GetFromJsonAsync<JsonElement>($"/v1/peers?{Weeks}&store=A4")).GetProperty("group_size").GetInt32());
        Assert.Empty(Stores(await office.GetFromJsonAsync<JsonElement>($"/v1/peers/stores?{Weeks}&store=A4")));

        var pairs = await manager.GetFromJsonAsync<JsonElement>("/v1/products/pairs?store=A1&date=2026-10-26");
        Assert.Equal(("2026-09-28", "2026-10-25", 5), (Text(pairs, "from"), Text(pairs, "to"), pairs.GetProperty("fewest_receipts").GetInt32()));
        Assert.Equal(["p1 p2 5.0000 0.2000", "p1 p3 4.1667 0.0833"], pairs.GetProperty("items").EnumerateArray().Select(pair => $"{Text(pair, "item_a")} {Text(pair, "item_b")} {Text(pair, "lift")} {Text(pair, "confidence")}"));
        static IEnumerable<string?> Stores(JsonElement answer) => answer.GetProperty("stores").EnumerateArray().Select(one => Text(one, "store"));
    }

    [Fact]
    public async Task A_list_is_held_to_the_own_stores_kept_until_new_data_and_its_files_are_safe_and_entered_in_the_audit()
    {
        using var client = await host.SignInAsync("nagare-hq");
        using var manager = await host.SignInAsync("nagare-a1");
        foreach (var list in Lists)
        {
            var answer = await client.GetAsync(list);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("store_days_reported").GetInt32() > 0);
            Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(client, list, answer));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, list + "&format=csv", answer));
            Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(list.Replace("A1", "A2", StringComparison.Ordinal))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(list.Replace("A1", "S01", StringComparison.Ordinal))).StatusCode);
            foreach (var (wrong, name) in new[] { ("&shop=A1", "shop"), ("&format=parquet", "format"), ("&store=A2&store=A1&limit=x", list.StartsWith("/v1/products?", StringComparison.Ordinal) ? "limit" : "") })
            {
                var refused = await client.GetAsync(list + wrong);
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                var faults = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(fault => Text(fault, "parameter")).ToList();
                Assert.True(name.Length == 0 || faults.Contains(name), $"{list}{wrong}: {string.Join(", ", faults)}");
            }
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"/v1/products/movers?{Weeks}&direction=sideways")).StatusCode);
        using var asked = new HttpRequestMessage(HttpMethod.Get, Lists[0]) { Headers = { { "Accept", "text/csv" } } };
        var bytes = await (await client.SendAsync(asked)).Content.ReadAsByteArrayAsync();
        Assert.True(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        Assert.Contains("p2,'=1+1,Tea,", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        var japanese = await client.GetAsync(Lists[0] + "&format=csv&encoding=cp932");
        Assert.Equal("U+1F600;n=1", japanese.Headers.GetValues("Unwritable-Characters").Single());
        var entry = (await client.GetFromJsonAsync<JsonElement>("/v1/audit?action=export.query&limit=1")).GetProperty("items")[0];
        Assert.Equal(("nagare-hq", "v1/products", "csv-cp932", "A1"), (Text(entry, "actor"), Text(entry, "object"), Text(entry.GetProperty("detail"), "format"), entry.GetProperty("detail").GetProperty("asked").GetProperty("stores")[0].GetString()));
    }

    [Fact]
    public async Task Pages_of_a_list_walk_every_item_once_and_a_cursor_fits_its_question_and_data_alone()
    {
        using var client = await host.SignInAsync("nagare-hq");
        var whole = (await ItemsAsync(client, Lists[0])).Select(item => Text(item, "item")).ToList();
        var (walked, first) = (new List<string?>(), (string?)null);
        for (var next = (string?)""; next is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{Lists[0]}&limit=2{next}");
            walked.AddRange(page.GetProperty("items").EnumerateArray().Select(item => Text(item, "item")));
            next = Text(page, "next_cursor") is { } cursor ? $"&cursor={cursor}" : null;
            first ??= next;
        }

        Assert.Equal(whole, walked);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Lists[0] + "&limit=3" + first)).StatusCode);
        foreach (var other in new[] { Lists[1], Lists[0].Replace("A1", "A2", StringComparison.Ordinal), Lists[0] + "&compare=same_weekday" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(other + first)).StatusCode);
        }

        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = @Tenant", new { Tenant });
        var outdated = await client.GetAsync(Lists[0] + first);
        Assert.Equal((HttpStatusCode.Conflict, "cursor-outdated"), (outdated.StatusCode, Text(await outdated.Content.ReadFromJsonAsync<JsonElement>(), "code")));
    }

    private static async Task<List<Dictionary<string, string>>> FileAsync(HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {text}");
        var rows = CsvRows.Of(text.TrimStart('\uFEFF'));
        return rows.Skip(1).Select(row => rows[0].Zip(row).GroupBy(pair => pair.First).ToDictionary(pair => pair.Key, pair => pair.First().Second)).ToList();
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client, string address) => [.. (await client.GetFromJsonAsync<JsonElement>(address)).GetProperty("items").EnumerateArray()];

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address, HttpResponseMessage answer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        return (await client.SendAsync(request)).StatusCode;
    }

    // A file leaves zeros at the end away where a list has a fixed number of decimals.
    private static string Cell(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.######", CultureInfo.InvariantCulture) : text;

    private static string Cell(JsonElement element, string name) => element.GetProperty(name).ToString();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
