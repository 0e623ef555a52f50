using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The rules a published help site of the field gives for pages about stores, each held to what our pages show.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class PublishedPageRulesTests(ApiHost host) : IAsyncLifetime
{
    private const string Tenant = "minato";

    public async Task InitializeAsync()
    {
        await CalendarCompany.FoundAsync(host.Database.Job);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM tenancy.tenant WHERE tenant = @Tenant)", new { Tenant }))
        {
            return;
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES (@Tenant, 'みなと', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.data_version VALUES (@Tenant, 1, now());
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines) VALUES (@Tenant, 'M1', 'みなと店', 'Asia/Tokyo', 600, 1200, 1);
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, discount, guests, computed_at)
            SELECT @Tenant, 'M1', day, 'JPY', net * 1000000::bigint, 0, net * 1000000::bigint, receipts, items * 1000000::bigint, 0, 0, 400, 600, 600, 0, 0, day + interval '40 hours'
            FROM (VALUES ('2026-06-08'::date, 100000, 100, 220), ('2026-06-15', 120000, 80, 200)) AS days(day, net, receipts, items);
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            SELECT 'minato-hq', @Tenant, password_hash, 'head_office', NULL, 'en', 'Minato' FROM api.app_user WHERE login = 'honbu';
            """,
            new { Tenant });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Sales_stand_on_top_and_are_taken_apart_downwards_each_figure_as_it_was_beside_as_it_is()
    {
        using var client = await host.SignInAsync("minato-hq");
        var html = await client.GetStringAsync("/?store=M1&date=2026-06-15");
        string[] order = ["card kpi hero", "card why", "<div class=\"charts\">"];
        Assert.Equal(order, order.OrderBy(part => html.IndexOf(part, StringComparison.Ordinal)));
        var nodes = Nodes(html);
        Assert.Equal(
            [
                ("Net sales = Receipts × Basket value", "¥120,000", "was ¥100,000"), ("Receipts = Visitors × Conversion", "80", "was 100"), ("Visitors", "400", "was 400"), ("Conversion", "20.0%", "was 25.0%"),
                ("Basket value = Items per receipt × Item price", "¥1,500", "was ¥1,000"), ("Items per receipt", "2.50", "was 2.20"), ("Item price", "¥600", "was ¥455"),
            ],
            nodes.Select(node => (node.Name, node.Now, node.Before)));
        Assert.Equal(20_000, nodes[0].Part);
        Assert.Equal(nodes[0].Part, nodes[1].Part + nodes[4].Part);
        Assert.Equal(nodes[1].Part, nodes[2].Part + nodes[3].Part);
        Assert.Equal(nodes[4].Part, nodes[5].Part + nodes[6].Part);
        Assert.Equal(0, nodes[2].Part);
    }

    [Fact]
    public async Task The_interface_takes_sales_apart_as_the_page_does_and_is_kept_until_new_data()
    {
        using var client = await host.SignInAsync("minato-hq");
        const string Address = "/v1/metrics/decomposition?from=2026-06-15&to=2026-06-15&compare=same_weekday&store=M1";
        var answer = await client.GetAsync(Address);
        var whole = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("JPY", "120000", "100000", "20000"), (Text(whole, "currency"), Text(whole, "value"), Text(whole, "comparison"), Text(whole, "difference")));
        var nodes = Nodes(await client.GetStringAsync("/?store=M1&date=2026-06-15")).Skip(1).ToList();
        var factors = whole.GetProperty("factors").EnumerateArray().ToList();
        Assert.Equal(
            ["receipts  80 100", "visitors receipts 400 400", "conversion receipts 0.2 0.25", "basket_value  1500 1000", "items_per_receipt basket_value 2.5 2.2", "price_per_item basket_value 600 454.55"],
            factors.Select(one => $"{Text(one, "factor")} {Text(one, "part_of")} {Plain(one, "value"):0.####} {Plain(one, "comparison"):0.####}"));
        Assert.Equal(nodes.Select(node => node.Part), factors.Select(one => Plain(one, "part")));
        Assert.Equal(20_000, factors.Where(one => Text(one, "part_of") is null).Sum(one => Plain(one, "part")));

        using var again = new HttpRequestMessage(HttpMethod.Get, Address);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Address.Replace("M1", "K1", StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(Address.Replace("same_weekday", "target", StringComparison.Ordinal))).StatusCode);
        var empty = await client.GetFromJsonAsync<JsonElement>(Address.Replace("06-15", "07-15", StringComparison.Ordinal));
        Assert.Equal((null, 0), (Text(empty, "value"), empty.GetProperty("factors").GetArrayLength()));
    }

    [Fact]
    public async Task Growth_and_decline_are_told_by_sign_word_and_colour()
    {
        using var client = await host.SignInAsync("minato-hq");
        var nodes = Nodes(await client.GetStringAsync("/?store=M1&date=2026-06-15"));
        Assert.All(nodes, node => Assert.Equal(
            node.Part > 0 ? ("up", "▲", "more") : node.Part < 0 ? ("down", "▼", "less") : ("flat", "→", "steady"), (node.Style, node.Arrow, node.Word)));
        Assert.Equal(["up", "down", "flat"], nodes.Select(node => node.Style).Distinct().OrderByDescending(style => style == "up").ThenBy(style => style));
        var styles = await client.GetStringAsync(Regex.Match(await client.GetStringAsync("/"), "href=\"(/assets/site[^\"]+)\"").Groups[1].Value);
        Assert.Matches(@"\.up b, span\.up \{ color: var\(--up\)", styles);
        Assert.Matches(@"\.down b, span\.down \{ color: var\(--down\)", styles);
    }

    [Fact]
    public async Task More_than_a_page_can_hold_is_said_and_not_shown_as_no_data()
    {
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO mart.kpi_discount_day SELECT @Tenant, 'M1', '2026-06-14', 'kind ' || number, 'x', 'JPY', 1000000, 1 FROM generate_series(1, 200001) AS number", new { Tenant });
        try
        {
            using var client = await host.SignInAsync("minato-hq");
            var page = await client.GetAsync("/?store=M1&date=2026-06-14");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
            Assert.Contains("Ask for fewer stores or a shorter time", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            var question = await client.GetAsync("/v1/metrics/query?metrics=discount&dimensions=discount_kind&from=2026-06-14&to=2026-06-14");
            Assert.Contains("query_too_expensive", await question.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await connection.ExecuteAsync("DELETE FROM mart.kpi_discount_day WHERE tenant = @Tenant", new { Tenant });
        }
    }

    [Fact]
    public async Task A_week_is_the_usual_period_and_days_months_quarters_and_years_can_be_chosen()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        var html = await client.GetStringAsync("/period?store=K1&date=2026-03-11&lang=en");
        Assert.Equal(["day", "week", "month", "quarter", "year"], Options(html, "grain").Select(option => option.Value));
        Assert.Equal("week", Assert.Single(Options(html, "grain"), option => option.Chosen).Value);
        Assert.Equal("Mon 9 March 2026 – Sun 15 March 2026", Span(html));
        foreach (var (grain, span) in new[] { ("month", "March 2026"), ("quarter", "Quarter 1 of 2026  Thu 1 January 2026 – Tue 31 March 2026"), ("year", "Year 2026  Thu 1 January 2026 – Thu 31 December 2026") })
        {
            Assert.Equal(span, Span(await client.GetStringAsync($"/period?store=K1&date=2026-03-11&grain={grain}")));
        }

        var day = await client.GetAsync("/period?store=K1&date=2026-03-11&grain=day&compare=last_year_date");
        Assert.Equal((HttpStatusCode.Redirect, "/?store=K1&date=2026-03-11&compare=last_year_date"), (day.StatusCode, day.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData("/?store=K1&date=2026-03-11&compare=last_year_date")]
    [InlineData("/period?store=K1&date=2026-03-11&grain=week&compare=previous_period")]
    [InlineData("/period?store=all&date=2026-02-11&grain=month&compare=last_year_weekday")]
    [InlineData("/period?store=K2&date=2026-02-11&grain=quarter&compare=target")]
    [InlineData("/period?store=K2&date=2025-12-11&grain=year&compare=previous_period")]
    public async Task Arrows_step_to_the_neighbouring_period_and_back_with_every_filter(string address)
    {
        using var client = await host.SignInAsync("hoshi-hq");
        var here = await client.GetStringAsync(address + "&lang=en");
        foreach (var (there, back) in new[] { ("prev", "next"), ("next", "prev") })
        {
            var step = Step(here, there);
            Assert.Equal(Filters(address), Filters(step));
            var other = await client.GetStringAsync(step);
            Assert.NotEqual(Span(here), Span(other));
            Assert.Equal(Span(here), Span(await client.GetStringAsync(Step(other, back))));
        }
    }

    [Theory]
    [InlineData("week", "2026-03-04", "2026-03-02", "2026-03-08")]
    [InlineData("month", "2026-02-10", "2026-02-01", "2026-02-28")]
    [InlineData("quarter", "2025-12-10", "2025-10-01", "2025-12-31")]
    public async Task The_previous_period_is_as_many_days_directly_before(string grain, string date, string from, string to)
    {
        var (first, last) = (DateOnly.ParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture), DateOnly.ParseExact(to, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        var days = last.DayNumber - first.DayNumber + 1;
        var rows = (await CalendarCompany.RowsAsync(host.Database.Job)).Where(row => row.Store == "K1").ToList();
        var (now, before) = (Sum(first), Sum(first.AddDays(-days)));
        using var client = await host.SignInAsync("hoshi-hq");
        var html = WebUtility.HtmlDecode(await client.GetStringAsync($"/period?store=K1&date={date}&grain={grain}&compare=previous_period&lang=en"));
        var hero = html[html.IndexOf("card kpi hero", StringComparison.Ordinal)..];
        hero = hero[..hero.IndexOf("</article>", StringComparison.Ordinal)];
        Assert.Contains($"<p class=\"value\">{Yen(now)}</p>", hero, StringComparison.Ordinal);
        Assert.Contains(Yen(before) + "</span>", hero, StringComparison.Ordinal);

        decimal Sum(DateOnly start) => rows.Where(row => row.Date >= start && row.Date < start.AddDays(days)).Sum(row => row.Net);
    }

    [Fact]
    public async Task Two_stores_are_two_lines_and_their_table_is_what_the_interface_answers()
    {
        using var client = await host.SignInAsync("hoshi-hq");
        var html = WebUtility.HtmlDecode(await client.GetStringAsync("/stores?store=all&pick=K1&pick=K3&grain=week&date=2026-03-20&lang=en"));
        var chart = Regex.Match(html, "<svg class=\"chart desk\".*?</svg>", RegexOptions.Singleline).Value;
        Assert.Equal(["line line-1", "line line-2"], Regex.Matches(chart, "<path class=\"(line [^\"]+)\"").Select(match => match.Groups[1].Value));
        var answer = await client.GetFromJsonAsync<JsonElement>(
            "/v1/metrics/query?metrics=net_sales&dimensions=business_date,store&grain=week&filter=store:K1&filter=store:K3&from=2025-12-22&to=2026-03-20&limit=1000");
        var expected = answer.GetProperty("rows").EnumerateArray().Select(row => Yen(MetricQueryTests.Value(row, "net_sales")!.Value)).ToList();
        Assert.Equal(26, expected.Count);
        Assert.Equal(expected, Course(html).SelectMany(row => row.Values));
    }

    [Theory]
    [InlineData("hoshi-hq", "pick=K1&pick=K3&date=2026-03-20", "hour", 0, "", "")]
    [InlineData("honbu", "pick=S01&pick=S02&date=2026-11-14", "hour", 12, "10", "21")]
    [InlineData("hoshi-hq", "pick=K1&pick=K3&date=2026-03-20", "day", 28, "2/21", "3/20")]
    [InlineData("hoshi-hq", "pick=K1&pick=K3&date=2026-03-20", "week", 13, "12/22", "3/16")]
    [InlineData("hoshi-hq", "pick=K1&pick=K3&date=2026-03-20", "month", 13, "3/1", "3/1")]
    public async Task A_course_is_drawn_by_hour_day_week_or_month_and_its_table_spans_the_same(string login, string picked, string grain, int places, string first, string last)
    {
        using var client = await host.SignInAsync(login);
        var html = WebUtility.HtmlDecode(await client.GetStringAsync($"/stores?store=all&{picked}&grain={grain}&lang=en"));
        var course = Course(html);
        Assert.Equal(places, course.Count);
        if (places == 0)
        {
            return;
        }

        Assert.Equal((first, last), (course[0].Place, course[^1].Place));
        Assert.All(course, row => Assert.Equal(2, row.Values.Count));
        var chart = Regex.Match(html, "<svg class=\"chart desk\".*?</svg>", RegexOptions.Singleline).Value;
        Assert.Equal(
            [course.Count(row => IsKnown(row.Values[0])), course.Count(row => IsKnown(row.Values[1]))],
            Regex.Matches(chart, "<path class=\"line line-[12]\" d=\"([^\"]+)\"").Select(path => Regex.Count(path.Groups[1].Value, "[ML]")));

        // The table of the stores spans what the course does: each store's sum is the sum of its line.
        var sums = Regex.Matches(html[html.LastIndexOf("<table>", StringComparison.Ordinal)..], "<tr><th scope=\"row\"><a [^>]*><bdi>[^<]*</bdi></a></th><td>([^<]*)</td>").Select(match => Number(match.Groups[1].Value));
        Assert.Equal([Sum(0), Sum(1)], sums);

        decimal Sum(int line) => course.Where(row => IsKnown(row.Values[line])).Sum(row => Number(row.Values[line]));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static decimal Plain(JsonElement element, string name) => decimal.Parse(Text(element, name)!, CultureInfo.InvariantCulture);

    private static string Yen(decimal amount) => "¥" + Math.Round(amount, MidpointRounding.AwayFromZero).ToString("#,0", CultureInfo.InvariantCulture);

    private static bool IsKnown(string shown) => shown.Contains('¥', StringComparison.Ordinal);

    private static decimal Number(string shown) => decimal.Parse(shown.Replace("¥", "", StringComparison.Ordinal).Replace('−', '-'), NumberStyles.Number, CultureInfo.InvariantCulture);

    private static List<(string Place, List<string> Values)> Course(string html) =>
        [.. CourseRow().Matches(html).Select(match => (match.Groups[1].Value, Regex.Matches(match.Groups[2].Value, "<td>([^<]*)</td>").Select(value => value.Groups[1].Value).ToList()))];

    private static string Span(string html) => Regex.Replace(WebUtility.HtmlDecode(Regex.Match(html, "<p class=\"day\">.*?</a><(?:span|time)[^>]*>([^<]*)<").Groups[1].Value), "^ | $", "");

    private static string Step(string html, string relation) => WebUtility.HtmlDecode(Regex.Match(html, $"<a class=\"step\" href=\"([^\"]+)\" rel=\"{relation}\"").Groups[1].Value);

    private static IEnumerable<string> Filters(string address) => address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&').Where(pair => !pair.StartsWith("date=", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static List<(string Value, bool Chosen)> Options(string html, string name) =>
    [
        .. Regex.Matches(Regex.Match(html, $"<select name=\"{name}\">.*?</select>").Value, "<option value=\"([^\"]+)\"( selected)?>")
            .Select(match => (match.Groups[1].Value, match.Groups[2].Success)),
    ];

    private static List<(string Name, string Now, string Before, string Style, string Arrow, decimal Part, string Word)> Nodes(string html)
    {
        var tree = html[html.IndexOf("card why", StringComparison.Ordinal)..];
        tree = WebUtility.HtmlDecode(tree[..tree.IndexOf("</section>", StringComparison.Ordinal)]);
        return [.. TreeNode().Matches(tree).Select(match => (
            Regex.Replace(match.Groups[1].Value, "</?small>", ""), match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value, match.Groups[5].Value, Number(match.Groups[6].Value), match.Groups[7].Value))];
    }

    [GeneratedRegex("""<tr><th scope="row">([0-9/]+)</th>((?:<td>[^<]*</td>)+)</tr>""")]
    private static partial Regex CourseRow();

    [GeneratedRegex("""<h3>(.*?)</h3><p class="value">([^<]*)</p><span class="versus">([^<]*)</span>.*?<b class="([a-z]+)"><span aria-hidden="true">(.)</span> ([^ ]+) <small>([^<]*)</small></b>""", RegexOptions.Singleline)]
    private static partial Regex TreeNode();
}
