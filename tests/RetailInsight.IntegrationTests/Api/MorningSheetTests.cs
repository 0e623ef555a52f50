using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Morning;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The morning sheet: when it is sent, to whom, what is in it, and how it is stopped.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class MorningSheetTests(ApiHost host) : IAsyncLifetime
{
    private readonly MailReceiver _receiver = MailReceiver.Start();
    private readonly SetClock _clock = new();
    private WebApplication _one = null!;
    private WebApplication _two = null!;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(_receiver.Settings) { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:Mail:RecipientDomains:0"] = "aoba.example" };
        _one = await ApiHost.StartAsync(host.Database, settings, clock: _clock);
        _two = await ApiHost.StartAsync(host.Database, settings, clock: _clock);
        await ExecuteAsync("DELETE FROM api.morning_sheet; DELETE FROM api.morning_sheet_sent; DELETE FROM api.mail");
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task It_is_sent_once_a_person_and_day_after_the_hour_with_the_figures_of_the_page_and_stops_with_one_click()
    {
        using var shibuya = await SignInAsync("shibuya");
        Assert.Equal(HttpStatusCode.BadRequest, (await SubscribeAsync(shibuya, "taro@elsewhere.example", "S01", 7)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SubscribeAsync(shibuya, "taro@aoba.example", "S02", 7)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SubscribeAsync(shibuya, "taro@aoba.example", "S01", 7)).StatusCode);
        Assert.Contains("taro@aoba.example に 7 時", await shibuya.GetStringAsync("/morning"), StringComparison.Ordinal);
        using var honbu = await SignInAsync("honbu");
        Assert.Equal(HttpStatusCode.OK, (await SubscribeAsync(honbu, "honbu@aoba.example", "all", 8, "en")).StatusCode);

        Assert.Equal(0, await RoundAsync("2026-11-15 06:59"));
        Assert.Equal(1, await RoundAsync("2026-11-15 07:00"));
        Assert.Equal(1, await RoundAsync("2026-11-15 08:30"));
        Assert.Equal(0, await RoundAsync("2026-11-15 08:31"));
        var mails = await _receiver.WaitAsync(2);
        Assert.Equal(2, mails.Count);
        var mail = mails.Single(one => one.Recipients.Single() == "taro@aoba.example");
        var page = await shibuya.GetStringAsync("/?store=S01&date=2026-11-14");
        var net = Hero().Match(page).Groups[1].Value;
        Assert.Equal($"渋谷店 11/14(土) {net}", mail.Subject);
        foreach (var text in new[] { net, "渋谷店 2026年11月14日(土)", "今月", "確かめたいこと", "https://retail.example/?store=S01&date=2026-11-14" })
        {
            Assert.Contains(text, mail.Text, StringComparison.Ordinal);
            Assert.Contains(text, WebUtility.HtmlDecode(mail.Html), StringComparison.Ordinal);
        }

        // The parts of the change add up to it, to the yen.
        var parts = Part().Matches(mail.Text).Select(match => decimal.Parse(match.Groups[1].Value.Replace("¥", "", StringComparison.Ordinal).Replace("−", "-", StringComparison.Ordinal), NumberStyles.Number, CultureInfo.InvariantCulture)).ToList();
        using var figures = System.Text.Json.JsonDocument.Parse(await shibuya.GetStringAsync("/v1/metrics/query?metrics=net_sales&from=2026-11-14&to=2026-11-14&compare=previous_week&filter=store:S01"));
        Assert.InRange(parts.Count, 3, 4);
        Assert.Equal(figures.RootElement.GetProperty("rows")[0].GetProperty("values").GetProperty("net_sales").GetProperty("difference").GetString(), parts.Sum().ToString(CultureInfo.InvariantCulture));
        Assert.DoesNotContain("難波", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Active(), mail.Html);
        var chain = mails.Single(one => one.Recipients.Single() == "honbu@aoba.example");
        Assert.Contains("Needs attention", chain.Text, StringComparison.Ordinal);
        Assert.Contains("札幌店", chain.Text, StringComparison.Ordinal);

        var stop = Regex.Match(mail.Header("List-Unsubscribe")!, "^<https://retail.example(/unsubscribe/[A-Za-z0-9_-]{43})>$").Groups[1].Value;
        Assert.Equal("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post"));
        using var mailbox = ApiHost.Client(ApiHost.AddressOf(_two));
        Assert.Equal(HttpStatusCode.OK, (await mailbox.GetAsync(stop)).StatusCode);
        Assert.Contains("taro@aoba.example", await shibuya.GetStringAsync("/morning"), StringComparison.Ordinal);
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.OK, (await mailbox.PostAsync(stop, oneClick)).StatusCode);
        Assert.Contains("いまは申し込んでいません", await shibuya.GetStringAsync("/morning"), StringComparison.Ordinal);
        using var again = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.OK, (await mailbox.PostAsync(stop, again)).StatusCode);
        using var wrong = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.NotFound, (await mailbox.PostAsync("/unsubscribe/" + new string('A', 43), wrong)).StatusCode);
        Assert.Equal(2L, await CountAsync("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND object = 'shibuya' AND action LIKE 'morning_sheet.%'"));
    }

    [Fact]
    public async Task A_day_that_has_not_arrived_is_waited_for_and_then_sent_with_the_gap_on_top()
    {
        using var honbu = await SignInAsync("honbu");
        await SubscribeAsync(honbu, "honbu@aoba.example", "all", 7);
        Assert.Equal(0, await RoundAsync("2026-11-16 09:59"));
        Assert.Equal(1, await RoundAsync("2026-11-16 10:00"));
        Assert.Equal(0, await RoundAsync("2026-11-16 10:01"));
        var mail = (await _receiver.WaitAsync(1)).Single();
        Assert.StartsWith("【未着あり】", mail.Subject, StringComparison.Ordinal);
        Assert.InRange(mail.Text.IndexOf("データがそろっていません。まだ届いていない店舗：", StringComparison.Ordinal), 0, 60);
        Assert.Contains("渋谷店", mail.Text, StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM api.morning_sheet_sent WHERE whole"));
    }

    [Fact]
    public async Task Whoever_was_shut_out_or_sees_the_store_no_more_is_sent_nothing()
    {
        await ExecuteAsync(
            """
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name, disabled_at)
            SELECT 'gone', 'aoba', password_hash, 'store_manager', '{S01}', 'ja', 'x', now() FROM api.app_user WHERE login = 'honbu' ON CONFLICT DO NOTHING;
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT 'moved', 'aoba', password_hash, 'store_manager', '{S02}', 'ja', 'x' FROM api.app_user WHERE login = 'honbu' ON CONFLICT DO NOTHING;
            INSERT INTO api.morning_sheet VALUES ('aoba', 'gone', 'gone@aoba.example', 'S01', 5, 'ja', now()), ('aoba', 'moved', 'moved@aoba.example', 'S01', 5, 'ja', now()),
              ('thames', 'moved', 'moved@aoba.example', 'S01', 5, 'ja', now())
            """);
        Assert.Equal(0, await RoundAsync("2026-11-15 11:00"));
    }

    [Fact]
    public async Task The_preview_is_the_sheet_under_the_rules_of_pages()
    {
        using var shibuya = await SignInAsync("shibuya");
        var html = await shibuya.GetStringAsync("/morning/preview?store=S01&date=2026-11-14");
        Assert.Contains(Hero().Match(await shibuya.GetStringAsync("/?store=S01&date=2026-11-14")).Groups[1].Value, html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Active(), html);
        Assert.Equal(HttpStatusCode.NotFound, (await shibuya.GetAsync("/morning/preview?store=S02")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await shibuya.GetAsync("/morning/preview?shop=S01")).StatusCode);
    }

    [Fact]
    public async Task Open_alerts_and_what_others_noted_stand_in_the_sheet_and_the_month_beside_last_year()
    {
        await ExecuteAsync(
            """
            DELETE FROM api.annotation WHERE tenant = 'aoba' AND owner = 'sheet';
            INSERT INTO api.annotation (tenant, owner, kind, text, visibility, store, from_date, to_date) VALUES
              ('aoba', 'sheet', 'event', 'Marathon', 'store', 'S01', '2026-11-14', '2026-11-14'), ('aoba', 'sheet', 'sale', 'Fair', 'chain', NULL, '2026-11-13', '2026-11-15'),
              ('aoba', 'shibuya', 'note', 'My own', 'personal', NULL, '2026-11-14', '2026-11-14'), ('aoba', 'sheet', 'event', 'Elsewhere', 'store', 'S03', '2026-11-14', '2026-11-14');
            INSERT INTO api.alert_rule (rule_id, tenant, created_by, name, metric, direction, against, threshold, recipients, language, active, since)
            VALUES ('00000000-0000-0000-0000-0000000000aa', 'aoba', 'sheet', '会計の少ない日', 'receipts', 'below', 'value', 900, '{}', 'ja', false, '2026-11-01') ON CONFLICT DO NOTHING;
            INSERT INTO api.alert_incident (tenant, rule_id, store, business_date, state, gap, figure, data_version, opened_at)
            VALUES ('aoba', '00000000-0000-0000-0000-0000000000aa', 'S01', '2026-11-13', 'open', 'none', 812, 7, now()), ('aoba', '00000000-0000-0000-0000-0000000000aa', 'S02', '2026-11-13', 'open', 'none', 555, 7, now()),
              ('aoba', '00000000-0000-0000-0000-0000000000aa', 'S01', '2026-11-12', 'closed', 'none', 777, 7, now()) ON CONFLICT DO NOTHING;
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
            SELECT 'aoba', 'S01', day, 'JPY', 100000000000, 0, 100000000000, 10, 0, 0, 0, NULL, 0, 0, day + interval '40 hours' FROM generate_series('2025-11-01'::timestamp, '2025-11-30', '1 day') AS day ON CONFLICT DO NOTHING
            """);
        try
        {
            using var shibuya = await SignInAsync("shibuya");
            var html = WebUtility.HtmlDecode(await shibuya.GetStringAsync("/morning/preview?store=S01&date=2026-11-14"));
            var alerts = Section(html, "アラート（対応が必要）");
            Assert.Contains("渋谷店 11/13", alerts, StringComparison.Ordinal);
            Assert.Contains("会計の少ない日: 812（基準 900）", alerts, StringComparison.Ordinal);
            Assert.DoesNotContain("555", alerts, StringComparison.Ordinal);
            Assert.DoesNotContain("777", alerts, StringComparison.Ordinal);
            var notes = Section(html, "メモ");
            Assert.Contains("Marathon", notes, StringComparison.Ordinal);
            Assert.Contains("Fair", notes, StringComparison.Ordinal);
            Assert.DoesNotContain("My own", html, StringComparison.Ordinal);
            Assert.DoesNotContain("Elsewhere", html, StringComparison.Ordinal);
            Assert.Contains("¥1,400,000", Section(html, "今月"), StringComparison.Ordinal);

            // Two hours without a signal: what rests on the counter is called neither better nor worse.
            Assert.Equal(2, Regex.Count(Section(html, "昨日の結果"), "参考値"));
        }
        finally
        {
            await ExecuteAsync(
                """
                DELETE FROM api.alert_incident WHERE rule_id = '00000000-0000-0000-0000-0000000000aa'; DELETE FROM api.alert_rule WHERE rule_id = '00000000-0000-0000-0000-0000000000aa';
                DELETE FROM api.annotation WHERE tenant = 'aoba' AND (owner = 'sheet' OR text = 'My own'); DELETE FROM mart.kpi_store_day WHERE tenant = 'aoba' AND business_date < '2026-01-01'
                """);
        }
    }

    private static string Section(string html, string title)
    {
        var from = html.IndexOf($"<b>{title}</b>", StringComparison.Ordinal);
        Assert.True(from >= 0, title);
        return html[from..html.IndexOf("</table></td></tr>", from, StringComparison.Ordinal)];
    }

    private static DateTimeOffset Tokyo(string local) => new(DateTime.Parse(local, CultureInfo.InvariantCulture), TimeSpan.FromHours(9));

    private Task<HttpClient> SignInAsync(string login) => ApiHost.SignInAsync(ApiHost.AddressOf(_one), login);

    // Two processes at once, as in production. Only the round lives in another time: a browser would drop the cookies of a week ago.
    private async Task<int> RoundAsync(string local)
    {
        _clock.Now = Tokyo(local);
        var sent = await Task.WhenAll(
            _one.Services.GetRequiredService<MorningRound>().RunAsync(CancellationToken.None), _two.Services.GetRequiredService<MorningRound>().RunAsync(CancellationToken.None));
        _clock.Now = null;
        return sent.Sum();
    }

    private static Task<HttpResponseMessage> SubscribeAsync(HttpClient client, string mail, string store, int hour, string language = "ja") => client.SendFormAsync(
        "/morning", "/morning", ("mail", mail), ("store", store), ("hour", hour.ToString(CultureInfo.InvariantCulture)), ("language", language));

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex("""<p class="value">(¥[0-9,]+)</p>""")]
    private static partial Regex Hero();

    [GeneratedRegex(@"^  \S+  (\+?−?¥[0-9,]+)  \S+ → \S+$", RegexOptions.Multiline)]
    private static partial Regex Part();

    [GeneratedRegex(@"<script(?! src=""/assets/page\.)|\sstyle=|\son[a-z]+=|<style", RegexOptions.IgnoreCase)]
    private static partial Regex Active();

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset? Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now?.ToUniversalTime() ?? System.GetUtcNow();

        // The rounds of the services themselves, one a minute, do not come in between.
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            period == TimeSpan.FromMinutes(1) ? base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : base.CreateTimer(callback, state, dueTime, period);
    }
}
