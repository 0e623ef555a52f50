using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Fix, preview, replay, undo: what was held comes in once, and can be taken back.</summary>
public sealed class ReplayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly object UnknownCode = new { reason = "code_unknown", feed = "vendor-a" };

    [Fact]
    public async Task A_preview_says_what_a_replay_then_does_and_changes_nothing_itself()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        var receipt = await LandAsync(gateway);
        var before = await new PublishedReceipts().ReadAsync(gateway);
        Assert.Equal("S001 11-01 1 1000", before.Days());

        var early = await gateway.PreviewAsync(UnknownCode);
        Assert.Equal((2, 0), (early.Outcome("held"), early.Outcome("recovered")));
        Assert.Equal(["held S001 2026-11-01 1 500", "held S002 2026-11-02 1 700"], early.Effects());

        await gateway.FixProfileAsync();
        var preview = await gateway.PreviewAsync(UnknownCode);
        Assert.Equal(["recovered S001 2026-11-01 1 500", "recovered S002 2026-11-02 1 700"], preview.Effects());
        Assert.Equal(2, preview.Outcome("recovered"));
        Assert.Equal(2, (await gateway.OpenItemsAsync()).Count);
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.outbox"));

        var replay = await gateway.ReplayAsync(UnknownCode);
        Assert.Equal(preview.Effects(), replay.Effects());
        Assert.Equal("acme-operator", replay.Text("requested_by"));
        Assert.Empty(await gateway.OpenItemsAsync());
        Assert.Equal("S001 11-01 2 1500; S002 11-02 1 700", (await before.ReadAsync(gateway)).Days());
        Assert.Equal(receipt.GetRawText(), (await gateway.Acme.GetJsonAsync("/v1/receipts/" + receipt.Text("receipt_id"))).GetRawText());
        var released = (await gateway.Acme.GetJsonAsync("/v1/quarantine?state=replayed")).GetProperty("items");
        Assert.All(released.EnumerateArray(), item => Assert.Equal(replay.Id(), item.GetProperty("replay_id").GetInt64()));
    }

    [Fact]
    public async Task A_replay_done_twice_is_a_replay_done_once()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync();
        var items = (await gateway.OpenItemsAsync()).Select(item => item.GetProperty("id").GetInt64()).ToArray();
        await gateway.ReplayAsync(new { items });
        var after = (await new PublishedReceipts().ReadAsync(gateway)).Days();

        Assert.Equal(0, (await gateway.ReplayAsync(new { items })).GetProperty("items").GetInt32());
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.outbox"));
        Assert.Equal(3, await gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal("S001 11-01 2 1500; S002 11-02 1 700", after);
    }

    [Fact]
    public async Task Replays_that_run_at_once_land_each_receipt_once()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        foreach (var file in Enumerable.Range(1, 8))
        {
            await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(1, 20).Select(i => VendorFiles.Sale($"{file:00}{i:00}", 100, kind: "05"))]));
        }

        await gateway.FixProfileAsync();
        await using var other = await ReplayHost.StartBesideAsync(gateway);
        var replays = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => gateway.ReplayAsync(UnknownCode)));
        Assert.Equal(160, replays.Sum(replay => replay.Outcome("recovered")));
        Assert.Equal("S001 11-01 160 16000", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task An_undo_returns_figures_and_items_to_what_they_were_and_a_further_replay_brings_them_again()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        var published = await new PublishedReceipts().ReadAsync(gateway);
        var before = published.Days();
        await gateway.FixProfileAsync();
        for (var round = 0; round < 2; round++)
        {
            var replay = await gateway.ReplayAsync(UnknownCode);
            Assert.Equal("S001 11-01 2 1500; S002 11-02 1 700", (await published.ReadAsync(gateway)).Days());

            var undo = await gateway.UndoAsync(replay.Id());
            Assert.Equal(2, undo.Outcome("reopened"));
            Assert.Equal(before, (await published.ReadAsync(gateway)).Days());
            Assert.Equal(2, (await gateway.OpenItemsAsync()).Count);
            Assert.Equal(undo.Id(), (await gateway.UndoAsync(replay.Id())).Id());
            Assert.Equal(undo.Id(), (await gateway.Operator.GetJsonAsync($"/v1/quarantine/replays/{replay.Id()}")).GetProperty("undone_by").GetInt64());
        }
    }

    [Fact]
    public async Task What_an_undo_withdrew_is_no_duplicate_when_it_is_sent_again()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync();
        await gateway.UndoAsync((await gateway.ReplayAsync(UnknownCode)).Id());
        var resend = await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 500, kind: "05")));
        Assert.Equal((1, 1, 0, 0, 0), resend.Rows());
        Assert.Equal("S001 11-01 2 1500", (await new PublishedReceipts().ReadAsync(gateway)).Days());
        Assert.Equal((1, 0, 1, 0, 0), (await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 500, kind: "05"), ""))).Rows());
    }

    [Fact]
    public async Task A_held_correction_takes_the_place_of_the_sale_and_its_undo_says_the_sale_again()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000)));
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0001", 600, kind: "05")));
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(UnknownCode);
        Assert.Equal(["superseding S001 2026-11-01 1 600"], replay.Effects());
        var published = await new PublishedReceipts().ReadAsync(gateway);
        Assert.Equal("S001 11-01 1 600", published.Days());
        Assert.StartsWith("restored S001 2026-11-01", (await gateway.UndoAsync(replay.Id())).Effects().Single(), StringComparison.Ordinal);
        Assert.Equal("S001 11-01 1 1000", (await published.ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task A_held_receipt_that_was_corrected_meanwhile_does_not_come_back_over_its_correction()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 450)));
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(UnknownCode);
        Assert.Equal((1, 1), (replay.Outcome("overtaken"), replay.Outcome("recovered")));
        Assert.Equal("S001 11-01 2 1450; S002 11-02 1 700", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task A_correction_that_came_after_the_replay_survives_its_undo()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(UnknownCode);
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("0002", 450)));
        await gateway.UndoAsync(replay.Id());
        Assert.Equal("S001 11-01 2 1450", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task What_would_read_otherwise_elsewhere_is_listed_and_left_as_it_is()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync("vendor-a-renamed");
        var replay = await gateway.ReplayAsync(UnknownCode);
        Assert.Contains("changed_elsewhere S001 2026-11-01 1 1000", replay.Effects());
        Assert.Equal("S001 11-01 2 1500; S002 11-02 1 700", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task A_payload_that_could_not_be_read_at_all_is_replayed_whole_and_undone_whole()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var renamed = VendorFiles.Csv(VendorFiles.CsvHeader.Replace("POSコード", "端末コード", StringComparison.Ordinal), [VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500, kind: "05")]);
        using var refused = await gateway.Acme.PushAsync("vendor-a", renamed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var item = Assert.Single(await gateway.OpenItemsAsync());
        Assert.Equal("schema_changed", item.Text("reason"));

        await gateway.FixProfileAsync("vendor-a-columns");
        var published = new PublishedReceipts();
        for (var round = 0; round < 2; round++)
        {
            var replay = await gateway.ReplayAsync(new { receipt_id = item.Text("receipt_id") });
            Assert.Equal(1, replay.Outcome("recovered"));
            Assert.Equal("S001 11-01 1 1000", (await published.ReadAsync(gateway)).Days());
            Assert.Equal("code_unknown", Assert.Single(await gateway.OpenItemsAsync()).Text("reason"));
            await gateway.UndoAsync(replay.Id());
            Assert.Equal("", (await published.ReadAsync(gateway)).Days());
            Assert.Equal("schema_changed", Assert.Single(await gateway.OpenItemsAsync()).Text("reason"));
        }
    }

    [Fact]
    public async Task Counts_of_a_store_that_was_unknown_come_in_and_are_withdrawn_again()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        var body = Encoding.UTF8.GetString(VendorFiles.People(new DateTime(2026, 11, 1, 10, 0, 0))).Replace("\"S001\"", "\"S077\"", StringComparison.Ordinal);
        await gateway.Acme.LandAsync("people-counter", Encoding.UTF8.GetBytes(body));
        await gateway.ExecuteAsync("INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute) VALUES ('acme', 'S077', 'S077', 'Asia/Tokyo', 600, 1320)");
        var replay = await gateway.ReplayAsync(new { reason = "store_unknown" });
        Assert.Equal(1, replay.Outcome("recovered"));
        await gateway.UndoAsync(replay.Id());
        var kinds = (await gateway.PublishedAsync()).OrderBy(batch => batch.PeopleCounts.Revision[0]).Select(batch => batch.PeopleCounts.Kind[0].ToString());
        Assert.Equal(["Interval", "Withdrawn"], kinds);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_behind_and_the_next_one_does_it()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync();
        await gateway.ExecuteAsync("ALTER TABLE gateway.replay_effect RENAME TO replay_effect_away");
        using var asked = await gateway.Operator.PostAsJsonAsync(new Uri("/v1/quarantine/replays", UriKind.Relative), UnknownCode);
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.replay_payload WHERE attempts > 0") == 1);
        Assert.Equal(1, await gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal(2, await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'"));

        await gateway.ExecuteAsync("ALTER TABLE gateway.replay_effect_away RENAME TO replay_effect");
        await GatewayHost.UntilAsync(async () =>
        {
            await gateway.WorkAsync();
            return await gateway.CountAsync("SELECT count(*) FROM gateway.replay WHERE state = 'done'") == 1;
        });
        Assert.Equal("S001 11-01 2 1500; S002 11-02 1 700", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_and_a_pushing_key_changes_nothing()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await LandAsync(gateway);
        await gateway.FixProfileAsync();
        var item = (await gateway.OpenItemsAsync())[0].GetProperty("id").GetInt64();
        var rival = gateway.Client(GatewayHost.Key("rival-operator"));
        Assert.Equal(0, (await rival.PostJsonAsync("/v1/quarantine/replays", new { items = new[] { item } })).GetProperty("items").GetInt32());
        using var show = await rival.GetAsync(new Uri($"/v1/quarantine/{item}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, show.StatusCode);
        var replay = await gateway.ReplayAsync(UnknownCode);
        foreach (var (client, expected) in new[] { (rival, HttpStatusCode.NotFound), (gateway.Acme, HttpStatusCode.Forbidden) })
        {
            using var undo = await client.PostAsJsonAsync(new Uri($"/v1/quarantine/replays/{replay.Id()}/undo", UriKind.Relative), new { });
            Assert.Equal(expected, undo.StatusCode);
        }

        using var foreign = await rival.GetAsync(new Uri($"/v1/quarantine/replays/{replay.Id()}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.DoesNotContain((await rival.GetJsonAsync("/v1/quarantine/replays")).GetProperty("items").EnumerateArray(), one => one.Id() == replay.Id());

        await using var app = await gateway.Database.App.OpenConnectionAsync();
        foreach (var (tenant, rows) in new[] { ("acme", 1L), ("rival", 0L) })
        {
            await using var command = new Npgsql.NpgsqlCommand($"SELECT set_config('app.tenant', '{tenant}', false); SELECT count(*) FROM gateway.replay WHERE id = {replay.Id()}", app);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Assert.Equal(rows, reader.GetInt64(0));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"items\":[]}")]
    [InlineData("{\"items\":[\"x\"]}")]
    [InlineData("{\"items\":[99999999999999999999]}")]
    [InlineData("{\"reason\":\"no_such_code\"}")]
    [InlineData("{\"reciept_id\":\"00\"}")]
    [InlineData("{\"receipt_id\":\"xyz\"}")]
    [InlineData("{\"field\":\"a\\u0000b\"}")]
    [InlineData("{\"from\":\"2026-11-02\",\"to\":\"2026-11-01\"}")]
    public async Task A_scope_that_makes_no_sense_is_refused_with_a_sentence(string body)
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await gateway.Operator.PostAsync(new Uri("/v1/quarantine/replays", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.JsonAsync()).Text("detail").Length >= 20);
        foreach (var path in (string[])["/v1/quarantine/abc", "/v1/quarantine/99999999999999999999", "/v1/quarantine/7", "/v1/quarantine/replays/-1"])
        {
            using var unknown = await gateway.Operator.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.replay"));
    }

    [Fact]
    public async Task Ten_thousand_items_in_many_payloads_are_replayed_with_progress()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        foreach (var file in Enumerable.Range(1, 20))
        {
            await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(1, 500).Select(i => VendorFiles.Sale($"{file:00}{i:000}", 10, kind: "05"))]));
        }

        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(UnknownCode);
        var path = $"/v1/quarantine/replays/{replay.Id()}";
        Assert.Equal((10_000, 20), (replay.GetProperty("items").GetInt32(), replay.GetProperty("payloads").GetInt32()));
        await GatewayHost.UntilAsync(async () => (await gateway.Operator.GetJsonAsync(path)).Text("state") == "done");
        Assert.Equal(["recovered S001 2026-11-01 10000 100000"], (await gateway.Operator.GetJsonAsync(path)).Effects());
        Assert.Equal("S001 11-01 10000 100000", (await new PublishedReceipts().ReadAsync(gateway)).Days());
    }

    // One good receipt of 1,000 yen, and two of a kind the profile does not know: 500 in S001, 700 in S002 a day later.
    private static async Task<JsonElement> LandAsync(GatewayHost gateway)
    {
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        return await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500, kind: "05"), VendorFiles.Sale("0003", 700, pos: "P002", date: "2026/11/02", kind: "05")));
    }
}
