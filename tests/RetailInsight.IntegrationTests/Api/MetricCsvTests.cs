using System.Globalization;
using System.Net;
using System.Text;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class MetricCsvTests(ApiHost host)
{
    private static readonly string[] Hostile =
        ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "  =1", "say \"yes\", no", "two\r\nlines", "飲料", "ふつう"];

    [Fact]
    public async Task Text_that_a_spreadsheet_would_compute_is_neutral_and_negative_amounts_stay_numbers()
    {
        await FillAsync("2025-07-01");
        using var client = await host.SignInAsync("camden");
        var answer = await client.GetAsync("/v1/metrics/query?metrics=net_sales&dimensions=category&from=2025-07-01&to=2025-07-01&format=csv");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var text = Encoding.UTF8.GetString(bytes.AsSpan(3));
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var rows = CsvRows.Of(text);
        Assert.Equal(["category", "currency", "net_sales", "store_days_expected", "store_days_reported", "coverage"], rows[0]);
        var amounts = rows.Skip(1).ToDictionary(row => row[0], row => decimal.Parse(row[2], CultureInfo.InvariantCulture));
        Assert.Equal(Hostile.Length, amounts.Count);
        for (var at = 0; at < Hostile.Length; at++)
        {
            var shown = amounts.Keys.Single(key => key == Hostile[at] || key == "'" + Hostile[at]);
            Assert.Equal(-(at + 1) - 0.5m, amounts[shown]);
            Assert.DoesNotContain(shown.TrimStart(' ')[0], "=+-@\t\r＝＋－＠");
        }
    }

    [Fact]
    public async Task Cp932_holds_what_it_can_and_lists_the_rest()
    {
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "INSERT INTO mart.kpi_category_day SELECT 'thames', 'S01', '2025-07-02', name, 'GBP', 1000000, 0, 1000000, 1, 1 FROM unnest(@names) AS name",
                new { names = new[] { "10〜20−—髙﨑①", "𠮷野家😀", "😀é" } });
        }

        using var client = await host.SignInAsync("camden");
        var answer = await client.GetAsync("/v1/metrics/query?metrics=net_sales&dimensions=category&from=2025-07-02&to=2025-07-02&format=csv&encoding=cp932");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(new HashSet<string> { "U+20BB7;n=1", "U+1F600;n=2", "U+00E9;n=1" }, [.. answer.Headers.GetValues("Unwritable-Characters").Single().Split(", ")]);
        var text = CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(["10～20－―髙﨑①", "〓〓", "〓野家〓"], CsvRows.Of(text).Skip(1).Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_file_holds_every_row_with_the_numbers_of_the_pages()
    {
        using var client = await host.SignInAsync("honbu");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/metrics/query?metrics=net_sales,conversion&dimensions=store,business_date&from=2026-10-26&to=2026-11-14&compare=previous_week&limit=5");
        request.Headers.Accept.ParseAdd("text/csv");
        var rows = CsvRows.Of((await (await client.SendAsync(request)).Content.ReadAsStringAsync()).TrimStart('\uFEFF'));
        Assert.Equal(1 + (6 * 20), rows.Count);
        Assert.Equal("store,business_date,currency,net_sales,net_sales_comparison,net_sales_difference,net_sales_change,conversion,conversion_comparison,conversion_difference,conversion_change,store_days_expected,store_days_reported,coverage", string.Join(",", rows[0]));
    }

    private async Task FillAsync(string date)
    {
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_category_day SELECT 'thames', 'S01', @date::date, name, 'GBP', -at * 1000000 - 500000, 0, -at * 1000000 - 500000, 0, 0
            FROM unnest(@names) WITH ORDINALITY AS hostile(name, at)
            """,
            new { date, names = Hostile });
    }
}
