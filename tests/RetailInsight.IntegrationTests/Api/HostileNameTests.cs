using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Names as a register or a vendor may send them, with elements, scripts, turns of the writing direction and beginnings of formulas:
/// of items, categories, tenders, discounts and registers. Pages and files show them as the text they are.
/// </summary>
[Collection(ApiCollections.Pages)]
public sealed partial class HostileNameTests(ApiHost host) : OwnCompanyTests(host)
{
    private static readonly string[] Names =
    [
        "\u202Egnp.exe", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title></svg><svg/onload=alert(1)>", "' onmouseover='alert(1)", "{{7*7}}${7*7}<%= 7*7 %>", "<!--", "]]>&amp;&#0;",
        "=HYPERLINK(\"http://evil.example\";\"x\")", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", "＋1", "\u22122+3", "\u200F\u2067x", "a,\"b\"\r\nc;d", "100％ 緑茶 🍵",
    ];

    // What a spreadsheet computes, also behind spaces.
    private static readonly string[] FirstCharactersOfFormulas = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var connection = await Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.kpi_item_day SELECT 'aoba', 'S01', day::date, 'item ' || n, name, name, true, 'JPY', (40 - n) * 1000000000, 0, (40 - n) * 1000000000, 1000000, 1, 0
            FROM unnest(@Names) WITH ORDINALITY AS named(name, n), generate_series(@Latest::timestamp, @Latest::timestamp, '1 day') AS day;
            INSERT INTO mart.kpi_item_day SELECT 'aoba', 'S02', @Latest, name, '', '', true, 'JPY', (40 - n) * 1000000000, 0, (40 - n) * 1000000000, 1000000, 1, 0 FROM unnest(@Names) WITH ORDINALITY AS named(name, n);
            INSERT INTO mart.kpi_category_day SELECT 'aoba', 'S01', @Latest, name, 'JPY', (40 - n) * 1000000000, 0, (40 - n) * 1000000000, 1000000, 1 FROM unnest(@Names) WITH ORDINALITY AS named(name, n);
            INSERT INTO mart.kpi_tender_day SELECT 'aoba', 'S01', @Latest, name, 'JPY', (40 - n) * 1000000000, 9 FROM unnest(@Names) WITH ORDINALITY AS named(name, n);
            INSERT INTO mart.kpi_discount_day SELECT 'aoba', 'S01', @Latest, name, name, 'JPY', (40 - n) * 1000000, 9 FROM unnest(@Names) WITH ORDINALITY AS named(name, n);
            INSERT INTO mart.kpi_tax_day SELECT 'aoba', 'S01', @Latest, 1000, name, 'JPY', 1000000, 100000, 1100000 FROM unnest(@Names) AS name;
            UPDATE mart.kpi_store_day SET discount = 50000000 WHERE tenant = 'aoba' AND store = 'S01';
            INSERT INTO mart.basket_pair SELECT 'aoba', 'S01', @Latest, name, 'x', 4, 9, 6, 100 FROM unnest(@Names[:9]) AS name;
            INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
            VALUES ('aoba', 'S01', @Latest, 3, 2, 90, 1, 5, 2, 0, 0) ON CONFLICT DO NOTHING;
            INSERT INTO mart.data_health_register (tenant, store, business_date, terminal, receipts, missing_numbers) SELECT 'aoba', 'S01', @Latest, name, 0, 0 FROM unnest(@Names) AS name;
            """,
            new { Names, Company.Latest });
    }

    [Fact]
    public async Task Pages_and_what_is_shared_of_them_show_them_as_text_that_does_nothing()
    {
        using var office = await SignInAsync("honbu");
        using var visitor = ApiHost.Client(Address);
        foreach (var (page, name, wanted) in new[]
        {
            ("/products?store=S01", "products", Names), ("/products?store=S02", "products", Names), ("/?store=S01", "day", Names), ("/period?store=S01", "period", Names), ("/health?store=S01", "health", Names),
        })
        {
            foreach (var language in new[] { "ja", "en" })
            {
                var html = await office.GetStringAsync($"{page}&date=2026-11-14&lang={language}");
                IsInert($"{page} {language}", html, wanted);
            }

            var link = await (await office.SendFormAsync($"{page}&date=2026-11-14", "/shares", ("page", name), ("filter", page[page.IndexOf('?', StringComparison.Ordinal)..] + "&date=2026-11-14"), ("days", "1"))).Content.ReadAsStringAsync();
            IsInert($"{page}, shared", await visitor.GetStringAsync(Link().Match(link).Groups[1].Value), wanted);
        }
    }

    [Fact]
    public async Task Files_of_pages_hold_no_cell_a_spreadsheet_would_compute_and_lose_no_name()
    {
        using var office = await SignInAsync("honbu");
        var (seen, offenders) = (new List<string>(), new List<string>());
        foreach (var page in new[] { "/products?store=S01", "/products?store=S02", "/?store=S01", "/period?store=S01", "/health?store=S01" })
        {
            var html = await office.GetStringAsync($"{page}&date=2026-11-14&lang=en");
            foreach (var address in Offer().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Where(address => address.Contains(".csv", StringComparison.Ordinal)).Distinct())
            {
                var bytes = await office.GetByteArrayAsync(address);
                var cp932 = address.Contains("cp932", StringComparison.Ordinal);
                var text = cp932 ? CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(bytes) : Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
                var cells = IsNeutral(address, text, offenders);
                foreach (var kind in new[] { "items", "categories", "tenders", "discounts", "registers", "pairs" }.Where(kind => !cp932 && address.Contains($"/{kind}.csv", StringComparison.Ordinal) && (kind == "items" || page.Contains("S01", StringComparison.Ordinal))))
                {
                    seen.Add(kind);
                    Assert.All(kind == "pairs" ? Names[..9] : Names, name => Assert.True(cells.Contains(name) || cells.Contains("'" + name), $"{address} lacks {JsonSerializer.Serialize(name)}"));
                }
            }
        }

        Assert.Equal("", string.Join('\n', offenders));
        Assert.Superset(new HashSet<string> { "items", "categories", "tenders", "discounts", "registers", "pairs" }, seen.ToHashSet());
    }

    [Fact]
    public async Task Bulk_exports_and_answers_as_csv_are_neutral_and_answers_as_json_exact()
    {
        using var office = await SignInAsync("honbu");
        string[] tables = ["item_day", "category_day", "tender_day", "discount_day", "tax_day", "basket_pair"];
        var accepted = await office.PostAsJsonAsync("/v1/exports", new { tables, from = "2026-11-14", to = "2026-11-14", format = "csv" });
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var operation = await ApiHost.ExportReadyAsync(office, accepted.Headers.Location!.OriginalString);
        var offenders = new List<string>();
        Assert.Equal(tables.Order(StringComparer.Ordinal), operation.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("table").GetString()).Order(StringComparer.Ordinal));
        foreach (var file in operation.GetProperty("files").EnumerateArray())
        {
            var (table, text) = (file.GetProperty("table").GetString()!, await office.GetStringAsync(file.GetProperty("href").GetString()));
            var cells = IsNeutral(table, text.TrimStart('\uFEFF'), offenders);
            Assert.All(table == "basket_pair" ? Names[..9] : Names, name => Assert.True(cells.Contains(name) || cells.Contains("'" + name), $"{table} lacks {JsonSerializer.Serialize(name)}"));
        }

        foreach (var (metric, dimension) in new[] { ("net_sales", "category"), ("net_sales", "item"), ("tender_amount", "tender"), ("discount", "discount_kind"), ("discount", "discount_label"), ("net_sales", "tax_category") })
        {
            var question = $"/v1/metrics/query?metrics={metric}&dimensions={dimension}&from=2026-11-14&to=2026-11-14&filter=store:{(dimension == "item" ? "S02" : "S01")}&limit=1000";
            var exact = (await office.GetFromJsonAsync<JsonElement>(question)).GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("dimensions").GetProperty(dimension).GetString()!).ToList();
            Assert.Superset(Names.ToHashSet(), exact.ToHashSet());
            foreach (var encoding in new[] { "utf-8", "cp932" })
            {
                var bytes = await office.GetByteArrayAsync($"{question}&format=csv&encoding={encoding}");
                IsNeutral($"{dimension} {encoding}", encoding == "cp932" ? CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(bytes) : Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), offenders);
            }
        }

        Assert.Equal("", string.Join('\n', offenders));
    }

    private static void IsInert(string where, string html, string[] wanted)
    {
        Assert.DoesNotMatch("<script(?! src=\"/assets/page\\.)|<img(?! src=\"/assets/mark\\.)|<svg/|<iframe|<!--|<%|\\son[a-z]+=\"", html);
        Assert.All(Names.Where(name => name.IndexOfAny(['<', '>', '"', '\'']) >= 0), name => Assert.DoesNotContain(name, html, StringComparison.Ordinal));

        // Each stands alone in an element whose direction is its own, or it would turn what stands beside it.
        var own = Own().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToHashSet();
        var missing = wanted.Where(name => !own.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"{where} lacks {JsonSerializer.Serialize(missing)}");
        var beside = WebUtility.HtmlDecode(Attribute().Replace(Own().Replace(html, ""), ""));
        Assert.True(!beside.Contains('\u202E', StringComparison.Ordinal), $"{where}: {beside[Math.Max(0, beside.IndexOf('\u202E', StringComparison.Ordinal) - 120)..][..Math.Min(240, beside.Length)]}");
    }

    // Every cell of the file.
    private static HashSet<string> IsNeutral(string file, string text, List<string> offenders)
    {
        var rows = CsvRows.Of(text);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        var cells = rows.SelectMany(row => row).ToHashSet();
        offenders.AddRange(cells
            .Where(cell => FirstCharactersOfFormulas.Any(first => cell.TrimStart(' ').StartsWith(first, StringComparison.Ordinal)) && !decimal.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
            .Select(cell => $"{file}: {JsonSerializer.Serialize(cell)}"));
        return cells;
    }

    [GeneratedRegex("""<a href="(/export/[^"]+)" download""")]
    private static partial Regex Offer();

    [GeneratedRegex("(/s/[A-Za-z0-9_-]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<bdi>([^<]*)</bdi>")]
    private static partial Regex Own();

    [GeneratedRegex("\\s[a-z-]+=\"[^\"]*\"")]
    private static partial Regex Attribute();
}
