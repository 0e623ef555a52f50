using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Ml.Similarity;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What the API and the pages say of stores that resemble each other, and to whom.</summary>
[Collection(ApiCollections.Contract)]
public sealed class SimilarityTests(ApiHost host) : OwnCompanyTests(host)
{
    private static readonly string[] EdgeOfTown = ["M07", "M08", "M09", "M10", "M11", "M12"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await StoresOfThreeKinds.FoundAsync(Database.Job, Services.GetRequiredService<StoreSimilarity>());
    }

    [Fact]
    public async Task The_three_kinds_are_found_named_in_words_and_the_number_of_groups_is_justified()
    {
        using var office = await SignInAsync("mori-hq");
        var answer = await office.GetFromJsonAsync<JsonElement>("/v1/segments");
        Assert.Equal("2026-11-14", answer.GetProperty("as_of").GetString());
        var division = Assert.Single(answer.GetProperty("divisions").EnumerateArray());
        Assert.Equal("JPY", division.GetProperty("currency").GetString());
        Assert.Equal(3, division.GetProperty("stable_segments").GetInt32());
        Assert.Equal([2, 3, 4, 5, 6], division.GetProperty("by_number").EnumerateArray().Select(tried => tried.GetProperty("k").GetInt32()));
        var chosen = division.GetProperty("by_number")[1];
        Assert.True(chosen.GetProperty("accepted").GetBoolean() && Number(chosen, "worst_jaccard") >= 0.6m && Number(chosen, "agreement") >= 0.6m);
        Assert.All(division.GetProperty("axes").EnumerateArray(), axis => Assert.NotEmpty(axis.GetProperty("features").EnumerateArray()));

        var edge = division.GetProperty("segments").EnumerateArray().Single(group => Codes(group).Contains("M07"));
        Assert.Equal(EdgeOfTown, Codes(edge));
        Assert.Equal(6, edge.GetProperty("store_count").GetInt32());
        var traits = edge.GetProperty("traits").EnumerateArray().ToList();
        Assert.NotEmpty(traits);
        Assert.All(traits, trait => Assert.NotEqual(0, Number(trait, "deviation")));
        Assert.EndsWith("店舗", edge.GetProperty("name_ja").GetString(), StringComparison.Ordinal);
        Assert.Contains(" stores", edge.GetProperty("name_en").GetString(), StringComparison.Ordinal);

        // Whatever names a group is defined in both languages.
        var defined = (await office.GetFromJsonAsync<JsonElement>("/v1/features")).GetProperty("items").EnumerateArray().ToDictionary(feature => feature.GetProperty("feature").GetString()!);
        Assert.Equal(16, defined.Count);
        Assert.All(defined.Values, feature => Assert.All(["name_ja", "name_en", "definition_ja", "definition_en"], text => Assert.NotEqual("", feature.GetProperty(text).GetString())));
        Assert.All(traits, trait => Assert.Contains(trait.GetProperty("feature").GetString()!.Split(':')[0], defined.Keys.Select(name => name.Split(':')[0])));
        var profile = (await office.GetFromJsonAsync<JsonElement>("/v1/store-profiles?store=M07")).GetProperty("items")[0].GetProperty("features");
        Assert.Equal("3200.0000", profile.GetProperty("basket_value").GetString());
        Assert.Equal("4.2000", profile.GetProperty("items_per_receipt").GetString());
        Assert.All(profile.EnumerateObject(), feature => Assert.Contains(feature.Name.Split(':')[0], defined.Keys.Select(name => name.Split(':')[0])));
    }

