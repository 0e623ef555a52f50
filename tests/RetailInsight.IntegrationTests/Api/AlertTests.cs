using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Alerts;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Rules and what comes of them, through HTTP, real mail and real webhooks, on the night of the company's latest day.</summary>
[Collection(ApiCollections.Contract)]
public sealed partial class AlertTests(ApiHost host)
{
    private static readonly DateTimeOffset Night = new(2026, 11, 14, 23, 30, 0, TimeSpan.FromHours(9));

    [Fact]
    public async Task An_alert_is_told_once_held_on_incomplete_data_acknowledged_and_closed_by_a_correction()
    {
        await using var database = await FoundAsync();
        await using var mails = MailReceiver.Start();
        await using var hooks = await WebhookReceiver.StartAsync();
        await using var app = await StartAsync(database, mails);
        var address = ApiHost.AddressOf(app);
        using var office = await SignInAsync(address, "honbu");
        using var manager = await SignInAsync(address, "shibuya");
        using var area = await SignInAsync(address, "kanto");
        using var other = await SignInAsync(address, "camden");
        Assert.Equal(HttpStatusCode.Created, (await office.PostAsJsonAsync("/v1/webhooks", new { url = hooks.Address, events = new[] { "alert.opened", "alert.closed" } })).StatusCode);

        // Saturday brought half of the Saturday before in both; in S02 a register is silent.
        await SetNetAsync(database, "S01", 0.5m);
        await SetNetAsync(database, "S02", 0.5m);
        await ExecuteAsync(database, "UPDATE mart.data_health_day SET registers_reported = 1 WHERE store = 'S02' AND business_date = '2026-11-14'");
        var rule = await CreateAsync(office, new
        {
            name = "売上の急な落ち込み",
            metric = "net_sales",
            direction = "below",
            against = "weekday",
            threshold = "20",
            scope = "chain",
            recipients = new[] { "area@shop.example", "office@shop.example" },
        });

        var told = await mails.WaitAsync(2);
        Assert.Equal(["area@shop.example", "office@shop.example"], told.SelectMany(mail => mail.Recipients).Order());
        Assert.Equal("【アラート】売上の急な落ち込み 渋谷店 2026-11-14", told[0].Subject);
        Assert.Contains("-50.0%", told[0].Text.Replace('−', '-'), StringComparison.Ordinal);
        Assert.Contains("https://retail.example/?store=S01&date=2026-11-14", told[0].Text, StringComparison.Ordinal);
        Assert.Contains("レジがすべてそろったときだけ", told[0].Text, StringComparison.Ordinal);
        var opened = JsonDocument.Parse(Assert.Single(await hooks.WaitAsync(1)).Body).RootElement;
        Assert.Equal("alert.opened", opened.GetProperty("type").GetString());
        Assert.Equal("S01", Assert.Single(opened.GetProperty("data").GetProperty("alerts").EnumerateArray()).GetProperty("store").GetString());

        // Each sees the alerts of the own stores; another company none, in the words of what does not exist.
        var first = await AlertAsync(office, "S01");
        var second = await AlertAsync(office, "S02");
        Assert.Equal(("open", "none"), (first.GetProperty("state").GetString(), first.GetProperty("data_gap").GetString()));
        Assert.Equal(("held", "registers"), (second.GetProperty("state").GetString(), second.GetProperty("data_gap").GetString()));
        Assert.Equal(decimal.Parse(first.GetProperty("reference").GetString()!, null) / 2, decimal.Parse(first.GetProperty("figure").GetString()!, null));
        Assert.Equal(["S01"], await StoresAsync(manager));
        Assert.Equal(["S01", "S02"], await StoresAsync(area));
        Assert.Empty(await StoresAsync(other));
        var (one, two) = (first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/v1/alerts/{one}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.PostAsJsonAsync($"/v1/alerts/{two}/acknowledge", new { note = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await area.PostAsJsonAsync($"/v1/alerts/{two}/acknowledge", new { note = "" })).StatusCode);

        // The page: the form of the open one works without a script.
        var page = await manager.GetStringAsync("/alerts");
        Assert.Contains("渋谷店", page, StringComparison.Ordinal);
        Assert.DoesNotContain("横浜", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await manager.PostAsync("/alerts", Form(page, ("do", "acknowledge"), ("store", "S01"), ("alert", one!), ("note", "雨で休んだ <b>")))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsync("/alerts", new FormUrlEncodedContent([new("do", "acknowledge"), new("alert", one!)]))).StatusCode);
        first = await office.GetFromJsonAsync<JsonElement>($"/v1/alerts/{one}");
        Assert.Equal(("acknowledged", "shibuya", "雨で休んだ <b>"), (first.GetProperty("state").GetString(), first.GetProperty("acknowledged_by").GetString(), first.GetProperty("note").GetString()));
        Assert.Contains("雨で休んだ &lt;b&gt;", await manager.GetStringAsync("/alerts"), StringComparison.Ordinal);

        // A restart, a second process and more data repeat nothing.
        await using (await StartAsync(database, mails))
        {
            await BumpAsync(database);
            await EvaluatedAsync(database);
            Assert.Equal((2, 1), (mails.Received.Count, hooks.Received.Count));
        }

        // The silent register came: now S02 is told. S01 was corrected: it closes by itself, with what it was and is.
        await ExecuteAsync(database, "UPDATE mart.data_health_day SET registers_reported = 2 WHERE store = 'S02' AND business_date = '2026-11-14'");
        await SetNetAsync(database, "S01", 0.97m);
        await BumpAsync(database);
        var all = await mails.WaitAsync(6);
        Assert.Equal(
            ["【アラート】売上の急な落ち込み 横浜みなとみらい店 2026-11-14", "【解消】売上の急な落ち込み 渋谷店 2026-11-14"], all.Skip(2).Select(mail => mail.Subject).Distinct().Order(StringComparer.Ordinal));
        first = await office.GetFromJsonAsync<JsonElement>($"/v1/alerts/{one}");
        Assert.Equal(("closed", "corrected"), (first.GetProperty("state").GetString(), first.GetProperty("closed_why").GetString()));
        Assert.NotEqual(first.GetProperty("figure").GetString(), first.GetProperty("figure_when_opened").GetString());
        Assert.Equal(["alert.closed", "alert.opened", "alert.opened"], (await hooks.WaitAsync(3)).Select(message => JsonDocument.Parse(message.Body).RootElement.GetProperty("type").GetString()).Order());

        // What is listed can be saved, of the own stores alone.
        var saved = CsvRows.Of((await manager.GetStringAsync("/export/alerts/incidents.csv?store=all")).TrimStart('\uFEFF'));
        Assert.Equal(["2026-11-14", "S01", "渋谷店", "", "売上の急な落ち込み", "売上高(税抜)", "JPY", "closed"], saved[1][..8]);
        Assert.Equal(("雨で休んだ <b>", "数字が訂正された", 2), (saved[1][14], saved[1][^1], saved.Count));

        // A rule that is taken away closes what it opened and tells nobody.
        Assert.Equal(HttpStatusCode.NoContent, (await office.DeleteAsync($"/v1/alerts/rules/{rule}")).StatusCode);
        Assert.Equal("rule", (await office.GetFromJsonAsync<JsonElement>($"/v1/alerts/{two}")).GetProperty("closed_why").GetString());
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal(
            ["alert.acknowledge", "alert_rule.create", "alert_rule.remove"],
            (await connection.QueryAsync<string>("SELECT action FROM audit.entry WHERE tenant = 'aoba' AND action LIKE 'alert%'")).Order(StringComparer.Ordinal));
        Assert.Equal(6, mails.Received.Count);
    }

