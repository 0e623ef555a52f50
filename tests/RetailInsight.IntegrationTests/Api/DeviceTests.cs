using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Counters and cameras are enrolled, mapped, calibrated, routed and retired over HTTP.</summary>
[Collection(ApiCollections.Contract)]
public sealed class DeviceTests(ApiHost host)
{
    [Fact]
    public async Task A_device_is_enrolled_mapped_calibrated_given_a_key_and_retired_and_all_of_it_is_noted()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var group = await office.PutAsJsonAsync("/v1/device-groups/doors", new { feed = "doors", profile_version = 1 });
        Assert.True(group.StatusCode == HttpStatusCode.OK, await group.Content.ReadAsStringAsync());
        var made = await office.PostAsJsonAsync("/v1/devices", new
        {
            device = "80:1F:12",
            device_group = "doors",
            interval_seconds = 900,
            name = "North door",
            lines = new[] { new { line = "a", store = "S01", valid_from = "2026-11-01", valid_to = (string?)"2026-11-10" }, new { line = "a", store = "S02", valid_from = "2026-11-11", valid_to = (string?)null } },
        });
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await office.PostAsJsonAsync("/v1/devices", new { device = "80:1F:12", device_group = "doors", interval_seconds = 900 })).StatusCode);
        var address = made.Headers.Location!.OriginalString;
        var read = await office.GetFromJsonAsync<JsonElement>(address);
        Assert.Equal(("new", 1, 2), (read.GetProperty("device").GetProperty("state").GetString(), read.GetProperty("device").GetProperty("version").GetInt32(), read.GetProperty("lines").GetArrayLength()));

        // Changes want to know what they change.
        Assert.Equal((HttpStatusCode)428, (await office.PutAsJsonAsync(address + "/lines", new { lines = Array.Empty<object>() })).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(office, address + "/lines", "\"9\"", new { lines = Array.Empty<object>() })).StatusCode);
        var overlapping = await PutAsync(office, address + "/lines", "\"1\"", new { lines = new[] { new { line = "a", store = "S01", valid_from = "2026-11-01" }, new { line = "a", store = "S02", valid_from = "2026-11-11" } } });
        Assert.Contains("lines[1].valid_from", await FaultsAsync(overlapping));
        var nowhere = await PutAsync(office, address + "/lines", "\"1\"", new { lines = new[] { new { line = "a", store = "S99", valid_from = "2026-11-01" } } });
        Assert.Contains("lines[0].store", await FaultsAsync(nowhere));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(office, address + "/lines", "\"1\"", new { lines = new[] { new { line = "a", store = "S01", valid_from = "2026-11-01", reversed = true } } })).StatusCode);
        var calibrated = await PutAsync(office, address + "/calibrations", "\"2\"", new { calibrations = new[] { new { line = "a", valid_from = "2026-11-01", by_hand = 110, by_device = 100 } } });
        var factor = (await calibrated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("calibrations")[0];
        Assert.Equal((1.1m, 0.2979m), (factor.GetProperty("factor").GetDecimal(), factor.GetProperty("uncertainty").GetDecimal()));

        var key = await office.PostAsJsonAsync(address + "/keys", new { label = "North door" });
        var secret = (await key.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal("80:1F:12 {doors}", await connection.ExecuteScalarAsync<string>("SELECT device || ' ' || feeds::text FROM tenancy.api_key WHERE key_hash = @Hash", new { Hash = ApiKey.Hash(secret) }));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(office, address + "/retire", "\"3\"")).StatusCode);
        Assert.Equal("retired", (await office.GetFromJsonAsync<JsonElement>(address)).GetProperty("device").GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(office, address + "/reopen", "\"4\"")).StatusCode);
        var changes = (await office.GetFromJsonAsync<JsonElement>(address)).GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("action").GetString());
        Assert.Equal(["reopen", "retire", "key", "calibrate", "map", "enrol"], changes);
        Assert.Equal(1, (await office.GetFromJsonAsync<JsonElement>("/v1/device-groups")).GetProperty("items")[0].GetProperty("devices").GetInt32());
    }

    [Fact]
    public async Task A_file_enrols_devices_with_their_lines_and_leaves_those_that_are_there()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await office.PutAsJsonAsync("/v1/device-groups/doors", new { feed = "doors" });
        const string Header = "device,device_group,interval_seconds,name,network,subscriber,line,store,valid_from\n";
        var file = Header + "d1,doors,900,North,sim,440100000000001,a,S01,2026-11-01\nd1,,,,,,b,S02,2026-11-01\n" + string.Concat(Enumerable.Range(2, 1_999).Select(n => $"d{n},doors,900,,,,*,S01,2026-11-01\n"));
        var loaded = await PostFileAsync(office, file);
        Assert.Equal((2_000, 0), (loaded.GetProperty("enrolled").GetArrayLength(), loaded.GetProperty("known").GetArrayLength()));
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal("2000 2001 2000", await connection.ExecuteScalarAsync<string>(
            "SELECT concat_ws(' ', (SELECT count(*) FROM tenancy.device), (SELECT count(*) FROM tenancy.device_line), (SELECT count(*) FROM tenancy.device_audit WHERE action = 'enrol'))"));

        var grown = await PostFileAsync(office, Header + "d1,doors,60,South,,,,,\nd2001,doors,900,,,,,,\n");
        Assert.Equal(("d2001", "d1"), (grown.GetProperty("enrolled")[0].GetString(), grown.GetProperty("known")[0].GetString()));
        Assert.Equal("North 900", await connection.ExecuteScalarAsync<string>("SELECT name || ' ' || interval_seconds FROM tenancy.device WHERE device = 'd1'"));
        Assert.Equal("new", (await office.GetFromJsonAsync<JsonElement>("/v1/devices/d2000")).GetProperty("device").GetProperty("state").GetString());

        // All or nothing.
        using var swapped = await office.PostAsync(new Uri("/v1/devices/enrolments", UriKind.Relative), Csv(Header + "x1,doors,900,,,,,,\nx2,doors,900,,sim,440100000000001,,,\n"));
        Assert.Equal(HttpStatusCode.Conflict, swapped.StatusCode);
        using var bad = await office.PostAsync(new Uri("/v1/devices/enrolments", UriKind.Relative), Csv(Header + "x1,doors,900,,,,,,\nx2,doors,900,,,,a,S99,2026-11-01\n"));
        Assert.Equal((3, "store"), (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0] is var fault ? (fault.GetProperty("row").GetInt32(), fault.GetProperty("field").GetString()) : default);
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM tenancy.device WHERE device IN ('x1', 'x2')"));
    }

    [Fact]
    public async Task What_cannot_be_a_device_is_refused_by_name()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        foreach (var (body, member) in new (object, string)[]
        {
            (new { device = "a/b", device_group = "doors", interval_seconds = 900 }, "device"),
            (new { device = "a", device_group = "none", interval_seconds = 900 }, "device_group"),
            (new { device = "a", device_group = "doors", interval_seconds = 0 }, "interval_seconds"),
            (new { device = "a", device_group = "doors", interval_seconds = 900, opens_minute = 600 }, "closes_minute"),
            (new { device = "a", device_group = "doors", interval_seconds = 900, subscriber = "44010" }, "subscriber"),
            (new { device = "a", device_group = "doors", interval_seconds = 900, name = "x\u0001" }, "name"),
            (new { device = "a", device_group = "doors", interval_seconds = 900, lines = new[] { new { line = "a", store = "S01", valid_from = "2026-11-01", role = "exit" } } }, "lines[0]"),
        })
        {
            Assert.Contains(member, await FaultsAsync(await office.PostAsJsonAsync("/v1/devices", body)));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await office.PutAsJsonAsync("/v1/device-groups/doors", new { feed = "nothing" })).StatusCode);
        Assert.Contains("device_group", await FaultsAsync(await office.PutAsJsonAsync("/v1/device-groups/Doors", new { feed = "doors" })));
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/v1/devices/nobody")).StatusCode);
    }

    [Fact]
    public async Task A_manager_sees_the_devices_of_the_own_stores_with_what_they_counted_and_changes_none()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        await using var connection = await database.Job.OpenConnectionAsync();
        var yesterday = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(9).UtcDateTime).AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await connection.ExecuteAsync(
            $"""
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, enrolled_at) SELECT 'aoba', d, 'doors', 900, '2020-01-01' FROM unnest(ARRAY['d1', 'd2']) d;
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('aoba', 'd1', '*', '2020-01-01', 'S01'), ('aoba', 'd2', '*', '2020-01-01', 'S02');
            INSERT INTO tenancy.device_calibration VALUES ('aoba', 'd1', '*', '2020-01-01', NULL, 105, 100, now(), 'honbu');
            INSERT INTO mart.device_line_day (tenant, store, business_date, device, line, measure, role, intervals, observed_minutes, partial_minutes, entered, exited, staff, entered_outside_hours, missing_packages,
              longest_silence_minutes, longest_flat_minutes, flat_entered, firmware)
            VALUES ('aoba', 'S01', '{yesterday}', 'd1', 'a', 'raw', 'entrance', 40, 500, 0, 200, 120, 6, 90, 2, 60, 180, 4, '');
            """);
        var list = await manager.GetFromJsonAsync<JsonElement>("/v1/devices");
        Assert.Equal(["d1"], list.GetProperty("items").EnumerateArray().Select(device => device.GetProperty("device").GetString()));
        Assert.Equal(2, (await office.GetFromJsonAsync<JsonElement>("/v1/devices?group=doors&state=new")).GetProperty("items").GetArrayLength());
        var day = (await manager.GetFromJsonAsync<JsonElement>("/v1/devices/d1")).GetProperty("days").EnumerateArray().Single(one => one.GetProperty("business_date").GetString() == yesterday);
        Assert.Equal((200, 210.0m, 6, 500), (day.GetProperty("entered").GetInt32(), day.GetProperty("calibrated").GetDecimal(), day.GetProperty("staff").GetInt32(), day.GetProperty("observed_minutes").GetInt32()));
        Assert.Equal(["silence", "flat_line", "in_out_drift", "night_counts", "missing_packages"], day.GetProperty("findings").EnumerateArray().Select(finding => finding.GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/v1/devices/d2")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.PostAsJsonAsync("/v1/devices", new { device = "x", device_group = "doors", interval_seconds = 900 })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(manager, "/v1/devices/d1/lines", "\"1\"", new { lines = Array.Empty<object>() })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.GetAsync("/v1/devices?state=asleep")).StatusCode);
    }

    [Fact]
    public async Task The_page_maps_and_moves_a_device_by_forms_and_says_what_is_wrong()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        Assert.Equal(HttpStatusCode.OK, (await office.PutAsJsonAsync("/v1/device-groups/canary", new { feed = "doors", profile_version = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await office.PostAsJsonAsync("/v1/devices", new { device = "80:1F <b>", device_group = "doors", interval_seconds = 900, name = "North <i>" })).StatusCode);
        var address = "/devices/" + Uri.EscapeDataString("80:1F <b>");
        var page = await office.GetStringAsync(address + "?lang=en");
        Assert.Contains("It hangs in no store.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        FormUrlEncodedContent Form(params (string Name, string Value)[] fields)
        {
            var token = System.Text.RegularExpressions.Regex.Match(page, """<input type="hidden" name="(__[^"]+)" value="([^"]+)">""");
            var version = System.Text.RegularExpressions.Regex.Match(page, """name="version" value="(\d+)">""").Groups[1].Value;
            return new([new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), new("version", version), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        }

        (string, string)[] Line(string line, string store, string from, string to = "") => [("line", line), ("store", store), ("from", from), ("to", to), ("role", "entrance"), ("reversed", "yes"), ("zone", "")];
        async Task<(HttpStatusCode Status, string Page)> PostAsync(string act, params (string, string)[] fields)
        {
            using var answer = await office.PostAsync(new Uri(address + "/" + act + "?lang=en", UriKind.Relative), Form(fields));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        var overlapping = await PostAsync("lines", [.. Line("a", "S01", "2026-11-01"), .. Line("a", "S02", "2026-11-10")]);
        Assert.Equal(HttpStatusCode.BadRequest, overlapping.Status);
        Assert.Contains("Please correct: Line 2: From", overlapping.Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("lines", Line("a", "S01", "soon"))).Status);
        var saved = await PostAsync("lines", [.. Line("a", "S01", "2026-11-01", "2026-11-09"), .. Line("a", "S02", "2026-11-10"), .. Line("", "S01", "2026-11-10")]);
        Assert.Equal(HttpStatusCode.OK, saved.Status);
        Assert.Contains("Saved.", saved.Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("group", ("group", "canary"))).Status);
        page = await office.GetStringAsync(address);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("group", ("group", "canary"))).Status);
        page = await office.GetStringAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("calibrations", ("line", "a"), ("from", "2026-11-01"), ("to", ""), ("by_hand", "x"), ("by_device", "100"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("calibrations", ("line", "a"), ("from", "2026-11-01"), ("to", ""), ("by_hand", "110"), ("by_device", "100"))).Status);
        page = await office.GetStringAsync(address);
        var key = await PostAsync("keys", ("label", "North"));
        Assert.Matches("rk_live_[a-z2-7]{32}_", key.Page);
        Assert.DoesNotContain("rk_live_", await office.GetStringAsync(address), StringComparison.Ordinal);
        var detail = await office.GetFromJsonAsync<JsonElement>("/v1" + address);
        Assert.Equal(("canary", 2, 1), (detail.GetProperty("device").GetProperty("device_group").GetString(), detail.GetProperty("lines").GetArrayLength(), detail.GetProperty("calibrations").GetArrayLength()));

        // Who only sees figures sees the page of an own store's device, and no form.
        var seen = await manager.GetStringAsync(address);
        Assert.DoesNotContain("<form method=\"post\" action=\"/devices", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("S02", seen, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/devices/nobody")).StatusCode);
    }

    [Fact]
    public async Task What_is_odd_about_counters_stands_on_the_page_of_data_health_and_changes_no_number()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await using var connection = await database.Job.OpenConnectionAsync();
        var before = await connection.ExecuteScalarAsync<string>("SELECT string_agg(d::text, ';' ORDER BY store) FROM mart.kpi_store_day d WHERE business_date = '2026-11-14' AND store <> 'S01'");
        await connection.ExecuteAsync(
            """
            UPDATE mart.kpi_store_day SET visitors = receipts - 1 WHERE tenant = 'aoba' AND store = 'S01' AND business_date = '2026-11-14';
            INSERT INTO mart.device_line_day (tenant, store, business_date, device, line, measure, role, intervals, observed_minutes, partial_minutes, entered, exited, staff, entered_outside_hours, missing_packages,
              longest_silence_minutes, longest_flat_minutes, flat_entered, firmware)
            VALUES ('aoba', 'S02', '2026-11-14', 'd2', 'a', 'raw', 'entrance', 40, 500, 0, 200, 120, 0, 90, 0, 0, 180, 4, '');
            """);
        var page = WebUtility.HtmlDecode(await office.GetStringAsync("/health?store=all&date=2026-11-14&lang=en"));
        Assert.Contains("More receipts than visitors", page, StringComparison.Ordinal);
        Assert.Contains("Counter d2: the same numbers again and again", page, StringComparison.Ordinal);
        Assert.Contains("Counter d2: in and out differ", page, StringComparison.Ordinal);
        Assert.Contains("Counter d2: counts at night", page, StringComparison.Ordinal);
        Assert.Equal(before, await connection.ExecuteScalarAsync<string>("SELECT string_agg(d::text, ';' ORDER BY store) FROM mart.kpi_store_day d WHERE business_date = '2026-11-14' AND store <> 'S01'"));
    }

    [Fact]
    public async Task Visitors_of_simulated_counters_are_said_to_be_such_beside_the_figures()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        const string Said = "Visitors are those of simulated counters";
        Assert.DoesNotContain(Said, await office.GetStringAsync("/traffic?store=S01&date=2026-11-14&lang=en"), StringComparison.Ordinal);
        await using var connection = await database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, maker) VALUES ('aoba', 'd1', 'doors', 900, 'simulated');
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('aoba', 'd1', '*', '2020-01-01', 'S01');
            """);
        Assert.Contains(Said, await office.GetStringAsync("/traffic?store=S01&date=2026-11-14&lang=en"), StringComparison.Ordinal);
        Assert.DoesNotContain(Said, await office.GetStringAsync("/traffic?store=S02&date=2026-11-14&lang=en"), StringComparison.Ordinal);
    }

    private async Task<TestDatabase> FoundAsync()
    {
        var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'doors', 'counter', 'counter-json') ON CONFLICT DO NOTHING; INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('aoba', 'doors', 'doors')");
        return database;
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string address, string tag, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = JsonContent.Create(body) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue(tag));
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string address, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.IfMatch.Add(new EntityTagHeaderValue(tag));
        return await client.SendAsync(request);
    }

    private static async Task<List<string?>> FaultsAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, text);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("parameter").GetString())];
    }

    private static StringContent Csv(string text) => new(text, System.Text.Encoding.UTF8, "text/csv");

    private static async Task<JsonElement> PostFileAsync(HttpClient client, string file)
    {
        using var answer = await client.PostAsync(new Uri("/v1/devices/enrolments", UriKind.Relative), Csv(file));
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
