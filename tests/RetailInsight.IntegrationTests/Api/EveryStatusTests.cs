using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Fuzzing;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// The document promises no status that nobody has seen: for each operation and each of its statuses there is a request here that brings it about,
/// by rule where it comes from before the handler. The fuzz test holds the other way round, that nothing undocumented is answered.
/// </summary>
[Collection(ApiCollections.Hardening)]
public sealed partial class EveryStatusTests(ApiHost host, ITestOutputHelper output) : OwnCompanyTests(host)
{
    private const string Json = "application/json";
    private const string Rule = """{"name":"x","metric":"receipts","direction":"below","against":"value","threshold":"1","scope":"chain","active":false}""";
    private const string Webhook = """{"url":"https://erp.example.com/","events":["alert.opened"]}""";
    private const string Note = """{"kind":"rain","from":"2026-11-14","to":"2026-11-14","visibility":"chain"}""";
    private const string Key = """{"vendor":"vendor-a","feeds":["vendor-a"],"label":"one"}""";
    private const string Export = """{"tables":["store_day"],"from":"2026-11-13","to":"2026-11-14","format":"csv"}""";
    private const string Person = """{"name":"NAME","display_name":"x","role":"data_engineer","language":"en"}""";
    private const string Question = """{"metrics":["net_sales"],"dimensions":["store","business_date"],"from":"2026-11-10","to":"2026-11-14","limit":1}""";
    private const string Sold = "from=2026-11-10&to=2026-11-14";
    private const string Backfill = """{"dag":"store_kpis","from":"2026-10-01","to":"2026-10-02","selector":"all"}""";
    private const string Reason = """{"reason":"x"}""";
    private const string Password = """{"login":"LOGIN","secret":"TOKEN","password":"another horse battery"}""";

