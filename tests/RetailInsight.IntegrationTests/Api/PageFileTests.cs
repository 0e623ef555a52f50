using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Pages saved as files: the same numbers to the yen, for the same choices and the same people.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class PageFileTests(ApiHost host)
{
    public static TheoryData<string> Pages => ["/", "/today?date=2026-11-14", "/period", "/traffic", "/products", "/customers", "/stores", "/peers", "/health"];

    [Fact]
    public async Task The_key_figures_of_a_day_are_those_of_the_page_and_of_the_api_with_comparison_and_data_state()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/?store=S02&date=2026-11-12");
        var row = (await TableAsync(client, "/export/day/figures.csv?store=S02&date=2026-11-12&lang=en")).Single();
        var api = (await AnswerAsync(client, "/v1/metrics/query?metrics=net_sales,receipts,visitors,conversion,basket_value&dimensions=store&from=2026-11-12&to=2026-11-12&compare=previous_week&filter=store:S02")).GetProperty("rows")[0].GetProperty("values");
        foreach (var (column, metric) in new[] { ("Net sales", "net_sales"), ("Receipts", "receipts"), ("Visitors", "visitors"), ("Conversion", "conversion"), ("Basket value", "basket_value") })
        {
            Assert.Equal(Number(api.GetProperty(metric).GetProperty("value").GetString()!), Number(row[column]));
            Assert.Equal(Number(api.GetProperty(metric).GetProperty("comparison").GetString()!), Number(row[column + ", compared"]));
        }

        Assert.Contains($"¥{Number(row["Net sales"]).ToString("#,0", CultureInfo.InvariantCulture)}</p>", html, StringComparison.Ordinal);
        Assert.Equal(Number(row["Net sales"]) - Number(row["Net sales, compared"]), Number(row["Net sales, difference"]));
        Assert.Equal(("S02", "2026-11-12", "2026-11-05", "JPY", "1", "1"), (row["Store"], row["Business date"], row["Compared date"], row["Currency"], row["Stores expected"], row["Stores reported"]));
        Assert.EndsWith("+09:00", row["Computed at"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hours_days_and_stores_add_up_to_the_figures_and_silence_stays_empty()
    {
        using var client = await host.SignInAsync("honbu");
        await client.GetAsync("/?lang=en");
        var whole = Number((await TableAsync(client, "/export/day/figures.csv?store=all&date=2026-11-14"))[0]["Net sales"]);
        Assert.Equal(whole, (await TableAsync(client, "/export/day/hours.csv?store=all&date=2026-11-14")).Sum(row => row["Net sales"].Length == 0 ? 0 : Number(row["Net sales"])));
        Assert.Equal(whole, (await TableAsync(client, "/export/day/stores.csv?store=all&date=2026-11-14")).Sum(row => Number(row["Net sales"])));
        Assert.Equal(whole, Number((await TableAsync(client, "/export/day/days.csv?store=all&date=2026-11-14"))[^1]["Net sales"]));
        var month = await TableAsync(client, "/export/period/days.csv?store=all&date=2026-11-14&grain=month&compare=last_year_date");
        Assert.Equal(30, month.Count);
        Assert.Equal(Number((await TableAsync(client, "/export/period/figures.csv?store=all&date=2026-11-14&grain=month"))[0]["Net sales"]), month.Sum(row => row["Net sales"].Length == 0 ? 0 : Number(row["Net sales"])));

        var silent = (await TableAsync(client, "/export/day/hours.csv?store=S01&date=2026-11-14")).Where(row => row["State of the counters"] == "Silent").ToList();
        Assert.Equal(["13", "14"], silent.Select(row => row["Hour"]));
        Assert.All(silent, row => Assert.Equal(("", ""), (row["Visitors"], row["Conversion"])));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_file_a_page_offers_can_be_fetched_and_is_what_it_says(string page)
    {
        using var client = await host.SignInAsync("honbu");
        foreach (var store in new[] { "S02", "S04", "all" })
        {
            var html = await client.GetStringAsync($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}store={store}");
            var files = Offer().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToList();
            if (store != "all" || page != "/peers")
            {
                Assert.NotEmpty(files);
            }

            foreach (var file in files)
            {
                var answer = await client.GetAsync(file);
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file}: {answer.StatusCode}");
                Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                if (file.Contains("chart.svg", StringComparison.Ordinal))
                {
                    var drawing = XElement.Parse(Encoding.UTF8.GetString(bytes));
                    Assert.Equal("http://www.w3.org/2000/svg", drawing.Name.NamespaceName);
                    Assert.DoesNotContain("var(", drawing.Value, StringComparison.Ordinal);
                    Assert.DoesNotContain(drawing.Descendants(), element => element.Name.LocalName is "a" or "script");
                }
                else
                {
                    var cp932 = file.Contains("cp932", StringComparison.Ordinal);
                    Assert.Equal(cp932 ? "windows-31j" : "utf-8", answer.Content.Headers.ContentType!.CharSet);
                    Assert.Equal(!cp932, bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
                    var rows = CsvRows.Of(cp932 ? CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(bytes) : Encoding.UTF8.GetString(bytes.AsSpan(3)));
                    Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
                }
            }
        }
    }

    [Fact]
    public async Task A_name_a_spreadsheet_would_compute_is_neutral_and_the_file_is_of_the_stores_the_person_sees_alone()
    {
        await using (var arrange = host.Database.Owner.CreateCommand("UPDATE tenancy.store SET name = '=HYPERLINK(1)' WHERE tenant = 'thames' AND store = 'S01'"))
        {
            await arrange.ExecuteNonQueryAsync();
        }

        using var camden = await host.SignInAsync("camden");
        Assert.Contains(",'=HYPERLINK(1),", await camden.GetStringAsync("/export/day/figures.csv?store=S01"), StringComparison.Ordinal);
        await using (var back = host.Database.Owner.CreateCommand("UPDATE tenancy.store SET name = 'Camden' WHERE tenant = 'thames' AND store = 'S01'"))
        {
            await back.ExecuteNonQueryAsync();
        }

        using var kanto = await host.SignInAsync("kanto");
        await kanto.GetAsync("/?lang=en");
        Assert.Equal(["S01", "S02"], (await TableAsync(kanto, "/export/day/stores.csv?store=all")).Select(row => row["Store"]).Order(StringComparer.Ordinal));
        foreach (var address in new[] { "/export/day/figures.csv?store=S03", "/export/day/figures.csv?store=S99", "/export/day/nothing.csv?store=S01", "/export/nowhere/figures.csv" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await kanto.GetAsync(address)).StatusCode);
        }

        foreach (var address in new[] { "/export/day/figures.csv?date=today", "/export/day/figures.csv?shop=S01", "/export/day/figures.csv?encoding=utf-7", "/export/period/days.csv?grain=decade" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await kanto.GetAsync(address)).StatusCode);
        }
    }

    [Fact]
    public async Task Files_are_audited_and_five_hundred_a_minute_by_one_person_are_too_many()
    {
        await using var app = await ApiHost.StartAsync(host.Database, new() { ["Api:ChangesPerMinute"] = "20" });
        using var one = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "kanto");
        using var other = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var before = await AuditedAsync("kanto");
        var answers = new List<HttpResponseMessage>();
        for (var turn = 0; turn < 25; turn++)
        {
            answers.Add(await one.GetAsync("/export/peers/standings.csv?store=S01&date=2026-11-14"));
        }

        Assert.Equal(20, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Skip(20), answer =>
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        });
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/export/day/figures.csv?store=S01")).StatusCode);
        Assert.Equal(before + 20, await AuditedAsync("kanto"));
    }

    private async Task<long> AuditedAsync(string actor)
    {
        await using var command = host.Database.Owner.CreateCommand("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND actor = $1 AND action = 'export.page'");
        command.Parameters.Add(new() { Value = actor });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<List<Dictionary<string, string>>> TableAsync(HttpClient client, string address)
    {
        var rows = CsvRows.Of((await client.GetStringAsync(address)).TrimStart('\uFEFF'));
        return [.. rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static async Task<JsonElement> AnswerAsync(HttpClient client, string address)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(address));
        return document.RootElement.Clone();
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("""<a href="(/export/[^"]+)" download""")]
    private static partial Regex Offer();
}
