using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class ContractTests(ApiHost host)
{
    [Fact]
    public async Task Every_operation_lists_its_errors_as_problems_and_its_session()
    {
        using var client = host.Stranger();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(path => path.Name, path => path.Value);
        Assert.Superset(
            new HashSet<string> { "/v1/session", "/v1/stores", "/v1/kpis/store-day", "/v1/kpis/store-hour", "/v1/targets", "/healthz", "/readyz" }, paths.Keys.ToHashSet());
        Assert.DoesNotContain("/", paths.Keys);
        foreach (var path in new[] { "/v1/stores", "/v1/kpis/store-day", "/v1/kpis/store-hour", "/v1/targets" })
        {
            var operation = paths[path].GetProperty("get");
            var responses = operation.GetProperty("responses");
            Assert.True(responses.TryGetProperty("304", out _));
            foreach (var status in new[] { "400", "401", "403", "500" })
            {
                Assert.True(responses.GetProperty(status).GetProperty("content").TryGetProperty("application/problem+json", out _), $"{path} {status}");
            }

            Assert.True(operation.GetProperty("security")[0].TryGetProperty("session", out _));
        }

        var post = paths["/v1/session"].GetProperty("post").GetProperty("responses");
        Assert.Equal(["200", "400", "401", "403", "413", "415", "429", "500", "503"], post.EnumerateObject().Select(response => response.Name).Order());
    }

    [Fact]
    public async Task The_document_types_dates_limits_and_money_as_they_are()
    {
        using var client = host.Stranger();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var parameters = document.GetProperty("paths").GetProperty("/v1/kpis/store-day").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        Assert.Equal(["cursor", "from", "limit", "store", "to"], parameters.Keys.Order());
        Assert.Equal("date", parameters["from"].GetProperty("schema").GetProperty("format").GetString());
        Assert.True(parameters["from"].GetProperty("required").GetBoolean());
        Assert.Equal("integer", parameters["limit"].GetProperty("schema").GetProperty("type").GetString());
        var day = document.GetProperty("components").GetProperty("schemas").GetProperty("StoreDayView").GetProperty("properties");
        Assert.Equal(["null", "string"], day.GetProperty("net_sales").GetProperty("type").EnumerateArray().Select(type => type.GetString()).Order());
        Assert.Contains("half away from zero", day.GetProperty("basket_value").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(["integer", "null"], day.GetProperty("receipts").GetProperty("type").EnumerateArray().Select(type => type.GetString()).Order());
    }

    [Fact]
    public async Task Unknown_addresses_and_methods_of_the_api_answer_with_problems()
    {
        using var client = host.Stranger();
        var missing = await client.GetAsync("/v1/nothing");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("not-found", (await missing.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        var method = await client.PostAsync("/v1/stores", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Equal("method-not-allowed", (await method.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        using var text = new StringContent("login=x");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PostAsync("/v1/session", text)).StatusCode);
    }

    [Fact]
    public async Task Probes_tell_alive_from_ready()
    {
        using var client = host.Stranger();
        Assert.Equal("""{"status":"ok"}""", await client.GetStringAsync("/healthz"));
        Assert.Equal("""{"status":"ready"}""", await client.GetStringAsync("/readyz"));
    }

    [Fact]
    public async Task A_failure_of_ours_shows_no_inside_to_anybody()
    {
        await using var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using var app = await ApiHost.StartAsync(database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await using (var breaking = database.Owner.CreateCommand("ALTER TABLE mart.kpi_store_day RENAME TO lost"))
        {
            await breaking.ExecuteNonQueryAsync();
        }

        var problem = await client.GetAsync("/v1/kpis/store-day?from=2026-11-01&to=2026-11-02");
        Assert.Equal(HttpStatusCode.InternalServerError, problem.StatusCode);
        Assert.Equal("application/problem+json", problem.Content.Headers.ContentType!.MediaType);
        var page = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        foreach (var answer in new[] { problem, page })
        {
            var body = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("kpi_store_day", body, StringComparison.Ordinal);
            Assert.DoesNotContain(nameof(NpgsqlException), body, StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"));
        }
    }
}
