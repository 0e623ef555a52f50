using System.Net;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What the service says about itself.</summary>
public sealed class ContractTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Probes_answer_without_a_key()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        foreach (var probe in (string[])["/healthz", "/readyz"])
        {
            Assert.Equal("ok", (await gateway.Client(null).GetJsonAsync(probe)).Text("status"));
        }
    }

    [Fact]
    public async Task The_document_names_every_endpoint_with_its_errors()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        var document = await gateway.Client(null).GetJsonAsync("/openapi/v1.json");
        Assert.StartsWith("3.1", document.Text("openapi"), StringComparison.Ordinal);
        var paths = document.GetProperty("paths");
        AssertAnswers(paths.GetProperty("/v1/ingest/{feed}").GetProperty("post"), "200", "202", "400", "401", "403", "404", "410", "413", "415", "422", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/device-reports").GetProperty("post"), "200", "202", "400", "401", "403", "410", "413", "415", "422", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/networks/{network}/device-reports").GetProperty("post"), "200", "202", "400", "401", "403", "404", "410", "413", "415", "422", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/receipts/{receiptId}").GetProperty("get"), "200", "401", "404", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/quarantine").GetProperty("get"), "200", "400", "401", "403", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/reconciliation").GetProperty("get"), "200", "400", "401", "403", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/masters/pushes/{receiptId}").GetProperty("get"), "200", "401", "404", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/reconciliation/store-days").GetProperty("get"), "200", "400", "401", "403", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/reconciliation/store-days/{store}/{business_date}").GetProperty("get"), "200", "400", "401", "403", "404", "429", "503");
        AssertAnswers(paths.GetProperty("/v1/reconciliation/declared").GetProperty("post"), "200", "202", "400", "401", "403", "404", "413", "415", "422", "429", "503");
        var declared = paths.GetProperty("/v1/reconciliation/declared").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal("array", declared.GetProperty("properties").GetProperty("declared").Text("type"));
        Assert.Equal(
            ["device-reports", "feeds", "health", "ingest", "masters", "networks", "omissions", "profile-drafts", "profile-schema", "profiles", "quarantine", "receipt-keys", "receipts", "reconciliation", "stores"],
            paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).SelectMany(operation => operation.Value.GetProperty("tags").EnumerateArray()).Select(tag => tag.GetString()).Distinct().Order(StringComparer.Ordinal));
        AssertAnswers(paths.GetProperty("/healthz").GetProperty("get"), "200");
        AssertAnswers(paths.GetProperty("/readyz").GetProperty("get"), "200", "503");
        var receipt = document.GetProperty("components").GetProperty("schemas").GetProperty("Receipt").GetProperty("properties");
        Assert.Equal("integer", receipt.GetProperty("rows_read").Text("type"));
        Assert.DoesNotContain("double", document.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_is_there_in_Japanese_too()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        var english = await gateway.Client(null).GetJsonAsync("/openapi/v1.json");
        var japanese = await gateway.Client(null).GetJsonAsync("/openapi/v1.ja.json");
        Assert.Equal(
            english.GetProperty("paths").EnumerateObject().Select(path => path.Name), japanese.GetProperty("paths").EnumerateObject().Select(path => path.Name));
        Assert.All(
            japanese.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()),
            operation =>
            {
                AssertJapanese(operation.Value.Text("summary"));
                Assert.All(operation.Value.GetProperty("responses").EnumerateObject(), response => AssertJapanese(response.Value.Text("description")));
            });
        AssertJapanese(japanese.GetProperty("info").Text("description"));
        Assert.DoesNotContain(english.GetProperty("paths").GetRawText().AsEnumerable(), letter => IsJapanese(letter));
    }

    [Theory]
    [InlineData("ja", true)]
    [InlineData("ja-JP,en;q=0.8", true)]
    [InlineData("fr,ja;q=0.5", true)]
    [InlineData("en,ja;q=0.5", false)]
    [InlineData("ja;q=0", false)]
    [InlineData("not a language!", false)]
    [InlineData(null, false)]
    public async Task A_problem_is_told_in_the_language_asked_for(string? acceptLanguage, bool inJapanese)
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        using var client = gateway.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/quarantine", UriKind.Relative));
        Assert.True(acceptLanguage is null || request.Headers.TryAddWithoutValidation("Accept-Language", acceptLanguage));
        using var answer = await client.SendAsync(request);
        var problem = await answer.JsonAsync();
        Assert.Equal("api_key_missing", problem.Text("code"));
        Assert.Equal(inJapanese, problem.Text("title").Any(IsJapanese) && problem.Text("detail").Any(IsJapanese));
        Assert.Equal(inJapanese ? "ja" : "en", Assert.Single(answer.Content.Headers.ContentLanguage));
        Assert.Contains("Accept-Language", answer.Headers.Vary);
    }

    [Fact]
    public async Task What_was_found_stands_behind_the_Japanese_sentence()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        using var client = gateway.Client(GatewayHost.Key("acme"));
        client.DefaultRequestHeaders.Add("Accept-Language", "ja");
        using var answer = await client.GetAsync(new Uri("/v1/quarantine?limit=0", UriKind.Relative));
        var detail = (await answer.JsonAsync()).Text("detail");
        AssertJapanese(detail);
        Assert.Contains("limit is 0", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_back()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:RequestBurst"] = "2", ["Gateway:RequestsPerSecond"] = "1" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => gateway.Acme.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)))));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.True(refused.Count >= 5, $"{refused.Count} refused");
        Assert.All(refused, answer => Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1)));
        Assert.Equal("rate_limited", (await refused[0].JsonAsync()).Text("code"));

        // The limit is the tenant's own.
        using var rival = await gateway.Client(GatewayHost.Key("rival")).GetAsync(new Uri("/v1/quarantine", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, rival.StatusCode);
    }

    private static bool IsJapanese(char letter) => letter is >= '\u3040' and <= '\u30ff' or >= '\u4e00' and <= '\u9fff';

    private static void AssertJapanese(string text) => Assert.Contains(text.AsEnumerable(), letter => IsJapanese(letter));

    private static void AssertAnswers(JsonElement operation, params string[] statuses)
    {
        var responses = operation.GetProperty("responses");
        Assert.Equal(statuses, responses.EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
        foreach (var response in responses.EnumerateObject())
        {
            var content = response.Value.GetProperty("content").EnumerateObject().Single();
            Assert.Equal(response.Name[0] == '2' ? "application/json" : "application/problem+json", content.Name);
            Assert.True(content.Value.TryGetProperty("schema", out _));
        }
    }
}