    [Fact]
    public async Task Rules_of_hours_so_far_targets_and_usual_days_are_held_to_their_figures_and_rights()
    {
        await using var database = await FoundAsync();
        await using var mails = MailReceiver.Start();
        await using var app = await StartAsync(database, mails);
        var address = ApiHost.AddressOf(app);
        using var office = await SignInAsync(address, "honbu");
        using var manager = await SignInAsync(address, "shibuya");
        using var area = await SignInAsync(address, "kanto");

        // Until 15:00: receipts of those hours alone, whatever the evening brought.
        await ExecuteAsync(database, "UPDATE mart.kpi_store_hour SET receipts = 0 WHERE store = 'S01' AND business_date = '2026-11-14' AND hour < 15");
        await CreateAsync(manager, new { name = "Until three", metric = "receipts", direction = "below", against = "value", threshold = "1", until_hour = 15, language = "en", recipients = new[] { "taro@shop.example" } });
        await CreateAsync(manager, new { name = "Nothing", metric = "receipts", direction = "below", against = "value", threshold = "1", language = "en" });
        var mail = Assert.Single(await mails.WaitAsync(1));
        Assert.Equal("Alert: Until three, 渋谷店, 2026-11-14", mail.Subject);
        Assert.Contains("Receipts until 15:00 below 1", mail.Text, StringComparison.Ordinal);

        // A personal rule is seen by its owner alone, and so is what it found.
        Assert.Equal(["S01"], await StoresAsync(manager));
        Assert.Empty(await StoresAsync(area));
        Assert.Empty(await StoresAsync(office));

        // Target and usual day are read from where pages read them. The day of S03, which trades until 26:00, is not over yet.
        await CreateAsync(office, new { name = "Target", metric = "net_sales", direction = "below", against = "target", threshold = "1", stores = new[] { "S01", "S02", "S03", "S06" }, registers_complete = false });
        await CreateAsync(office, new { name = "Usual", metric = "visitors", direction = "above", against = "expected", threshold = "0.5", registers_complete = false, minimum_coverage = "0" });
        await EvaluatedAsync(database);
        await using (var connection = await database.Owner.OpenConnectionAsync())
        {
            var below = await connection.QueryAsync<string>("SELECT store FROM mart.store_target WHERE metric = 'net_sales' AND business_date = '2026-11-14' AND actual < target * 0.99 AND store IN ('S01', 'S02', 'S06') ORDER BY 1");
            var found = await connection.QueryAsync<string>("SELECT store FROM api.alert_incident JOIN api.alert_rule USING (rule_id) WHERE name = 'Target' ORDER BY 1");
            Assert.Equal(below, found);
        }

        foreach (var (wrong, parameter) in new (object, string)[]
        {
            (new { name = "", metric = "net_sales", direction = "below", against = "value", threshold = "1" }, "name"),
            (new { name = "x", metric = "tender_receipts", direction = "below", against = "value", threshold = "1" }, "metric"),
            (new { name = "x", metric = "net_sales", direction = "under", against = "value", threshold = "1" }, "direction"),
            (new { name = "x", metric = "visitors", direction = "below", against = "target", threshold = "1" }, "against"),
            (new { name = "x", metric = "net_sales", direction = "below", against = "weekday", threshold = "-5" }, "threshold"),
            (new { name = "x", metric = "net_sales", direction = "below", against = "weekday", threshold = "1e3" }, "threshold"),
            (new { name = "x", metric = "late_receipts", direction = "above", against = "value", threshold = "1", until_hour = 12 }, "until_hour"),
            (new { name = "x", metric = "net_sales", direction = "below", against = "value", threshold = "1", stores = new[] { "S03" } }, "stores"),
            (new { name = "x", metric = "net_sales", direction = "below", against = "value", threshold = "1", recipients = new[] { "a@b.example\r\nBcc: c@d.example" } }, "recipients"),
        })
        {
            var answer = await manager.PostAsJsonAsync("/v1/alerts/rules", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(parameter, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("parameter").GetString()));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PostAsJsonAsync("/v1/alerts/rules", new { name = "x", metric = "net_sales", direction = "below", against = "value", threshold = "1", scope = "chain" })).StatusCode);

