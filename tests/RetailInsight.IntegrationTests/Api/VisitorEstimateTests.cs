using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Customers as far as can be told stand beside what was counted, over HTTP and on the page of traffic; the count never changes.</summary>
[Collection(ApiCollections.Contract)]
public sealed class VisitorEstimateTests(ApiHost host)
{
    private const string Counts = "SELECT string_agg(concat_ws(' ', store, business_date, visitors), ';' ORDER BY store, business_date) FROM mart.kpi_store_day";

    [Fact]
    public async Task Staff_and_counting_by_hand_make_an_estimate_of_their_dates_and_change_no_count()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        await using var connection = await database.Job.OpenConnectionAsync();
        var before = await connection.ExecuteScalarAsync<string>(Counts);

        // The 12th is before both, the 13th has the calibration, the 14th the rule as well; the second door is not calibrated.
        const string Days = "/v1/visitor-estimates?store=S01&from=2026-11-11&to=2026-11-14";
        Assert.Equal(["2026-11-12 300 300 -", "2026-11-13 300 310 252-368", "2026-11-14 300 310 252-368"], await EstimatesAsync(manager, Days));
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PutAsJsonAsync("/v1/staff-entries/S01", new { rules = Array.Empty<object>() })).StatusCode);
        Assert.Equal((HttpStatusCode)428, (await office.PutAsJsonAsync("/v1/staff-entries/S01", new { rules = Array.Empty<object>() })).StatusCode);
        var rule = new { rules = new[] { new { valid_from = "2026-11-14", per_day = 40, at_least = 30, at_most = 50 } } };
        var (tag, none) = await RulesAsync(office);
        Assert.Equal(0, none.GetArrayLength());
        using var set = await PutAsync(office, tag, rule);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(office, tag, rule)).StatusCode);
        Assert.Equal(["2026-11-12 300 300 -", "2026-11-13 300 310 252-368", "2026-11-14 300 270 211-329"], await EstimatesAsync(manager, Days));
        Assert.Equal(before, await connection.ExecuteScalarAsync<string>(Counts));
        Assert.Equal("honbu staff_entries.set S01", await connection.ExecuteScalarAsync<string>("SELECT concat_ws(' ', actor, action, object) FROM audit.entry WHERE action = 'staff_entries.set'"));

        var wrong = await PutAsync(office, (await RulesAsync(office)).Tag, new { rules = new[] { new { valid_from = "2026-11-14", per_day = 40, at_least = 50, at_most = 30 } } });
        Assert.Equal("rules[0].per_day", (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("parameter").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/v1/visitor-estimates?store=S02&from=2026-11-11&to=2026-11-14")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/v1/staff-entries/S02")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.GetAsync("/v1/visitor-estimates?from=2026-11-11&to=2026-11-14")).StatusCode);
    }

    [Fact]
    public async Task The_page_of_traffic_tells_both_and_the_form_sets_the_rule()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        const string Page = "/traffic?store=S01&date=2026-11-14&lang=en";
        var page = await office.GetStringAsync(Page);
        Assert.Contains("Of 900 counted, about 920 were customers (804–1,036)", page, StringComparison.Ordinal);
        Assert.Contains("On 3 of 3 store-days nothing is known of staff", page, StringComparison.Ordinal);
        Assert.Contains("44.4% of the count is of lines that were counted by hand", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/staff-entries", await manager.GetStringAsync(Page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/staff-entries?store=S01")).StatusCode);

        const string Form = "/staff-entries?store=S01";
        (string, string)[] Rule(string from, string perDay, string least, string most) => [("from", from), ("to", ""), ("per_day", perDay), ("at_least", least), ("at_most", most)];
        foreach (var bad in new[] { Rule("soon", "40", "30", "50"), Rule("2026-11-14", "40", "45", "50"), Rule("2026-11-14", "many", "1", "2"), [.. Rule("2026-11-01", "1", "1", "1"), .. Rule("2026-11-14", "1", "1", "1")] })
        {
            using var refused = await office.SendFormAsync(Form, "/staff-entries", bad);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("role=\"alert\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var saved = await office.SendFormAsync(Form, "/staff-entries", [.. Rule("2026-11-14", "40", "30", "50"), .. Rule("", "", "", "")]);
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync(Form, "/staff-entries", [("version", ""), .. Rule("2026-11-14", "41", "30", "50")])).StatusCode);
        page = await office.GetStringAsync(Page);
        Assert.Contains("Of 900 counted, about 880 were customers", page, StringComparison.Ordinal);
        Assert.Contains("On 2 of 3 store-days nothing is known of staff", page, StringComparison.Ordinal);
        Assert.Contains("40 entries of staff, by the number a day noted for the store", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/staff-entries?store=S99")).StatusCode);
    }

    // Days 12 to 14 with 200 people at a door that is calibrated from the 13th on, factor 1.05, and 100 at one that is not.
    private async Task<TestDatabase> FoundAsync()
    {
        var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'doors', 'counter', 'counter-json');
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('aoba', 'doors', 'doors');
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) SELECT 'aoba', d, 'doors', 900 FROM unnest(ARRAY['d1', 'd2']) d;
            INSERT INTO tenancy.device_calibration VALUES ('aoba', 'd1', '*', '2026-11-13', NULL, 105, 100, now(), 'honbu');
            INSERT INTO mart.device_line_day (tenant, store, business_date, device, line, measure, role, intervals, observed_minutes, partial_minutes, entered, exited, staff, entered_outside_hours, missing_packages,
              longest_silence_minutes, longest_flat_minutes, flat_entered, firmware)
            SELECT 'aoba', 'S01', day, d.device, 'a', 'raw', d.role, 40, 500, 0, d.entered, 0, 0, 0, 0, 0, 0, 0, ''
            FROM unnest(ARRAY['2026-11-12', '2026-11-13', '2026-11-14']::date[]) AS day, (VALUES ('d1', 'entrance', 200), ('d2', 'entrance', 100), ('d3', 'passage', 999)) AS d(device, role, entered);
            """);
        return database;
    }

    private static async Task<List<string>> EstimatesAsync(HttpClient client, string address) =>
    [
        .. (await client.GetFromJsonAsync<JsonElement>(address)).GetProperty("items").EnumerateArray().Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.GetProperty("business_date").GetString()} {one.GetProperty("counted")} {one.GetProperty("customers")} {one.GetProperty("at_least")}-{one.GetProperty("at_most")}")),
    ];

    private static async Task<(string Tag, JsonElement Rules)> RulesAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/v1/staff-entries/S01");
        return (answer.Headers.ETag!.Tag, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rules"));
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string tag, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/staff-entries/S01") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await client.SendAsync(request);
    }
}
