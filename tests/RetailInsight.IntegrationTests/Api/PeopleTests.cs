using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Making, changing and shutting out people.</summary>
[Collection(ApiCollections.Pages)]
public sealed class PeopleTests(ApiHost host)
{
    [Fact]
    public async Task A_person_is_made_chooses_a_password_once_and_sees_the_own_stores_alone()
    {
        using var office = await host.SignInAsync("honbu");
        var (login, token) = await MakeAsync(office, "once", "area_manager", ["S01", "S02"]);
        Assert.Equal("once@aoba", login);
        using var person = host.Stranger();
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.PostAsJsonAsync("/v1/session", new { login, password = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SetAsync(person, login, token, "short")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SetAsync(person, login, token + "x", "a password of mine")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(person, login, token, "a password of mine")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SetAsync(person, login, token, "another password")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(person, login, "a password of mine", "the second of mine")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await person.PostAsJsonAsync("/v1/session", new { login, password = "the second of mine" })).StatusCode);
        var stores = (await person.GetFromJsonAsync<JsonElement>("/v1/stores")).GetProperty("items").EnumerateArray();
        Assert.Equal(["S01", "S02"], stores.Select(store => store.GetProperty("store").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/v1/kpis/store-hour?store=S03&date=2026-11-14")).StatusCode);
    }

    [Fact]
    public async Task The_same_request_sent_by_fifty_at_once_takes_effect_once()
    {
        using var office = await host.SignInAsync("honbu");
        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => office.PostAsJsonAsync("/v1/users", new { name = "fifty", display_name = "x", role = "head_office" })));
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], made.Select(answer => answer.StatusCode).Distinct().Order());
        var first = Assert.Single(made, answer => answer.StatusCode == HttpStatusCode.Created);
        var token = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("one_time_token").GetString()!;

        // A token opens once, whoever of two is quicker.
        using var stranger = host.Stranger();
        var chosen = await Task.WhenAll(Enumerable.Range(0, 8).Select(turn => SetAsync(stranger, "fifty@aoba", token, $"a password of number {turn}")));
        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Unauthorized], chosen.Select(answer => answer.StatusCode).Distinct().Order());
        var at = Array.FindIndex(chosen, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Single(chosen, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsJsonAsync("/v1/session", new { login = "fifty@aoba", password = $"a password of number {at}" })).StatusCode);
        var entries = (await office.GetFromJsonAsync<JsonElement>("/v1/audit?action=user.create&limit=1000")).GetProperty("items").EnumerateArray();
        Assert.Single(entries, entry => entry.GetProperty("object").GetString() == "fifty@aoba");
    }

    [Theory]
    [InlineData("""{"display_name":"x","role":"area_manager","stores":["S01","S02"]}""")]
    [InlineData("""{"display_name":"x","role":"store_manager","stores":["S01"],"disabled":true}""")]
    public async Task Changed_rights_and_being_shut_out_end_every_session_within_five_seconds_on_every_instance(string change)
    {
        await using var second = await ApiHost.StartAsync(host.Database, []);
        using var office = await host.SignInAsync("honbu");
        var (login, token) = await MakeAsync(office, $"ended{change.Length}", "store_manager", ["S01"]);
        using var person = ApiHost.Client(ApiHost.AddressOf(second));
        await SetAsync(person, login, token, "a password of mine");
        await person.PostAsJsonAsync("/v1/session", new { login, password = "a password of mine" });
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/v1/session")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(office, login, change)).StatusCode);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while ((await person.GetAsync("/v1/session")).StatusCode == HttpStatusCode.OK)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
            await Task.Delay(200);
        }
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_the_sessions_of_other_machines_too()
    {
        using var office = await host.SignInAsync("honbu");
        var (login, token) = await MakeAsync(office, "everywhere", "head_office", null);
        using var one = host.Stranger();
        using var other = host.Stranger();
        await SetAsync(one, login, token, "a password of mine");
        foreach (var client in new[] { one, other })
        {
            await client.PostAsJsonAsync("/v1/session", new { login, password = "a password of mine" });
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/session")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await one.DeleteAsync("/v1/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task A_change_wants_the_version_that_was_read()
    {
        using var office = await host.SignInAsync("honbu");
        var (login, _) = await MakeAsync(office, "versions", "store_manager", ["S01"]);
        const string Change = """{"display_name":"x","role":"store_manager","stores":["S02"]}""";
        Assert.Equal((HttpStatusCode)428, (await ChangeAsync(office, login, Change, "")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ChangeAsync(office, login, Change, "\"77\"")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ChangeAsync(office, login, Change, "*")).StatusCode);
        var answer = await ChangeAsync(office, login, Change, "\"1\"");
        Assert.Equal(("\"2\"", HttpStatusCode.OK), (answer.Headers.ETag!.Tag, answer.StatusCode));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ChangeAsync(office, login, Change, "\"1\"")).StatusCode);
    }

    [Fact]
    public async Task Nobody_of_another_company_is_found_changed_or_hinted_at()
    {
        using var office = await host.SignInAsync("honbu");
        using var stranger = await host.SignInAsync("camden");
        var (login, token) = await MakeAsync(office, "secret-person", "store_manager", ["S01"]);
        foreach (var address in new[] { login, "random-person@aoba" })
        {
            foreach (var answer in new[]
            {
                await stranger.GetAsync($"/v1/users/{address}"), await stranger.PostAsync($"/v1/users/{address}/password-reset", null),
                await stranger.PostAsync($"/v1/users/{address}/sign-out", null), await ChangeAsync(stranger, address, """{"display_name":"x","role":"admin"}""", "\"1\""),
            })
            {
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                Assert.Equal("There is no person of that login.", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
            }
        }

        Assert.DoesNotContain("aoba", await stranger.GetStringAsync("/v1/users"), StringComparison.Ordinal);
        // The same name is free in every company: what is taken elsewhere cannot be probed.
        Assert.Equal(HttpStatusCode.Created, (await stranger.PostAsJsonAsync("/v1/users", new { name = "secret-person", display_name = "x", role = "head_office" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await office.PostAsJsonAsync("/v1/users", new { name = "secret-person", display_name = "x", role = "head_office" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(stranger, login, token, "a password of mine")).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"Ha nako","display_name":"x","role":"head_office"}""", "name")]
    [InlineData("""{"name":"a","display_name":"","role":"head_office"}""", "display_name")]
    [InlineData("""{"name":"a","display_name":"x","role":"owner"}""", "role")]
    [InlineData("""{"name":"a","display_name":"x","role":"store_manager"}""", "stores")]
    [InlineData("""{"name":"a","display_name":"x","role":"store_manager","stores":["S99"]}""", "stores")]
    [InlineData("""{"name":"a","display_name":"x","role":"store_manager","stores":[null]}""", "stores")]
    [InlineData("""{"name":"a","display_name":"x","role":"vendor"}""", "vendor")]
    [InlineData("""{"name":"a","display_name":"x","role":"vendor","vendor":"nobody"}""", "vendor")]
    [InlineData("""{"name":"a","display_name":"x","role":"head_office","language":"fr"}""", "language")]
    public async Task A_request_that_makes_no_sense_names_its_field(string body, string field)
    {
        using var office = await host.SignInAsync("honbu");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await office.PostAsync("/v1/users", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task Head_office_neither_makes_administrators_nor_touches_them_nor_shuts_itself_out()
    {
        using var office = await host.SignInAsync("honbu");
        using var admin = await host.SignInAsync("administrator");
        Assert.Equal(HttpStatusCode.Forbidden, (await office.PostAsJsonAsync("/v1/users", new { name = "boss", display_name = "x", role = "admin" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await ChangeAsync(office, "administrator", """{"display_name":"x","role":"head_office"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await office.PostAsync("/v1/users/administrator/password-reset", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ChangeAsync(office, "honbu", """{"display_name":"x","role":"head_office","disabled":true}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await admin.PostAsJsonAsync("/v1/users", new { name = "boss", display_name = "x", role = "admin" })).StatusCode);
    }

    [Fact]
    public async Task A_vendor_sees_no_figure()
    {
        using var vendor = await host.SignInAsync("supplier");
        Assert.Equal(HttpStatusCode.OK, (await vendor.GetAsync("/v1/session")).StatusCode);
        foreach (var address in new[] { "/v1/stores", "/v1/kpis/store-day?from=2026-11-01&to=2026-11-02", "/v1/targets?from=2026-11-01&to=2026-11-02", "/v1/users", "/v1/audit", "/v1/ops/runs", "/" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await vendor.GetAsync(address)).StatusCode);
        }
    }

    [Theory]
    [InlineData("tenant", "\"thames\"")]
    [InlineData("tenantId", "\"thames\"")]
    [InlineData("isAdmin", "true")]
    [InlineData("createdAt", "\"2000-01-01T00:00:00Z\"")]
    [InlineData("version", "9")]
    [InlineData("password_hash", "\"x\"")]
    [InlineData("login", "\"camden\"")]
    public async Task No_member_beside_the_documented_ones_is_taken(string member, string value)
    {
        using var office = await host.SignInAsync("honbu");
        using var content = new StringContent($$"""{"name":"massassigned","display_name":"x","role":"head_office","{{member}}":{{value}}}""", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await office.PostAsync("/v1/users", content)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/v1/users/massassigned@aoba")).StatusCode);
    }

    private static async Task<(string Login, string Token)> MakeAsync(HttpClient office, string name, string role, string[]? stores)
    {
        var answer = await office.PostAsJsonAsync("/v1/users", new { name, display_name = name, role, stores });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("user").GetProperty("login").GetString()!, made.GetProperty("one_time_token").GetString()!);
    }

    private static Task<HttpResponseMessage> SetAsync(HttpClient client, string login, string secret, string password) =>
        client.PostAsJsonAsync("/v1/session/password", new { login, secret, password });

    private static async Task<HttpResponseMessage> ChangeAsync(HttpClient office, string login, string change, string? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/users/{login}") { Content = new StringContent(change, System.Text.Encoding.UTF8, "application/json") };
        version ??= (await office.GetAsync($"/v1/users/{login}")).Headers.ETag!.Tag;
        if (version.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        return await office.SendAsync(request);
    }
}
