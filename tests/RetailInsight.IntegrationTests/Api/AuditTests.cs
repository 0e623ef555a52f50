using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Api.Webhooks;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The chain of the audit: whole when nobody touched it, and naming the row when somebody did, as owner of the database at that.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class AuditTests(ApiHost host) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Microsoft.AspNetCore.Builder.WebApplication _app = null!;
    private HttpClient _office = null!;

    public async Task InitializeAsync()
    {
        _database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(_database.Job);
        _app = await ApiHost.StartAsync(_database, [], arrange: services => services.AddSingleton(new HostLookup((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]))));
        _office = await ApiHost.SignInAsync(ApiHost.AddressOf(_app), "honbu");
    }

    public async Task DisposeAsync()
    {
        _office.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_working_day_leaves_its_entries_and_a_chain_that_holds()
    {
        await WorkAsync();
        var entries = await EntriesAsync("/v1/audit?limit=1000");
        Assert.Equal(
            [
                "access.use", "export.create", "export.page", "export.query", "key.create", "key.revoke", "key.rotate", "password.set", "run.cancel", "run.start", "session.create", "share.create", "share.first_use", "share.revoke",
                "user.change", "user.create", "user.disable", "user.reset_password", "user.sign_out", "webhook.change", "webhook.create", "webhook.remove", "webhook.rotate",
            ],
            entries.Select(entry => entry.GetProperty("action").GetString()).Distinct().Order());
        Assert.Contains(entries, entry => entry.GetProperty("action").GetString() == "session.create" && entry.GetProperty("outcome").GetString() == "refused");
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(seq => (long)seq).Reverse(), entries.Select(entry => entry.GetProperty("seq").GetInt64()));
        var fetched = Assert.Single(entries, entry => entry.GetProperty("action").GetString() == "export.query");
        Assert.Equal("v1/metrics/query", fetched.GetProperty("object").GetString());
        Assert.Equal(
            """{"asked":{"metrics":["net_sales"],"dimensions":["business_date"],"from":"2026-11-13","to":"2026-11-14","compare":"none","stores":["S01"]},"format":"csv","rows":2,"data_version":7}""",
            System.Text.RegularExpressions.Regex.Replace(fetched.GetProperty("detail").GetRawText(), "(?<=[:,]) ", ""));
        Assert.All(entries.Where(entry => entry.GetProperty("action").GetString()!.StartsWith("user.", StringComparison.Ordinal)), entry => Assert.Equal("127.0.0.1", entry.GetProperty("address").GetString()));

        var verification = await VerifyAsync();
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.GetRawText());
        Assert.Equal(entries.Count, verification.GetProperty("chains")[0].GetProperty("entries").GetInt64());
        // A login nobody has and a token nobody vouches for are laid at no company's door.
        Assert.Equal(2, verification.GetProperty("chains")[1].GetProperty("entries").GetInt64());
        Assert.DoesNotContain("a-secret", string.Concat(entries.Select(entry => entry.GetRawText())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_paged_and_filtered()
    {
        await WorkAsync();
        var all = await EntriesAsync("/v1/audit?limit=1000");
        var paged = new List<long>();
        for (string? address = "/v1/audit?limit=4"; address is not null;)
        {
            var page = await _office.GetFromJsonAsync<JsonElement>(address);
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("seq").GetInt64()));
            address = page.GetProperty("next_cursor").GetString() is { } cursor ? $"/v1/audit?limit=4&cursor={cursor}" : null;
        }

        Assert.Equal(all.Select(entry => entry.GetProperty("seq").GetInt64()), paged);
        Assert.All(await EntriesAsync("/v1/audit?action=user"), entry => Assert.StartsWith("user.", entry.GetProperty("action").GetString(), StringComparison.Ordinal));
        Assert.Equal("shibuya", Assert.Single(await EntriesAsync("/v1/audit?actor=shibuya&action=access.use")).GetProperty("actor").GetString());
        Assert.Empty(await EntriesAsync("/v1/audit?until=2020-01-01"));
        Assert.Empty(await EntriesAsync("/v1/audit?since=9999-12-31"));
    }

    [Theory]
    [InlineData("UPDATE audit.entry SET actor = 'nobody' WHERE tenant = 'aoba' AND seq = 3", 3, "content")]
    [InlineData("UPDATE audit.entry SET at = at + interval '1 microsecond' WHERE tenant = 'aoba' AND seq = 2", 2, "content")]
    [InlineData("UPDATE audit.entry SET detail = '{\"x\":1}' WHERE tenant = 'aoba' AND seq = 4", 4, "content")]
    [InlineData("DELETE FROM audit.entry WHERE tenant = 'aoba' AND seq = 3", 4, "entry 3 is missing")]
    [InlineData("DELETE FROM audit.entry e USING audit.head h WHERE e.tenant = 'aoba' AND h.tenant = 'aoba' AND e.seq = h.seq", -1, "newest are missing")]
    [InlineData("UPDATE audit.entry SET seq = -seq WHERE tenant = 'aoba' AND seq IN (3, 4); UPDATE audit.entry SET seq = 7 + seq WHERE tenant = 'aoba' AND seq IN (-3, -4)", 3, "follow")]
    [InlineData("UPDATE audit.entry a SET hash = b.hash FROM audit.entry b WHERE a.tenant = 'aoba' AND b.tenant = 'aoba' AND a.seq = 2 AND b.seq = 3", 2, "content")]
    public async Task Whoever_edits_removes_or_reorders_entries_as_owner_is_found_out(string tampering, long row, string reason)
    {
        await WorkAsync();
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            row = row < 0 ? await owner.ExecuteScalarAsync<long>("SELECT seq FROM audit.head WHERE tenant = 'aoba'") : row;
            Assert.True(await owner.ExecuteAsync(tampering) > 0);
        }

        var verification = await VerifyAsync();
        Assert.False(verification.GetProperty("intact").GetBoolean());
        var fault = verification.GetProperty("chains")[0].GetProperty("fault");
        Assert.Equal(row, fault.GetProperty("seq").GetInt64());
        Assert.Contains(reason, fault.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.True(verification.GetProperty("chains")[1].GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task A_chain_rewritten_whole_is_found_out_by_a_head_that_was_noted()
    {
        await WorkAsync();
        var head = (await VerifyAsync()).GetProperty("chains")[0];
        var anchor = $"{head.GetProperty("entries").GetInt64()}:{head.GetProperty("hash").GetString()}";
        Assert.True((await VerifyAsync(anchor)).GetProperty("intact").GetBoolean());

        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await owner.ExecuteAsync(
                """
                CREATE TEMP TABLE kept AS SELECT * FROM audit.entry WHERE tenant = 'aoba' ORDER BY seq;
                DELETE FROM audit.entry WHERE tenant = 'aoba'; DELETE FROM audit.head WHERE tenant = 'aoba';
                INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
                SELECT tenant, at, replace(actor, 'honbu', 'shibuya'), action, object, outcome, address, detail FROM kept ORDER BY seq
                """);
        }

        Assert.True((await VerifyAsync()).GetProperty("intact").GetBoolean());
        Assert.Contains("rewritten", (await VerifyAsync(anchor)).GetProperty("chains")[0].GetProperty("fault").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE audit.entry SET actor = 'x'")]
    [InlineData("DELETE FROM audit.entry")]
    [InlineData("TRUNCATE audit.entry")]
    [InlineData("UPDATE audit.head SET seq = 0")]
    [InlineData("DELETE FROM audit.head")]
    [InlineData("INSERT INTO audit.entry (tenant, seq, at, actor, action, object, outcome, address, detail) VALUES ('aoba', 99, now(), '', 'a.b', '', 'done', '', '{}')")]
    [InlineData("ALTER TABLE audit.entry DISABLE TRIGGER ALL")]
    public async Task The_services_can_only_add(string statement)
    {
        foreach (var source in new[] { _database.Job, _database.App })
        {
            await using var command = source.CreateCommand(statement);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task Writers_at_once_neither_fork_nor_break_the_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async place =>
        {
            await using var command = _database.Job.CreateCommand(
                "INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail) VALUES ('aoba', now(), $1, 'test.write', '', 'done', '', '{}')");
            command.Parameters.Add(new() { Value = $"writer {place}" });
            await command.ExecuteNonQueryAsync();
        }));
        var verification = await VerifyAsync();
        Assert.True(verification.GetProperty("intact").GetBoolean(), verification.GetRawText());
        Assert.Equal(41, verification.GetProperty("chains")[0].GetProperty("entries").GetInt64());
    }

    // Sign-in good and bad, a denial, a key's life, a person's life, a run by hand; then what leaves the house: webhooks, exports, links; and a forged token.
    private async Task WorkAsync()
    {
        await using (var owner = await _database.Owner.OpenConnectionAsync())
        {
            await owner.ExecuteAsync(
                "INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a') ON CONFLICT DO NOTHING");
        }

        var address = ApiHost.AddressOf(_app);
        using var stranger = ApiHost.Client(address);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsJsonAsync("/v1/session", new { login = "honbu", password = "wrong" })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsJsonAsync("/v1/session", new { login = "no such person", password = "wrong" })).StatusCode);
        using var manager = await ApiHost.SignInAsync(address, "shibuya");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/keys")).StatusCode);

        var key = await PostAsync("/v1/keys", new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "till" });
        var id = key.GetProperty("key").GetProperty("key_id").GetString();
        await PostAsync($"/v1/keys/{id}/rotate", new { overlap_hours = 1 });
        await PostAsync($"/v1/keys/{id}/revoke", new { });

        var made = await PostAsync("/v1/users", new { name = "hanako", display_name = "花子", role = "store_manager", stores = new[] { "S01" } });
        var login = made.GetProperty("user").GetProperty("login").GetString()!;
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.PostAsJsonAsync("/v1/session/password", new { login, secret = made.GetProperty("one_time_token").GetString(), password = "a long enough one" })).StatusCode);
        await ChangeAsync(login, new { display_name = "花子", role = "area_manager", stores = new[] { "S01", "S02" } });
        await PostAsync($"/v1/users/{login}/sign-out", new { });
        await PostAsync($"/v1/users/{login}/password-reset", new { });
        await ChangeAsync(login, new { display_name = "花子", role = "area_manager", stores = new[] { "S01", "S02" }, disabled = true });

        await _app.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        using var engineer = await ApiHost.SignInAsync(address, "engineer");
        var run = await engineer.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { business_date = "2026-11-14" });
        Assert.Equal(HttpStatusCode.Created, run.StatusCode);
        var plan = await engineer.PostAsJsonAsync($"{run.Headers.Location}/plans", new { kind = "cancel" });
        Assert.Equal(HttpStatusCode.OK, (await engineer.PostAsJsonAsync($"{plan.Headers.Location}/apply", new { reason = "wrong day" })).StatusCode);

        var hook = new { url = "https://erp.example/hook?key=a-secret", events = new[] { "kpi.changed" } };
        var webhook = (await PostAsync("/v1/webhooks", hook)).GetProperty("webhook").GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.OK, (await _office.PutAsJsonAsync($"/v1/webhooks/{webhook}", hook)).StatusCode);
        await PostAsync($"/v1/webhooks/{webhook}/rotate", new { overlap_hours = 1 });
        Assert.Equal(HttpStatusCode.NoContent, (await _office.DeleteAsync($"/v1/webhooks/{webhook}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _office.DeleteAsync($"/v1/webhooks/{webhook}")).StatusCode);

        await PostAsync("/v1/exports", new { tables = new[] { "store_day" }, from = "2026-11-01", to = "2026-11-14" });

        // A file of an answer is entered, its pages as JSON and an answer somebody still has are not.
        const string Question = "/v1/metrics/query?metrics=net_sales&dimensions=business_date&filter=store:S01&from=2026-11-13&to=2026-11-14";
        Assert.Equal(HttpStatusCode.OK, (await _office.GetAsync(Question)).StatusCode);
        using var kept = new HttpRequestMessage(HttpMethod.Get, Question + "&format=csv");
        kept.Headers.IfNoneMatch.Add((await _office.GetAsync(Question + "&format=csv")).Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _office.SendAsync(kept)).StatusCode);
        const string Page = "/?store=S01&date=2026-11-13";
        var file = System.Text.RegularExpressions.Regex.Match(await _office.GetStringAsync(Page), "href=\"([^\"]+\\.csv[^\"]*)\" download").Groups[1].Value;
        Assert.Equal(HttpStatusCode.OK, (await _office.GetAsync(WebUtility.HtmlDecode(file))).StatusCode);
        var link = System.Text.RegularExpressions.Regex.Match(await (await _office.SendFormAsync(Page, "/shares", ("days", "1"))).Content.ReadAsStringAsync(), "/s/[A-Za-z0-9_-]{43}").Value;
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(link)).StatusCode);
        var revoke = System.Text.RegularExpressions.Regex.Match(await _office.GetStringAsync("/shares"), "/shares/[0-9a-f]{32}/revoke").Value;
        Assert.Equal(HttpStatusCode.Redirect, (await _office.SendFormAsync("/shares", revoke)).StatusCode);

        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJob25idSJ9.");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/stores")).StatusCode);
    }

    private async Task ChangeAsync(string login, object change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/users/{login}") { Content = JsonContent.Create(change) };
        request.Headers.TryAddWithoutValidation("If-Match", (await _office.GetAsync($"/v1/users/{login}")).Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, (await _office.SendAsync(request)).StatusCode);
    }

    private async Task<JsonElement> PostAsync(string address, object body)
    {
        var answer = await _office.PostAsJsonAsync(address, body);
        Assert.True(answer.IsSuccessStatusCode, $"{address} {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<List<JsonElement>> EntriesAsync(string address) =>
        [.. (await _office.GetFromJsonAsync<JsonElement>(address)).GetProperty("items").EnumerateArray()];

    private Task<JsonElement> VerifyAsync(string? anchor = null) =>
        _office.GetFromJsonAsync<JsonElement>("/v1/audit/verification" + (anchor is null ? "" : $"?anchor={anchor}"));
}
