using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What people and programs see while the database is away, and after it came back.</summary>
[Collection(ApiHost.Collection)]
public sealed partial class OutageTests(ApiHost host)
{
    private const string Page = "/?store=S01&date=2026-11-13&lang=en";
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
            Assert.Contains(Notice, await client.GetStringAsync(Page, patience.Token), StringComparison.Ordinal);
        }

        line.Set(LineState.Open);
        await BackAsync(client);
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

    private static async Task AwayAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.StartsWith("text/html", answer.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<WebApplication> StartAsync(DatabaseLine line) => ApiHost.StartAsync(
        host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "1000" }, arrange: services => services
            .AddKeyedSingleton(DatabaseRole.App, (_, _) => line.Source(DatabaseRole.App)).AddKeyedSingleton(DatabaseRole.Job, (_, _) => line.Source(DatabaseRole.Job)));

    [GeneratedRegex(@"[¥￥][0-9,]+")]
    private static partial Regex Yen();
}
