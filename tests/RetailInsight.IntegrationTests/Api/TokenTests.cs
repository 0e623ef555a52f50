using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Access tokens of an identity provider: what opens the API, and every way a token is forged or misused.</summary>
[Collection(ApiCollections.Contract)]
public sealed class TokenTests(ApiHost host) : IAsyncLifetime
{
    private TokenIssuer _issuer = null!;
    private WebApplication _app = null!;

    public static TheoryData<string> Forgeries =>
        ["alg none", "shared secret", "audience", "audience missing", "issuer", "expired", "no end", "not yet", "jwk", "jku", "x5u", "id token by type", "id token by nonce", "other key", "unknown kid",
         "cut", "changed body", "empty", "no tenant", "no role", "two roles", "manager without stores", "no subject", "api key"];

    public async Task InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync();
        _app = await ApiHost.StartAsync(host.Database, new() { ["Api:Oidc:Authority"] = _issuer.Address, ["Api:Oidc:Audience"] = TokenIssuer.Audience });
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task A_good_token_opens_the_api_in_its_role_and_tenant(string algorithm)
    {
        using var client = Bearer(_issuer.Token(algorithm: algorithm));
        var who = await client.GetFromJsonAsync<JsonElement>("/v1/session");
        Assert.Equal(("oidc|u-42", "aoba", "head_office", "Token Hanako"),
            (who.GetProperty("login").GetString(), who.GetProperty("tenant").GetString(), who.GetProperty("role").GetString(), who.GetProperty("display_name").GetString()));
        Assert.Equal(6, (await client.GetFromJsonAsync<JsonElement>("/v1/stores")).GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { })).StatusCode);
    }

    [Fact]
    public async Task A_manager_with_a_token_sees_the_stores_it_names_and_not_of_another_company()
    {
        using var manager = Bearer(_issuer.Token(new { roles = "area_manager", stores = new[] { "S02", "S03", "S99" } }));
        Assert.Equal(["S02", "S03"], (await manager.GetFromJsonAsync<JsonElement>("/v1/stores")).GetProperty("items").EnumerateArray().Select(store => store.GetProperty("store").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/v1/kpis/store-hour?store=S01&date=2026-11-14")).StatusCode);
        using var other = Bearer(_issuer.Token(new { tenant = "thames" }));
        Assert.Equal(["S01"], (await other.GetFromJsonAsync<JsonElement>("/v1/stores")).GetProperty("items").EnumerateArray().Select(store => store.GetProperty("store").GetString()));
        using var nowhere = Bearer(_issuer.Token(new { tenant = "no-such-company" }));
        Assert.Equal(0, (await nowhere.GetFromJsonAsync<JsonElement>("/v1/stores")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forged_or_misused_token_is_refused_with_a_problem_and_an_entry_in_the_audit(string forgery)
    {
        var before = await RefusalsAsync();
        using var client = Bearer(Forged(forgery));
        foreach (var address in new[] { "/v1/session", "/v1/users/nobody" })
        {
            var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("token-invalid", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            Assert.DoesNotContain("error_description", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, await RefusalsAsync() - before);
        Assert.Equal(0, _issuer.Visits);
    }

    [Fact]
    public async Task A_refused_token_is_not_made_good_by_a_session_cookie()
    {
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(_app), "honbu");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/session")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Forged("expired"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task A_change_with_a_token_needs_no_word_from_a_browser_and_is_the_subjects_in_the_audit()
    {
        using var client = Bearer(_issuer.Token(new { sub = "u-77" }));
        client.DefaultRequestHeaders.Add("Origin", "https://app.customer.example");
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync("/v1/users", new { name = "by-token", display_name = "x", role = "data_engineer" })).StatusCode);
        var entry = (await client.GetFromJsonAsync<JsonElement>("/v1/audit?actor=oidc|u-77&action=user.create")).GetProperty("items")[0];
        Assert.Equal("by-token@aoba", entry.GetProperty("object").GetString());
    }

    [Fact]
    public async Task Keys_can_come_from_a_file_and_the_type_of_access_tokens_from_the_settings()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, _issuer.Keys);
        await using var app = await ApiHost.StartAsync(host.Database, new()
        {
            ["Api:Oidc:KeysFile"] = file,
            ["Api:Oidc:Issuer"] = "urn:issuer",
            ["Api:Oidc:Audience"] = TokenIssuer.Audience,
            ["Api:Oidc:TokenTypes:0"] = "JWT",
        });
        foreach (var (claims, status) in new (object, HttpStatusCode)[]
        {
            (new { iss = "urn:issuer" }, HttpStatusCode.OK), (new { iss = "urn:other" }, HttpStatusCode.Unauthorized),
            (new { iss = "urn:issuer", at_hash = "x" }, HttpStatusCode.Unauthorized), (new { iss = "urn:issuer", aud = "web-client" }, HttpStatusCode.Unauthorized),
        })
        {
            using var client = ApiHost.Client(ApiHost.AddressOf(app));
            client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token(claims, new { typ = "JWT" }));
            Assert.Equal(status, (await client.GetAsync("/v1/session")).StatusCode);
        }

        File.Delete(file);
    }

    [Fact]
    public async Task Without_a_provider_every_token_is_refused()
    {
        using var client = host.Stranger();
        client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
    }

    private string Forged(string forgery)
    {
        using var mine = RSA.Create(2048);
        var key = mine.ExportParameters(false);
        var jwk = new { kty = "RSA", n = System.Buffers.Text.Base64Url.EncodeToString(key.Modulus), e = System.Buffers.Text.Base64Url.EncodeToString(key.Exponent) };
        var hour = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        return forgery switch
        {
            "alg none" => _issuer.Token(algorithm: "none"),
            "shared secret" => _issuer.Token(algorithm: "HS256"),
            "audience" => _issuer.Token(new { aud = "https://other.example/" }),
            "audience missing" => _issuer.Token(new { aud = (string?)null }),
            "issuer" => _issuer.Token(new { iss = "https://evil.example" }),
            "expired" => _issuer.Token(new { nbf = hour - 7200, exp = hour - 3660 }),
            "no end" => _issuer.Token(new { exp = (long?)null }),
            "not yet" => _issuer.Token(new { nbf = hour, exp = hour + 60 }),
            "jwk" => _issuer.Token(header: new { jwk, kid = (string?)null }, key: mine),
            "jku" => _issuer.Token(header: new { jku = _issuer.Address + "/stolen", kid = "s1" }, key: mine),
            "x5u" => _issuer.Token(header: new { x5u = _issuer.Address + "/stolen", kid = "s1" }, key: mine),
            "id token by type" => _issuer.Token(header: new { typ = "JWT" }),
            "id token by nonce" => _issuer.Token(new { nonce = "n" }),
            "other key" => _issuer.Token(key: mine),
            "unknown kid" => _issuer.Token(header: new { kid = "k9" }, key: mine),
            "cut" => _issuer.Token()[..^20],
            "changed body" => string.Join('.', _issuer.Token().Split('.') is [var head, _, var signature] ? [head, _issuer.Token(new { roles = "admin" }).Split('.')[1], signature] : []),
            "empty" => "x",
            "no tenant" => _issuer.Token(new { tenant = (string?)null }),
            "no role" => _issuer.Token(new { roles = "owner" }),
            "two roles" => _issuer.Token(new { roles = new[] { "store_manager", "admin" } }),
            "manager without stores" => _issuer.Token(new { roles = "store_manager" }),
            "no subject" => _issuer.Token(new { sub = (string?)null }),
            _ => Core.Tenancy.ApiKey.Create(RandomNumberGenerator.GetBytes(20), true),
        };
    }

    private async Task<long> RefusalsAsync()
    {
        await using var connection = await host.Database.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE tenant = '' AND action = 'token.use' AND outcome = 'refused'");
    }

    private HttpClient Bearer(string token)
    {
        var client = ApiHost.Client(ApiHost.AddressOf(_app));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
