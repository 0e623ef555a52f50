using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The registry of models as people see it, and the way back to the champion before.</summary>
[Collection(ApiCollections.Contract)]
public sealed class ModelsTests(ApiHost host) : OwnCompanyTests(host)
{
    private const string RollBack = "/v1/ops/models/sales/rollback";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await ModelsOfACompany.RegisterAsync(Database.Job, "aoba");
    }

    [Fact]
    public async Task Models_stand_with_what_they_came_from_how_they_did_and_why_one_was_refused()
    {
        using var engineer = await SignInAsync("engineer");
        var sales = Assert.Single((await engineer.GetFromJsonAsync<JsonElement>("/v1/ops/models")).EnumerateArray());
        var models = sales.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("label").GetString()!);
        string Sha(string label) => models[label].GetProperty("sha256").GetString()!;
        Assert.Equal(["slow_trend 2026-11-08", "recent_level 2026-10-25", "log_additive 2026-10-18"], sales.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("label").GetString()));
        Assert.Equal(Sha("recent_level 2026-10-25"), sales.GetProperty("champion").GetProperty("sha256").GetString());
        Assert.Equal(ModelsOfACompany.ChampionVersion, sales.GetProperty("champion").GetProperty("version").GetInt64());
        Assert.Equal(Sha("slow_trend 2026-11-08"), sales.GetProperty("challenger").GetProperty("sha256").GetString());
        Assert.Equal(Sha("log_additive 2026-10-18"), sales.GetProperty("rolls_back_to").GetString());
        var champion = models["recent_level 2026-10-25"];
        Assert.Equal(("store-days", 1284, "log-additive 1"), (champion.GetProperty("data_set").GetString(), champion.GetProperty("data_set_rows").GetInt32(), champion.GetProperty("code_version").GetString()));
        Assert.Equal([0.151, 0.148], champion.GetProperty("evaluations").EnumerateArray().Select(one => one.GetProperty("metrics").GetProperty("wape").GetDouble()));
        var refused = sales.GetProperty("moves")[0];
        Assert.Equal(("promote", "refused"), (refused.GetProperty("action").GetString(), refused.GetProperty("outcome").GetString()));
        Assert.Equal(["worse", "shadow_too_short"], refused.GetProperty("reasons").EnumerateArray().Select(why => why.GetProperty("code").GetString()));

        var page = WebUtility.HtmlDecode(await engineer.GetStringAsync("/ops/models?lang=en"));
        Assert.Matches("<code>wape</code></th><td>0.151</td><td>0.169</td>", page);
        Assert.Contains("wape is 0.169; at most 0.1495 is asked for.", page, StringComparison.Ordinal);
        Assert.Contains("Why go back to “log_additive 2026-10-18”", page, StringComparison.Ordinal);
        using var office = await SignInAsync("honbu");
        Assert.DoesNotContain("/rollback", await office.GetStringAsync("/ops/models"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_champion_before_comes_back_once_a_key_with_its_reason_in_the_audit_and_never_unseen()
    {
        using var engineer = await SignInAsync("engineer");
        var stale = await engineer.PostAsJsonAsync(RollBack, new { reason = "figures look odd", expected_version = 1 });
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Equal("action-outdated", (await stale.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await engineer.PostAsJsonAsync(RollBack, new { reason = " ", expected_version = 2 })).StatusCode);

        foreach (var replay in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, RollBack) { Content = JsonContent.Create(new { reason = "figures look odd", expected_version = ModelsOfACompany.ChampionVersion }) };
            request.Headers.Add("Idempotency-Key", "back");
            using var answer = await engineer.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(replay, answer.Headers.Contains("Idempotent-Replay"));
            Assert.Equal(3, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt64());
        }

        // Before the first champion there was none: that is said, stays on record, and uses no key up.
        for (var turn = 0; turn < 2; turn++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, RollBack) { Content = JsonContent.Create(new { reason = "further back", expected_version = 3 }) };
            request.Headers.Add("Idempotency-Key", "further");
            using var answer = await engineer.SendAsync(request);
            Assert.Equal("action-refused", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        await using var connection = await Database.Owner.OpenConnectionAsync();
        Assert.Equal(
            ["model.roll_back done engineer figures look odd", "model.roll_back refused engineer further back", "model.roll_back refused engineer further back"],
            await connection.QueryAsync<string>("SELECT action || ' ' || outcome || ' ' || actor || ' ' || (detail::jsonb ->> 'why') FROM audit.entry WHERE tenant = 'aoba' AND action = 'model.roll_back' ORDER BY seq"));
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM api.idempotency WHERE key = 'further'"));
    }

    [Fact]
    public async Task The_form_of_the_page_goes_back_once_and_tells_who_comes_too_late()
    {
        using var engineer = await SignInAsync("engineer");
        Assert.Equal(HttpStatusCode.BadRequest, (await engineer.SendFormAsync("/ops/models", "/ops/models/sales/rollback", ("reason", ""))).StatusCode);
        var late = await engineer.SendFormAsync("/ops/models?lang=en", "/ops/models/sales/rollback", ("reason", "odd"), ("version", "1"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        var done = await engineer.SendFormAsync("/ops/models", "/ops/models/sales/rollback", ("reason", "odd"));
        Assert.Equal("/ops/models?done=rolled_back", done.Headers.Location!.OriginalString);
        var page = WebUtility.HtmlDecode(await engineer.GetStringAsync("/ops/models?done=rolled_back&lang=en"));
        Assert.Contains("The champion before is champion again.", page, StringComparison.Ordinal);
        Assert.Contains("Rolled back", page, StringComparison.Ordinal);
        Assert.Contains("There was no champion before this one to go back to.", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await engineer.GetAsync("/ops/models?done=perhaps")).StatusCode);
    }

    [Fact]
    public async Task Other_companies_and_managers_of_stores_see_and_move_nothing()
    {
        using var other = await SignInAsync("camden");
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("/v1/ops/models")).EnumerateArray());
        Assert.DoesNotContain("slow_trend", await other.GetStringAsync("/ops/models"), StringComparison.Ordinal);
        using var office = await SignInAsync("honbu");
        Assert.Equal(HttpStatusCode.Forbidden, (await office.PostAsJsonAsync(RollBack, new { reason = "x", expected_version = 2 })).StatusCode);
        using var manager = await SignInAsync("shibuya");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/ops/models")).StatusCode);
        await using (var admin = Database.Owner.CreateCommand("UPDATE api.app_user SET role = 'admin' WHERE login = 'camden'"))
        {
            await admin.ExecuteNonQueryAsync();
        }

        using var stranger = await SignInAsync("camden");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsJsonAsync(RollBack, new { reason = "x", expected_version = 2 })).StatusCode);
        Assert.Equal(0, await (await Database.Owner.OpenConnectionAsync()).ExecuteScalarAsync<int>("SELECT count(*) FROM ml.model_alias_change WHERE action = 'roll_back'"));
    }
}
