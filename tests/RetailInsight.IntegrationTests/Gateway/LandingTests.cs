using System.Net;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Every row has its verdict, once, and the bus gets exactly what was accepted.</summary>
public sealed class LandingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(postgres);
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task The_verdicts_of_a_file_add_up_in_rows_and_yen()
    {
        var first = await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220)));
        Assert.Equal((2, 2, 0, 0, 0), first.Rows());

        var second = await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
            VendorFiles.Sale("1", 110),
            VendorFiles.Sale("2", 330),
            VendorFiles.Sale("3", 1_000),
            VendorFiles.Sale("4", 100, kind: "02"),
            VendorFiles.Sale("5", 1_000, kind: "03", original: "3"),
            VendorFiles.Sale("6", 500, total: "501")));
        Assert.Equal((6, 3, 1, 1, 1), second.Rows());
        Assert.Equal("{\"read\":6,\"accepted\":3,\"duplicate\":1,\"superseding\":1,\"quarantined\":1}", second.GetProperty("receipts").GetRawText());

        // 330 + 1,000 - 100; the void is a row, not turnover. Tax: 30 + 90 - 9.
        Assert.Equal("[{\"currency\":\"JPY\",\"net\":\"1119\",\"tax\":\"111\",\"gross\":\"1230\"}]", second.GetProperty("totals").GetRawText());
        Assert.Equal(
            "[{\"store\":\"S001\",\"business_date\":\"2026-11-01\",\"currency\":\"JPY\",\"rate\":\"0.1\",\"net\":\"1119\",\"tax\":\"111\",\"gross\":\"1230\",\"receipts\":3}]",
            second.GetProperty("totals_by_day").GetRawText());
        Assert.Equal(
            ["duplicate", "superseding", "accepted", "accepted", "accepted", "quarantined"],
            second.GetProperty("verdicts").EnumerateArray().Select(verdict => verdict.Text("verdict")));
        Assert.False(second.GetProperty("verdicts_truncated").GetBoolean());
    }

    [Fact]
    public async Task A_receipt_held_back_says_why_and_where()
    {
        var rows = new[] { VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220, total: "221") };
        var body = VendorFiles.SalesCsv(rows);
        var receipt = await _gateway.Acme.LandAsync("vendor-a", body);
        var reason = receipt.GetProperty("verdicts")[1].GetProperty("reasons")[0];
        var offset = body.Length - VendorFiles.Csv("", [rows[1]]).Length + 2;
        Assert.Equal("total_mismatch", reason.Text("code"));
        Assert.Equal(2, reason.GetProperty("row").GetInt32());
        Assert.Equal(offset, reason.GetProperty("byte_offset").GetInt32());

        var entry = (await _gateway.Acme.GetJsonAsync("/v1/quarantine?feed=vendor-a")).GetProperty("items")[0];
        Assert.Equal(receipt.Text("receipt_id"), entry.Text("receipt_id"));
        Assert.Equal("total_mismatch", entry.Text("reason"));
        Assert.Equal(2, entry.GetProperty("row").GetInt32());
        Assert.Equal(offset, entry.GetProperty("byte_offset").GetInt32());
        Assert.Equal("S001", entry.Text("store"));
        Assert.Equal("2026-11-01", entry.Text("business_date"));
        Assert.Equal("221", entry.Text("money_at_risk"));
        Assert.Equal("JPY", entry.Text("currency"));
        Assert.Equal("open", entry.Text("state"));
    }

    [Fact]
    public async Task The_same_bytes_get_the_same_receipt_and_land_nothing()
    {
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220, total: "1"));
        using var first = await _gateway.Acme.PushAsync("vendor-a", body, fileName: "a.csv");
        using var second = await _gateway.Acme.PushAsync("vendor-a", body, fileName: "b.csv");
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replay"));
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replay").Single());
        var receipt = await first.Content.ReadAsByteArrayAsync();
        Assert.Equal(receipt, await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(receipt, await _gateway.Acme.GetByteArrayAsync(new Uri("/v1/receipts/" + (await first.JsonAsync()).Text("receipt_id"), UriKind.Relative)));
        Assert.Equal(1, await _gateway.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal(1, await _gateway.CountAsync("SELECT count(*) FROM gateway.quarantine"));
        Assert.Single(await _gateway.PublishedAsync());
    }

    [Fact]
    public async Task A_push_that_asks_for_no_more_is_acknowledged_before_its_outcome()
    {
        // The lane is taken, so that there is no outcome while the answer is looked at.
        await using var elsewhere = await _gateway.Database.Owner.OpenConnectionAsync();
        var key = new LandingLane("acme", "vendor-a", "vendor-a").LockKey;
        await LockAsync(elsewhere, "SELECT pg_advisory_lock($1)", key);
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220));
        using var answer = await _gateway.Acme.PushAsync("vendor-a", body, prefer: "wait=5, Respond-Async; x=1");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("respond-async", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("landed", (await answer.JsonAsync()).Text("state"));

        using var again = await _gateway.Acme.PushAsync("vendor-a", body, prefer: "respond-async");
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        await LockAsync(elsewhere, "SELECT pg_advisory_unlock($1)", key);

        var address = answer.Headers.Location!.ToString();
        await GatewayHost.UntilAsync(async () => (await _gateway.Acme.GetJsonAsync(address)).Text("state") == "converted");
        Assert.Equal((2, 2, 0, 0, 0), (await _gateway.Acme.GetJsonAsync(address)).Rows());
        using var replay = await _gateway.Acme.PushAsync("vendor-a", body, prefer: "respond-async");
        Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
        Assert.Equal((2, 2, 0, 0, 0), (await replay.JsonAsync()).Rows());
    }

    [Fact]
    public async Task Corrections_acknowledged_one_after_the_other_land_in_that_order()
    {
        const int Corrections = 300;
        var client = _gateway.Acme;
        var address = "";
        for (var amount = 1; amount <= Corrections; amount++)
        {
            using var answer = await client.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 100 + amount)), prefer: "respond-async");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            address = answer.Headers.Location!.ToString();
        }

        await GatewayHost.UntilAsync(async () => (await client.GetJsonAsync(address)).Text("state") == "converted");
        var revisions = (await _gateway.PublishedAsync()).SelectMany(batch => batch.Transactions.Revision.Zip(batch.Transactions.Gross)).OrderBy(pair => pair.First).ToList();
        Assert.Equal(Enumerable.Range(1, Corrections), revisions.Select(pair => (int)pair.First));
        Assert.Equal(Enumerable.Range(1, Corrections).Select(amount => (100L + amount) * 1_000_000), revisions.Select(pair => pair.Second));
    }

    [Fact]
    public async Task Sixteen_pushes_of_the_same_bytes_at_once_land_once()
    {
        var body = VendorFiles.SalesCsv([.. Enumerable.Range(1, 200).Select(i => VendorFiles.Sale($"{i}", 100 + i))]);
        var client = _gateway.Acme;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.PushAsync("vendor-a", body)));
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(bodies.Distinct());
        Assert.Single(answers, answer => !answer.Headers.Contains("Idempotent-Replay"));
        Assert.Equal(200, (await _gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task Files_that_overlap_at_once_count_each_receipt_once()
    {
        // Each file holds receipts i … i + 19 of the same numbers: 39 different receipts in 20 files.
        var client = _gateway.Acme;
        var receipts = await Task.WhenAll(Enumerable.Range(1, 20).Select(i =>
            client.LandAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(i, 20).Select(n => VendorFiles.Sale($"{n}", 100 + n))]))));
        Assert.Equal(39, receipts.Sum(receipt => receipt.Rows().Accepted));
        Assert.Equal(400 - 39, receipts.Sum(receipt => receipt.Rows().Duplicate));
        Assert.Equal(39, (await _gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task A_tenant_that_waits_for_its_turn_holds_up_no_other()
    {
        await using var elsewhere = await _gateway.Database.Owner.OpenConnectionAsync();
        var key = new LandingLane("acme", "vendor-a", "vendor-a").LockKey;
        await LockAsync(elsewhere, "SELECT pg_advisory_lock($1)", key);
        var waiting = _gateway.Acme.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
        await GatewayHost.UntilAsync(async () => await _gateway.CountAsync(
            "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()") == 1);

        await _gateway.Client(GatewayHost.Key("rival")).LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
        Assert.False(waiting.IsCompleted);
        await LockAsync(elsewhere, "SELECT pg_advisory_unlock($1)", key);
        using var landed = await waiting;
        Assert.Equal((1, 1, 0, 0, 0), (await landed.JsonAsync()).Rows());
    }

    [Fact]
    public async Task Small_messages_that_wait_together_travel_as_one()
    {
        await using var elsewhere = await _gateway.Database.Owner.OpenConnectionAsync();
        await LockAsync(elsewhere, "SELECT pg_advisory_lock($1)", OutboxRelay.LockKey);
        for (var number = 1; number <= 3; number++)
        {
            await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale($"{number}", 110)));
        }

        await LockAsync(elsewhere, "SELECT pg_advisory_unlock($1)", OutboxRelay.LockKey);
        await GatewayHost.UntilAsync(async () => await _gateway.CountAsync("SELECT count(*) FROM gateway.outbox") == 0);

        Assert.Equal(1, await _gateway.CountAsync("SELECT count(*) FROM bus.message WHERE attributes = '{\"tenant\": \"acme\"}'"));
        Assert.Equal(1, await _gateway.CountAsync("SELECT count(*) FROM bus.message"));
        Assert.Equal(
            ["1", "2", "3"],
            (await _gateway.PublishedAsync()).Select(batch => batch.Strings[(int)batch.Transactions.ReceiptNumber[0]]));
    }

    [Fact]
    public async Task The_bus_gets_the_accepted_and_superseding_receipts_and_the_days_they_change()
    {
        await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220)));
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P001,S002,二号店,2026/01/01,"));
        await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("3", 330), VendorFiles.Sale("4", 440, total: "1")));

        var batches = await _gateway.PublishedAsync();
        Assert.Equal(2, batches.Count);
        Assert.All(batches, batch => Assert.Equal(("acme", "vendor-a", "vendor-a", "vendor-a", 1u), (batch.Tenant, batch.Vendor, batch.Feed, batch.Profile, batch.ProfileVersion)));
        Assert.Equal(["1", "2"], batches[0].Transactions.ReceiptNumber.Select(index => batches[0].Strings[(int)index]));

        // Receipt 1 now belongs to the other store: a new revision, and the day it left changes too.
        Assert.Equal(["1", "3"], batches[1].Transactions.ReceiptNumber.Select(index => batches[1].Strings[(int)index]));
        Assert.Equal([2u, 1u], batches[1].Transactions.Revision);
        Assert.Equal(["S002", "S002"], batches[1].Transactions.Store.Select(index => batches[1].Strings[(int)index]));
        Assert.Equal(["S001"], batches[1].AlsoTouched.Store.Select(index => batches[1].Strings[(int)index]));
    }

    [Fact]
    public async Task A_register_master_changes_only_what_it_changes()
    {
        var master = await _gateway.Acme.LandAsync(
            "vendor-a-pos-master", VendorFiles.PosMaster("P001,S001,一号店,2026/01/01,", "P002,S001,一号店,2026/01/01,", "P003,S002,二号店,2026/01/01,"));
        Assert.Equal((3, 1, 1, 1, 0), master.Rows());
        var sales = await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110, pos: "P003")));
        Assert.Equal((1, 1, 0, 0, 0), sales.Rows());
    }

    [Fact]
    public async Task A_store_outside_the_scope_of_the_key_is_held()
    {
        var receipt = await _gateway.Client(GatewayHost.Key("acme-s001"))
            .LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("1", 110, pos: "P002")));
        Assert.Equal((2, 1, 0, 0, 1), receipt.Rows());
        Assert.Equal("store_unknown", receipt.GetProperty("verdicts")[1].GetProperty("reasons")[0].Text("code"));
    }

    [Fact]
    public async Task A_gzip_body_lands_like_a_plain_one()
    {
        // Also when the sender forgot at first to say that it is gzip.
        var body = VendorFiles.Gzip(VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
        using var forgotten = await _gateway.Acme.PushAsync("vendor-a", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forgotten.StatusCode);
        using var response = await _gateway.Acme.PushAsync("vendor-a", body, "gzip");
        Assert.Equal((1, 1, 0, 0, 0), (await response.JsonAsync()).Rows());
    }

    [Fact]
    public async Task A_small_file_that_is_received_into_a_file_is_kept_whole()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:InlineBytes"] = "1000" });
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        using var answer = await gateway.Acme.PushAsync("vendor-a", VendorFiles.SalesCsv([.. Enumerable.Range(1, 50).Select(i => VendorFiles.Sale($"{i}", 100))]));
        var address = answer.Headers.Location!.ToString();
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(address)).Text("state") == "converted");
        Assert.Equal((50, 50, 0, 0, 0), (await gateway.Acme.GetJsonAsync(address)).Rows());
    }

    [Fact]
    public async Task A_large_file_is_answered_at_once_and_converted_after()
    {
        var body = VendorFiles.SalesCsv([.. Enumerable.Range(1, 12_000).Select(i => VendorFiles.Sale($"{i}", 100 + (i % 900)))]);
        Assert.True(body.Length > 1 << 20);
        using var response = await _gateway.Acme.PushAsync("vendor-a", body);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var location = response.Headers.Location!.ToString();
        Assert.Equal("/v1/receipts/" + (await response.JsonAsync()).Text("receipt_id"), location);
        await GatewayHost.UntilAsync(async () => (await _gateway.Acme.GetJsonAsync(location)).Text("state") == "converted");

        var receipt = await _gateway.Acme.GetJsonAsync(location);
        Assert.Equal((12_000, 12_000, 0, 0, 0), receipt.Rows());
        Assert.Equal(1_000, receipt.GetProperty("verdicts").GetArrayLength());
        Assert.True(receipt.GetProperty("verdicts_truncated").GetBoolean());
        var batches = await _gateway.PublishedAsync();
        Assert.Equal([5_000, 5_000, 2_000], batches.Select(batch => batch.Lines.Transaction.Count));
        Assert.Equal(3, batches.Select(batch => batch.BatchId).Distinct().Count());

        using var again = await _gateway.Acme.PushAsync("vendor-a", body);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
    }

    [Fact]
    public async Task The_lake_holds_the_bytes_as_they_came()
    {
        var bodies = new[] { VendorFiles.Gzip(VendorFiles.SalesCsv(VendorFiles.Sale("1", 110))), new byte[300_000], new byte[2_000_000] };
        foreach (var body in bodies)
        {
            using var response = await _gateway.Acme.PushAsync("vendor-a", body, body.Length < 1_000 ? "gzip" : null);
        }

        await using var command = _gateway.Database.Owner.CreateCommand(
            "SELECT lake_object, lake_offset, bytes FROM gateway.ingestion WHERE feed = 'vendor-a' ORDER BY received_at");
        await using var reader = await command.ExecuteReaderAsync();
        foreach (var body in bodies)
        {
            Assert.True(await reader.ReadAsync());
            var pointer = new LakePointer(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2));
            var kept = await _gateway.Service<RawStore>().ReadAsync(pointer, default);
            Assert.Equal(body, kept.ToArray());
        }
    }

    [Fact]
    public async Task The_ledger_balances_by_feed_and_file()
    {
        await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220)));
        await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("2", 220), VendorFiles.Sale("3", 330), VendorFiles.Sale("4", 1, total: "2")));
        var page = await _gateway.Acme.GetJsonAsync("/v1/reconciliation?feed=vendor-a&limit=1");
        var feed = Assert.Single(page.GetProperty("feeds").EnumerateArray());
        Assert.Equal(2, feed.GetProperty("files").GetInt32());
        Assert.Equal((5, 3, 1, 0, 1), feed.Rows());
        Assert.True(feed.GetProperty("balanced").GetBoolean());
        Assert.Equal("[{\"currency\":\"JPY\",\"net\":\"600\",\"tax\":\"60\",\"gross\":\"660\"}]", feed.GetProperty("totals").GetRawText());
        Assert.Equal((3, 1, 1, 0, 1), Assert.Single(page.GetProperty("files").EnumerateArray()).Rows());

        var next = await _gateway.Acme.GetJsonAsync("/v1/reconciliation?feed=vendor-a&limit=1&cursor=" + page.Text("next_cursor"));
        Assert.Equal((2, 2, 0, 0, 0), Assert.Single(next.GetProperty("files").EnumerateArray()).Rows());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, next.GetProperty("next_cursor").ValueKind);
        var before = await _gateway.Acme.GetJsonAsync("/v1/reconciliation?to=2020-01-01");
        Assert.Empty(before.GetProperty("files").EnumerateArray());
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var rival = _gateway.Client(GatewayHost.Key("rival"));
        var receipt = await _gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110, total: "1")));
        using var stolen = await rival.GetAsync(new Uri("/v1/receipts/" + receipt.Text("receipt_id"), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        using var sibling = await _gateway.Client(GatewayHost.Key("acme-b")).GetAsync(new Uri("/v1/receipts/" + receipt.Text("receipt_id"), UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, sibling.StatusCode);
        Assert.Empty((await rival.GetJsonAsync("/v1/quarantine")).GetProperty("items").EnumerateArray());
        Assert.Empty((await rival.GetJsonAsync("/v1/reconciliation")).GetProperty("files").EnumerateArray());

        var same = await rival.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110, total: "1")));
        Assert.NotEqual(receipt.Text("receipt_id"), same.Text("receipt_id"));
    }

    private static async Task LockAsync(NpgsqlConnection connection, string sql, long key)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = key });
        await command.ExecuteNonQueryAsync();
    }
}
