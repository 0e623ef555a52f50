using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class KpiTests(ApiHost host)
{
    private const string Period = "from=2026-11-01&to=2026-11-14";

    [Fact]
    public async Task Amounts_are_exact_decimal_strings_and_ratios_are_rounded_as_stated()
    {
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors,
                  observed_minutes, expected_minutes, computed_at)
                VALUES ('aoba', 'S02', '2026-06-01', 'JPY', 1234500000, 123450000, 1357950000, 8, 13000000, 1, -500000000, 3, 599, 600, '2026-06-02T00:00:00Z'),
                       ('aoba', 'S02', '2026-06-02', 'JPY', 9007199254740993123, 0, 9007199254740993123, 0, 0, 0, 0, 0, 600, 600, '2026-06-03T00:00:00Z'),
                       ('aoba', 'S02', '2026-06-03', 'JPY', -1500000, 0, -1500000, 0, 0, 1, -1500000, NULL, 0, 600, '2026-06-04T00:00:00Z')
                """);
        }

        using var client = await host.SignInAsync("honbu");
        var items = (await client.GetFromJsonAsync<JsonElement>("/v1/kpis/store-day?store=S02&from=2026-06-01&to=2026-06-03")).GetProperty("items");
        Assert.Equal(3, items.GetArrayLength());
        Assert.Equal(
            """{"store":"S02","business_date":"2026-06-01","currency":"JPY","net_sales":"1234.5","tax":"123.45","gross_sales":"1357.95","receipts":8,"basket_value":"154.31","items_per_receipt":"1.63","returns":1,"visitors":3,"conversion":"2.6667","coverage":"0.9983","computed_at":"2026-06-02T00:00:00+00:00"}""",
            items[0].GetRawText());

        // Above 2^53, where a double would already be wrong.
        Assert.Equal("9007199254740.993123", items[1].GetProperty("net_sales").GetString());
        Assert.Equal(0, items[1].GetProperty("visitors").GetInt32());
        Assert.Equal(JsonValueKind.Null, items[1].GetProperty("conversion").ValueKind);

        Assert.Equal("-1.5", items[2].GetProperty("net_sales").GetString());
        Assert.Equal(JsonValueKind.Null, items[2].GetProperty("visitors").ValueKind);
        Assert.Equal("0.0000", items[2].GetProperty("coverage").GetString());
    }

    [Fact]
    public async Task Paging_walks_every_row_once_in_order()
    {
        using var client = await host.SignInAsync("honbu");
        var whole = await KeysAsync(client, $"/v1/kpis/store-day?{Period}&limit=1000");
        Assert.Equal(6 * 14, whole.Keys.Count);
        Assert.Null(whole.Next);

        var walked = new List<string>();
        string? cursor = null;
        do
        {
            var page = await KeysAsync(client, $"/v1/kpis/store-day?{Period}&limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            Assert.InRange(page.Keys.Count, 1, 7);
            walked.AddRange(page.Keys);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(whole.Keys, walked);
    }

    [Fact]
    public async Task An_answer_is_kept_until_new_data_is_published()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "camden");
        var address = $"/v1/kpis/store-day?{Period}";
        var tag = (await client.GetAsync(address)).Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal(HttpStatusCode.NotModified, await ConditionalAsync(client, address, tag.Tag));
        Assert.Equal(HttpStatusCode.OK, await ConditionalAsync(client, address + "&limit=5", tag.Tag));

        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'thames'");
        }

        Assert.Equal(HttpStatusCode.OK, await ConditionalAsync(client, address, tag.Tag));
    }

    [Fact]
    public async Task Two_people_with_different_stores_never_share_a_tag()
    {
        using var office = await host.SignInAsync("honbu");
        using var manager = await host.SignInAsync("shibuya");
        var address = $"/v1/kpis/store-day?{Period}";
        Assert.NotEqual((await office.GetAsync(address)).Headers.ETag, (await manager.GetAsync(address)).Headers.ETag);
    }

    [Theory]
    [InlineData("", "from", "to")]
    [InlineData("?from=2026-02-30&to=2026-03-01", "from")]
    [InlineData("?from=14/11/2026&to=2026-03-01", "from")]
    [InlineData("?from=2026-03-02&to=2026-03-01", "to")]
    [InlineData("?from=2025-01-01&to=2026-11-14", "to")]
    [InlineData("?from=2026-03-01&to=2026-03-01&limit=0", "limit")]
    [InlineData("?from=2026-03-01&to=2026-03-01&limit=1001", "limit")]
    [InlineData("?from=2026-03-01&to=2026-03-01&cursor=%21%21", "cursor")]
    [InlineData("?from=2026-03-01&to=2026-03-01&cursor=AAAA", "cursor")]
    [InlineData("?from=2026-03-01&to=2026-03-01&shop=S01", "shop")]
    public async Task A_bad_parameter_is_named(string query, params string[] parameters)
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync("/v1/kpis/store-day" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(parameters, problem.GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("parameter").GetString()));
    }

    [Fact]
    public async Task An_hour_without_a_counter_signal_has_no_visitors_and_hours_go_on_past_midnight()
    {
        using var client = await host.SignInAsync("honbu");
        var silent = (await client.GetFromJsonAsync<JsonElement>("/v1/kpis/store-hour?store=S01&date=2026-11-14")).GetProperty("items");
        Assert.Equal([13, 14], silent.EnumerateArray().Where(hour => hour.GetProperty("visitors").ValueKind == JsonValueKind.Null)
            .Select(hour => hour.GetProperty("hour").GetInt32()));
        var night = (await client.GetFromJsonAsync<JsonElement>("/v1/kpis/store-hour?store=S03&date=2026-11-14")).GetProperty("items");
        Assert.Equal(25, night[night.GetArrayLength() - 1].GetProperty("hour").GetInt32());
    }

    [Fact]
    public async Task Targets_name_the_group_and_are_withheld_where_it_is_small()
    {
        using var client = await host.SignInAsync("honbu");
        var items = (await client.GetFromJsonAsync<JsonElement>("/v1/targets?from=2026-11-14&to=2026-11-14")).GetProperty("items").EnumerateArray().ToList();
        var sales = items.Single(item => item.GetProperty("store").GetString() == "S01" && item.GetProperty("metric").GetString() == "net_sales");
        Assert.Equal(12, sales.GetProperty("cluster_size").GetInt32());
        Assert.Equal(sales.GetProperty("cluster_mean").GetString(), sales.GetProperty("target").GetString());
        Assert.DoesNotContain(items, item => item.GetProperty("store").GetString() == "S05");

        var walked = new List<string>();
        string? next = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/v1/targets?from=2026-11-14&to=2026-11-14&limit=3{(next is null ? "" : "&cursor=" + next)}");
            walked.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
            next = page.GetProperty("next_cursor").GetString();
        }
        while (next is not null);
        Assert.Equal(items.Select(item => item.GetRawText()), walked);
    }

    private static async Task<(List<string> Keys, string? Next)> KeysAsync(HttpClient client, string address)
    {
        var page = await client.GetFromJsonAsync<JsonElement>(address);
        return (
            [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("store").GetString() + item.GetProperty("business_date").GetString())],
            page.GetProperty("next_cursor").GetString());
    }

    private static async Task<HttpStatusCode> ConditionalAsync(HttpClient client, string address, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("If-None-Match", tag);
        return (await client.SendAsync(request)).StatusCode;
    }
}
