using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What people and programs see while the database is away, and after it came back.</summary>
[Collection(ApiCollections.Hardening)]
public sealed partial class OutageTests(ApiHost host)
{
    private const string Page = "/?store=S01&date=2026-11-13&lang=en";
    private static readonly string[] Programs =
    [
        "/v1/stores", "/v1/kpis/store-day?from=2026-11-13&to=2026-11-14", "/v1/metrics/query?metrics=net_sales&from=2026-11-13&to=2026-11-14", "/v1/targets?store=S01&from=2026-11-13&to=2026-11-14", "/v1/calendar",
        "/v1/keys", "/v1/users", "/v1/audit", "/v1/webhooks", "/v1/alerts", "/v1/annotations?from=2026-11-13&to=2026-11-14",
    ];

    private const string Notice = "The database cannot be reached. These figures were read on";

    [Fact]
    public async Task A_page_seen_before_is_shown_with_its_time_while_the_database_is_away_and_anew_once_it_is_back()
    {
        await using var line = new DatabaseLine(host.Database);
        await using var app = await StartAsync(line);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var other = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        var before = await client.GetStringAsync(Page);
        Assert.DoesNotContain(Notice, before, StringComparison.Ordinal);
        using (var seen = await other.GetAsync("/today"))
        {
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        }

        line.Set(LineState.Cut);
        var during = await client.GetStringAsync(Page);
        Assert.Contains(Notice, during, StringComparison.Ordinal);
        Assert.Equal(Yen().Matches(before).Select(match => match.Value), Yen().Matches(during).Select(match => match.Value));
        await AwayAsync(client, "/?store=S01&date=2026-11-12");
        await AwayAsync(other, Page);
        using (var answer = await client.GetAsync("/v1/stores"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Contains("database-away", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Npgsql", text, StringComparison.Ordinal);
        }

        line.Set(LineState.Open);
        await BackAsync(client);
        using var again = await client.GetAsync("/v1/stores");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_database_that_says_nothing_holds_a_reader_up_for_seconds_only()
    {
        await using var line = new DatabaseLine(host.Database);
        await using var app = await StartAsync(line);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await client.GetStringAsync(Page);
        line.Set(LineState.Stalled);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20)))
        {
            var shown = client.GetStringAsync(Page, patience.Token);
            await Task.WhenAll(Programs.Select(address => AwayAsync(client, address, patience.Token)));
            Assert.Contains(Notice, await shown, StringComparison.Ordinal);
        }

        line.Set(LineState.Open);
        await BackAsync(client);
    }

