using System.Net;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A key belongs to the payload it was first sent with.</summary>
public sealed class IdempotencyKeyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(postgres);
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task The_same_key_with_the_same_payload_gets_the_same_answer()
    {
        using var first = await PushAsync("\"8e03978e\"", "1");
        using var second = await PushAsync("8e03978e", "1");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replay").Single());
    }

    [Fact]
    public async Task The_same_key_with_another_payload_is_refused_and_nothing_is_kept()
    {
        using var first = await PushAsync("k1", "1");
        using var second = await PushAsync("k1", "2");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, second.StatusCode);
        var problem = await second.JsonAsync();
        Assert.Equal("idempotency_key_reused", problem.Text("code"));
        Assert.False(problem.TryGetProperty("receipt_id", out _));
        Assert.Equal(1, await _gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE feed = 'vendor-a'"));
    }

    [Fact]
    public async Task Of_two_payloads_at_once_under_one_key_one_is_taken()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => PushAsync("race", $"{number}")));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode));
    }

    [Fact]
    public async Task A_key_counts_per_tenant_and_feed_and_until_it_expires()
    {
        using var mine = await PushAsync("k2", "1");
        using var rivals = await PushAsync("k2", "2", tenant: "rival");
        Assert.Equal(HttpStatusCode.OK, rivals.StatusCode);
        await using (var command = _gateway.Database.Owner.CreateCommand("UPDATE gateway.idempotency SET expires_at = now() - interval '1 second'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        using var later = await PushAsync("k2", "3");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(2, await _gateway.CountAsync("SELECT count(*) FROM gateway.idempotency"));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("")]
    public async Task What_is_no_key_is_refused(string key)
    {
        using var answer = await PushAsync(key, "1");
        Assert.Equal("idempotency_key_invalid", (await answer.JsonAsync()).Text("code"));
    }

    private async Task<HttpResponseMessage> PushAsync(string key, string number, string tenant = "acme")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest/vendor-a") { Content = new ByteArrayContent(VendorFiles.SalesCsv(VendorFiles.Sale(number, 110))) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _gateway.Client(GatewayHost.Key(tenant)).SendAsync(request);
    }
}
