using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Sessions;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Pages)]
public sealed partial class SessionTests(ApiHost host)
{
    [Fact]
    public async Task A_right_password_opens_a_session_and_signing_out_ends_it()
    {
        using var client = await host.SignInAsync("shibuya");
        var who = await client.GetFromJsonAsync<JsonElement>("/v1/session");
        Assert.Equal("store_manager", who.GetProperty("role").GetString());
        Assert.Equal("S01", who.GetProperty("stores")[0].GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/v1/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task The_session_cookie_is_kept_from_scripts_and_other_sites()
    {
        using var client = host.Stranger();
        var answer = await client.PostAsJsonAsync("/v1/session", new { login = "honbu", password = Company.Password });
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("retailinsight.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("no-cache, no-store", answer.Headers.CacheControl!.ToString().Replace("no-store, no-cache", "no-cache, no-store", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("honbu", "wrong")]
    [InlineData("nobody", "wrong")]
    [InlineData("nul\0byte", "wrong")]
    public async Task A_wrong_password_and_an_unknown_login_get_the_same_answer(string login, string password)
    {
        using var client = host.Stranger();
        var answer = await client.PostAsJsonAsync("/v1/session", new { login, password });
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("credentials-invalid", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"login":"honbu"}""")]
    [InlineData("""{"login":"honbu","password":null}""")]
    [InlineData("""{"login":"honbu","password":"x","role":"admin"}""")]
    [InlineData("""{"login":"honbu","login":"camden","password":"x"}""")]
    [InlineData("""{"login":"half\ud800","password":"x"}""")]
    [InlineData("""{"login":""")]
    [InlineData("")]
    public async Task A_body_that_is_not_exactly_credentials_is_refused_with_a_problem(string body)
    {
        using var client = host.Stranger();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await client.PostAsync("/v1/session", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("request-invalid", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Guessing_is_slowed_with_429_and_a_time_to_wait()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        using var client = ApiHost.Client(ApiHost.AddressOf(app));
        HttpResponseMessage answer;
        var attempts = 0;
        do
        {
            answer = await client.PostAsJsonAsync("/v1/session", new { login = "guessed", password = "wrong" });
            attempts++;
        }
        while (answer.StatusCode == HttpStatusCode.Unauthorized && attempts < 30);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(11, attempts);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        // However long somebody goes on, and whichever door they take.
        var doors = new HashSet<HttpStatusCode>();
        var page = await client.GetStringAsync("/login");
        for (var turn = 0; turn < 300; turn++)
        {
            using var further = (turn % 3) switch
            {
                0 => await client.PostAsJsonAsync("/v1/session", new { login = "guessed", password = $"wrong {turn}" }),
                1 => await client.PostAsJsonAsync("/v1/session/password", new { login = "guessed", secret = $"wrong {turn}", password = "a long enough one" }),
                _ => await client.PostAsync("/login", Form(page, "guessed", $"wrong {turn}")),
            };
            doors.Add(further.StatusCode);
            Assert.InRange(further.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 1, 60);
        }

        Assert.Equal([HttpStatusCode.TooManyRequests], doors);
        using var another = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
    }

    [Fact]
    public async Task A_changed_password_ends_the_sessions_made_with_the_old_one()
    {
        await using var app = await ApiHost.StartAsync(host.Database, []);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "leaver");
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE api.app_user SET password_hash = @hash WHERE login = 'leaver'", new { hash = PasswordHash.Create("another one") });
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task Sessions_outlive_a_restart_when_keys_are_kept_in_a_directory()
    {
        var keys = Directory.CreateTempSubdirectory("retailinsight-keys");
        var settings = new Dictionary<string, string?> { ["Api:KeysDirectory"] = keys.FullName };
        var first = await ApiHost.StartAsync(host.Database, settings);
        using var client = ApiHost.Client(ApiHost.AddressOf(first));
        var answer = await client.PostAsJsonAsync("/v1/session", new { login = "honbu", password = Company.Password });
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        await first.DisposeAsync();

        await using var second = await ApiHost.StartAsync(host.Database, settings);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ApiHost.AddressOf(second), "/v1/session"));
        request.Headers.Add("Cookie", cookie);
        using var stranger = ApiHost.Client(ApiHost.AddressOf(second));
        Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(request)).StatusCode);
        keys.Delete(recursive: true);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_left_alone_and_when_it_is_old_however_busy()
    {
        var clock = new MovedClock();
        await using var app = await ApiHost.StartAsync(host.Database, [], clock: clock);
        using var idle = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var busy = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        for (var hours = 1.5; hours < 12; hours += 1.5)
        {
            clock.Ahead = TimeSpan.FromHours(hours);
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/v1/session")).StatusCode);
            if (hours > 3)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await idle.GetAsync("/v1/session")).StatusCode);
            }
        }

        clock.Ahead = TimeSpan.FromHours(12.1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await busy.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_let_somebody_who_was_shut_out_go_on()
    {
        var clock = new MovedClock();
        await using var app = await ApiHost.StartAsync(
            host.Database, [], arrange: services => services.Configure<Microsoft.Extensions.Caching.Memory.MemoryCacheOptions>(cache => cache.Clock = clock), clock: clock);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name)
            SELECT 'shut-out', 'aoba', password_hash, 'head_office', 'ja', 'x' FROM api.app_user WHERE login = 'honbu' ON CONFLICT DO NOTHING
            """);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "shut-out");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/session")).StatusCode);
        await connection.ExecuteAsync("UPDATE api.app_user SET disabled_at = now() WHERE login = 'shut-out'");
        clock.Ahead = TimeSpan.FromHours(-1);
        await Task.Delay(TimeSpan.FromSeconds(3.2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/session")).StatusCode);
    }

    [Fact]
    public async Task Keys_of_sessions_that_cannot_be_kept_stop_the_start_with_the_reason()
    {
        var file = Path.GetTempFileName();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiHost.StartAsync(host.Database, new() { ["Api:KeysDirectory"] = Path.Combine(file, "keys") }));
        Assert.Contains("Api:KeysDirectory", failure.Message, StringComparison.Ordinal);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task A_hash_made_with_less_work_is_replaced_when_its_person_signs_in()
    {
        var salt = new byte[16];
        var weak = $"pbkdf2-sha512$1000${Convert.ToBase64String(salt)}${Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Company.Password, salt, 1000, HashAlgorithmName.SHA512, 32))}";
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("UPDATE api.app_user SET password_hash = @weak WHERE login = 'kanto'", new { weak });
        using var client = await host.SignInAsync("kanto");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/session")).StatusCode);
        Assert.StartsWith("pbkdf2-sha512$210000$", await connection.ExecuteScalarAsync<string>("SELECT password_hash FROM api.app_user WHERE login = 'kanto'"), StringComparison.Ordinal);
        using var again = await host.SignInAsync("kanto");
    }

    [Fact]
    public async Task The_login_form_leads_to_the_page_that_was_asked_for()
    {
        using var client = host.Stranger();
        var refused = await client.GetAsync("/?store=S02&date=2026-11-13");
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        var login = refused.Headers.Location!.PathAndQuery;
        var form = await client.GetStringAsync(login);

        var answer = await client.PostAsync(FormAction(form), Form(form, "honbu", Company.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/?store=S02&date=2026-11-13", answer.Headers.Location!.OriginalString);
        Assert.Contains("横浜みなとみらい店", await client.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task The_login_form_never_leads_to_another_site(string address)
    {
        using var client = host.Stranger();
        var form = await client.GetStringAsync("/login?return=" + Uri.EscapeDataString(address));
        var answer = await client.PostAsync("/login?return=" + Uri.EscapeDataString(address), Form(form, "honbu", Company.Password));
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_form_that_did_not_come_from_our_page_signs_nobody_in()
    {
        using var client = host.Stranger();
        using var content = new FormUrlEncodedContent([new("login", "honbu"), new("password", Company.Password)]);
        var answer = await client.PostAsync("/login", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.Contains("session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_state_change_another_site_makes_in_the_browser_is_refused()
    {
        using var client = await host.SignInAsync("honbu");
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/session");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/session")).StatusCode);
    }

    private sealed class MovedClock : TimeProvider, Microsoft.Extensions.Internal.ISystemClock
    {
        public TimeSpan Ahead { get; set; }

        public DateTimeOffset UtcNow => GetUtcNow();

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }

    private static string FormAction(string html) => WebUtility.HtmlDecode(ActionPattern().Match(html).Groups[1].Value);

    private static FormUrlEncodedContent Form(string html, string login, string password)
    {
        var token = TokenPattern().Match(html);
        return new([new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), new("login", login), new("password", password)]);
    }

    [GeneratedRegex("""<form method="post" action="([^"]+)" class="stack">""")]
    private static partial Regex ActionPattern();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)">""")]
    private static partial Regex TokenPattern();
}
