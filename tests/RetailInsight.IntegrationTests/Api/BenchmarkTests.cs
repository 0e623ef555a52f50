using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What companies learn of each other: quartiles of those that agreed, once a month, to those that agreed; and nothing else.</summary>
[Collection(ApiCollections.Contract)]
public sealed class BenchmarkTests(ApiHost host) : OwnCompanyTests(host)
{
    private static readonly string[] Industries = ["food", "convenience", "drugstore", "fashion", "home", "electronics", "leisure", "department"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await CompaniesThatShare.FoundAsync(Database.Job);
    }

    [Fact]
    public async Task A_month_is_published_once_and_everybody_who_shares_sees_the_same()
    {
        await CompaniesThatShare.PublishAsync(Database.Job, new(2026, 11, 5, 23, 0, 0, TimeSpan.Zero));
        Assert.Equal((4, 0), (await CountAsync("SELECT count(*) FROM mart.benchmark_cell WHERE month = '2026-09-01'"), await CountAsync("SELECT count(*) FROM mart.benchmark_cell WHERE month = '2026-10-01'")));
        Assert.Equal(4, await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published));
        Assert.Equal(0, await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published.AddDays(1)));

        using var office = await SignInAsync("wakaba-hq");
        var answer = await office.GetFromJsonAsync<JsonElement>("/v1/benchmarks");
        Assert.Equal(("sharing", "2026-10"), (answer.GetProperty("state").GetString(), answer.GetProperty("month").GetString()));
        var growth = Figure(answer, "sales_growth");

        // Of 18 stores 0.945 to 1.155 the quartiles, by hand: places 4.25, 8.5 and 12.75.
        double[] ratios = [.. (from n in Enumerable.Range(1, 6) from s in Enumerable.Range(1, 3) select 0.90 + (0.04 * n) + (0.005 * s)).Order()];
        Assert.Equal(Rounded(ratios[4] + (0.25 * (ratios[5] - ratios[4]))), growth.GetProperty("lower").GetString());
        Assert.Equal(Rounded((ratios[8] + ratios[9]) / 2), growth.GetProperty("median").GetString());
        Assert.Equal(Rounded(ratios[12] + (0.75 * (ratios[13] - ratios[12]))), growth.GetProperty("upper").GetString());
        Assert.Equal((6, 18), (growth.GetProperty("companies").GetInt32(), growth.GetProperty("stores").GetInt32()));
        Assert.Equal([("W1", "0.945", "lowest_quarter"), ("W2", "0.95", "lowest_quarter"), ("W3", "0.955", "lowest_quarter")], growth.GetProperty("own").EnumerateArray()
            .Select(own => (own.GetProperty("store").GetString(), own.GetProperty("value").GetString(), own.GetProperty("place").GetString())));
        Assert.Equal("0.26", Figure(answer, "conversion").GetProperty("median").GetString());
        Assert.Equal(["sales_growth", "receipts_growth", "items_per_receipt", "conversion"], answer.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("figure").GetString()));

        // A manager sees the same figures and of the own stores only those he may see; another company's figures are nowhere.
        using var manager = await SignInAsync("wakaba-w2");
        var seen = await manager.GetFromJsonAsync<JsonElement>("/v1/benchmarks?month=2026-10");
        Assert.Equal(growth.GetProperty("median").GetString(), Figure(seen, "sales_growth").GetProperty("median").GetString());
        Assert.Equal(["W2"], Figure(seen, "sales_growth").GetProperty("own").EnumerateArray().Select(own => own.GetProperty("store").GetString()));

        // What came late changes nothing that was told.
        await ExecuteAsync("UPDATE mart.kpi_store_day SET net = net * 2 WHERE tenant = 'wakaba-2'");
        await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published.AddDays(2));
        Assert.Equal(growth.GetRawText(), Figure(await office.GetFromJsonAsync<JsonElement>("/v1/benchmarks?month=2026-10"), "sales_growth").GetRawText());
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync("UPDATE mart.benchmark_cell SET median = 1"));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync("DELETE FROM ml.benchmark_member"));

        // Each company's own chain says what of it went in.
        Assert.Equal(4, await CountAsync("SELECT count(*) FROM audit.entry WHERE tenant = 'wakaba-3' AND action = 'benchmark.publish' AND object LIKE 'drugstore/2026-10/%' AND detail->>'companies' = '6'"));
    }

    [Fact]
    public async Task Who_does_not_share_sees_nothing_and_the_database_shows_no_row()
    {
        await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published);
        using var apart = await SignInAsync("wakaba-apart");
        var answer = await apart.GetFromJsonAsync<JsonElement>("/v1/benchmarks");
        Assert.Equal("not_sharing", answer.GetProperty("state").GetString());
        Assert.Empty(answer.GetProperty("figures").EnumerateArray());
        Assert.Empty(answer.GetProperty("months").EnumerateArray());
        foreach (var (company, cells, members) in new[] { ("wakaba-1", 4, 4), ("wakaba-7", 0, 0), ("aoba", 0, 0) })
        {
            Assert.Equal(cells, await CountAsync("SELECT count(*) FROM mart.benchmark_cell WHERE month = '2026-10-01'", company));
            Assert.Equal(members, await CountAsync("SELECT count(*) FROM ml.benchmark_member WHERE month = '2026-10-01'", company));
            Assert.Equal(company == "wakaba-1" ? 1 : 0, await CountAsync("SELECT count(*) FROM tenancy.benchmark_consent", company));
        }

        Assert.Contains("参加していません", WebUtility.HtmlDecode(await apart.GetStringAsync("/benchmarks?lang=ja")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_withdrawal_shuts_the_next_month_and_what_was_shown_stays()
    {
        await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published);
        using var office = await SignInAsync("wakaba-hq");
        var gone = await office.PutAsJsonAsync("/v1/benchmark-consent", new { state = "not_sharing" });
        Assert.Equal("not_sharing", (await gone.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        await ExecuteAsync(
            """
            UPDATE tenancy.benchmark_consent SET withdrawn_at = '2026-11-10T00:00:00Z' WHERE tenant = 'wakaba-1';
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes, computed_at)
            SELECT tenant, store, business_date + 35, currency, net, tax, gross, receipts, items, 0, 0, visitors, 720, 720, now() FROM mart.kpi_store_day WHERE tenant LIKE 'wakaba-%' AND extract(month FROM business_date + 35) IN (11, 12)
            ON CONFLICT DO NOTHING
            """);
        Assert.Equal(4, await CompaniesThatShare.PublishAsync(Database.Job, new(2026, 12, 7, 6, 20, 0, TimeSpan.Zero)));
        Assert.Equal(["too_few_changed"], await ListAsync("SELECT DISTINCT suppression FROM mart.benchmark_cell WHERE month = '2026-11-01' AND figure = 'items_per_receipt'"));
        var answer = await office.GetFromJsonAsync<JsonElement>("/v1/benchmarks");
        Assert.Equal(("not_sharing", "2026-10"), (answer.GetProperty("state").GetString(), answer.GetProperty("month").GetString()));
        Assert.DoesNotContain("2026-11", answer.GetProperty("months").EnumerateArray().Select(month => month.GetString()));
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM audit.entry WHERE tenant = 'wakaba-1' AND action = 'benchmark.withdraw'"));
    }

    [Fact]
    public async Task Only_head_office_agrees_and_the_page_says_what_it_means()
    {
        using var office = await SignInAsync("honbu");
        foreach (var wrong in new object[] { new { state = "maybe" }, new { state = "sharing" }, new { state = "sharing", industry = "shoes" }, new { state = "not_sharing", industry = "food" } })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await office.PutAsJsonAsync("/v1/benchmark-consent", wrong)).StatusCode);
        }

        using var manager = await SignInAsync("shibuya");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PutAsJsonAsync("/v1/benchmark-consent", new { state = "sharing", industry = "food" })).StatusCode);
        Assert.DoesNotContain("method=\"post\" action=\"/benchmarks\"", await manager.GetStringAsync("/benchmarks"), StringComparison.Ordinal);

        using var untold = await office.SendFormAsync("/benchmarks?lang=en", "/benchmarks", ("do", "agree"), ("industry", "food"));
        Assert.Contains("Nothing was changed", await untold.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var agreed = await office.SendFormAsync("/benchmarks?lang=en", "/benchmarks", ("do", "agree"), ("industry", "food"), ("understood", "on"));
        Assert.Contains("You take part from", await office.GetStringAsync("/benchmarks?lang=en"), StringComparison.Ordinal);
        var consent = await office.GetFromJsonAsync<JsonElement>("/v1/benchmark-consent");
        Assert.Equal(("sharing", "food", "honbu"), (consent.GetProperty("state").GetString(), consent.GetProperty("industry").GetString(), consent.GetProperty("agreed_by").GetString()));
        Assert.Equal(Industries, consent.GetProperty("industries").EnumerateArray().Select(code => code.GetString()));

        // Again is no second agreement; another industry ends the first.
        await office.PutAsJsonAsync("/v1/benchmark-consent", new { state = "sharing", industry = "food" });
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM tenancy.benchmark_consent WHERE tenant = 'aoba'"));
        await office.PutAsJsonAsync("/v1/benchmark-consent", new { state = "sharing", industry = "home" });
        Assert.Equal(["food gone", "home"], await ListAsync("SELECT industry || CASE WHEN withdrawn_at IS NULL THEN '' ELSE ' gone' END FROM tenancy.benchmark_consent WHERE tenant = 'aoba' ORDER BY agreed_at"));
        Assert.Equal(2, await CountAsync("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action = 'benchmark.agree'"));
    }

    [Fact]
    public async Task The_page_draws_the_own_stores_in_the_band_of_all()
    {
        await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published);
        using var office = await SignInAsync("wakaba-hq");
        var page = WebUtility.HtmlDecode(await office.GetStringAsync("/benchmarks?lang=en"));
        Assert.Contains("Companies: 6. Stores: 18.", page, StringComparison.Ordinal);
        Assert.Contains("own-place", page, StringComparison.Ordinal);
        Assert.Contains("駅前店", page, StringComparison.Ordinal);
        Assert.DoesNotContain("わかば薬局 2", page, StringComparison.Ordinal);
    }

    private static JsonElement Figure(JsonElement answer, string figure) => answer.GetProperty("figures").EnumerateArray().Single(one => one.GetProperty("figure").GetString() == figure);

    private static string Rounded(double ratio) => (Math.Round((decimal)ratio / 0.01m, MidpointRounding.ToEven) * 0.01m / 1.000m).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<string[]> ListAsync(string sql)
    {
        await using var connection = await Database.Job.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(sql)];
    }

    private async Task<int> CountAsync(string sql, string? company = null)
    {
        await using var connection = await (company is null ? Database.Job : Database.App).OpenConnectionAsync();
        if (company is not null)
        {
            await connection.ExecuteAsync("SELECT set_config('app.tenant', @company, false)", new { company });
        }

        var count = await connection.ExecuteScalarAsync<int>(sql);
        await connection.ExecuteAsync("RESET app.tenant");
        return count;
    }
}
