using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Month targets as people and programs see them: what is asked, what was sold, what is to come, and the change of a target that holds. On Sunday 15 November 2026 at twenty
/// past two.
/// </summary>
[Collection(ApiCollections.Contract)]
public sealed class MonthTargetTests(ApiHost host) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 15, 14, 20, 0, TimeSpan.FromHours(9));

    private TestDatabase _database = null!;
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(_database.Job);
        await MonthTargetsOfAoba.MakeAsync(_database.Job);
        _app = await ApiHost.StartAsync(_database, new() { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:ChangesPerMinute"] = "10000" }, clock: new StandingClock());
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_target_comes_with_what_was_sold_what_is_to_come_and_the_odds_and_its_days_add_up_to_it_to_the_yen()
    {
        using var client = await SignInAsync("honbu");
        var answer = await client.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2026-11");
        Assert.Equal("2026-11-14", Text(answer, "as_of"));
        Assert.Equal(["S01", "S02", "S03", "S04", "S05"], answer.GetProperty("items").EnumerateArray().Select(item => Text(item, "store")));
        Assert.Equal(["S06 no_forecast"], answer.GetProperty("missing").EnumerateArray().Select(item => $"{Text(item, "store")} {Text(item, "reason")}"));
        await using var connection = await _database.Owner.OpenConnectionAsync();
        foreach (var item in answer.GetProperty("items").EnumerateArray())
        {
            Assert.Equal(Amount(item, "amount"), item.GetProperty("days").EnumerateArray().Sum(day => Amount(day, "amount")));
            var sold = await connection.ExecuteScalarAsync<decimal>(
                "SELECT sum(net) / 1e6 FROM mart.kpi_store_day WHERE tenant = 'aoba' AND store = @store AND business_date BETWEEN '2026-11-01' AND '2026-11-30'", new { store = Text(item, "store") });
            Assert.Equal(sold, Amount(item, "net_sales"));
            var ahead = await connection.ExecuteScalarAsync<decimal>(
                "SELECT sum(expected) FROM mart.sales_forecast WHERE tenant = 'aoba' AND store = @store AND business_date BETWEEN '2026-11-15' AND '2026-11-30'", new { store = Text(item, "store") });
            Assert.Equal(sold + ahead, Amount(item, "expected"));
            Assert.InRange(Amount(item, "expected"), Amount(item, "low"), Amount(item, "high"));

            // The distribution of the fixture: 21 steps of log total, each as likely as the next.
            var levels = JsonSerializer.Deserialize<decimal[]>(await connection.ExecuteScalarAsync<string>(
                "SELECT running ->> 'levels' FROM mart.sales_forecast WHERE tenant = 'aoba' AND store = @store AND business_date = '2026-11-30'", new { store = Text(item, "store") }) ?? "")!;
            var reaching = levels.Count(level => sold + level >= Amount(item, "amount")) / 21m;
            Assert.InRange(Amount(item, "probability"), reaching - 0.06m, reaching + 0.06m);
        }

        var first = answer.GetProperty("items")[0];
        Assert.Equal(("frozen", 2), (Text(first, "state"), first.GetProperty("version").GetInt32()));
        Assert.Equal(["1 proposed outlook", "2 frozen outlook"], first.GetProperty("versions").EnumerateArray().Select(one => $"{one.GetProperty("version")} {Text(one, "state")} {Text(one, "decided_by")}"));
        Assert.Equal(("0.0212", true, 3), (Text(first.GetProperty("explanation"), "lift"), first.GetProperty("explanation").GetProperty("held_by_odds").GetBoolean(), first.GetProperty("explanation").GetProperty("peers").GetInt32()));
        var original = first.GetProperty("original");
        Assert.Equal((1, Amount(original, "target") - Amount(original, "actual")), (original.GetProperty("days").GetInt32(), Amount(original, "gap")));

        var file = await client.GetStringAsync("/v1/month-targets?month=2026-11&format=csv");
        Assert.Equal((5 * 30) + 1, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/v1/month-targets?month=2026-13")).StatusCode);
        Assert.Equal("too_far", Text((await client.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2027-03&store=S01")).GetProperty("missing")[0], "reason"));
        Assert.Equal("past", Text((await client.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2026-10&store=S01")).GetProperty("missing")[0], "reason"));

        // Pages of stores lead on without a gap.
        var one = await client.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2026-11&limit=4");
        var two = await client.GetFromJsonAsync<JsonElement>($"/v1/month-targets?month=2026-11&limit=4&cursor={Uri.EscapeDataString(Text(one, "next_cursor")!)}");
        Assert.Equal((4, 1, 1), (one.GetProperty("items").GetArrayLength(), two.GetProperty("items").GetArrayLength(), two.GetProperty("missing").GetArrayLength()));
    }

    [Fact]
    public async Task Forecasts_tell_range_factors_and_model_by_day_and_only_of_stores_one_may_see()
    {
        using var client = await SignInAsync("shibuya");
        const string Address = "/v1/forecasts?from=2026-11-10&to=2026-11-20&metric=net_sales";
        var answer = await client.GetFromJsonAsync<JsonElement>(Address);
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"], items.Select(item => Text(item, "business_date")));
        Assert.All(items, item => Assert.Equal(("S01", "JPY", "log_additive", "level"), (Text(item, "store"), Text(item, "unit"), Text(item, "model"), Text(item.GetProperty("factors")[0], "name"))));
        Assert.All(items, item => Assert.InRange(Amount(item, "median"), Amount(item, "low"), Amount(item, "high")));
        using var again = new HttpRequestMessage(HttpMethod.Get, Address);
        again.Headers.IfNoneMatch.Add((await client.GetAsync(Address)).Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Address + "&store=S02")).StatusCode);
        Assert.Equal(7, (await client.GetStringAsync(Address + "&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_target_that_holds_is_changed_with_a_reason_its_past_days_stay_and_all_add_up_to_the_yen()
    {
        using var client = await SignInAsync("honbu");
        var before = await ItemAsync(client, "S02");
        var body = new { amount = "12345678", expected_version = 2, reason = "駅前の工事が20日まで続く" };
        using var first = await PostAsync(client, "S02", body, "k1");
        Assert.True(first.StatusCode == HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        using var repeated = await PostAsync(client, "S02", body, "k1");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await repeated.Content.ReadAsStringAsync());

        var after = await ItemAsync(client, "S02");
        Assert.Equal(("revised", 3, 12_345_678m), (Text(after, "state"), after.GetProperty("version").GetInt32(), Amount(after, "amount")));
        var (was, days) = (Days(before), Days(after));
        Assert.Equal(12_345_678m, days.Values.Sum());
        Assert.All(days.Where(day => string.CompareOrdinal(day.Key, "2026-11-15") < 0), day => Assert.Equal(was[day.Key], day.Value));

        // The rest is shared by what is expected: a Saturday has 1.3 / 0.9 of a Tuesday.
        Assert.InRange(days["2026-11-21"] / days["2026-11-24"], 1.44m, 1.45m);
        Assert.All(days.Values, amount => Assert.Equal(0, amount % 1));

        using var drifted = await PostAsync(client, "S02", body with { amount = "13000000" }, "k2");
        Assert.Equal((HttpStatusCode.Conflict, "changed-meanwhile"), (drifted.StatusCode, await CodeAsync(drifted)));
        using var silent = await PostAsync(client, "S02", body with { expected_version = 3, reason = " " }, "k3");
        Assert.Equal((HttpStatusCode.BadRequest, "parameter-invalid"), (silent.StatusCode, await CodeAsync(silent)));
        foreach (var wrong in new[] { "1", "-1", "12345678.5", "1e9", "99999999999" })
        {
            using var refused = await PostAsync(client, "S02", body with { expected_version = 3, amount = wrong }, "k4");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var unset = await client.PostAsJsonAsync("/v1/month-targets/S06/2026-11/revisions", body);
        Assert.Equal(HttpStatusCode.NotFound, unset.StatusCode);
        using var proposal = await client.PostAsJsonAsync("/v1/month-targets/S02/2026-12/revisions", body with { expected_version = 1 });
        Assert.Equal((HttpStatusCode.Conflict, "target-proposed"), (proposal.StatusCode, await CodeAsync(proposal)));
        using var manager = await SignInAsync("shibuya");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PostAsJsonAsync("/v1/month-targets/S01/2026-11/revisions", body)).StatusCode);
        using var stranger = await SignInAsync("camden");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsJsonAsync("/v1/month-targets/S02/2026-11/revisions", body)).StatusCode);

        await using var connection = await _database.Owner.OpenConnectionAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM audit.entry WHERE tenant = 'aoba' AND action = 'month_target.revise' AND object = 'S02/2026-11'"));
        Assert.Equal(3, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM mart.month_target WHERE tenant = 'aoba' AND store = 'S02' AND month = '2026-11-01'"));
    }

    [Fact]
    public async Task Of_many_changes_at_once_one_is_made()
    {
        using var client = await SignInAsync("honbu");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => PostAsync(client, "S03", new { amount = $"{9_000_000 + n}", expected_version = 2, reason = $"{n}" }, $"many-{n}")));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Head_office_sets_the_policy_and_what_months_to_come_must_come_to_and_nobody_else_does()
    {
        using var client = await SignInAsync("honbu");
        Assert.Equal("0.5", Text(await client.GetFromJsonAsync<JsonElement>("/v1/target-policy"), "ambition"));
        var usual = global::RetailInsight.Ml.Targets.TargetPolicy.Default;
        var policy = await client.GetFromJsonAsync<JsonElement>("/v1/target-policy");
        Assert.Equal(((decimal)usual.Ambition, (decimal)usual.StartProbability, (decimal)usual.LeastProbability), (Amount(policy, "ambition"), Amount(policy, "start_probability"), Amount(policy, "least_probability")));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(client, "/v1/target-policy", new { ambition = "0.75", start_probability = "0.6", least_probability = "0.4" })).StatusCode);
        Assert.Equal(("0.75", "honbu"), (Text(await client.GetFromJsonAsync<JsonElement>("/v1/target-policy"), "ambition"), Text(await client.GetFromJsonAsync<JsonElement>("/v1/target-policy"), "changed_by")));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(client, "/v1/target-policy", new { ambition = "1.5", start_probability = "0.6", least_probability = "0.4" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(client, "/v1/target-policy", new { ambition = "0.5", start_probability = "0.3", least_probability = "0.4" })).StatusCode);

        static object Total(string amount) => new { targets = new[] { new { currency = "JPY", amount } } };
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(client, "/v1/company-targets/2027-01", Total("88000000"))).StatusCode);
        Assert.Equal("88000000", Text((await client.GetFromJsonAsync<JsonElement>("/v1/company-targets/2027-01")).GetProperty("targets")[0], "amount"));
        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync(client, "/v1/company-targets/2026-11", Total("88000000"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(client, "/v1/company-targets/2027-01", Total("0.5"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(client, "/v1/company-targets/2027-01", new { targets = Array.Empty<object>() })).StatusCode);
        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/v1/company-targets/2027-01")).GetProperty("targets").EnumerateArray());

        // Two who saw the same: the second is told, and so is who does not say what he saw.
        foreach (var (address, body) in new (string, object)[] { ("/v1/target-policy", new { ambition = "0.7", start_probability = "0.6", least_probability = "0.4" }), ("/v1/company-targets/2027-01", Total("77000000")) })
        {
            var seen = (await client.GetAsync(address)).Headers.ETag!.Tag;
            using var made = await PutAsync(client, address, body, seen);
            Assert.Equal((HttpStatusCode.OK, made.Headers.ETag!.Tag), (made.StatusCode, (await client.GetAsync(address)).Headers.ETag!.Tag));
            using var late = await PutAsync(client, address, body, seen);
            Assert.Equal((HttpStatusCode.PreconditionFailed, "changed-meanwhile"), (late.StatusCode, await CodeAsync(late)));
            using var blind = await client.PutAsJsonAsync(address, body);
            Assert.Equal((HttpStatusCode.PreconditionRequired, "if-match-required"), (blind.StatusCode, await CodeAsync(blind)));
            var tag = (await client.GetAsync(address)).Headers.ETag!.Tag;
            var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await PutAsync(client, address, body, tag)).StatusCode));
            Assert.Equal((1, 7), (many.Count(status => status == HttpStatusCode.OK), many.Count(status => status == HttpStatusCode.PreconditionFailed)));

            // What is published meanwhile is no change of it.
            await using var connection = await _database.Owner.OpenConnectionAsync();
            tag = (await client.GetAsync(address)).Headers.ETag!.Tag;
            await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = 'aoba'");
            Assert.Equal(HttpStatusCode.OK, (await PutAsync(client, address, body, tag)).StatusCode);
        }

        using var manager = await SignInAsync("kanto");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PutAsJsonAsync("/v1/company-targets/2027-01", Total("1"))).StatusCode);
        using var other = await SignInAsync("camden");
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/v1/company-targets/2026-12")).GetProperty("targets").EnumerateArray());
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2026-11")).GetProperty("items").EnumerateArray());
        Assert.Equal("not_computed", Text((await other.GetFromJsonAsync<JsonElement>("/v1/month-targets?month=2026-11")).GetProperty("missing")[0], "reason"));
    }

    [Fact]
    public async Task Pages_show_the_target_and_why_and_forms_change_it_without_script()
    {
        using var client = await SignInAsync("honbu");
        foreach (var address in new[] { "/today?store=S01&lang=en", "/period?store=S01&grain=month&date=2026-11-14&lang=en", "/period?store=S01&date=2026-11-14&lang=en" })
        {
            var html = await client.GetStringAsync(address);
            Assert.Contains("Target of November 2026", html, StringComparison.Ordinal);
            Assert.Contains("2.1% is added: 50% of the potential in Basket value", html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("class=\"band\"", html, StringComparison.Ordinal);
            Assert.Contains("First definition, the mean of the group", html, StringComparison.Ordinal);
        }

        Assert.Contains("too few sales in the last weeks", await client.GetStringAsync("/today?store=S06&lang=en"), StringComparison.Ordinal);
        Assert.Contains("5 of 6 stores together", await client.GetStringAsync("/today?store=all&lang=en"), StringComparison.Ordinal);
        Assert.Contains("Targets are made for this month and the next", await client.GetStringAsync("/targets?month=2027-03&lang=en"), StringComparison.Ordinal);

        const string Page = "/targets/store?store=S01&month=2026-11&lang=en";
        using var without = await client.SendFormAsync(Page, "/targets/store", ("amount", "20,000,000"), ("reason", ""));
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        using var sent = await client.SendFormAsync(Page, "/targets/store", ("amount", "20,000,000"), ("reason", "Two weeks of <b>road works</b>"));
        Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
        var shown = await client.GetStringAsync(sent.Headers.Location);
        Assert.Contains("¥20,000,000", shown, StringComparison.Ordinal);
        Assert.Contains("Two weeks of &lt;b&gt;road works", shown, StringComparison.Ordinal);
        Assert.Contains("Changed by honbu", await client.GetStringAsync("/today?store=S01&lang=en"), StringComparison.Ordinal);

        using var company = await client.SendFormAsync("/targets?month=2026-12&lang=en", "/targets", ("do", "company"), ("amount", "９５０００００００"));
        Assert.Equal(HttpStatusCode.Found, company.StatusCode);
        Assert.Equal("950000000", Text((await client.GetFromJsonAsync<JsonElement>("/v1/company-targets/2026-12")).GetProperty("targets")[0], "amount"));
        Assert.Contains("takes effect with the next nightly computation", await client.GetStringAsync(company.Headers.Location), StringComparison.Ordinal);
        foreach (var what in new[] { "company", "policy" })
        {
            using var late = await client.SendFormAsync(
                "/targets?month=2026-12&lang=en", "/targets", ("do", what), ("version", "1"), ("amount", "1000"), ("ambition", "10"), ("start", "60"), ("least", "50"));
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
            Assert.Contains("Somebody else set it first", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("950000000", Text((await client.GetFromJsonAsync<JsonElement>("/v1/company-targets/2026-12")).GetProperty("targets")[0], "amount"));

        using var manager = await SignInAsync("shibuya");
        var list = await manager.GetStringAsync("/targets?month=2026-11&lang=en");
        Assert.DoesNotContain("method=\"post\" action=\"/targets\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("S02", list, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/targets/store?store=S02&month=2026-11")).StatusCode);
        Assert.Contains("Head office and administrators change targets", await manager.GetStringAsync(Page), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ItemAsync(HttpClient client, string store) =>
        (await client.GetFromJsonAsync<JsonElement>($"/v1/month-targets?month=2026-11&store={store}")).GetProperty("items")[0];

    private static Dictionary<string, decimal> Days(JsonElement item) => item.GetProperty("days").EnumerateArray().ToDictionary(day => Text(day, "business_date")!, day => Amount(day, "amount"));

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string store, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/month-targets/{store}/2026-11/revisions") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    // As somebody who has just read it, unless the tag is of an earlier reading.
    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string address, object body, string? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", tag ?? (await client.GetAsync(address)).Headers.ETag?.Tag);
        return await client.SendAsync(request);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "code");

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static decimal Amount(JsonElement element, string member) => decimal.Parse(Text(element, member)!, CultureInfo.InvariantCulture);

    private Task<HttpClient> SignInAsync(string login) => KeptCookies.SignInAsync(ApiHost.AddressOf(_app), login);

    private sealed class StandingClock : TimeProvider
    {
        private readonly long _since = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => (Now + System.GetElapsedTime(_since)).ToUniversalTime();
    }
}