    // What an operation is asked with where its required parameters and an empty body are not enough.
    private static readonly Dictionary<string, (string Query, string Body)> Asked = new()
    {
        ["createSession"] = ("", $$"""{"login":"honbu","password":"{{Company.Password}}"}"""),
        ["setPassword"] = ("", Password),
        ["setCalendar"] = ("", """{"country":"JP","week_start":"monday","year_start_month":4,"month_pattern":"4-4-5","same_store_months":13}"""),
        ["enrolDevices"] = ("", "device,device_group,interval_seconds\nNAME-of-a-file,doors,900\n"),
        ["loadStaffHours"] = ("", "store,business_date,hour,actual_hours\nS01,2026-11-14,10,1\n"),
        ["createUser"] = ("", Person),
        ["changeUser"] = ("", """{"display_name":"y","role":"data_engineer","language":"en"}"""),
        ["queryMetricsByAddress"] = ("metrics=net_sales&from=2026-11-10&to=2026-11-14&dimensions=store,business_date&limit=1", ""),
        ["queryMetrics"] = ("", Question),
        ["createExport"] = ("", Export),
        ["createWebhook"] = ("", Webhook),
        ["updateWebhook"] = ("", Webhook),
        ["createAlertRule"] = ("", Rule),
        ["updateAlertRule"] = ("", Rule),
        ["muteAlertRule"] = ("", $$"""{"until":"{{TimeProvider.System.GetUtcNow().AddDays(2):yyyy-MM-dd}}","reason":"x"}"""),
        ["createAnnotation"] = ("", Note),
        ["updateAnnotation"] = ("", Note),
        ["listMonthTargets"] = ("month=2026-11", ""),
        ["reviseMonthTarget"] = ("", """{"amount":"9000000","expected_version":2,"reason":"x"}"""),
        ["setTargetPolicy"] = ("", """{"ambition":"0.5","start_probability":"0.6","least_probability":"0.5"}"""),
        ["setCompanyTargets"] = ("", """{"targets":[]}"""),
        ["setBenchmarkConsent"] = ("", """{"state":"not_sharing"}"""),
        ["createKey"] = ("", Key),
        ["triggerRun"] = ("", """{"business_date":"2026-11-14"}"""),
        ["listTaskLog"] = ("task=store_master", ""),
        ["followTaskLog"] = ("task=store_master", ""),
        ["createPlan"] = ("", """{"kind":"clear"}"""),
        ["applyPlan"] = ("", Reason),
        ["undoAction"] = ("", Reason),
        ["rollBackModel"] = ("", """{"reason":"x","expected_version":2}"""),
        ["pauseDag"] = ("", Reason),
        ["resumeDag"] = ("", Reason),
        ["getPartition"] = ("store=S01", ""),
        ["restorePartition"] = ("", """{"store":"S01","version":1,"reason":"x"}"""),
        ["releasePartition"] = ("", """{"store":"S01","reason":"x"}"""),
        ["planBackfill"] = ("", Backfill),
        ["applyBackfillPlan"] = ("", Reason),
        ["pauseBackfill"] = ("", Reason),
        ["resumeBackfill"] = ("", Reason),
        ["cancelBackfill"] = ("", Reason),
        ["approveApproval"] = ("", Reason),
        ["refuseApproval"] = ("", Reason),
        ["decideReviewCase"] = ("", """{"label":"right","note":"x"}"""),
        ["setApprovalGate"] = ("", """{"reason":"x","tolerance_per_mille":5,"older_than_days":1}"""),
        ["enrolDevice"] = ("", """{"device":"NAME","device_group":"doors","interval_seconds":900}"""),
        ["changeDevice"] = ("", """{"device_group":"doors","interval_seconds":900,"name":"North"}"""),
        ["mapDevice"] = ("", """{"lines":[{"line":"a","store":"S01","valid_from":"2026-11-01"}]}"""),
        ["calibrateDevice"] = ("", """{"calibrations":[{"line":"a","valid_from":"2026-11-01","by_hand":10,"by_device":9}]}"""),
        ["createDeviceKey"] = ("", """{"label":"one"}"""),
        ["routeDeviceGroup"] = ("", """{"feed":"vendor-a"}"""),
        ["listVisitorEstimates"] = (Sold + "&store=S01", ""),
        ["setStaffEntries"] = ("", """{"rules":[{"valid_from":"2026-11-01","per_day":40,"at_least":30,"at_most":50}]}"""),
        ["predict"] = ("", """{"rows":[{"store":"S01","date":"2026-11-15"}]}"""),
    };

    // Changes that want the tag of what stands at their own address.
    private static readonly string[] VersionedItself = ["changeUser", "setTargetPolicy", "setCompanyTargets", "setStaffEntries"];

    // Changes that want the tag of their device.
    private static readonly string[] Versioned = ["changeDevice", "mapDevice", "calibrateDevice", "retireDevice", "reopenDevice"];

    private readonly ConcurrentDictionary<string, bool> _seen = [];
    private List<ApiOperation> _operations = [];

    [Fact]
    public async Task Every_status_the_document_promises_can_be_brought_about()
    {
        await Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        PredictionTests.Serve(Services, "aoba", "sales");
        using (var reader = ApiHost.Client(Address))
        {
            _operations = [.. new ApiFuzzer(await reader.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), new Random(1), new Dictionary<string, string[]>()).Operations];
        }

        await using (var feeds = Database.Owner.CreateCommand("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('thames', 'vendor-a', 'vendor-a', 'vendor-a')"))
        {
            await feeds.ExecuteNonQueryAsync();
        }

        var (ours, spare, theirs) = (await ThingsAsync("administrator", "a"), await ThingsAsync("administrator", "b"), await ThingsAsync("camden", "c"));
        using var client = Client(Address);
        var (admin, leaver, vendor) = (await CookieAsync(client, "administrator"), await CookieAsync(client, "leaver"), await CookieAsync(client, "supplier"));
        foreach (var operation in _operations.OrderBy(one => one.Id is "deleteSession" or "deleteSessions"))
        {
            var things = (operation.Method == "DELETE" && operation.Id != "unmuteAlertRule") || operation.Id == "revokeKey" ? spare : ours;
            await RulesAsync(client, operation, things, theirs, operation.Id.StartsWith("deleteSession", StringComparison.Ordinal) ? leaver : admin, vendor);
        }

