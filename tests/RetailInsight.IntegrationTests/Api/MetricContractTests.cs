using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class MetricContractTests(ApiHost host)
{
    private const string Question = "/v1/metrics/query?metrics=net_sales,conversion&dimensions=store,business_date&from=2026-11-01&to=2026-11-14";

    [Fact]
    public async Task The_catalogue_defines_every_metric_in_both_languages()
    {
        using var client = await host.SignInAsync("honbu");
        var japanese = await client.GetFromJsonAsync<JsonElement>("/v1/metrics");
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("fr, en;q=0.8, ja;q=0.5");
        var english = await client.GetFromJsonAsync<JsonElement>("/v1/metrics");
        var cards = japanese.GetProperty("items").EnumerateArray().Zip(english.GetProperty("items").EnumerateArray()).ToList();
        Assert.True(cards.Count >= 30);
        foreach (var (ja, en) in cards)
        {
            foreach (var member in new[] { "name", "formula", "scope" })
            {
                Assert.Contains(ja.GetProperty(member).GetString()!, character => character > 0x3000);
                Assert.DoesNotContain(en.GetProperty(member).GetString()!, character => character > 0x3000);
            }

            // What the card says can be asked, can be asked.
            var id = en.GetProperty("id").GetString();
            foreach (var dimension in en.GetProperty("dimensions").EnumerateArray().Select(one => one.GetString()!))
            {
                var split = id is "containing_receipts" && dimension is not ("item" or "category") ? dimension + ",category" : id is "tender_receipts" && dimension != "tender" ? dimension + ",tender" : dimension;
                var answer = await client.GetAsync($"/v1/metrics/query?metrics={id}&dimensions={split}&from=2026-11-13&to=2026-11-14&compare=previous_week");
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{id} by {split}: {await answer.Content.ReadAsStringAsync()}");
            }
        }

        Assert.Equal("basket_value", (await client.GetFromJsonAsync<JsonElement>("/v1/metrics/basket_value")).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/metrics/nothing")).StatusCode);
    }

    [Fact]
    public async Task An_answer_is_kept_until_new_data_or_another_reader_language_or_form()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "camden");
        var tag = (await client.GetAsync(Question)).Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(client, Question, tag));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Question + "&compare=previous_week", tag));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Question, tag, "Accept", "text/csv"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Question, tag, "Accept-Language", "ja"));
        using var office = await host.SignInAsync("honbu");
        using var manager = await host.SignInAsync("shibuya");
        Assert.NotEqual((await office.GetAsync(Question)).Headers.ETag, (await manager.GetAsync(Question)).Headers.ETag);
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'thames'");
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Question, tag));
    }

    [Theory]
    [InlineData("", "metrics", "from", "to")]
    [InlineData("?metrics=nothing&from=2026-11-01&to=2026-11-02", "metrics")]
    [InlineData("?metrics=net_sales,net_sales&from=2026-11-01&to=2026-11-02", "metrics")]
    [InlineData("?metrics=net_sales&from=2026-11-02&to=2026-11-01", "to")]
    [InlineData("?metrics=net_sales&from=0001-01-01&to=2026-11-01", "from")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&dimensions=tenant", "dimensions")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&grain=fortnight", "grain")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&compare=yesterday", "compare")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&order=receipts", "order")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&filter=store", "filter")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&filter=tenant:thames", "filters")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&tenant=thames", "tenant")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&limit=0", "limit")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&cursor=CfDJ8AAAA", "cursor")]
    [InlineData("?metrics=net_sales&from=2026-11-01&to=2026-11-02&format=xlsx", "format")]
    public async Task A_bad_part_of_a_question_is_named(string query, params string[] parameters)
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync("/v1/metrics/query" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(parameters.Order(), problem.GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("parameter").GetString()).Distinct().Order());
    }

    [Theory]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","tenant":"thames"}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","metrics":["tax"]}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01"}""")]
    [InlineData("""{"metrics":null,"from":"2026-11-01","to":"2026-11-02"}""")]
    [InlineData("""{"metrics":[null],"from":"2026-11-01","to":"2026-11-02"}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","dimensions":[null]}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","order":[null]}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","filters":[null]}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","filters":[{"dimension":"store","values":[null]}]}""")]
    [InlineData("""{"metrics":["net_sales"],"from":"2026-11-01","to":"2026-11-02","limit":1e400}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_body_that_is_not_the_question_is_refused(string body)
    {
        using var client = await host.SignInAsync("honbu");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await client.PostAsync("/v1/metrics/query", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_impossible_combination_says_which_dimensions_a_metric_has()
    {
        using var client = await host.SignInAsync("honbu");
        var answer = await client.GetAsync("/v1/metrics/query?metrics=net_sales,visitors&dimensions=category&from=2026-11-01&to=2026-11-02");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("dimension-impossible", problem.GetProperty("code").GetString());
        var fault = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal("visitors", fault.GetProperty("parameter").GetString());
        Assert.Contains("store, business_date, weekday, hour", fault.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_costs_too_much_says_what_is_allowed_and_that_is_answered()
    {
        using var client = await host.SignInAsync("honbu");
        var metrics = string.Join(",", (await client.GetFromJsonAsync<JsonElement>("/v1/metrics")).GetProperty("items").EnumerateArray()
            .Where(card => card.GetProperty("dimensions").EnumerateArray().Any(one => one.GetString() == "hour")).Select(card => card.GetProperty("id").GetString()).Take(20));
        var address = $"/v1/metrics/query?metrics={metrics}&dimensions=store,business_date,hour&to=2026-11-14&from=";
        var answer = await client.GetAsync(address + "2016-11-15");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("query_too_expensive", problem.GetProperty("code").GetString());
        var days = problem.GetProperty("allowed").GetProperty("days").GetInt32();
        Assert.InRange(days, 10, 3000);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(address + new DateOnly(2026, 11, 14).AddDays(1 - days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))).StatusCode);
    }

    [Fact]
    public async Task Paging_walks_every_row_once_and_a_cursor_fits_its_question_person_and_data_only()
    {
        await using var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using var app = await ApiHost.StartAsync(database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var body = new Dictionary<string, object?>
        {
            ["metrics"] = new[] { "net_sales" },
            ["dimensions"] = new[] { "store", "business_date" },
            ["from"] = "2026-11-01",
            ["to"] = "2026-11-14",
            ["order"] = new[] { "-net_sales" },
            ["limit"] = 25,
        };
        var walked = new List<(string Key, decimal Net)>();
        string? cursor = null, first = null;
        do
        {
            body["cursor"] = cursor;
            var answer = await client.PostAsJsonAsync("/v1/metrics/query", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            walked.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("dimensions").GetRawText(), MetricQueryTests.Value(row, "net_sales")!.Value)));
            cursor = page.GetProperty("next_cursor").GetString();
            first ??= cursor;
        }
        while (cursor is not null);
        Assert.Equal(6 * 14, walked.Select(row => row.Key).Distinct().Count());
        Assert.Equal(6 * 14, walked.Count);
        Assert.Equal(walked.Select(row => row.Net).OrderDescending(), walked.Select(row => row.Net));

        body["cursor"] = first;
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/v1/metrics/query", body)).StatusCode);
        using var manager = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsJsonAsync("/v1/metrics/query", body)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/v1/metrics/query", new Dictionary<string, object?>(body) { ["to"] = "2026-11-13" })).StatusCode);
        await using (var connection = await database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'aoba'");
        }

        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsJsonAsync("/v1/metrics/query", body)).StatusCode);
    }

    [Fact]
    public async Task Random_questions_never_show_another_company_or_store()
    {
        using var camden = await host.SignInAsync("camden");
        using var manager = await host.SignInAsync("shibuya");
        var dice = new Random(20261121);
        string[] metrics = ["net_sales", "receipts", "visitors", "conversion", "counter_coverage", "basket_value", "discount"];
        string[] dimensions = ["store", "business_date", "weekday", "hour"];
        string[] filters = ["store:S02", "store:S03", "store!:S02", "store:S01", "weekday:6", "hour:12", "store!:S01"];
        for (var round = 0; round < 150; round++)
        {
            var address = $"/v1/metrics/query?metrics={string.Join(",", dice.GetItems(metrics, 3).Distinct())}&dimensions={string.Join(",", dice.GetItems(dimensions, 2).Distinct())}"
                + $"&from=2026-11-0{dice.Next(1, 5)}&to=2026-11-14&filter={filters[dice.Next(filters.Length)]}&compare={(dice.Next(2) == 0 ? "none" : "previous_week")}&format={(dice.Next(3) == 0 ? "csv" : "json")}";
            foreach (var client in new[] { camden, manager })
            {
                var answer = await client.GetAsync(address);
                var body = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{address}: {body}");
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    Assert.DoesNotContain("S02", body, StringComparison.Ordinal);
                    Assert.DoesNotContain("S03", body, StringComparison.Ordinal);
                    Assert.DoesNotContain(client == camden ? "JPY" : "GBP", body, StringComparison.Ordinal);
                }
            }
        }

        // Leaving out a store one may not see must not tell that it is there.
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/v1/metrics/query?metrics=net_sales&from=2026-11-01&to=2026-11-02&filter=store!:S02")).StatusCode);
    }

    [Fact]
    public async Task Without_a_session_nothing_is_answered()
    {
        using var client = host.Stranger();
        foreach (var address in new[] { "/v1/metrics", "/v1/metrics/net_sales", Question })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(address)).StatusCode);
        }
    }

    [Fact]
    public async Task The_document_tells_every_status_and_form_of_the_new_addresses()
    {
        using var client = host.Stranger();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var (path, method, statuses) in new[]
        {
            ("/v1/metrics", "get", "200 304 400 401 500"), ("/v1/metrics/{id}", "get", "200 304 400 401 404 500"), ("/v1/metrics/query", "get", "200 304 400 401 404 409 422 500"),
            ("/v1/products", "get", "200 304 400 401 404 409 422 500"), ("/v1/products/movers", "get", "200 304 400 401 404 409 422 500"), ("/v1/products/categories", "get", "200 304 400 401 404 422 500"),
            ("/v1/products/pairs", "get", "200 304 400 401 404 500"), ("/v1/peers", "get", "200 304 400 401 404 422 500"), ("/v1/peers/stores", "get", "200 304 400 401 404 422 500"), ("/v1/peers/nearest", "get", "200 304 400 401 404 500"), ("/v1/segments", "get", "200 304 400 401 500"), ("/v1/store-profiles", "get", "200 304 400 401 404 500"), ("/v1/features", "get", "200 304 400 401 500"), ("/v1/customers/segments", "get", "200 304 400 401 404 500"),
            ("/v1/metrics/query", "post", "200 400 401 404 409 413 415 422 500"), ("/v1/exports", "post", "202 400 401 413 415 429 500"), ("/v1/operations/{operationId}", "get", "200 401 404 500"),
            ("/v1/exports/{exportId}/files/{name}", "get", "200 206 304 401 404 412 416 500"), ("/v1/webhooks", "post", "201 400 401 403 409 413 415 500"),
            ("/v1/webhooks/{webhookId}", "put", "200 400 401 403 404 413 415 500"), ("/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver", "post", "202 401 403 404 500"),
        })
        {
            var operation = paths.GetProperty(path).GetProperty(method);
            Assert.Empty(statuses.Split(' ').Except(operation.GetProperty("responses").EnumerateObject().Select(response => response.Name)));
            Assert.True(operation.GetProperty("security")[0].TryGetProperty("session", out _));
        }

        Assert.Equal(
            ["application/json", "application/vnd.apache.parquet", "text/csv"],
            paths.GetProperty("/v1/metrics/query").GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(form => form.Name).Order());
        Assert.Equal(
            ["application/json", "text/csv"],
            paths.GetProperty("/v1/peers").GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(form => form.Name).Order());
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address, EntityTagHeaderValue tag, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.IfNoneMatch.Add(tag);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return (await client.SendAsync(request)).StatusCode;
    }
}
