using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Webhooks;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// For every operation of the document that names an object: one of another company, or of another manager, is answered as one that does
/// not exist, word for word. A parameter this test has never heard of fails it until a foreign and a made-up value are given here.
/// </summary>
[Collection(ApiCollections.Hardening)]
public sealed partial class ObjectLevelTests(ApiHost host)
{
    private const string Objects = @"^(tenancy\..*|api\.(app_user|annotation|alert_rule|alert_incident|webhook_endpoint|share_link|morning_sheet))$";

    [Fact]
    public async Task What_is_of_others_is_answered_like_what_does_not_exist()
    {
        await using var app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "1000", ["Api:ChangesPerMinute"] = "1000" }, arrange: services => services.AddSingleton(new HostLookup((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]))));
        await app.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        PredictionTests.Serve(app.Services, "osaka", "sales");
        var address = ApiHost.AddressOf(app);
        using var office = await ApiHost.SignInAsync(address, "honbu");
        using var engineer = await ApiHost.SignInAsync(address, "engineer");
        await using (var arrange = host.Database.Owner.CreateCommand(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a') ON CONFLICT DO NOTHING;
            INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name)
              SELECT 'thames-admin', 'thames', password_hash, 'admin', 'en', 'Admin' FROM api.app_user WHERE login = 'camden' ON CONFLICT DO NOTHING;
            INSERT INTO api.webhook_endpoint (endpoint_id, tenant, url, description, events, secret, created_by)
              VALUES ('0123456789abcdef0123456789abcdef', 'aoba', 'https://example.com/', '', '{kpi.changed}', '\x00', 'honbu') ON CONFLICT DO NOTHING;
            INSERT INTO api.alert_rule (rule_id, tenant, owner, created_by, name, metric, direction, against, threshold, language, since)
              VALUES ('1123456789abcdef0123456789abcdef', 'aoba', 'honbu', 'honbu', 'x', 'net_sales', 'below', 'value', 1, 'ja', '2026-11-01') ON CONFLICT DO NOTHING;
            INSERT INTO api.alert_incident (incident_id, tenant, rule_id, store, business_date, state, gap, data_version)
              VALUES (4711, 'aoba', '1123456789abcdef0123456789abcdef', 'S03', '2026-11-14', 'closed', 'none', 1) ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('aoba', 'foreign-doors', 'vendor-a') ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES ('aoba', 'foreign-door', 'foreign-doors', 900) ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('aoba', 'foreign-door', '*', '2026-11-01', 'S03') ON CONFLICT DO NOTHING;
            INSERT INTO api.annotation (annotation_id, tenant, kind, text, visibility, owner, from_date, to_date)
              VALUES ('2123456789abcdef0123456789abcdef', 'aoba', 'rain', '', 'personal', 'honbu', '2024-05-05', '2024-05-05') ON CONFLICT DO NOTHING
            """))
        {
            await arrange.ExecuteNonQueryAsync();
        }

        var key = (await (await office.PostAsJsonAsync("/v1/keys", new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = "of aoba" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetProperty("key_id").GetString()!;
        var triggered = await engineer.PostAsJsonAsync("/v1/ops/dags/store_kpis/runs", new { business_date = "2026-11-13" });
        var run = triggered.Headers.Location!.OriginalString.Split('/')[^1];
        var plan = (await engineer.PostAsJsonAsync($"/v1/ops/runs/{run}/plans", new { kind = "cancel" })).Headers.Location!.OriginalString.Split('/')[^1];
        var canceling = await engineer.PostAsJsonAsync($"/v1/ops/plans/{(await engineer.PostAsJsonAsync($"/v1/ops/runs/{run}/plans", new { kind = "cancel" })).Headers.Location!.OriginalString.Split('/')[^1]}/apply", new { reason = "x" });
        var action = (await canceling.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("action").GetProperty("action_id").ToString();
        await using (var arrange = host.Database.Owner.CreateCommand(
            $"""
            INSERT INTO dags.backfill (backfill_id, tenant, dag_id, first_date, last_date, selector, ordering, max_active_runs, state, actor, reason)
              OVERRIDING SYSTEM VALUE VALUES (4711, 'aoba', 'store_kpis', '2026-11-13', '2026-11-13', 'all', 'newest_first', 1, 'paused', 'honbu', 'x');
            INSERT INTO dags.plan (plan_id, kind, tenant, selection, state_hash, touched, actor, expires_at)
              OVERRIDING SYSTEM VALUE VALUES (4712001, 'backfill', 'aoba', jsonb_build_object(), '', '[]', 'honbu', now() + interval '1 hour');
            INSERT INTO dags.approval (approval_id, tenant, run_id, ti_id, digest, question, detail) OVERRIDING SYSTEM VALUE VALUES (4711, 'aoba', {run}, 0, 'x', 'x', '[]');
            INSERT INTO ml.review_case (case_id, tenant, reason, store, subject, business_date, as_of, uncertainty, chance, detail, expires_on)
              OVERRIDING SYSTEM VALUE VALUES (4711, 'aoba', 'wide_range', 'S03', 'net_sales', '2026-11-14', '2026-11-14', 1, 1, jsonb_build_object(), '2026-11-28');
            INSERT INTO mart.model_drift (tenant, as_of, model, verdict, reasons, days, forecasts, expected_days, missing_days) VALUES ('aoba', '2026-11-14', 'sales', 'steady', '[]', 0, 0, 0, 0) ON CONFLICT DO NOTHING;
            INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version) VALUES ('aoba', 'store_figures', '2026-11-14', 'S03', 1)
            """))
        {
            await arrange.ExecuteNonQueryAsync();
        }

        await ModelsOfACompany.RegisterAsync(host.Database.Job, "aoba");
        var export = (await office.PostAsJsonAsync("/v1/exports", new { tables = new[] { "store_day" }, from = "2026-11-01", to = "2026-11-14" })).Headers.Location!.OriginalString.Split('/')[^1];
        var ids = new Dictionary<string, (string Foreign, string Random)>
        {
            ["keyId"] = (key, new string('7', 32)),
            ["login"] = ("honbu", "somebody"),
            ["run"] = (run, "987654321"),
            ["dag"] = ("no_such_dag", "no_such_gad"),
            ["task"] = ("store_master", "no_such_task"),
            ["plan"] = (plan, "987654321"),
            ["action"] = (action, "987654321"),
            ["backfillPlan"] = ("4712001", "987654321"),
            ["backfill"] = ("4711", "987654321"),
            ["approval"] = ("4711", "987654321"),
            ["reviewCase"] = ("4711", "987654321"),
            ["asset"] = ("store_figures", "no_such_asset"),
            ["model"] = ("sales", "no-such-model"),
            ["date"] = ("2026-11-14", "2026-11-15"),
            ["older"] = ("4711001", "987654321"),
            ["newer"] = ("4711002", "987654322"),
            ["store"] = ("S03", "S99"),
            ["id"] = ("no_such_metric", "no_such_figure"),
            ["operationId"] = (export, new string('7', 32)),
            ["exportId"] = (export, new string('7', 32)),
            ["name"] = ("store_day-2026-11.csv", "store_day-2026-12.csv"),
            ["webhookId"] = ("0123456789abcdef0123456789abcdef", new string('7', 32)),
            ["deliveryId"] = ("1", "987654321"),
            ["ruleId"] = ("1123456789abcdef0123456789abcdef", new string('7', 32)),
            ["alertId"] = ("4711", "987654321"),
            ["month"] = ("no-such-month", "no-month-such"),
            ["device"] = ("foreign-door", "no-such-door"),
            ["deviceGroup"] = ("foreign-doors", "no-such-doors"),
            ["annotationId"] = ("2123456789abcdef0123456789abcdef", new string('7', 32)),
        };
        var fillings = new Dictionary<string, string> { ["from"] = "2026-11-01", ["to"] = "2026-11-14", ["date"] = "2026-11-14", ["month"] = "2026-11", ["task"] = "store_master" };
        var document = await office.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var before = await host.Database.DumpAsync(Objects);
        var (asked, offenders) = (0, new List<string>());
        using var stranger = ApiHost.Client(address);
        // The administrator of another company, who has every right there, and a manager of this one with other stores.
        foreach (var login in new[] { "thames-admin", "kanto" })
        {
            using var other = await ApiHost.SignInAsync(address, login);
            foreach (var (path, method, operation) in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject(), (path, one) => (path.Name, one.Name.ToUpperInvariant(), one.Value)))
            {
                var parameters = (operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : []).ToDictionary(one => one.GetProperty("name").GetString()!);
                var named = parameters.Where(one => one.Value.GetProperty("in").GetString() == "path" || one.Key is "store").Select(one => one.Key).ToList();
                foreach (var name in named)
                {
                    Assert.True(ids.ContainsKey(name), $"{method} {path}: give a foreign and a made-up value of '{name}'.");
                    var query = string.Join('&', parameters.Where(one => one.Value.GetProperty("in").GetString() == "query" && (one.Key == name || fillings.ContainsKey(one.Key)))
                        .Select(one => $"{one.Key}={(one.Key == name ? "{" + name + "}" : fillings[one.Key])}"));
                    var template = named.Where(one => one != name).Aggregate(path + (query.Length > 0 ? "?" + query : ""), (address, one) => address.Replace($"{{{one}}}", ids[one].Foreign, StringComparison.Ordinal));
                    var body = DocumentedBody.Of(document, method, path, operation);
                    var (foreign, random) = (await AskAsync(other, method, template, body, name, ids[name].Foreign), await AskAsync(other, method, template, body, name, ids[name].Random));
                    var anonymous = await AskAsync(stranger, method, template, body, name, ids[name].Foreign);
                    if (foreign != random || !(foreign.Status == 404 || (foreign.Status == 403 && login == "kanto")) || anonymous.Status != 401)
                    {
                        offenders.Add($"{login} {method} {path} by {name}: {foreign} against {random}, to nobody {anonymous}");
                    }

                    asked++;
                }
            }
        }

        Assert.True(offenders.Count == 0, string.Join('\n', offenders));
        Assert.Equal(before, await host.Database.DumpAsync(Objects));
        Assert.True(asked >= 20, $"{asked}");
        Assert.Contains("\"live\"", await office.GetStringAsync("/v1/keys"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await office.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task Whatever_a_question_about_figures_names_it_sums_to_the_own_company_alone()
    {
        using var office = await host.SignInAsync("camden");
        var random = new Random(20261121);
        var own = await TotalAsync(office, "");
        for (var turn = 0; turn < 150; turn++)
        {
            var stores = string.Concat(Enumerable.Range(0, random.Next(0, 3)).Select(_ => $"&store=S0{random.Next(1, 8)}"));
            var answer = await office.GetAsync($"/v1/kpis/store-day?from=2026-11-01&to=2026-11-14&limit=1000{stores}");
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("JPY|aoba|渋谷|横浜", text);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Assert.Equal(own, await TotalAsync(office, stores));
            }
        }
    }

    [Theory]
    [InlineData("camden", "thames", "JPY|aoba|渋谷|横浜")]
    [InlineData("honbu", "aoba", "GBP|thames|Camden")]
    public async Task Every_question_to_the_metrics_is_answered_from_the_own_company_alone_to_the_last_unit(string login, string tenant, string foreign)
    {
        using var client = await host.SignInAsync(login);
        await using var connection = await host.Database.Owner.OpenConnectionAsync();
        var days = (await connection.QueryAsync<(string Store, DateTime Date, long Net, long Receipts)>(
            "SELECT store, business_date::timestamp, net, receipts FROM mart.kpi_store_day WHERE tenant = @tenant AND business_date > '2026-10-01'", new { tenant })).ToList();
        var known = days.Select(day => day.Store).ToHashSet();
        var (random, answered) = (new Random(20261122), 0);
        for (var turn = 0; turn < 500; turn++)
        {
            var first = new DateOnly(2026, 10, 20).AddDays(random.Next(20));
            var last = first.AddDays(random.Next(20));
            string[] dimensions = [.. new[] { "store", "business_date", "weekday", "hour" }.Where(_ => random.Next(3) == 0)];
            string[] stores = [.. Enumerable.Range(1, 7).Where(_ => random.Next(6) == 0).Select(number => $"S0{number}")];
            var question = new Dictionary<string, object> { ["metrics"] = new[] { "net_sales", "receipts" }, ["from"] = Iso(first), ["to"] = Iso(last), ["dimensions"] = dimensions, ["limit"] = 1000 };
            if (stores.Length > 0)
            {
                question["filters"] = new[] { new { dimension = "store", values = stores } };
            }

            using var answer = random.Next(2) == 0 ? await client.PostAsJsonAsync("/v1/metrics/query", question) : await client.GetAsync(
                $"/v1/metrics/query?metrics=net_sales,receipts&from={Iso(first)}&to={Iso(last)}&limit=1000{(dimensions.Length > 0 ? "&dimensions=" + string.Join(',', dimensions) : "")}{string.Concat(stores.Select(store => $"&filter=store:{store}"))}");
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch(foreign, text);
            if (!stores.All(known.Contains))
            {
                Assert.True(answer.StatusCode == HttpStatusCode.NotFound, text);
                continue;
            }

            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            var page = JsonSerializer.Deserialize<JsonElement>(text);
            if (page.GetProperty("next_cursor").ValueKind == JsonValueKind.Null)
            {
                var asked = days.Where(day => DateOnly.FromDateTime(day.Date) is var date && date >= first && date <= last && (stores.Length == 0 || stores.Contains(day.Store))).ToList();
                var rows = page.GetProperty("rows").EnumerateArray().ToList();
                Assert.Equal(asked.Sum(day => day.Net) / 1_000_000m, rows.Sum(row => MetricQueryTests.Value(row, "net_sales") ?? 0));
                Assert.Equal(asked.Sum(day => day.Receipts), rows.Sum(row => MetricQueryTests.Value(row, "receipts") ?? 0));
                answered++;
            }
        }

        Assert.True(answered > 100, $"{answered}");
    }

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<(int Status, string Body)> AskAsync(HttpClient client, string method, string template, DocumentedBody? body, string name, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), template.Replace($"{{{name}}}", value, StringComparison.Ordinal));
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        request.Content = body is null ? null : new StringContent(body.Text, Encoding.UTF8, body.MediaType);
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, Trace().Replace(await answer.Content.ReadAsStringAsync(), "").Replace(value, "…", StringComparison.Ordinal));
    }

    private static async Task<decimal> TotalAsync(HttpClient client, string stores) =>
        (await client.GetFromJsonAsync<JsonElement>($"/v1/kpis/store-day?from=2026-11-01&to=2026-11-14&limit=1000{stores}")).GetProperty("items").EnumerateArray()
            .Sum(day => decimal.Parse(day.GetProperty("net_sales").GetString()!, CultureInfo.InvariantCulture));

    [GeneratedRegex("\"trace_?[iI]d\":\"[^\"]*\"")]
    private static partial Regex Trace();
}