        // The form: a rule in plain words, faults named, changed, tested and taken away without a script.
        var page = await manager.GetStringAsync("/alerts?lang=en");
        var refused = await manager.PostAsync("/alerts", Form(page, ("do", "save"), ("store", "S01"), ("name", ""), ("metric", "conversion"), ("direction", "below"), ("against", "value"), ("threshold", "x"), ("language", "en")));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("The name has 1 to 100 characters.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var saved = await manager.PostAsync("/alerts", Form(page,
            ("do", "save"), ("store", "S01"), ("name", "<i>Door"), ("metric", "conversion"), ("direction", "below"), ("against", "value"), ("threshold", "12.5"), ("language", "en"),
            ("registers_complete", "on"), ("active", "on"), ("recipients", "taro@shop.example\r\nhanako@shop.example")));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var made = (await manager.GetFromJsonAsync<JsonElement>("/v1/alerts/rules")).GetProperty("items").EnumerateArray().Single(rule => rule.GetProperty("name").GetString() == "<i>Door");
        Assert.Equal(("0.125", "90", 2), (made.GetProperty("threshold").GetString(), made.GetProperty("minimum_coverage").GetString(), made.GetProperty("recipients").GetArrayLength()));
        var id = made.GetProperty("id").GetString()!;
        Assert.Contains("value=\"12.5\"", await manager.GetStringAsync($"/alerts?store=S01&rule={id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await area.GetAsync($"/alerts?rule={id}")).StatusCode);
        Assert.Equal("/alerts?store=S01&tested=2", (await manager.PostAsync("/alerts", Form(page, ("do", "test"), ("store", "S01"), ("rule", id)))).Headers.Location!.OriginalString);
        Assert.Equal(2, (await mails.WaitAsync(3)).Count(received => received.Subject == "Test: <i>Door"));
        Assert.Equal(HttpStatusCode.NotFound, (await area.PostAsync("/alerts", Form(await area.GetStringAsync("/alerts"), ("do", "remove"), ("store", "S01"), ("rule", id)))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manager.PostAsync("/alerts", Form(page, ("do", "remove"), ("store", "S01"), ("rule", id)))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/v1/alerts/rules/{id}")).StatusCode);
    }

    [Fact]
    public async Task A_muted_rule_tells_nobody_of_what_opens_or_closes_and_what_it_finds_stands_on_the_page()
    {
        await using var database = await FoundAsync();
        await using var mails = MailReceiver.Start();
        await using var app = await StartAsync(database, mails);
        using var office = await SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await SignInAsync(ApiHost.AddressOf(app), "shibuya");
        var rule = await CreateAsync(office, new { name = "落ち込み", metric = "net_sales", direction = "below", against = "weekday", threshold = "20", scope = "chain", recipients = new[] { "office@shop.example" } });
        var mute = $"/v1/alerts/rules/{rule}/mute";
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PutAsJsonAsync(mute, new { until = "2026-11-14", reason = "x" })).StatusCode);
        Assert.All(
            [new { until = "2026-11-13", reason = "x" }, new { until = "2027-03-01", reason = "x" }, new { until = "2026-11-20", reason = " " }],
            body => Assert.Equal(HttpStatusCode.BadRequest, office.PutAsJsonAsync(mute, body).Result.StatusCode));

        // By the form of the page, until the end of this very day.
        var page = await office.GetStringAsync("/alerts?store=all&lang=ja");
        Assert.Equal(HttpStatusCode.Redirect, (await office.PostAsync("/alerts", Form(page, ("do", "mute"), ("store", "all"), ("rule", rule), ("until", "2026-11-14"), ("reason", "<b>改装")))).StatusCode);
        await SetNetAsync(database, "S01", 0.5m);
        await BumpAsync(database);
        await EvaluatedAsync(database);
        var found = await AlertAsync(office, "S01");
        Assert.Equal(("open", true), (found.GetProperty("state").GetString(), found.GetProperty("muted").GetBoolean()));
        page = await manager.GetStringAsync("/alerts?store=S01&lang=ja");
        Assert.Contains("<bdi>11/14まで通知を止めています（honbu）</bdi><br><q>&lt;b&gt;改装</q>", page, StringComparison.Ordinal);
        Assert.Contains("だれにも知らせていません", page, StringComparison.Ordinal);

        // When it may speak again it tells of what comes, and not of the end of what nobody was told of.
        Assert.Equal(HttpStatusCode.OK, (await office.DeleteAsync(mute)).StatusCode);
        await SetNetAsync(database, "S01", 1m);
        await SetNetAsync(database, "S02", 0.5m);
        await BumpAsync(database);
        await EvaluatedAsync(database);
        Assert.Equal("closed", (await AlertAsync(office, "S01")).GetProperty("state").GetString());
        Assert.Contains("横浜みなとみらい店", Assert.Single(await mails.WaitAsync(1)).Subject, StringComparison.Ordinal);

        // What was told before the rule was muted closes without a word as well; a mute whose time is over is none.
        Assert.Equal(HttpStatusCode.OK, (await office.PutAsJsonAsync(mute, new { until = "2026-11-30", reason = "quiet" })).StatusCode);
        await SetNetAsync(database, "S02", 1m);
        await BumpAsync(database);
        await EvaluatedAsync(database);
        Assert.Equal("closed", (await AlertAsync(office, "S02")).GetProperty("state").GetString());
        await ExecuteAsync(database, "UPDATE api.alert_rule SET muted_to = '2026-11-14T14:00:00Z', muted_until = '2026-11-13'");
        await SetNetAsync(database, "S05", 0.5m);
        await BumpAsync(database);
        Assert.Equal(2, (await mails.WaitAsync(2)).Count);
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal(
            ["alert_rule.mute", "alert_rule.unmute", "alert_rule.mute"],
            await connection.QueryAsync<string>("SELECT action FROM audit.entry WHERE action LIKE 'alert_rule.%mute' ORDER BY seq"));
    }

    private static async Task<WebApplication> StartAsync(TestDatabase database, MailReceiver mails) => await ApiHost.StartAsync(
        database, new Dictionary<string, string?>(mails.Settings)
        {
            ["Api:Webhooks:AllowLoopback"] = "true",
            ["Api:Webhooks:Poll"] = "00:00:00.1",
            ["Api:Alerts:Poll"] = "00:00:00.1",
            ["Api:Alerts:Pause"] = "00:00:00",
            ["Api:Alerts:Every"] = "01:00:00",
            ["Api:KeysDirectory"] = Path.Combine(AppContext.BaseDirectory, "alert-test-keys"),
        },
        clock: new ThatNight());

    private static Task<HttpClient> SignInAsync(Uri address, string login) => KeptCookies.SignInAsync(address, login);

    private static async Task<string> CreateAsync(HttpClient client, object rule)
    {
        var answer = await client.PostAsJsonAsync("/v1/alerts/rules", rule);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> AlertAsync(HttpClient client, string store) =>
        Assert.Single((await client.GetFromJsonAsync<JsonElement>($"/v1/alerts?store={store}&from=2026-11-14&to=2026-11-14")).GetProperty("items").EnumerateArray());

    private static async Task<List<string?>> StoresAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/v1/alerts?state=open,held,acknowledged")).GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("store").GetString()).Distinct().Order()];

    private static FormUrlEncodedContent Form(string page, params (string Name, string Value)[] fields)
    {
        var token = TokenPattern().Match(page);
        return new([new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }

    private static Task BumpAsync(TestDatabase database) => ExecuteAsync(database, "UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'aoba'");

    [Fact]
    public async Task A_holiday_is_held_against_the_sunday_before_and_a_plain_day_never_against_a_holiday()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        var rule = new AlertRule(
            Guid.Empty, "aoba", null, "Sales fell", new AlertTest("net_sales", AlertTest.Below, AlertTest.Weekday, 20, null, false, null), ["S01"], [], "en", true, DateOnly.MaxValue);
        var (plain, holiday) = (new DateOnly(2026, 11, 10), new DateOnly(2026, 11, 3));
        var sight = await app.Services.GetRequiredService<MetricWatch>().LookAsync("aoba", [rule], new HashSet<(Guid, string, DateOnly)> { (rule.Id, "S01", plain), (rule.Id, "S01", holiday) }, CancellationToken.None);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        Task<decimal> NetAsync(string date) => connection.ExecuteScalarAsync<decimal>($"SELECT net / 1000000 FROM mart.kpi_store_day WHERE tenant = 'aoba' AND store = 'S01' AND business_date = '{date}'");
        Assert.Equal(await NetAsync("2026-10-27"), sight.Findings.Single(finding => finding.Date == plain).Reading.Reference);
        Assert.Equal(await NetAsync("2026-11-01"), sight.Findings.Single(finding => finding.Date == holiday).Reading.Reference);
    }

    private static async Task EvaluatedAsync(TestDatabase database)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        for (var wait = 0; wait < 400 && !await connection.ExecuteScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM api.alert_progress AS p JOIN mart.data_version AS v USING (tenant) WHERE tenant = 'aoba' AND data_version = version)"); wait++)
        {
            await Task.Delay(50);
        }

        await Task.Delay(300);
    }

    // A share of the Saturday before, in the day as in its hours.
    private static Task SetNetAsync(TestDatabase database, string store, decimal share) => ExecuteAsync(
        database,
        $"""
        UPDATE mart.kpi_store_day AS d SET net = trunc(b.net * {share.ToString(System.Globalization.CultureInfo.InvariantCulture)}) FROM mart.kpi_store_day AS b
        WHERE d.tenant = 'aoba' AND b.tenant = 'aoba' AND d.store = '{store}' AND b.store = '{store}' AND d.business_date = '2026-11-14' AND b.business_date = '2026-11-07'
        """);

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    // Every register reported; the days before Saturday are those of the week before, so that Saturday alone can be news.
    private async Task<TestDatabase> FoundAsync()
    {
        var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await ExecuteAsync(
            database,
            """
            INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, last_received_at, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
            SELECT tenant, store, business_date, 2, 2, 50, business_date + interval '22 hours', 0, 0, 0, 100, 100 FROM mart.kpi_store_day WHERE tenant = 'aoba';
            UPDATE mart.kpi_store_day AS d SET net = b.net FROM mart.kpi_store_day AS b
            WHERE d.tenant = 'aoba' AND b.tenant = 'aoba' AND d.store = b.store AND b.business_date = d.business_date - 7 AND d.business_date IN ('2026-11-13', '2026-11-14')
            """);
        return database;
    }

    private sealed class ThatNight : TimeProvider
    {
        private readonly TimeSpan _ahead = Night - System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)">""")]
    private static partial Regex TokenPattern();
}
