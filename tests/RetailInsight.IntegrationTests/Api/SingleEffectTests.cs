using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Sharing;
using RetailInsight.Api.Webhooks;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The same request sent by fifty at once has the effect of one, and no bound gives way because many came to it together.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class SingleEffectTests(ApiHost host) : OwnCompanyTests(host)
{
    private const int Callers = 50;

    [Fact]
    public async Task One_file_of_staff_hours_counts_once_whoever_sends_it_again_meanwhile()
    {
        using var office = await SignInAsync("honbu");
        var rows = (from store in new[] { "S01", "S02" } from day in new[] { 12, 13, 14 } from hour in Enumerable.Range(10, 9) select (store, day, hour)).ToList();
        var file = "store,business_date,hour,planned_hours,actual_hours\n" + string.Concat(rows.Select(row => $"{row.store},2026-11-{row.day},{row.hour},{row.hour % 4},{row.hour % 3}.5\n"));
        var before = await ScalarAsync<long>("SELECT version FROM mart.data_version WHERE tenant = 'aoba'");
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => LoadAsync(office, file)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers, answer => answer.Body.GetProperty("changed").GetBoolean());
        Assert.Equal(
            ((long)rows.Count, rows.Sum(row => row.hour % 4 * 60L), rows.Sum(row => (row.hour % 3 * 60L) + 30)),
            await RowAsync<(long, long, long)>("SELECT count(*), sum(planned_minutes), sum(minutes) FROM mart.staff_hours WHERE tenant = 'aoba'"));
        Assert.Equal(before + 1, await ScalarAsync<long>("SELECT version FROM mart.data_version WHERE tenant = 'aoba'"));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action = 'staff_hours.replace'"));
    }

    [Fact]
    public async Task Of_two_files_of_the_same_days_one_holds_whole_and_never_some_rows_of_each()
    {
        using var office = await SignInAsync("honbu");
        string File(int minute, params int[] hours) => "store,business_date,hour,actual_hours\n" + string.Concat(hours.Select(hour => $"S01,2026-11-14,{hour},1:{minute:00}\n"));
        var files = new[] { File(10, 10, 11, 12), File(20, 11, 12, 13, 14) };
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(turn => LoadAsync(office, files[turn % 2])));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        var kept = await ScalarAsync<string>("SELECT string_agg(hour || ' ' || minutes, ', ' ORDER BY hour) FROM mart.staff_hours WHERE tenant = 'aoba'");
        Assert.Contains(kept, new[] { "10 70, 11 70, 12 70", "11 80, 12 80, 13 80, 14 80" });
        Assert.Equal(answers.Count(answer => answer.Body.GetProperty("changed").GetBoolean()), await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action = 'staff_hours.replace'"));
    }

    [Fact]
    public async Task Of_fifty_who_change_what_they_have_read_one_does_and_the_others_are_told()
    {
        using var office = await SignInAsync("honbu");
        var tag = (await office.GetAsync("/v1/users/kanto")).Headers.ETag!;
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async turn =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/users/kanto") { Content = JsonContent.Create(new { display_name = $"関東 {turn}", role = "area_manager", stores = new[] { "S01", "S02" } }) };
            request.Headers.IfMatch.Add(tag);
            using var answer = await office.SendAsync(request);
            return answer.StatusCode;
        }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Distinct().Order());
        var first = Array.IndexOf(answers, HttpStatusCode.OK);
        Assert.Equal(first, Array.LastIndexOf(answers, HttpStatusCode.OK));
        Assert.Equal($"関東 {first}", await ScalarAsync<string>("SELECT display_name FROM api.app_user WHERE login = 'kanto'"));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action = 'user.change' AND object = 'kanto'"));
    }

    [Theory]
    [InlineData("/v1/webhooks", """{"url":"https://erp.example.com/","events":["kpi.changed"]}""", "api.webhook_endpoint", WebhookRegister.MaxEndpoints)]
    [InlineData("/v1/alerts/rules", """{"name":"x","metric":"receipts","direction":"below","against":"value","threshold":"1"}""", "api.alert_rule", AlertRuleRegister.MostOfPerson)]
    [InlineData("/v1/annotations", """{"kind":"rain","from":"2026-11-14","to":"2026-11-14","visibility":"personal"}""", "api.annotation", AnnotationRegister.MostOfPerson)]
    public async Task A_bound_of_how_many_there_may_be_holds_against_many_at_once(string address, string body, string table, int most)
    {
        using var office = await SignInAsync("honbu");
        const int Left = 5;
        using (var content = Json(body))
        {
            Assert.Equal(HttpStatusCode.Created, (await office.PostAsync(address, content)).StatusCode);
        }

        await CopyAsync(table, most - Left);
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            using var content = Json(body);
            using var answer = await office.PostAsync(address, content);
            return answer.StatusCode;
        }));
        Assert.Equal(most, await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE tenant = 'aoba'"));
        Assert.Equal((Left, Callers - Left), (answers.Count(answer => answer == HttpStatusCode.Created), answers.Count(answer => answer == HttpStatusCode.Conflict)));
    }

    [Fact]
    public async Task The_bound_of_links_holds_against_many_at_once()
    {
        using var office = await SignInAsync("honbu");
        const string Page = "/?store=S01&date=2026-11-13";
        const int Left = 5;
        var field = System.Text.RegularExpressions.Regex.Match(await office.GetStringAsync(Page), """<input type="hidden" name="([^"]+)" value="([^"]+)">""");
        async Task<HttpStatusCode> ShareAsync()
        {
            using var content = new FormUrlEncodedContent([new(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)), new("page", "day"), new("filter", "?store=S01&date=2026-11-13"), new("days", "7")]);
            using var answer = await office.PostAsync("/shares", content);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await ShareAsync());
        await CopyAsync("api.share_link", ShareRegister.MostAlive - Left);
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => ShareAsync()));
        Assert.Equal(ShareRegister.MostAlive, await ScalarAsync<long>("SELECT count(*) FROM api.share_link WHERE tenant = 'aoba'"));
        Assert.Equal(
            $"{Left} OK, {Callers - Left} Conflict", string.Join(", ", answers.GroupBy(answer => answer).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}")));
    }

    [Fact]
    public async Task The_bound_of_waiting_exports_holds_against_many_at_once()
    {
        // Without an API over it, whose worker would make room meanwhile.
        await using var database = await Shared.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        using var audit = new AuditLog(database.Job, TimeProvider.System, NullLogger<AuditLog>.Instance);
        var (register, user) = (new ExportRegister(database.Job, audit), new SessionUser("honbu", "aoba", Role.HeadOffice, null, "ja", "本部 花子"));
        var ids = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => register.QueueAsync(new DefaultHttpContext(), user, ["store_day"], Company.Latest, Company.Latest, "csv", CancellationToken.None)));
        Assert.Equal(ExportRegister.MaxUnfinished, ids.Count(id => id is not null));
        await using var count = database.Owner.CreateCommand("SELECT count(*) FROM api.export");
        Assert.Equal((long)ExportRegister.MaxUnfinished, await count.ExecuteScalarAsync());
    }

    // The one row there is, until there are so many, each with an id of its own.
    private async Task CopyAsync(string table, int count)
    {
        await using var connection = await Database.Owner.OpenConnectionAsync();
        var columns = (await connection.QueryAsync<string>(
            "SELECT attname FROM pg_attribute WHERE attrelid = @table::regclass AND attnum > 0 AND NOT attisdropped AND NOT atthasdef ORDER BY attnum", new { table })).ToList();
        await connection.ExecuteAsync(
            $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", columns.Select(column => column == "token_hash" ? "sha256(n::text::bytea)" : column))} FROM {table} CROSS JOIN generate_series(2, @count) AS n WHERE tenant = 'aoba'",
            new { count });
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode Status, JsonElement Body)> LoadAsync(HttpClient client, string csv)
    {
        using var content = new StringContent(csv, new MediaTypeHeaderValue("text/csv"));
        using var answer = await client.PostAsync("/v1/staff-hours", content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<T> RowAsync<T>(string sql)
    {
        await using var connection = await Database.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql);
    }

    private Task<T> ScalarAsync<T>(string sql) => RowAsync<T>(sql);
}
