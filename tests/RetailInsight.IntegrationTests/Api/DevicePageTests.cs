using System.Net;
using System.Text.RegularExpressions;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The pages of devices and their groups, filled in as a browser does.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class DevicePageTests(ApiHost host)
{
    [Fact]
    public async Task A_version_is_tried_with_a_few_devices_of_a_group_and_the_others_stay()
    {
        await using var database = await FoundAsync(5);
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await using var connection = await database.Owner.OpenConnectionAsync();
        Task<IEnumerable<string>> Groups() => connection.QueryAsync<string>("SELECT device_group || ' ' || feed || ' ' || coalesce(profile_version::text, '-') FROM tenancy.device_group WHERE tenant = 'aoba' ORDER BY 1");
        Task<IEnumerable<string>> Devices() => connection.QueryAsync<string>("SELECT device || ' ' || device_group || ' ' || version FROM tenancy.device WHERE tenant = 'aoba' ORDER BY device");

        foreach (var (name, feed, version) in new[] { ("Canary", "doors", "2"), ("canary", "nothing", "2"), ("canary", "doors", "0"), ("canary", "doors", "1.5"), ("doors", "doors", "2"), ("", "doors", "2") })
        {
            var refused = await office.SendFormAsync("/device-groups", "/device-groups", ("act", "make"), ("group", name), ("feed", feed), ("version", version));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("role=\"alert\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(["doors doors 1"], await Groups());
        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync("/device-groups", "/device-groups", ("act", "make"), ("group", "canary"), ("feed", "doors"), ("version", "2"))).StatusCode);
        Assert.Equal(["canary doors 2", "doors doors 1"], await Groups());

        // What was chosen stays chosen when it is refused.
        const string Page = "/device-groups?group=doors";
        var nowhere = await office.SendFormAsync(Page, "/device-groups", ("act", "move"), ("group", "doors"), ("to", "doors"), ("device", "d0002"));
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        Assert.Contains("value=\"d0002\" checked", await nowhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync(Page, "/device-groups", ("act", "move"), ("group", "doors"), ("to", "canary"))).StatusCode);
        var moved = await office.SendFormAsync(Page, "/device-groups", ("act", "move"), ("group", "doors"), ("to", "canary"), ("device", "d0001"), ("device", "d0002"));
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.Contains("2台を canary に移しました", await moved.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        string[] after = ["d0001 canary 2", "d0002 canary 2", "d0003 doors 1", "d0004 doors 1", "d0005 doors 1"];
        Assert.Equal(after, await Devices());

        // One that left meanwhile, is retired or is another company's moves nobody.
        await connection.ExecuteAsync("UPDATE tenancy.device SET retired_at = now() WHERE device = 'd0005'");
        foreach (var other in new[] { "d0002", "d0005", "camden-door" })
        {
            Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync(Page, "/device-groups", ("act", "move"), ("group", "doors"), ("to", "canary"), ("device", "d0003"), ("device", other))).StatusCode);
        }

        Assert.Equal(after, await Devices());
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM tenancy.device_audit WHERE action = 'route' AND device_group = 'canary' AND detail = '{\"from\":\"doors\",\"to\":\"canary\"}' AND actor = 'honbu'"));

        // Who has the page of before changes nothing that somebody else changed since.
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync(Page, "/device-groups", ("act", "route"), ("was_version", "7"), ("feed", "doors"), ("version", "2"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync(Page, "/device-groups", ("act", "route"), ("feed", "doors"), ("version", ""))).StatusCode);
        Assert.Equal(["canary doors 2", "doors doors -"], await Groups());
        var page = await office.GetStringAsync(Page + "&lang=en");
        Assert.Contains("read by doors, version newest", page, StringComparison.Ordinal);
        Assert.Contains("d0002 went to canary", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_are_of_those_who_look_after_devices_and_of_their_company()
    {
        await using var database = await FoundAsync(1);
        await using var app = await ApiHost.StartAsync(database, []);
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        using var camden = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "camden");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/device-groups")).StatusCode);
        Assert.DoesNotContain("/device-groups", await manager.GetStringAsync("/devices"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await camden.GetAsync("/device-groups?group=doors")).StatusCode);
        Assert.DoesNotContain("doors", await camden.GetStringAsync("/device-groups"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await camden.GetAsync("/device-groups?version=1")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await camden.PostAsync("/device-groups", new FormUrlEncodedContent([new("act", "make"), new("group", "x")]))).StatusCode);
    }

    [Fact]
    public async Task A_mapping_that_overlaps_is_shown_as_it_was_filled_in_with_the_fault_beside_its_row_and_a_line_moves_by_one_form()
    {
        await using var database = await FoundAsync(1);
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        await using var connection = await database.Owner.OpenConnectionAsync();
        Task<IEnumerable<string>> Lines() => connection.QueryAsync<string>("SELECT concat_ws(' ', line, store, valid_from, valid_to) FROM tenancy.device_line WHERE device = 'd0001' ORDER BY valid_from");
        (string, string)[] Row(string line, string store, string from, string to) => [("line", line), ("store", store), ("from", from), ("to", to), ("role", "entrance"), ("reversed", "no"), ("zone", "")];
        var refused = await office.SendFormAsync("/devices/d0001", "/devices/d0001/lines", [.. Row("door", "S01", "2026-10-01", "2026-11-05"), .. Row("door", "S02", "2026-11-03", ""), .. Row("side", "S01", "", "")]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("value=\"2026-11-05\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"side\"", page, StringComparison.Ordinal);
        Assert.Contains("開始日を正しく入れてください", RowOf(page, 3), StringComparison.Ordinal);
        var overlapping = await (await office.SendFormAsync("/devices/d0001", "/devices/d0001/lines", [.. Row("door", "S01", "2026-10-01", "2026-11-05"), .. Row("door", "S02", "2026-11-03", "")])).Content.ReadAsStringAsync();
        Assert.Contains("1行目と期間が重なっています", RowOf(overlapping, 2), StringComparison.Ordinal);
        Assert.DoesNotContain("重なっています", RowOf(overlapping, 1), StringComparison.Ordinal);
        Assert.Contains("class=\"clash\"", overlapping, StringComparison.Ordinal);
        Assert.Equal(["* S01 2020-01-01"], await Lines());

        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/devices/d0001", "/devices/d0001/move", ("line", "*"), ("store", "S02"), ("from", "2019-12-31"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/devices/d0001", "/devices/d0001/move", ("line", "*"), ("store", "S99"), ("from", "2026-11-10"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/devices/d0001", "/devices/d0001/move", ("line", "*"), ("store", "S02"), ("from", "soon"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync("/devices/d0001", "/devices/d0001/move", ("line", "*"), ("store", "S02"), ("from", "2026-11-10"))).StatusCode);
        Assert.Equal(["* S01 2020-01-01 2026-11-09", "* S02 2026-11-10"], await Lines());
        Assert.Equal(HttpStatusCode.OK, (await office.SendFormAsync("/devices/d0001", "/devices/d0001/move", ("line", "*"), ("store", ""), ("from", "2026-11-20"))).StatusCode);
        Assert.Equal(["* S01 2020-01-01 2026-11-09", "* S02 2026-11-10 2026-11-19"], await Lines());
    }

    [Fact]
    public async Task A_device_is_enrolled_and_changed_by_a_form_that_keeps_what_was_filled_in_and_names_what_is_wrong()
    {
        await using var database = await FoundAsync(1);
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        await using var connection = await database.Owner.OpenConnectionAsync();
        (string Name, string Value)[] fields =
        [
            ("device", "80:1F <b>"), ("name", "正面入口"), ("group", "doors"), ("interval", "900"), ("maker", "Xovis"), ("opens", "10:00"), ("closes", "26:00"), ("network", "sim"), ("subscriber", "44010"),
            ("store", "S02"), ("from", "2026-11-01"),
        ];
        (string, string)[] Filled(params (string Name, string Value)[] other) => [.. fields.Where(field => !other.Any(one => one.Name == field.Name)), .. other];
        foreach (var (name, value, said) in new[]
        {
            ("device", "a/b", "機器IDは"), ("interval", "15 min", "計測間隔は"), ("opens", "25:00", "計測開始は"), ("closes", "10:70", "計測開始は"), ("subscriber", "", "回線と"), ("group", "none", "グループを選んで"),
            ("store", "S99", "店舗と開始日"), ("from", "soon", "店舗と開始日"), ("name", new string('x', 101), "名前・"),
        })
        {
            var refused = await office.SendFormAsync("/device-facts", "/device-facts", Filled((name, value)));
            var page = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest && page.Contains(said, StringComparison.Ordinal), $"{name}: {refused.StatusCode}");
            Assert.Contains("value=\"Xovis\"", page, StringComparison.Ordinal);
        }

        var made = await office.SendFormAsync("/device-facts", "/device-facts", Filled());
        Assert.Equal((HttpStatusCode.Redirect, "/devices/80%3A1F%20%3Cb%3E"), (made.StatusCode, made.Headers.Location?.OriginalString));
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync("/device-facts", "/device-facts", Filled())).StatusCode);
        Task<string?> Stored() => connection.ExecuteScalarAsync<string>(
            """
            SELECT concat_ws(' ', d.name, maker, opens_minute, closes_minute, network, subscriber, d.version, l.line, l.store, l.valid_from)
            FROM tenancy.device d JOIN tenancy.device_line l USING (tenant, device) WHERE device = '80:1F <b>'
            """);
        Assert.Equal("正面入口 Xovis 600 1560 sim 44010 1 * S02 2026-11-01", await Stored());

        // The form of a device is filled with what it is, and changes that and no more.
        var change = "/device-facts?device=" + Uri.EscapeDataString("80:1F <b>");
        var form = await office.GetStringAsync(change);
        Assert.Contains("value=\"26:00\"", form, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", form[form.IndexOf("<main", StringComparison.Ordinal)..].Replace("<bdi>", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await office.SendFormAsync(change, "/device-facts", Filled(("name", "裏口"), ("device", "80:1F <b>"), ("store", ""), ("opens", ""), ("closes", "")))).StatusCode);
        Assert.Equal("裏口 Xovis sim 44010 2 * S02 2026-11-01", await Stored());
        Assert.Equal(HttpStatusCode.Conflict, (await office.SendFormAsync(change, "/device-facts", Filled(("version", "1")))).StatusCode);
        Assert.Equal("裏口 Xovis sim 44010 2 * S02 2026-11-01", await Stored());
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/device-facts?device=nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync("/device-facts?device=camden-door")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/device-facts")).StatusCode);
        Assert.DoesNotContain("/device-facts", await manager.GetStringAsync("/devices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_thousand_devices_are_paged_and_counted_by_state_and_every_one_is_reached()
    {
        await using var database = await FoundAsync(2000);
        await using var app = await ApiHost.StartAsync(database, []);
        using var office = await KeptCookies.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pages = 0;
        for (var address = "/devices?lang=en&state=new"; address is not null; pages++)
        {
            var page = await office.GetStringAsync(address);
            Assert.Contains("New 2,000", page, StringComparison.Ordinal);
            var rows = Device().Matches(page).Select(match => match.Groups[1].Value).ToList();
            Assert.InRange(rows.Count, 1, 100);
            Assert.All(rows, device => Assert.True(seen.Add(device), device));
            address = More().Match(page) is { Success: true } more ? WebUtility.HtmlDecode(more.Groups[1].Value) : null;
        }

        Assert.Equal((20, 2000), (pages, seen.Count));
        Assert.Contains(">2,000<", await office.GetStringAsync("/device-groups?group=doors"), StringComparison.Ordinal);
        Assert.Contains("No device is like that.", await office.GetStringAsync("/devices?lang=en&state=silent"), StringComparison.Ordinal);
    }

    private static string RowOf(string page, int row)
    {
        var editor = page[page.IndexOf("/devices/d0001/lines\"", StringComparison.Ordinal)..];
        return Fieldset().Matches(editor[..editor.IndexOf("</form>", StringComparison.Ordinal)])[row - 1].Value;
    }

    private async Task<TestDatabase> FoundAsync(int devices)
    {
        var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'doors', 'counter', 'counter-json') ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device_group (tenant, device_group, feed, profile_version) VALUES ('aoba', 'doors', 'doors', 1), ('thames', 'gates', 'gates', 1);
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, enrolled_at) VALUES ('thames', 'camden-door', 'gates', 900, '2020-01-01');
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, enrolled_at) SELECT 'aoba', 'd' || to_char(n, 'FM0000'), 'doors', 900, '2020-01-01' FROM generate_series(1, @devices) n;
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) SELECT 'aoba', 'd' || to_char(n, 'FM0000'), '*', '2020-01-01', 'S01' FROM generate_series(1, @devices) n;
            """,
            new { devices });
        return database;
    }

    [GeneratedRegex("""<th scope="row"><a href="/devices/([^"]+)">""")]
    private static partial Regex Device();

    [GeneratedRegex("""<a href="(/devices\?[^"]*after=[^"]+)">""")]
    private static partial Regex More();

    [GeneratedRegex("<fieldset.*?</fieldset>", RegexOptions.Singleline)]
    private static partial Regex Fieldset();
}
