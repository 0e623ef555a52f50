using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using RetailInsight.IntegrationTests.Gateway;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>A request with an Idempotency-Key has one effect, however often and from wherever it comes, and whatever happens in between.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class IdempotencyTests(ApiHost host) : OwnCompanyTests(host)
{
    private const int Callers = 50;
    private const string Hours = "store,business_date,hour,actual_hours\nS01,2026-11-14,10,1\n";
    private const string Rain = """{"kind":"rain","from":"2026-11-14","to":"2026-11-14","visibility":"personal"}""";
    private const string Export = """{"tables":["store_day"],"from":"2026-11-01","to":"2026-11-02","format":"csv"}""";
    private const string Key = """{"vendor":"vendor-a","feeds":["vendor-a"],"label":"one"}""";

    [Theory]
    [InlineData("/v1/annotations", Rain, "api.annotation", 201)]
    [InlineData("/v1/alerts/rules", """{"name":"x","metric":"receipts","direction":"below","against":"value","threshold":"1"}""", "api.alert_rule", 201)]
    [InlineData("/v1/exports", Export, "api.export", 202)]
    [InlineData("/v1/staff-hours", Hours, "mart.staff_hours", 200)]
    public async Task Fifty_at_once_have_one_effect_and_hear_the_same(string address, string body, string table, int status)
    {
        using var office = await SignInAsync("honbu");
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => SendAsync(office, address, body, "\"one-effect\"")));
        var answer = Assert.Single(answers.Select(one => (one.Status, one.Location, one.Body)).Distinct());
        Assert.Equal(status, answer.Status);
        Assert.Equal(1, await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant = 'aoba'"));
        Assert.Equal(Callers - 1, answers.Count(one => one.IsReplay));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action !~ '^(session|login|sign)'"));

        // The thing may have changed since: the answer to this request has not.
        Assert.Equal(answer.Body, (await SendAsync(office, address, body, "one-effect")).Body);
        var other = await SendAsync(office, address, body.Replace("11-14", "11-13", StringComparison.Ordinal).Replace("\"1\"", "\"2\"", StringComparison.Ordinal).Replace("11-02", "11-03", StringComparison.Ordinal), "one-effect");
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, Code(other.Body)));
        Assert.Equal(1, await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant = 'aoba'"));
    }

    [Theory]
    [InlineData("/v1/keys", Key, "tenancy.api_key", "secret")]
    [InlineData("/v1/webhooks", """{"url":"https://erp.example.com/","events":["kpi.changed"]}""", "api.webhook_endpoint", "secret")]
    [InlineData("/v1/users", """{"name":"jiro","display_name":"次郎","role":"store_manager","stores":["S01"],"language":"ja"}""", "api.app_user", "one_time_token")]
    public async Task A_secret_is_shown_once_kept_nowhere_and_another_can_be_made(string address, string body, string table, string member)
    {
        using var office = await SignInAsync("honbu");
        var before = await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant = 'aoba'");
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => SendAsync(office, address, body, "secret")));
        Assert.Equal(before + 1, await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant = 'aoba'"));
        var shown = Assert.Single(answers, one => one.Status == 201);
        Assert.All(answers.Where(one => one != shown), one => Assert.Equal((409, "already-done"), (one.Status, Code(one.Body))));
        var secret = JsonDocument.Parse(shown.Body).RootElement.GetProperty(member).GetString()!;
        Assert.DoesNotContain(secret, await Database.DumpAsync(), StringComparison.Ordinal);

        // The refusal says what was made and where another secret of it is to be had.
        var problem = JsonDocument.Parse((await SendAsync(office, address, body, "secret")).Body).RootElement;
        var another = System.Text.RegularExpressions.Regex.Match(problem.GetProperty("detail").GetString()!, @"POST (\S+) makes").Groups[1].Value;
        Assert.Contains(problem.GetProperty("made").GetString()!, another, StringComparison.Ordinal);
        var (first, again) = (await SendAsync(office, another, "{}", "another"), await SendAsync(office, another, "{}", "another"));
        Assert.InRange(first.Status, 200, 201);
        Assert.NotEqual(secret, JsonDocument.Parse(first.Body).RootElement.GetProperty(member).GetString());
        Assert.Equal(409, again.Status);
    }

    [Fact]
    public async Task A_key_is_a_persons_own_is_not_used_up_by_a_refusal_and_ends_after_a_day()
    {
        using var office = await SignInAsync("honbu");
        using var colleague = await SignInAsync("administrator");
        using var stranger = await SignInAsync("camden");
        Assert.Equal(400, (await SendAsync(office, "/v1/annotations", """{"kind":"snow","from":"2026-11-14","to":"2026-11-14","visibility":"personal"}""", "k")).Status);
        foreach (var client in new[] { office, colleague, stranger })
        {
            Assert.Equal((201, false), (await SendAsync(client, "/v1/annotations", Rain, "k")) is var one ? (one.Status, one.IsReplay) : default);
        }

        Assert.True((await SendAsync(office, "/v1/annotations", Rain, "k")).IsReplay);
        await using (var connection = await Database.Owner.OpenConnectionAsync())
        {
            Assert.Equal(3, await connection.ExecuteAsync("UPDATE api.idempotency SET expires_at = expires_at - interval '24 hours'"));
        }

        Assert.False((await SendAsync(office, "/v1/annotations", Rain, "k")).IsReplay);
        await using (await ApiHost.StartAsync(Database, []))
        {
            await GatewayHost.UntilAsync(async () => await ScalarAsync<long>("SELECT count(*) FROM api.idempotency") == 1);
        }

        Assert.Equal("parameter-invalid", Code((await SendAsync(office, "/v1/annotations", Rain, new string('k', 256))).Body));
        Assert.Equal("parameter-invalid", Code((await SendAsync(office, "/v1/annotations", Rain, "")).Body));
    }

    [Fact]
    public async Task Who_was_cut_off_from_the_answer_by_a_kill_is_given_it_by_the_next_process()
    {
        var directory = Directory.CreateTempSubdirectory("retailinsight-test-").FullName;
        await using var line = new DatabaseLine(Database);
        await using (var killed = await ApiProcess.StartAsync(Database, line, directory))
        {
            using var office = await ApiHost.SignInAsync(killed.Address, "honbu");
            line.Set(LineState.DeafOnceCommitted);
            Task[] unanswered = [SendAsync(office, "/v1/exports", Export, "killed"), SendAsync(office, "/v1/keys", Key, "killed too")];
            await GatewayHost.UntilAsync(async () => await ScalarAsync<long>("SELECT count(*) FROM api.idempotency WHERE status IS NOT NULL") == 2);
            Assert.DoesNotContain(unanswered, one => one.IsCompleted);
            await killed.KillAsync();
            foreach (var one in unanswered)
            {
                await Assert.ThrowsAsync<HttpRequestException>(() => one);
            }
        }

        line.Set(LineState.Open);
        await using (var next = await ApiProcess.StartAsync(Database, line, directory))
        {
            using var again = await ApiHost.SignInAsync(next.Address, "honbu");
            var (export, key) = (await SendAsync(again, "/v1/exports", Export, "killed"), await SendAsync(again, "/v1/keys", Key, "killed too"));
            Assert.Equal((202, true), (export.Status, export.IsReplay));
            Assert.Equal((1, JsonDocument.Parse(export.Body).RootElement.GetProperty("id").GetString()), await RowAsync<(long, string)>("SELECT count(*), min(replace(export_id::text, '-', '')) FROM api.export"));
            Assert.Equal((409, "already-done"), (key.Status, Code(key.Body)));
            Assert.Equal((1, JsonDocument.Parse(key.Body).RootElement.GetProperty("made").GetString()), await RowAsync<(long, string)>("SELECT count(*), min(replace(key_id::text, '-', '')) FROM tenancy.api_key WHERE tenant = 'aoba'"));
            Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE action = 'export.create'"));
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<KeyedAnswer> SendAsync(HttpClient client, string address, string body, string key)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(body == Hours || address == "/v1/staff-hours" ? "text/csv" : "application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        return new KeyedAnswer((int)answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(), answer.Headers.Contains("Idempotent-Replay"));
    }

    private static string? Code(string problem) => JsonDocument.Parse(problem).RootElement.GetProperty("code").GetString();

    private Task<T> ScalarAsync<T>(string sql) => RowAsync<T>(sql);

    private async Task<T> RowAsync<T>(string sql)
    {
        await using var connection = await Database.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql);
    }

    private sealed record KeyedAnswer(int Status, string? Location, string Body, bool IsReplay);
}
