using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class KeyTests(ApiHost host) : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await using var command = host.Database.Owner.CreateCommand(
            "INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a'), ('aoba', 'vendor-b', 'vendor-b', 'vendor-b') ON CONFLICT DO NOTHING");
        await command.ExecuteNonQueryAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_key_is_made_shown_once_listed_without_its_secret_and_audited()
    {
        using var office = await host.SignInAsync("honbu");
        var made = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, stores = new[] { "S01" }, label = "渋谷のレジ", live = false });
        var (secret, key) = (made.GetProperty("secret").GetString()!, made.GetProperty("key"));
        Assert.True(ApiKey.IsWellFormed(secret) && !ApiKey.IsLive(secret));
        Assert.Equal(("渋谷のレジ", "live", false), (key.GetProperty("label").GetString(), key.GetProperty("state").GetString(), key.GetProperty("live").GetBoolean()));

        var list = await office.GetStringAsync("/v1/keys");
        Assert.Contains(IdOf(made), list, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        await using var stored = host.Database.Owner.CreateCommand("SELECT count(*) FROM tenancy.api_key WHERE key_hash = $1");
        stored.Parameters.Add(new() { Value = ApiKey.Hash(secret) });
        Assert.Equal(1L, await stored.ExecuteScalarAsync());
        var entry = (await office.GetFromJsonAsync<JsonElement>("/v1/keys/audit")).GetProperty("items").EnumerateArray().First(entry => entry.GetProperty("key_id").GetString() == IdOf(made));
        Assert.Equal(("honbu", "create"), (entry.GetProperty("actor").GetString(), entry.GetProperty("action").GetString()));
        Assert.DoesNotContain(secret, entry.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_rotated_by_fifty_at_once_has_one_successor()
    {
        using var office = await host.SignInAsync("honbu");
        var old = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "rotated by fifty" });
        var rotated = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => office.PostAsJsonAsync($"/v1/keys/{IdOf(old)}/rotate", new { overlap_hours = 1 })));
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], rotated.Select(answer => answer.StatusCode).Distinct().Order());
        Assert.Single(rotated, answer => answer.StatusCode == HttpStatusCode.Created);
        var keys = (await office.GetFromJsonAsync<JsonElement>("/v1/keys")).GetProperty("items").EnumerateArray();
        Assert.Single(keys, key => key.GetProperty("replaces").GetString() == IdOf(old));
    }

    [Fact]
    public async Task Two_keys_live_through_a_rotation_and_not_three()
    {
        using var office = await host.SignInAsync("honbu");
        var old = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "to rotate" });
        using var rotated = await office.PostAsJsonAsync($"/v1/keys/{IdOf(old)}/rotate", new { overlap_hours = 1 });
        Assert.Equal(HttpStatusCode.Created, rotated.StatusCode);
        var successor = await rotated.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(IdOf(old), successor.GetProperty("key").GetProperty("replaces").GetString());
        Assert.Equal(("live", "live"), (await StateAsync(office, IdOf(old)), await StateAsync(office, IdOf(successor))));

        using var again = await office.PostAsJsonAsync($"/v1/keys/{IdOf(old)}/rotate", new { overlap_hours = 1 });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var revoked = await office.PostAsync($"/v1/keys/{IdOf(old)}/revoke", null);
        Assert.Equal("revoked", (await revoked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        using var twice = await office.PostAsync($"/v1/keys/{IdOf(old)}/revoke", null);
        Assert.Equal(HttpStatusCode.OK, twice.StatusCode);
        using var dead = await office.PostAsJsonAsync($"/v1/keys/{IdOf(old)}/rotate", new { });
        Assert.Equal(HttpStatusCode.Conflict, dead.StatusCode);
        var audit = (await office.GetFromJsonAsync<JsonElement>("/v1/keys/audit")).GetProperty("items").EnumerateArray().Where(entry => entry.GetProperty("key_id").GetString() == IdOf(old));
        Assert.Equal(["revoke", "rotate", "create"], audit.Select(entry => entry.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task A_key_of_an_operator_stays_one_when_it_is_replaced()
    {
        using var office = await host.SignInAsync("honbu");
        var made = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "head office", @operator = true });
        Assert.True(made.GetProperty("key").GetProperty("operator").GetBoolean());
        using var rotated = await office.PostAsJsonAsync($"/v1/keys/{IdOf(made)}/rotate", new { overlap_hours = 1 });
        Assert.True((await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetProperty("operator").GetBoolean());
        var plain = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "a register" });
        Assert.False(plain.GetProperty("key").GetProperty("operator").GetBoolean());
    }

    [Fact]
    public async Task What_the_tenant_does_not_have_cannot_be_opened()
    {
        using var office = await host.SignInAsync("honbu");
        using var wrong = await office.PostAsJsonAsync("/v1/keys", new { vendor = "vendor-a", feeds = new[] { "vendor-b" }, stores = new[] { "S99" }, label = "", expires_at = "2020-01-01T00:00:00Z" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var faults = (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("parameter").GetString());
        Assert.Equal(["label", "expires_at", "feeds", "stores"], faults);
    }

    [Fact]
    public async Task Keys_are_for_head_office_and_of_its_own_company()
    {
        using var office = await host.SignInAsync("honbu");
        var made = await MakeAsync(office, new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "ours" });
        using var manager = await host.SignInAsync("shibuya");
        using var engineer = await host.SignInAsync("engineer");
        using var stranger = host.Stranger();
        using var rival = await host.SignInAsync("camden");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await engineer.PostAsJsonAsync("/v1/keys", new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.PostAsync($"/v1/keys/{IdOf(made)}/revoke", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.PostAsJsonAsync($"/v1/keys/{IdOf(made)}/rotate", new { })).StatusCode);
        Assert.DoesNotContain(IdOf(made), await rival.GetStringAsync("/v1/keys") + await rival.GetStringAsync("/v1/keys/audit"), StringComparison.Ordinal);
        Assert.Equal("live", await StateAsync(office, IdOf(made)));
    }

    [Fact]
    public async Task The_audit_cannot_be_changed_by_a_service()
    {
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        foreach (var statement in new[] { "DELETE FROM tenancy.key_audit", "UPDATE tenancy.key_audit SET actor = 'nobody'" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        }
    }

    private static async Task<JsonElement> MakeAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("/v1/keys", body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string IdOf(JsonElement made) => made.GetProperty("key").GetProperty("key_id").GetString()!;

    private static async Task<string?> StateAsync(HttpClient client, string id) =>
        (await client.GetFromJsonAsync<JsonElement>("/v1/keys")).GetProperty("items").EnumerateArray().Single(key => key.GetProperty("key_id").GetString() == id).GetProperty("state").GetString();
}
