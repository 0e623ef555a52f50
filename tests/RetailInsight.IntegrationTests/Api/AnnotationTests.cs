using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Annotations by API and page: who sees them, where they are drawn, and that they change no number.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class AnnotationTests(ApiHost host)
{
    [Fact]
    public async Task They_are_seen_by_whom_they_are_for_and_changed_by_who_wrote_them()
    {
        using var office = await host.SignInAsync("honbu");
        using var manager = await host.SignInAsync("shibuya");
        using var area = await host.SignInAsync("kanto");
        using var engineer = await host.SignInAsync("engineer");
        using var other = await host.SignInAsync("camden");
        var chain = await CreateAsync(office, new { kind = "sale", from = "2026-10-01", to = "2026-10-03", visibility = "chain", text = "Anniversary" });
        var store = await CreateAsync(manager, new { kind = "rain", from = "2026-10-02", to = "2026-10-02", visibility = "store", store = "S01", text = "Typhoon", from_hour = 12, to_hour = 18 });
        var own = await CreateAsync(manager, new { kind = "note", from = "2026-10-02", to = "2026-10-02", visibility = "personal", text = "Only mine" });
        var elsewhere = await CreateAsync(office, new { kind = "event", from = "2026-10-02", to = "2026-10-02", visibility = "store", store = "S03", text = "Match" });
        Assert.Equal(["Anniversary", "Only mine", "Typhoon"], await TextsAsync(manager));
        Assert.Equal(["Anniversary", "Typhoon"], await TextsAsync(area));
        Assert.Equal(["Anniversary", "Match", "Typhoon"], await TextsAsync(office));
        Assert.Equal(["Anniversary", "Match"], await TextsAsync(office, "&store=S03"));
        Assert.Empty(await TextsAsync(other));

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/v1/annotations/{chain}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.DeleteAsync($"/v1/annotations/{elsewhere}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync($"/v1/annotations/{own}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.DeleteAsync($"/v1/annotations/{chain}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await area.DeleteAsync($"/v1/annotations/{store}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await engineer.PostAsJsonAsync("/v1/annotations", new { kind = "sale", from = "2026-10-01", to = "2026-10-03", visibility = "chain" })).StatusCode);
        foreach (var (wrong, parameter) in new (object, string)[]
        {
            (new { kind = "snow", from = "2026-10-01", to = "2026-10-01", visibility = "personal" }, "kind"),
            (new { kind = "rain", from = "2026-10-32", to = "2026-10-01", visibility = "personal" }, "from"),
            (new { kind = "rain", from = "2026-10-02", to = "2026-10-01", visibility = "personal" }, "to"),
            (new { kind = "rain", from = "2026-10-01", to = "2026-10-01", visibility = "store", store = "S03" }, "store"),
            (new { kind = "rain", from = "2026-10-01", to = "2026-10-01", visibility = "store" }, "store"),
            (new { kind = "note", from = "2026-10-01", to = "2026-10-01", visibility = "personal" }, "text"),
            (new { kind = "rain", from = "2026-10-01", to = "2026-10-01", visibility = "personal", from_hour = 5 }, "from_hour"),
        })
        {
            var answer = await manager.PostAsJsonAsync("/v1/annotations", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(parameter, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("parameter").GetString()));
        }

        var changed = await manager.PutAsJsonAsync($"/v1/annotations/{store}", new { kind = "rain", from = "2026-10-02", to = "2026-10-03", visibility = "store", store = "S01", text = "Two days" });
        Assert.Equal(("Two days", "2026-10-03", "shibuya"), await changed.Content.ReadFromJsonAsync<JsonElement>() is var now
            ? (now.GetProperty("text").GetString(), now.GetProperty("to").GetString(), now.GetProperty("owner").GetString()) : default);
        foreach (var id in new[] { chain, store, elsewhere })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await office.DeleteAsync($"/v1/annotations/{id}")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await manager.DeleteAsync($"/v1/annotations/{own}")).StatusCode);
    }

    [Fact]
    public async Task They_are_written_on_the_page_drawn_on_its_charts_and_listed_as_text_and_no_number_changes()
    {
        using var manager = await host.SignInAsync("shibuya");
        var before = Figures(await manager.GetStringAsync("/?store=S01&date=2026-11-14&lang=en"));
        var page = await manager.GetStringAsync("/?store=S01&date=2026-11-14");
        var saved = await manager.PostAsync("/notes", Form(page, ("do", "save"), ("note", ""), ("return", "/?store=S01&date=2026-11-14"), ("kind", "rain"), ("visibility", "store"), ("store", "S01"),
            ("text", "<b>Storm</b>"), ("from", "2026-11-14"), ("to", ""), ("from_hour", "13"), ("to_hour", "15")));
        Assert.Equal("/?store=S01&date=2026-11-14", saved.Headers.Location!.OriginalString);
        page = await manager.GetStringAsync("/?store=S01&date=2026-11-14");
        Assert.DoesNotContain("<b>Storm", page, StringComparison.Ordinal);
        Assert.Equal(before, Figures(page));

        // Two hours, twice drawn, and the day, twice drawn; whoever cannot see them hears them with the column.
        Assert.Equal(6, Regex.Count(page, "<g class=\"mark\" aria-hidden=\"true\"><title>13:00–15:00 Rain, weather &lt;b&gt;Storm&lt;/b&gt;</title>"));
        Assert.Contains("13:00–15:00 Rain, weather &lt;b&gt;Storm&lt;/b&gt;\" aria-current=\"date\"", page, StringComparison.Ordinal);
        Assert.Contains("""<li><b>Rain, weather</b>""", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;Storm", await manager.GetStringAsync("/period?store=S01&date=2026-11-14"), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;Storm", await manager.GetStringAsync("/today?store=S01&date=2026-11-14"), StringComparison.Ordinal);
        Assert.DoesNotContain("Storm", await (await host.SignInAsync("honbu")).GetStringAsync("/?store=S02&date=2026-11-14"), StringComparison.Ordinal);

        var id = EditPattern().Match(page).Groups[1].Value;
        var edit = await manager.GetStringAsync($"/notes/{id}?return=%2F%3Fstore%3DS01");
        Assert.Contains("value=\"&lt;b&gt;Storm&lt;/b&gt;\"", edit, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await (await host.SignInAsync("camden")).GetAsync($"/notes/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsync("/notes", Form(edit, ("do", "save"), ("note", id), ("kind", "rain"), ("visibility", "store"), ("store", "S02"), ("from", "2026-11-14")))).StatusCode);
        Assert.Equal("/", (await manager.PostAsync("/notes", Form(edit, ("do", "remove"), ("note", id), ("return", "https://elsewhere.example/")))).Headers.Location!.OriginalString);
        Assert.DoesNotContain("Storm", await manager.GetStringAsync("/?store=S01&date=2026-11-14"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsync("/notes", new FormUrlEncodedContent([new("do", "save")]))).StatusCode);
    }

    [Fact]
    public async Task They_leave_with_the_page_in_files_and_links_but_what_is_personal_stays_with_its_owner()
    {
        using var office = await host.SignInAsync("honbu");
        var ids = new List<string>
        {
            await CreateAsync(office, new { kind = "sale", from = "2026-11-05", to = "2026-11-06", visibility = "chain", text = "Everywhere" }),
            await CreateAsync(office, new { kind = "rain", from = "2026-11-06", to = "2026-11-06", visibility = "store", store = "S02", text = "Shower", from_hour = 12, to_hour = 18 }),
            await CreateAsync(office, new { kind = "note", from = "2026-11-06", to = "2026-11-06", visibility = "personal", text = "Secret" }),
        };
        try
        {
            foreach (var page in new[] { "/", "/period", "/traffic", "/products", "/customers", "/stores", "/peers", "/health" })
            {
                var html = await office.GetStringAsync($"{page}?store=S02&date=2026-11-06&lang=en");
                Assert.Equal(page, page + (Regex.IsMatch(html, "<bdi>Everywhere</bdi>") && Regex.IsMatch(html, "<bdi>Shower</bdi>") && Regex.IsMatch(html, "<bdi>Secret</bdi>") ? "" : " lacks a note"));
                var file = await office.GetStringAsync($"/export/{(page == "/" ? "day" : page[1..])}/notes.csv?store=S02&date=2026-11-06");
                Assert.Contains("2026-11-05,2026-11-06,,all,All stores,Sale,Everywhere", file, StringComparison.Ordinal);
                Assert.Contains("Shower", file, StringComparison.Ordinal);
                Assert.DoesNotContain("Secret", file, StringComparison.Ordinal);
            }

            foreach (var file in new[] { "/export/day/days.csv", "/export/period/days.csv" })
            {
                var rows = CsvRows.Of(await office.GetStringAsync($"{file}?store=S02&date=2026-11-06"));
                var (date, notes) = (Array.IndexOf(rows[0], "Business date"), Array.IndexOf(rows[0], "Notes"));
                Assert.Equal(["2026-11-05 Sale Everywhere", "2026-11-06 Sale Everywhere; 12:00–18:00 Rain, weather Shower"], rows.Skip(1).Where(row => row[notes].Length > 0).Select(row => $"{row[date]} {row[notes]}"));
            }

            var link = await (await office.SendFormAsync("/?store=S02&date=2026-11-06", "/shares", ("page", "day"), ("filter", "?store=S02&date=2026-11-06"), ("days", "1"))).Content.ReadAsStringAsync();
            using var visitor = host.Stranger();
            var shared = await visitor.GetStringAsync(Regex.Match(link, "(/s/[A-Za-z0-9_-]+)\"").Groups[1].Value);
            Assert.Contains("Shower", shared, StringComparison.Ordinal);
            Assert.DoesNotContain("Secret", shared, StringComparison.Ordinal);
            Assert.DoesNotMatch("<form|<input|<a ", shared);
        }
        finally
        {
            foreach (var id in ids)
            {
                await office.DeleteAsync($"/v1/annotations/{id}");
            }
        }
    }

    [Fact]
    public async Task Those_of_a_time_are_listed_by_what_the_address_says_saved_and_passed_on()
    {
        using var office = await host.SignInAsync("honbu");
        var ids = new List<string>
        {
            await CreateAsync(office, new { kind = "sale", from = "2026-09-05", to = "2026-09-06", visibility = "chain", text = "Autumn sale" }),
            await CreateAsync(office, new { kind = "rain", from = "2026-09-20", to = "2026-09-20", visibility = "store", store = "S02", text = "Typhoon" }),
            await CreateAsync(office, new { kind = "note", from = "2026-09-21", to = "2026-09-21", visibility = "personal", text = "Mine alone" }),
        };
        try
        {
            async Task<string> ListedAsync(string filter) =>
                string.Join(", ", Regex.Matches(await office.GetStringAsync($"/notes?lang=en&{filter}"), """<td class="left text"><b>[^<]*</b> <bdi>([^<]*)</bdi>""").Select(match => match.Groups[1].Value));
            const string September = "from=2026-09-01&date=2026-09-30";
            Assert.Equal("Mine alone, Typhoon, Autumn sale", await ListedAsync("store=all&" + September));
            Assert.Equal("Mine alone, Autumn sale", await ListedAsync("store=S01&" + September));
            Assert.Equal("Typhoon", await ListedAsync("store=all&kind=rain&" + September));
            Assert.Equal("Autumn sale", await ListedAsync("store=all&visibility=chain&" + September));
            Assert.Equal("Mine alone, Typhoon", await ListedAsync("store=all&from=2026-09-07&date=2026-09-30"));
            Assert.Equal("", await ListedAsync("store=all&from=2026-08-01&date=2026-08-31"));
            Assert.All(
                ["kind=snow", "visibility=all", "from=2026-10-01&date=2026-09-30", "from=2024-01-01&date=2026-09-30", "from=x"],
                filter => Assert.Equal(HttpStatusCode.BadRequest, office.GetAsync("/notes?" + filter).Result.StatusCode));
            Assert.Matches("""<a href="/notes\?store=S02&amp;date=2026-09-20&amp;from=2026-09-\d\d">""", await office.GetStringAsync("/?store=S02&date=2026-09-20"));

            using var manager = await host.SignInAsync("shibuya");
            var theirs = await manager.GetStringAsync("/notes?store=S01&" + September);
            Assert.True(theirs.Contains("Autumn sale", StringComparison.Ordinal) && !theirs.Contains("Typhoon", StringComparison.Ordinal) && !theirs.Contains("Mine alone", StringComparison.Ordinal));

            var rows = CsvRows.Of(await office.GetStringAsync("/export/notes/notes.csv?store=all&" + September));
            Assert.Equal(["Autumn sale", "Typhoon"], rows.Skip(1).Select(row => row[Array.IndexOf(rows[0], "Text")]));
            var link = await (await office.SendFormAsync("/notes?store=all&" + September, "/shares", ("page", "notes"), ("filter", "?store=all&kind=rain&" + September), ("days", "1"))).Content.ReadAsStringAsync();
            using var visitor = host.Stranger();
            var shared = await visitor.GetStringAsync(Regex.Match(link, "(/s/[A-Za-z0-9_-]+)\"").Groups[1].Value);
            Assert.Contains("Typhoon", shared, StringComparison.Ordinal);
            Assert.DoesNotMatch("Autumn sale|Mine alone|<form|<input|<a ", shared);
        }
        finally
        {
            foreach (var id in ids)
            {
                await office.DeleteAsync($"/v1/annotations/{id}");
            }
        }
    }

    private static async Task<string> CreateAsync(HttpClient client, object note)
    {
        var answer = await client.PostAsJsonAsync("/v1/annotations", note);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<List<string?>> TextsAsync(HttpClient client, string more = "") =>
        [.. (await client.GetFromJsonAsync<JsonElement>($"/v1/annotations?from=2026-10-01&to=2026-10-31{more}")).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("text").GetString()).Order()];

    private static string Figures(string page) => string.Join(' ', ValuePattern().Matches(page).Select(match => match.Groups[1].Value));

    private static FormUrlEncodedContent Form(string page, params (string Name, string Value)[] fields)
    {
        var token = TokenPattern().Match(page);
        return new([new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }

    [GeneratedRegex("""<p class="value">([^<]+)</p>""")]
    private static partial Regex ValuePattern();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)">""")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("""/notes/([0-9a-f]{32})""")]
    private static partial Regex EditPattern();
}