        await SpecialsAsync(client, ours, admin);
        await TooLongAsync(client, ours, admin);
        await PlatformAsync(ours);
        await ThrottledAsync(ours);
        await CutOffAsync(ours);
        await BrokenAsync(client, ours, admin);

        var promised = _operations.SelectMany(operation => operation.Statuses.Select(status => $"{operation.Id} {status}")).ToList();
        output.WriteLine($"{promised.Count} pairs of operation and status");
        Assert.True(promised.Count > 500);
        var (unseen, unsaid) = (string.Join(", ", promised.Except(_seen.Keys).Order(StringComparer.Ordinal)), string.Join(", ", _seen.Keys.Except(promised).Order(StringComparer.Ordinal)));
        Assert.True(unseen.Length == 0, $"The document promises what no request here brings about: {unseen}");
        Assert.True(unsaid.Length == 0, $"The document does not say that this is answered: {unsaid}");
    }

    // What holds for every operation alike, as far as its document says so.
    private async Task RulesAsync(HttpClient client, ApiOperation operation, Dictionary<string, string> things, Dictionary<string, string> theirs, string cookie, string vendor)
    {
        var right = await RightAsync(client, operation, things, cookie);
        var hasKey = operation.Definition.TryGetProperty("parameters", out var parameters) && parameters.EnumerateArray().Any(one => one.GetProperty("in").GetString() == "header");
        foreach (var status in operation.Statuses.Order(StringComparer.Ordinal))
        {
            Call[] tries = status switch
            {
                "200" or "201" or "202" or "204" => [hasKey ? right.With("Idempotency-Key", operation.Id) : right],
                "304" => [right.With("If-None-Match", "*"), right.With("If-None-Match", things.GetValueOrDefault("etag", "*"))],
                "400" => [right with { Query = "nothing=1" }, right with { Body = "{" }, right with { Query = "x=%00" }],
                "401" => [right with { Cookie = null }, right with { Body = operation.Id == "createSession" ? """{"login":"honbu","password":"wrong"}""" : Password }],
                "403" => [right with { Cookie = vendor }, right.With("Sec-Fetch-Site", "cross-site")],
                "404" => [right with { Path = Fill(operation.Path, theirs) }, right with { Query = (right.Query + "&store=S99").TrimStart('&') }, right with { Query = Regex.Replace(right.Query, "store=S01", "store=S99") }],
                "413" => [right with { Body = new string(' ', (1 << 20) + 1), Headers = hasKey ? [("Idempotency-Key", "long")] : [] }],
                "415" => [right with { Type = "text/plain", Body = "x" }, right.With("Content-Encoding", "gzip") with { Body = "x" }],
                "422" when hasKey => [right.With("Idempotency-Key", operation.Id) with { Query = "a=b" }],
                _ => [],
            };
            foreach (var one in tries)
            {
                if (_seen.ContainsKey($"{operation.Id} {status}"))
                {
                    break;
                }

                await SendAsync(client, operation, one);
            }
        }
    }

    // What only one operation answers.
    private async Task SpecialsAsync(HttpClient client, Dictionary<string, string> things, string cookie)
    {
        async Task<string> AskAsync(string id, Func<Call, Call> change)
        {
            var operation = _operations.Single(one => one.Id == id);
            return await SendAsync(client, operation, change(await RightAsync(client, operation, things, cookie)));
        }

        await AskAsync("reviseMonthTarget", one => one);
        await AskAsync("enrolDevice", one => one);
        await AskAsync("routeDeviceGroup", one => one with { Body = """{"feed":"nothing"}""" });
        await AskAsync("setCompanyTargets", one => one with { Path = "/v1/company-targets/2020-01" });
        await AskAsync("applyPlan", one => one);
        await AskAsync("undoAction", one => one);
        foreach (var id in new[] { "releasePartition", "applyBackfillPlan", "cancelBackfill", "resumeBackfill", "pauseBackfill", "approveApproval", "rollBackModel", "decideReviewCase" })
        {
            await AskAsync(id, one => one);
        }

        await AskAsync("restorePartition", one => one with { Body = one.Body!.Replace(":1", ":2", StringComparison.Ordinal) });
        foreach (var query in new[] { "", "a=b" })
        {
            await AskAsync("refuseApproval", one => (one with { Path = $"/v1/ops/approvals/{things["other approval"]}/refuse", Query = query }).With("Idempotency-Key", "refuse"));
        }

        await AskAsync("clearApprovalGate", one => one);
        await AskAsync("getApprovalGate", one => one);
        await AskAsync("setApprovalGate", one => one);
        await AskAsync("getApprovalGate", one => one);
        foreach (var id in new[] { "createUser", "createWebhook", "createKey", "createDeviceKey", "rotateKey", "resetPassword", "rotateWebhookSecret" })
        {
            await AskAsync(id, one => one.With("Idempotency-Key", id));
        }

        foreach (var (range, match) in new[] { ("bytes=0-9", ""), ("bytes=999999999-", ""), ("", "\"x\"") })
        {
            await AskAsync("getExportFile", one => range.Length > 0 ? one.With("Range", range) : one.With("If-Match", match));
        }

        foreach (var id in (string[])[.. VersionedItself, .. Versioned])
        {
            await AskAsync(id, one => one with { Headers = [] });
            await AskAsync(id, one => one with { Headers = [("If-Match", "\"99\"")] });
        }

        var tag = (await client.SendAsync(new Call("GET", "/v1/users/administrator", "", null, Json, cookie, []).Request())).Headers.ETag!.Tag;
        await AskAsync("changeUser", one => one with { Path = "/v1/users/administrator", Body = """{"display_name":"y","role":"head_office","language":"en"}""", Headers = [("If-Match", tag)] });
        await AskAsync("predict", one => one with { Body = """{"rows":[{"store":"S99","date":"2026-11-15"}]}""" });
        await AskAsync("loadStaffHours", one => one with { Body = "store\nS01\n" });
        await AskAsync("enrolDevices", one => one with { Body = "device\nx\n" });
        const string OneSim = "device,device_group,interval_seconds,network,subscriber\n";
        await AskAsync("enrolDevices", one => one with { Body = OneSim + "one-sim,doors,900,sim,1\n" });
        await AskAsync("enrolDevices", one => one with { Body = OneSim + "same-sim,doors,900,sim,1\n" });
        await AskAsync("queryMetrics", one => one with { Body = Question.Replace("\"limit\"", "\"filters\":[{\"dimension\":\"store\",\"values\":[\"S99\"]}],\"limit\"", StringComparison.Ordinal) });
        await AskAsync("queryMetricsByAddress", one => one with { Query = one.Query + "&filter=store:S99" });
        await AskAsync("queryMetrics", one => one with { Body = Question.Replace("\"store\"", "\"store\",\"item\",\"hour\"", StringComparison.Ordinal) });
        await AskAsync("queryMetricsByAddress", one => one with { Query = one.Query.Replace("=store", "=store,item,hour", StringComparison.Ordinal) });

        // Two pages of an answer, and new data between them.
        await ExecuteAsync(
            """
            INSERT INTO mart.kpi_item_day
            SELECT 'aoba', 'S01', day::date, 'page ' || n, '', '', true, 'JPY', n * net, 0, n * net, 1000000, 1, 0
            FROM generate_series('2026-10-25'::date, '2026-11-14', '1 day') AS day, generate_series(1, 3) AS n, LATERAL (SELECT 1000000 * (day::date - date '2026-10-01') AS net) AS sold
            """);
        static string Cursor(string page) => JsonDocument.Parse(page).RootElement.GetProperty("next_cursor").GetString()!;
        var cursor = Cursor(await AskAsync("queryMetrics", one => one));
        string[] lists = ["listProducts", "listProductMovers"];
        var begun = await Task.WhenAll(lists.Select(async id => (Id: id, Cursor: Cursor(await AskAsync(id, one => one with { Query = Sold + "&limit=1" })))));
        await ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'aoba'");
        await AskAsync("queryMetrics", one => one with { Body = Question.Replace("\"limit\"", $"\"cursor\":\"{cursor}\",\"limit\"", StringComparison.Ordinal) });
        await AskAsync("queryMetricsByAddress", one => one with { Query = $"{one.Query}&cursor={Uri.EscapeDataString(cursor)}" });

        foreach (var list in begun)
        {
            await AskAsync(list.Id, one => one with { Query = $"{Sold}&limit=1&cursor={Uri.EscapeDataString(list.Cursor)}" });
        }

        await ExecuteAsync("UPDATE api.alert_incident SET state = 'closed' WHERE tenant = 'aoba'");
        await AskAsync("acknowledgeAlert", one => one);
        await ExecuteAsync(
            """
            INSERT INTO api.alert_rule (tenant, created_by, name, metric, direction, against, threshold, language, since, removed_at)
            SELECT tenant, created_by, name, metric, direction, against, threshold, language, since, NULL FROM api.alert_rule CROSS JOIN generate_series(1, 500) WHERE tenant = 'aoba';
            INSERT INTO api.annotation (tenant, kind, text, visibility, owner, from_date, to_date)
            SELECT tenant, kind, text, visibility, owner, from_date, to_date FROM api.annotation CROSS JOIN generate_series(1, 2000) WHERE tenant = 'aoba'
            """);
        await AskAsync("createAlertRule", one => one);
        await AskAsync("createAnnotation", one => one);
    }

    // Figures that are locked away for longer than a question may take; twice, since a slow machine may give up a moment before the database does.
    private async Task TooLongAsync(HttpClient client, Dictionary<string, string> things, string cookie)
    {
        for (var turn = 0; turn < 2; turn++)
        {
            var calls = (await CallsAsync(client, things, cookie, "422")).Where(one => one.Call.Method == "GET" && !_seen.ContainsKey($"{one.Operation.Id} 422")).ToList();
            await using var connection = await Database.Owner.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("LOCK TABLE mart.kpi_store_day, mart.kpi_item_day, mart.kpi_category_day IN ACCESS EXCLUSIVE MODE", transaction: transaction);
            await Task.WhenAll(calls.Select(one => SendAsync(client, one.Operation, one.Call with { Query = one.Operation.Id.Contains("Peer", StringComparison.Ordinal) ? $"{Sold}&store=S01" : Sold })));
        }
    }

    private async Task ThrottledAsync(Dictionary<string, string> things)
    {
        await using var app = await StartAsync(new() { ["Api:ChangesPerMinute"] = "1", ["Api:LoginAttemptsPerMinute"] = "1", ["Dags:LogStreams"] = "1" });
        using var client = Client(ApiHost.AddressOf(app));
        var cookie = await CookieAsync(client, "administrator");
        var follow = _operations.Single(one => one.Id == "followTaskLog");
        var following = await RightAsync(client, follow, things, cookie);
        await Task.WhenAll(SendAsync(client, follow, following), SendAsync(client, follow, following));
        foreach (var operation in _operations.Where(one => one.Statuses.Contains("429")))
        {
            var right = await RightAsync(client, operation, things, cookie);
            for (var turn = 0; turn < 2 && !_seen.ContainsKey($"{operation.Id} 429"); turn++)
            {
                await SendAsync(client, operation, right);
            }
        }
    }

    private async Task CutOffAsync(Dictionary<string, string> things)
    {
        await using var line = new DatabaseLine(Database);
        await using var app = await StartAsync(new() { ["Api:LoginAttemptsPerMinute"] = "1000", ["Api:ChangesPerMinute"] = "1000" }, services => services
            .AddKeyedSingleton(DatabaseRole.App, (_, _) => line.Source(DatabaseRole.App)).AddKeyedSingleton(DatabaseRole.Job, (_, _) => line.Source(DatabaseRole.Job)));
        using var client = Client(ApiHost.AddressOf(app));
        var cookie = await CookieAsync(client, "administrator");
        var calls = await CallsAsync(client, things, cookie, "503");
        line.Set(LineState.Cut);
        await RightsForgottenAsync();
        foreach (var (operation, call) in calls)
        {
            await SendAsync(client, operation, call);
        }

        // What reads nothing more goes on for people whose rights are remembered, and not for somebody this instance has not met.
        app.Services.GetRequiredService<UserDirectory>().Forget("administrator");
        foreach (var (operation, call) in calls.Where(one => !_seen.ContainsKey($"{one.Operation.Id} 503")))
        {
            await SendAsync(client, operation, call);
        }
    }

    private async Task BrokenAsync(HttpClient client, Dictionary<string, string> things, string cookie)
    {
        var calls = await CallsAsync(client, things, cookie, "500");
        await ExecuteAsync("ALTER SCHEMA api RENAME TO lost");
        await RightsForgottenAsync();
        foreach (var (operation, call) in calls)
        {
            await SendAsync(client, operation, call);
        }
    }

    // Rights are known for three seconds without asking.
    private static Task RightsForgottenAsync() => Task.Delay(TimeSpan.FromSeconds(3.5));

    private async Task<List<(ApiOperation Operation, Call Call)>> CallsAsync(HttpClient client, Dictionary<string, string> things, string cookie, string status)
    {
        var calls = new List<(ApiOperation, Call)>();
        foreach (var operation in _operations.Where(one => one.Statuses.Contains(status)))
        {
            calls.Add((operation, await RightAsync(client, operation, things, cookie)));
        }

        return calls;
    }

    private static async Task<Call> RightAsync(HttpClient client, ApiOperation operation, Dictionary<string, string> things, string cookie)
    {
        var required = operation.Definition.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray()
            .Where(one => one.GetProperty("in").GetString() == "query" && one.TryGetProperty("required", out var must) && must.GetBoolean()).Select(one => one.GetProperty("name").GetString()) : [];
        var (query, body) = Asked.GetValueOrDefault(operation.Id, (string.Join('&', required.Select(name => $"{name}={(name == "store" ? "S01" : "2026-11-14")}")), "{}"));
        body = body.Replace("NAME", things["fresh"], StringComparison.Ordinal).Replace("LOGIN", things["login"], StringComparison.Ordinal).Replace("TOKEN", things["token"], StringComparison.Ordinal);
        var call = new Call(
            operation.Method, Fill(operation.Path, things), query, operation.Definition.TryGetProperty("requestBody", out _) ? body : null, operation.Id is "loadStaffHours" or "enrolDevices" ? "text/csv" : Json, cookie, []);
        return !VersionedItself.Contains(operation.Id) && !Versioned.Contains(operation.Id) ? call
            : call.With("If-Match", (await client.SendAsync(new Call("GET", Versioned.Contains(operation.Id) ? "/v1/devices/" + things["device"] : call.Path, "", null, Json, cookie, []).Request())).Headers.ETag?.Tag ?? "\"1\"");
    }

    private async Task<string> SendAsync(HttpClient client, ApiOperation operation, Call call)
    {
        using var request = call.Request();
        using var answer = await client.SendAsync(request);
        _seen[$"{operation.Id} {(int)answer.StatusCode}"] = true;
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private Task<WebApplication> StartAsync(Dictionary<string, string?> settings, Action<IServiceCollection>? arrange = null) => ApiHost.StartAsync(Database, settings, arrange: services =>
    {
        services.AddSingleton(new HostLookup((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")])));
        arrange?.Invoke(services);
    });

    private static HttpClient Client(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    private static async Task<string> CookieAsync(HttpClient client, string login)
    {
        using var answer = await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static string Fill(string path, Dictionary<string, string> things) => PathParameter().Replace(path, match => Uri.EscapeDataString(things[match.Groups[1].Value]));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
