using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The pages beside the day: today, week and month, traffic, peers.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class StorePageTests(ApiHost host)
{
    public static TheoryData<string> Addresses =>
    [
        "/today", "/today?store=S03", "/today?store=all&date=2026-11-14", "/today?store=S06&date=2026-11-13", "/period", "/period?store=all&grain=month", "/period?store=S04&grain=week&compare=last_year_weekday",
        "/period?store=S01&grain=month&compare=last_year_date&date=2028-02-29", "/traffic", "/traffic?store=all", "/traffic?store=S06", "/period?store=all&grain=quarter&compare=target", "/period?store=S01&grain=year&compare=previous_period", "/?store=all&compare=target", "/?store=S01&compare=last_year_date&date=2028-02-29", "/customers", "/customers?store=all", "/stores", "/stores?pick=S01&pick=S04&grain=hour&metric=conversion", "/stores?group=cluster:1&grain=month&total=average", "/peers", "/peers?store=all", "/peers?store=S04&date=2020-01-01", "/store-groups", "/store-groups?store=all", "/products", "/products?store=all", "/products?store=S04", "/health", "/health?store=all", "/health?store=S04&date=2026-11-13",
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Every_page_speaks_both_languages_without_inline_code_and_with_sound_charts(string address)
    {
        using var client = await host.SignInAsync("honbu");
        foreach (var language in new[] { "ja", "en" })
        {
            var answer = await client.GetAsync(address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
            Assert.DoesNotMatch(InlineCode(), html);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.Single(AriaCurrent().Matches(html));
            var ids = Ids().Matches(html).Select(match => match.Groups[1].Value).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.All(Svg().Matches(html), match => Assert.NotEmpty(XElement.Parse(match.Value.Replace("&#xB7;", "·", StringComparison.Ordinal)).Elements()));
            Assert.InRange(html.Length, 1, 120_000);
        }
    }

    [Theory]
    [InlineData("/period?grain=decade", HttpStatusCode.BadRequest)]
    [InlineData("/stores?grain=hour&metric=sales_per_square_metre", HttpStatusCode.BadRequest)]
    [InlineData("/stores?total=median", HttpStatusCode.BadRequest)]
    [InlineData("/period?compare=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/traffic?weeks=4", HttpStatusCode.BadRequest)]
    [InlineData("/today?date=0001-01-01", HttpStatusCode.BadRequest)]
    [InlineData("/peers?store=S99", HttpStatusCode.NotFound)]
    public async Task What_has_no_meaning_is_refused(string address, HttpStatusCode status)
    {
        using var client = await host.SignInAsync("honbu");
        Assert.Equal(status, (await client.GetAsync(address)).StatusCode);
    }

    [Theory]
    [InlineData("/today")]
    [InlineData("/period")]
    [InlineData("/traffic")]
    [InlineData("/peers")]
    [InlineData("/products")]
    [InlineData("/health")]
    public async Task A_manager_gets_own_stores_only_and_a_stranger_the_login(string path)
    {
        using var manager = await host.SignInAsync("shibuya");
        var html = await manager.GetStringAsync(path + "?store=S01");
        Assert.Contains("渋谷店", html, StringComparison.Ordinal);
        Assert.DoesNotContain("横浜みなとみらい店", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(path + "?store=S02")).StatusCode);
        using var stranger = host.Stranger();
        var answer = await stranger.GetAsync(path);
        Assert.True(answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task A_week_adds_up_to_its_days_and_is_compared_with_the_same_days()
    {
        using var client = await host.SignInAsync("honbu");
        var now = await NetAsync(client, "2026-11-09", "2026-11-14");
        var html = await client.GetStringAsync("/period?store=S02&grain=week&date=2026-11-14");
        Assert.Contains($"<p class=\"value\">¥{now.ToString("#,0", CultureInfo.InvariantCulture)}</p>", html, StringComparison.Ordinal);
        var then = await NetAsync(client, "2026-11-02", "2026-11-07");
        Assert.Contains($"同じ曜日(直前の週) ¥{then.ToString("#,0", CultureInfo.InvariantCulture)}", html, StringComparison.Ordinal);
        Assert.Contains("11/14 まで（途中）", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Today_is_measured_by_days_like_it()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/today?store=S02&date=2026-11-14");
        Assert.Contains("ここまでの売上高(税抜)", html, StringComparison.Ordinal);
        Assert.Contains("ふだん", html, StringComparison.Ordinal);
        Assert.Contains("土日 4日分の中央値", html, StringComparison.Ordinal);
        Assert.Contains("まだ集計されていません", await client.GetStringAsync("/today?store=S02&date=2026-12-24"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_hours_stand_beside_the_visitors_of_the_hours_somebody_planned_or_worked()
    {
        using var client = await host.SignInAsync("honbu");
        Assert.DoesNotContain("来店と人時", await client.GetStringAsync("/traffic?store=S02&date=2026-11-14"), StringComparison.Ordinal);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO mart.staff_hours (tenant, store, business_date, hour, minutes, planned_minutes) VALUES ('aoba', 'S02', '2026-11-14', 12, 90, 120), ('aoba', 'S02', '2026-11-07', 12, 150, 120), ('aoba', 'S02', '2026-11-13', 11, NULL, 60), ('aoba', 'S03', '2026-11-14', 12, 6000, 6000)");
        try
        {
            var visitors = await connection.ExecuteScalarAsync<decimal>(
                "SELECT avg(visitors) FROM mart.kpi_store_hour WHERE tenant = 'aoba' AND store = 'S02' AND hour = 12 AND extract(isodow FROM business_date) = 6 AND business_date BETWEEN '2026-10-18' AND '2026-11-14'");
            var html = await client.GetStringAsync("/traffic?store=S02&date=2026-11-14&lang=en");
            var table = html[html.IndexOf("Visitors and staff", StringComparison.Ordinal)..];
            string One(decimal value) => Math.Round(value, 1, MidpointRounding.AwayFromZero).ToString("0.0", CultureInfo.InvariantCulture);
            Assert.Contains($"<th scope=\"row\">Sat 12:00</th><td>{One(visitors)}</td><td>2.0</td><td>2.0</td><td>{One(visitors / 2)}</td>", table, StringComparison.Ordinal);
            Assert.Matches("<th scope=\"row\">Fri 11:00</th><td>[0-9.]+</td><td>1.0</td><td>—</td><td>—</td>", table);
            var row = CsvRows.Of((await client.GetStringAsync("/export/traffic/hours.csv?store=S02&date=2026-11-14")).TrimStart('\uFEFF')).Single(one => one is [_, _, _, _, "6", "12", ..]);
            Assert.Contains("2", row);
        }
        finally
        {
            await connection.ExecuteAsync("DELETE FROM mart.staff_hours WHERE tenant = 'aoba' AND business_date BETWEEN '2026-11-07' AND '2026-11-14'");
        }
    }

    [Fact]
    public async Task Late_data_is_told_to_whoever_has_the_page_open_with_was_is_and_why()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S02&date=2026-11-14");
        var seen = Seen().Match(html).Groups[1].Value;
        Assert.DoesNotContain("id=\"news\"", html, StringComparison.Ordinal);
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO mart.kpi_change (tenant, store, business_date, net_was, net_is, receipts_was, receipts_is, first, reason)
                VALUES ('aoba', 'S02', '2026-11-14', 1000000000, 1234000000, 10, 12, false, 'late_data'), ('thames', 'S01', '2026-11-14', 1000000000, 9876000000, 1, 2, false, 'late_data')
                """);
        }

        var news = await client.GetStringAsync($"/?store=S02&date=2026-11-14&seen={seen}");
        Assert.Contains("id=\"news\"", news, StringComparison.Ordinal);
        Assert.Matches("¥1,000</td><td>¥1,234</td><td>遅れて届いたデータ", news);
        Assert.DoesNotContain("9,876", news, StringComparison.Ordinal);
        Assert.Contains("href=\"/?store=S02&amp;date=2026-11-14\"", news, StringComparison.Ordinal);
        Assert.Contains("¥1,234", await client.GetStringAsync($"/period?store=all&date=2026-11-14&seen={seen}"), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"news\"", await client.GetStringAsync($"/?store=S03&date=2026-11-14&seen={seen}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/?seen=yesterday")).StatusCode);
    }

    private static async Task<decimal> NetAsync(HttpClient client, string from, string to)
    {
        using var days = JsonDocument.Parse(await client.GetStringAsync($"/v1/kpis/store-day?store=S02&from={from}&to={to}"));
        return days.RootElement.GetProperty("items").EnumerateArray().Sum(day => decimal.Parse(day.GetProperty("net_sales").GetString()!, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"<script(?! src=""/assets/page\.)|\sstyle=|\son[a-z]+=|javascript:|<style", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("data-seen=\"([0-9]+)\"")]
    private static partial Regex Seen();

    [GeneratedRegex("aria-current=\"page\"")]
    private static partial Regex AriaCurrent();

    [GeneratedRegex("""<svg class="(?:chart|strip|bullet).*?</svg>""", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("\\sid=\"([^\"]+)\"")]
    private static partial Regex Ids();
}