    [Fact]
    public async Task A_database_with_no_connection_left_is_answered_as_one_that_is_away()
    {
        await using var line = new DatabaseLine(host.Database);
        await using var scarce = line.Source(DatabaseRole.App, pool => (pool.MaxPoolSize, pool.Timeout) = (1, 1));
        await using var app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "1000" }, arrange: services => services.AddKeyedSingleton(DatabaseRole.App, scarce));
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await client.GetStringAsync(Page);
        await using (await scarce.OpenConnectionAsync())
        {
            Assert.Contains(Notice, await client.GetStringAsync(Page), StringComparison.Ordinal);
            await AwayAsync(client, "/v1/stores");
            await AwayAsync(client, "/today");
        }

        await BackAsync(client);
    }

    [Fact]
    public async Task A_server_too_busy_to_answer_in_time_is_away_for_everything_but_a_question_that_can_be_asked_smaller()
    {
        await using var app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "1000" });
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await client.GetStringAsync(Page);
        await using (var connection = await host.Database.Owner.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("LOCK TABLE mart.kpi_store_day IN ACCESS EXCLUSIVE MODE");
            var shown = client.GetStringAsync(Page);
            var asked = client.GetAsync("/v1/metrics/query?metrics=net_sales&from=2026-11-13&to=2026-11-14");
            await Task.WhenAll(AwayAsync(client, "/v1/kpis/store-day?from=2026-11-13&to=2026-11-14"), AwayAsync(client, "/?store=S02&date=2026-11-13"));
            Assert.Contains(Notice, await shown, StringComparison.Ordinal);
            using var refused = await asked;
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        await BackAsync(client);
    }

    [Theory]
    [InlineData("25006")]
    [InlineData("53100")]
    [InlineData("53200")]
    [InlineData("53300")]
    [InlineData("57014")]
    [InlineData("57P03")]
    public async Task What_the_server_cannot_do_for_a_while_is_no_failure_of_ours(string state)
    {
        using var client = await host.SignInAsync("honbu");
        await using var connection = await host.Database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            CREATE OR REPLACE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END $$;
            CREATE TRIGGER not_now BEFORE INSERT ON api.annotation EXECUTE FUNCTION pg_temp.refuse()
            """);
        try
        {
            using var answer = await client.PostAsJsonAsync("/v1/annotations", new { kind = "rain", from = "2024-02-02", to = "2024-02-02", visibility = "personal", text = "" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.DoesNotContain("not now", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await connection.ExecuteAsync("DROP TRIGGER not_now ON api.annotation");
        }
    }

    [Fact]
    public async Task Connections_that_come_back_after_a_cut_show_nobody_the_rows_of_another_company()
    {
        await using var line = new DatabaseLine(host.Database);
        await using var app = await StartAsync(line);
        var address = ApiHost.AddressOf(app);
        using var ours = await ApiHost.SignInAsync(address, "honbu");
        using var theirs = await ApiHost.SignInAsync(address, "camden");
        var (our, their) = (await ours.GetStringAsync("/v1/stores"), await theirs.GetStringAsync("/v1/stores"));
        Assert.NotEqual(our, their);
        for (var round = 0; round < 5; round++)
        {
            var asked = Enumerable.Range(0, 20).Select(i => (Mine: i % 2 == 0, Answer: (i % 2 == 0 ? ours : theirs).GetAsync("/v1/stores"))).ToList();
            line.Set(LineState.Cut);
            line.Set(LineState.Open);
            foreach (var (mine, answer) in asked)
            {
                using var got = await answer;
                Assert.True(got.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, got.StatusCode.ToString());
                if (got.StatusCode == HttpStatusCode.OK)
                {
                    Assert.Equal(mine ? our : their, await got.Content.ReadAsStringAsync());
                }
            }
        }

        await BackAsync(ours);
        Assert.Equal(our, await ours.GetStringAsync("/v1/stores"));
        Assert.Equal(their, await theirs.GetStringAsync("/v1/stores"));
    }

    // Within seconds: connections that broke may still be in the pool.
    private static async Task BackAsync(HttpClient client)
    {
        for (var tries = 1; ; tries++)
        {
            using var answer = await client.GetAsync(Page.Replace("S01", "all", StringComparison.Ordinal));
            if (answer.StatusCode == HttpStatusCode.OK && !(await answer.Content.ReadAsStringAsync()).Contains(Notice, StringComparison.Ordinal))
            {
                return;
            }

            Assert.InRange(tries, 1, 20);
            await Task.Delay(250);
        }
    }

    private static async Task AwayAsync(HttpClient client, string address, CancellationToken cancellationToken = default)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(address, cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{address}: {answer.StatusCode}");
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(12), $"{address}: {Stopwatch.GetElapsedTime(began)}");
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero && answer.Headers.Contains("Content-Security-Policy"));
        Assert.StartsWith(address.StartsWith("/v1", StringComparison.Ordinal) ? "application/problem+json" : "text/html", answer.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync(cancellationToken), StringComparison.Ordinal);
    }

    private Task<WebApplication> StartAsync(DatabaseLine line) => ApiHost.StartAsync(
        host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "1000" }, arrange: services => services
            .AddKeyedSingleton(DatabaseRole.App, (_, _) => line.Source(DatabaseRole.App)).AddKeyedSingleton(DatabaseRole.Job, (_, _) => line.Source(DatabaseRole.Job)));

    [GeneratedRegex(@"[¥￥][0-9,]+")]
    private static partial Regex Yen();
}