    [Fact]
    public async Task The_nearest_stores_come_with_reasons_and_are_named_only_to_who_may_see_them()
    {
        using var office = await SignInAsync("mori-hq");
        var near = (await office.GetFromJsonAsync<JsonElement>("/v1/peers/nearest?store=M07")).GetProperty("peers").EnumerateArray().ToList();
        Assert.Equal(10, near.Count);
        Assert.All(near.Take(3), peer => Assert.Contains(peer.GetProperty("store").GetString(), EdgeOfTown));
        Assert.Equal(near.Select(peer => Number(peer, "distance")).Order(), near.Select(peer => Number(peer, "distance")));
        Assert.All(near.Take(3), peer => Assert.NotEmpty(peer.GetProperty("alike").EnumerateArray()));
        Assert.All(near.Where(peer => !EdgeOfTown.Contains(peer.GetProperty("store").GetString())), peer => Assert.NotNull(peer.GetProperty("unlike").GetString()));

        using var manager = await SignInAsync("mori-m07");
        var json = await manager.GetStringAsync("/v1/peers/nearest?store=M07") + await manager.GetStringAsync("/v1/segments") + await manager.GetStringAsync("/v1/store-profiles");
        Assert.DoesNotMatch("M0[1-689]|M1[0-8]", json);
        var text = WebUtility.HtmlDecode(json + await manager.GetStringAsync("/store-groups") + await manager.GetStringAsync("/peers?store=M07"));
        Assert.DoesNotMatch("駅前店|所沢|柏郊外|幕張|厚木|川越|谷中", text);
        var unnamed = (await manager.GetFromJsonAsync<JsonElement>("/v1/peers/nearest?store=M07")).GetProperty("peers").EnumerateArray().ToList();
        Assert.Equal(10, unnamed.Count);
        Assert.All(unnamed, peer => Assert.Equal(JsonValueKind.Null, peer.GetProperty("store").ValueKind));
        Assert.NotEmpty(unnamed[0].GetProperty("alike").EnumerateArray());
        Assert.Equal(18, (await manager.GetFromJsonAsync<JsonElement>("/v1/segments")).GetProperty("divisions")[0].GetProperty("segments").EnumerateArray().Sum(group => group.GetProperty("store_count").GetInt32()));
        Assert.Contains("店舗名は表示できません", text, StringComparison.Ordinal);
        foreach (var address in new[] { "/v1/peers/nearest?store=M08", "/v1/store-profiles?store=M07&store=M08", "/store-groups?store=M08" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(address)).StatusCode);
        }
    }

    [Fact]
    public async Task A_group_too_small_says_nothing_of_stores_one_may_not_see()
    {
        await using (var command = Database.Owner.CreateCommand(
            """
            WITH mine AS (SELECT segment, max(segment) OVER () + 1 AS free FROM mart.store_segment WHERE tenant = 'mori')
            UPDATE mart.store_segment SET segment = (SELECT max(free) FROM mine) WHERE tenant = 'mori' AND store IN ('M07', 'M08');
            INSERT INTO mart.segment SELECT 'mori', '2026-11-14', 'JPY', (SELECT segment FROM mart.store_segment WHERE tenant = 'mori' AND store = 'M07'), 2, '[{"feature":"basket_value","deviation":2,"ratio":1.75}]'
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        using var manager = await SignInAsync("mori-m07");
        var segments = await manager.GetStringAsync("/v1/segments");
        Assert.DoesNotContain("1.75", segments, StringComparison.Ordinal);
        Assert.DoesNotContain("1.75", await manager.GetStringAsync("/store-groups?lang=en"), StringComparison.Ordinal);
        using var office = await SignInAsync("mori-hq");
        Assert.Contains("1.75", await office.GetStringAsync("/v1/segments"), StringComparison.Ordinal);
        Assert.Contains("Large-basket stores", await office.GetStringAsync("/store-groups?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_say_what_a_store_is_like_where_it_may_move_and_why_there_are_three_groups()
    {
        using var office = await SignInAsync("mori-hq");
        var page = WebUtility.HtmlDecode(await office.GetStringAsync("/store-groups?store=M07&lang=en"));
        Assert.Contains("There are 3 groups.", page, StringComparison.Ordinal);
        Assert.Contains("川越郊外店 moves to", page, StringComparison.Ordinal);
        Assert.Contains("""<b aria-current="true"><bdi>八王子郊外店</bdi></b>""", page, StringComparison.Ordinal);
        Assert.Contains("Further right", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"left\">stable, used</td>", page, StringComparison.Ordinal);
        Assert.Contains("つに分けています", WebUtility.HtmlDecode(await office.GetStringAsync("/store-groups?store=all&lang=ja")), StringComparison.Ordinal);
        var peers = WebUtility.HtmlDecode(await office.GetStringAsync("/peers?store=M07&lang=en"));
        Assert.Contains("The ten nearest stores", peers, StringComparison.Ordinal);
        Assert.Contains("所沢郊外店", peers, StringComparison.Ordinal);
        Assert.Contains("M12", await office.GetStringAsync("/export/storegroups/stores.csv?store=all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_before_the_first_comparison_and_other_companies_have_none()
    {
        using var office = await SignInAsync("mori-hq");
        Assert.Equal(JsonValueKind.Null, (await office.GetFromJsonAsync<JsonElement>("/v1/segments?as_of=2026-11-13")).GetProperty("as_of").ValueKind);
        Assert.Contains("There are no groups yet", await office.GetStringAsync("/store-groups?store=all&date=2026-11-01&lang=en"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.GetAsync("/v1/segments?as_of=yesterday")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.GetAsync("/v1/peers/nearest")).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/segments");
        request.Headers.TryAddWithoutValidation("If-None-Match", (await office.GetAsync("/v1/segments")).Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, (await office.SendAsync(request)).StatusCode);

        using var other = await SignInAsync("camden");
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/v1/segments")).GetProperty("divisions").EnumerateArray());
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/v1/store-profiles")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/v1/peers/nearest?store=M07")).StatusCode);
        Assert.DoesNotContain("郊外店", WebUtility.HtmlDecode(await other.GetStringAsync("/store-groups?store=all")), StringComparison.Ordinal);
    }

    private static decimal Number(JsonElement one, string member) => decimal.Parse(one.GetProperty(member).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Codes(JsonElement group) => [.. group.GetProperty("stores").EnumerateArray().Select(store => store.GetProperty("store").GetString()!)];
}
