using System.Net;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Links for people without a login: made, followed, counted, ended.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class ShareTests(ApiHost host)
{
    [Fact]
    public async Task A_link_shows_its_page_to_whoever_has_it_and_leads_nowhere()
    {
        using var maker = await host.SignInAsync("honbu");
        var link = await ShareAsync(maker, "/period?store=S02&date=2026-11-14&grain=month");
        using var visitor = host.Stranger();
        var answer = await visitor.GetAsync(link);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("横浜みなとみらい店", html, StringComparison.Ordinal);
        Assert.Matches("本部 花子 さん（あおば商店）が共有したページです。2026/", html);
        var shown = Regex.Match(await maker.GetStringAsync("/period?store=S02&date=2026-11-14&grain=month"), """<p class="value">(¥[0-9,]+)</p>""").Groups[1].Value;
        Assert.Contains(shown, html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<a |<form|<button|<input|<select|<script|href=\"/(?!assets/)|action=", html);
        Assert.Equal(("noindex, nofollow, noarchive", "no-referrer", "no-store"), (Header(answer, "X-Robots-Tag"), Header(answer, "Referrer-Policy"), answer.Headers.CacheControl!.ToString()));
        Assert.Contains("""<meta name="robots" content="noindex, nofollow">""", html, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        // The token opens this and nothing else.
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/period?store=S02")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(link + "/period")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(link + "?store=S03")).StatusCode);
        Assert.DoesNotContain("難波", await visitor.GetStringAsync(link + "?store=S03"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_a_revoked_and_an_expired_link_answer_in_the_same_words_and_uses_are_counted()
    {
        using var maker = await host.SignInAsync("kanto");
        using var visitor = host.Stranger();
        var link = await ShareAsync(maker, "/?store=S01&date=2026-11-13", "1");
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(link)).StatusCode);
        }

        var list = await maker.GetStringAsync("/shares");
        Assert.Contains("3回（最後", list, StringComparison.Ordinal);
        Assert.DoesNotContain(link.Split('/')[^1], list, StringComparison.Ordinal);
        using (var other = await host.SignInAsync("honbu"))
        {
            Assert.DoesNotContain("/shares/" + Id(list), await other.GetStringAsync("/shares"), StringComparison.Ordinal);
        }

        var actions = await AuditAsync(Id(list));
        Assert.Equal(["share.create kanto", "share.first_use "], actions);
        Assert.Equal(HttpStatusCode.Redirect, (await maker.SendFormAsync("/shares", $"/shares/{Id(list)}/revoke")).StatusCode);
        Assert.Equal("share.revoke kanto", (await AuditAsync(Id(list)))[^1]);

        var gone = await GoneAsync(visitor, link);
        var expired = await ShareAsync(maker, "/?store=S01&date=2026-11-13", "1");
        await ExecuteAsync("UPDATE api.share_link SET expires_at = now() - interval '1 second' WHERE made_by = 'kanto' AND revoked_at IS NULL");
        Assert.Equal(gone, await GoneAsync(visitor, expired));
        Assert.Equal(gone, await GoneAsync(visitor, "/s/" + new string('A', 43)));
        Assert.Equal(gone, await GoneAsync(visitor, "/s/x"));
    }

    [Fact]
    public async Task A_link_ends_when_its_maker_sees_less_or_is_shut_out()
    {
        using var visitor = host.Stranger();
        await ExecuteAsync("INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name) SELECT 'sharer', 'aoba', password_hash, 'area_manager', '{S01,S02}', 'ja', '共有 五郎' FROM api.app_user WHERE login = 'honbu' ON CONFLICT DO NOTHING");
        using var maker = await host.SignInAsync("sharer");
        var one = await ShareAsync(maker, "/?store=S01");
        var chain = await ShareAsync(maker, "/?store=all");
        // More rights do not widen what was passed on.
        await ExecuteAsync("UPDATE api.app_user SET stores = '{S01,S02,S03}' WHERE login = 'sharer'");
        await Task.Delay(TimeSpan.FromSeconds(3.2));
        Assert.DoesNotContain("難波", await visitor.GetStringAsync(chain), StringComparison.Ordinal);
        await ExecuteAsync("UPDATE api.app_user SET stores = '{S02}' WHERE login = 'sharer'");
        await Task.Delay(TimeSpan.FromSeconds(3.2));
        var gone = await GoneAsync(visitor, one);
        Assert.Equal(gone, await GoneAsync(visitor, chain));
        await ExecuteAsync("UPDATE api.app_user SET stores = '{S01,S02}', disabled_at = now() WHERE login = 'sharer'");
        await Task.Delay(TimeSpan.FromSeconds(3.2));
        Assert.Equal(gone, await GoneAsync(visitor, one));
    }

    [Fact]
    public async Task Nobody_shares_what_they_do_not_see_and_nobody_revokes_the_link_of_another()
    {
        using var shibuya = await host.SignInAsync("shibuya");
        foreach (var (page, filter, days, status) in new[]
        {
            ("day", "?store=S02", "7", HttpStatusCode.NotFound), ("day", "?store=S99", "7", HttpStatusCode.NotFound), ("nowhere", "?store=S01", "7", HttpStatusCode.BadRequest),
            ("day", "?store=S01", "31", HttpStatusCode.BadRequest), ("day", "?store=S01&shop=1", "7", HttpStatusCode.BadRequest), ("day", "", "7", HttpStatusCode.BadRequest),
            ("period", "?store=S01&grain=decade", "7", HttpStatusCode.BadRequest), ("day", "?" + new string('x', 2000), "7", HttpStatusCode.BadRequest),
        })
        {
            Assert.Equal(status, (await shibuya.SendFormAsync("/?store=S01", "/shares", ("page", page), ("filter", filter), ("days", days))).StatusCode);
        }

        using var forged = new FormUrlEncodedContent([new("page", "day"), new("filter", "?store=S01"), new("days", "7")]);
        Assert.Equal(HttpStatusCode.BadRequest, (await shibuya.PostAsync("/shares", forged)).StatusCode);
        using var honbu = await host.SignInAsync("honbu");
        var link = await ShareAsync(honbu, "/health?store=S05");
        var id = Id(await honbu.GetStringAsync("/shares"));
        await ShareAsync(shibuya, "/?store=S01");
        var own = Id(await shibuya.GetStringAsync("/shares"));
        foreach (var foreign in new[] { id, new string('7', 32), "x" })
        {
            var token = Regex.Match(await shibuya.GetStringAsync("/shares"), """name="([^"]+)" value="([^"]+)">""");
            using var form = new FormUrlEncodedContent([new(token.Groups[1].Value, token.Groups[2].Value)]);
            Assert.Equal(HttpStatusCode.NotFound, (await shibuya.PostAsync($"/shares/{foreign}/revoke", form)).StatusCode);
        }

        Assert.NotEqual(id, own);
        using var visitor = host.Stranger();
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task Following_links_without_end_is_refused_with_the_time_to_wait()
    {
        await using var app = await ApiHost.StartAsync(host.Database, new() { ["Api:ShareViewsPerMinute"] = "5" });
        using var visitor = ApiHost.Client(ApiHost.AddressOf(app));
        for (var turn = 0; turn < 5; turn++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/s/none")).StatusCode);
        }

        var answer = await visitor.GetAsync("/s/none");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task No_token_lies_in_the_database()
    {
        using var maker = await host.SignInAsync("honbu");
        var token = (await ShareAsync(maker, "/traffic?store=all")).Split('/')[^1];
        Assert.Equal(43, token.Length);
        await using var command = host.Database.Owner.CreateCommand("SELECT count(*) FROM api.share_link WHERE position($1 in share_link::text) > 0 OR token_hash = convert_to($1, 'UTF8')");
        command.Parameters.Add(new() { Value = token });
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    private static async Task<string> ShareAsync(HttpClient maker, string page, string days = "7")
    {
        var answer = await maker.SendFormAsync(page, "/shares", ("days", days));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, html);
        return new Uri(Made().Match(html).Groups[1].Value).AbsolutePath;
    }

    private static async Task<string> GoneAsync(HttpClient visitor, string link)
    {
        var answer = await visitor.GetAsync(link);
        Assert.Equal((HttpStatusCode.NotFound, "no-referrer"), (answer.StatusCode, Header(answer, "Referrer-Policy")));
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static string Id(string list) => Revoke().Match(list).Groups[1].Value;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> AuditAsync(string id)
    {
        await using var command = host.Database.Owner.CreateCommand("SELECT action || ' ' || actor FROM audit.entry WHERE tenant = 'aoba' AND object = $1 ORDER BY seq");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    [GeneratedRegex("""<input class="address" value="([^"]+)" readonly>""")]
    private static partial Regex Made();

    [GeneratedRegex("action=\"/shares/([0-9a-f]{32})/revoke\"")]
    private static partial Regex Revoke();
}
