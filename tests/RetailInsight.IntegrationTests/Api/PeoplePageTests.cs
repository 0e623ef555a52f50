using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The pages over people and the own login, filled in as a browser does.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class PeoplePageTests(ApiHost host)
{
    [Fact]
    public async Task Somebody_is_invited_chooses_a_password_by_the_link_and_sees_the_given_stores()
    {
        using var office = await host.SignInAsync("honbu");
        Assert.Contains("/people/new", await office.GetStringAsync("/people"), StringComparison.Ordinal);
        var answer = await office.SendFormAsync(
            "/people/new", "/people", ("name", "by-page"), ("display_name", "頁 六郎"), ("role", "area_manager"), ("store", "S01"), ("store", "S05"), ("language", "ja"));
        var link = new Uri(Link().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value).PathAndQuery;
        Assert.Contains("招待中", Row(await office.GetStringAsync("/people"), "by-page@aoba"), StringComparison.Ordinal);

        using var person = host.Stranger();
        var welcome = await person.GetAsync(link);
        Assert.Equal("no-referrer", welcome.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal(HttpStatusCode.BadRequest, (await person.SendFormAsync(link, "/welcome", ("password", "a password of mine"), ("again", "another one of mine"), ("login", "by-page@aoba"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.SendFormAsync(link, "/welcome", ("password", "short"), ("again", "short"), ("login", "by-page@aoba"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SendFormAsync(link, "/welcome", ("password", "a password of mine"), ("again", "a password of mine"), ("login", "honbu"))).StatusCode);
        var chosen = await person.SendFormAsync(link, "/welcome", ("password", "a password of mine"), ("again", "a password of mine"), ("login", "by-page@aoba"));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (chosen.StatusCode, chosen.Headers.Location!.OriginalString));
        var page = await person.GetStringAsync("/");
        Assert.Contains("札幌店", page, StringComparison.Ordinal);
        Assert.DoesNotContain("難波", page, StringComparison.Ordinal);
        using var second = host.Stranger();
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.SendFormAsync(link, "/welcome", ("password", "stolen password!"), ("again", "stolen password!"), ("login", "by-page@aoba"))).StatusCode);
    }

    [Fact]
    public async Task The_own_password_is_changed_with_the_present_one_and_ends_sessions_elsewhere()
    {
        await ArrangeAsync("selfchanger");
        using var here = await host.SignInAsync("selfchanger");
        using var elsewhere = await host.SignInAsync("selfchanger");
        Assert.Equal(HttpStatusCode.Unauthorized, (await here.SendFormAsync("/account", "/account/password", ("current", "wrong"), ("password", "the next password"), ("again", "the next password"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.SendFormAsync("/account", "/account/password", ("current", Company.Password), ("password", "the next password"), ("again", "the next password"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/account")).StatusCode);
        using var again = host.Stranger();
        Assert.Equal(HttpStatusCode.OK, (await again.PostAsJsonAsync("/v1/session", new { login = "selfchanger", password = "the next password" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await again.SendFormAsync("/account", "/account/sign-out")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await here.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Rights_are_changed_sessions_ended_people_shut_out_and_what_is_not_allowed_is_said()
    {
        await ArrangeAsync("managed");
        using var office = await host.SignInAsync("honbu");
        using var person = await host.SignInAsync("managed");
        var changed = await office.SendFormAsync("/people/managed", "/people/managed", ("display_name", "変更"), ("role", "store_manager"), ("store", "S02"), ("language", "en"));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/account")).StatusCode);
        using var now = await host.SignInAsync("managed");
        Assert.Contains("横浜", await now.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await now.GetAsync("/?store=S01")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync("/people/managed", "/people/managed/sign-out")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await now.GetAsync("/account")).StatusCode);
        // Somebody else saved in between: the version in the form is the one that was read.
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync(
            "/people/managed", "/people/managed", ("version", "1"), ("display_name", "x"), ("role", "head_office"), ("language", "ja"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/people/managed", "/people/managed", ("display_name", "x"), ("role", "store_manager"), ("language", "ja"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await office.SendFormAsync("/people/managed", "/people/managed", ("display_name", "x"), ("role", "admin"), ("language", "ja"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync(
            "/people/managed", "/people/managed", ("display_name", "変更"), ("role", "store_manager"), ("store", "S02"), ("language", "en"), ("disabled", "yes"))).StatusCode);
        using var out_ = host.Stranger();
        Assert.Equal(HttpStatusCode.Unauthorized, (await out_.PostAsJsonAsync("/v1/session", new { login = "managed", password = Company.Password })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync("/people/honbu", "/people/honbu", ("display_name", "x"), ("role", "head_office"), ("language", "ja"), ("disabled", "yes"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await office.SendFormAsync("/people/administrator", "/people/administrator/reset")).StatusCode);
        var reset = await office.SendFormAsync("/people/managed", "/people/managed/reset");
        Assert.Matches(Link(), await reset.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Nobody_finds_people_of_another_company_and_managers_find_none()
    {
        using var camden = await host.SignInAsync("camden");
        Assert.DoesNotContain("honbu", await camden.GetStringAsync("/people"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await camden.GetAsync("/people/honbu")).StatusCode);
        var token = Regex.Match(await camden.GetStringAsync("/people/new"), """name="([^"]+)" value="([^"]+)">""");
        foreach (var path in new[] { "/people/honbu", "/people/honbu/reset", "/people/honbu/sign-out" })
        {
            using var form = new FormUrlEncodedContent([new(token.Groups[1].Value, token.Groups[2].Value), new("version", "1"), new("display_name", "x"), new("role", "head_office"), new("language", "ja")]);
            Assert.Equal(HttpStatusCode.NotFound, (await camden.PostAsync(path, form)).StatusCode);
        }

        using var shibuya = await host.SignInAsync("shibuya");
        Assert.Equal(HttpStatusCode.Forbidden, (await shibuya.GetAsync("/people")).StatusCode);
        Assert.DoesNotContain("href=\"/people\"", await shibuya.GetStringAsync("/account"), StringComparison.Ordinal);
        using var supplier = await host.SignInAsync("supplier");
        Assert.Equal(HttpStatusCode.OK, (await supplier.GetAsync("/account")).StatusCode);
    }

    private async Task ArrangeAsync(string login)
    {
        await using var command = host.Database.Owner.CreateCommand(
            "INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) SELECT $1, 'aoba', password_hash, 'head_office', 'ja', $1 FROM api.app_user WHERE login = 'honbu' ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = login });
        await command.ExecuteNonQueryAsync();
    }

    private static string Row(string html, string login) => Regex.Matches(html, "<tr>.*?</tr>", RegexOptions.Singleline).Select(match => match.Value).Single(row => row.Contains(login, StringComparison.Ordinal));

    [GeneratedRegex("""<input class="address" value="([^"]+/welcome/[^"]+)" readonly>""")]
    private static partial Regex Link();
}
