using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>The ledger by store-day: every row of every payload in exactly one column, and what counts to the yen.</summary>
public sealed class StoreDayLedgerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] Columns = ["accepted", "duplicate", "superseding", "outdated", "quarantined", "withdrawn", "released", "resolved"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_random_mixture_of_pushes_corrections_voids_holds_replays_and_undos_is_what_a_recount_of_the_payloads_gives(int seed)
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var recount = new Recount();
        var random = new Random(seed);
        for (var file = 0; file < 25; file++)
        {
            var rows = Recount.Draw(random);
            recount.Push(rows);
            await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv([.. rows.Select(row => row.Text), .. file % 5 == 0 ? new[] { "" } : []]));
        }

        var renamed = VendorFiles.Csv("x", ["1"]);
        using (var refused = await gateway.Acme.PushAsync("vendor-a", renamed))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        var published = new PublishedReceipts();
        async Task CompareAsync()
        {
            var page = await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days?feed=vendor-a&limit=200");
            var items = page.GetProperty("items").EnumerateArray().Select(day => (Place: $"{day.Text("store")} {day.Text("business_date")[5..]}", Feed: day.GetProperty("feeds")[0]));
            var found = items.Concat(page.GetProperty("unassigned").EnumerateArray().Select(feed => (Place: "", Feed: feed)))
                .SelectMany(one => Columns.Select(column => (one.Place, Column: column, Rows: one.Feed.GetProperty("rows").GetProperty(column).GetInt32())))
                .Where(one => one.Rows > 0).Select(one => $"{one.Place} {one.Column} {one.Rows}").Order(StringComparer.Ordinal);
            Assert.Equal(recount.Lines(), found);

            var money = items.OrderBy(one => one.Place, StringComparer.Ordinal).SelectMany(one => one.Feed.GetProperty("totals").EnumerateArray().Select(total => $"{one.Place} {total.GetProperty("receipts")} {total.Text("gross")}"));
            Assert.Equal((await published.ReadAsync(gateway)).Days(), string.Join("; ", money));
        }

        // A look may find that another is under way, or that one which took long was a moment ago, and leave it to the next.
        Task ResolvedAsync() => GatewayHost.UntilAsync(async () =>
        {
            await gateway.WorkAsync();
            return await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'resolved'") >= recount.Resolved;
        });

        await CompareAsync();
        await gateway.FixProfileAsync();
        var replay = await gateway.ReplayAsync(new { reason = "code_unknown" });
        recount.Replay();
        await CompareAsync();

        await gateway.UndoAsync(replay.Id());
        recount.Undo();
        recount.Resolve();
        await ResolvedAsync();
        await CompareAsync();

        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("P009,S011,x,2026/01/01,"));
        await GatewayHost.UntilAsync(async () =>
        {
            await gateway.WorkAsync();
            return await gateway.CountAsync("SELECT count(*) FILTER (WHERE kind = 'release') - 1000 * count(*) FILTER (WHERE state = 'running') FROM gateway.replay") > 0;
        });
        recount.Release();
        recount.Resolve();
        await ResolvedAsync();
        await CompareAsync();
    }

    [Fact]
    public async Task A_store_day_names_the_payloads_it_came_in_and_pages_go_on_where_they_ended()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var receipts = new List<string>();
        foreach (var day in Enumerable.Range(1, 5))
        {
            receipts.Add((await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(
                VendorFiles.Sale("1", 100 * day, date: $"2026/11/0{day}"), VendorFiles.Sale("1", 108, pos: "P002", date: $"2026/11/0{day}"), VendorFiles.Sale("2", 50, date: "2026/11/01")))).Text("receipt_id"));
        }

        await gateway.Acme.LandAsync("people-counter", VendorFiles.People(new DateTime(2026, 11, 1, 10, 0, 0)));
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days?limit=3&from=2026-11-01&to=2026-11-04&cursor=" + cursor);
            Assert.Equal(cursor.Length == 0 ? 1 : 0, page.GetProperty("unassigned").GetArrayLength());
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(day => $"{day.Text("business_date")[8..]}{day.Text("store")}"));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(["04S001", "04S002", "03S001", "03S002", "02S001", "02S002", "01S001", "01S002"], seen);
        var day1 = await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-01?feed=vendor-a");
        Assert.Equal("undeclared", day1.Text("status"));
        Assert.Equal(receipts, day1.GetProperty("payloads").EnumerateArray().Select(payload => payload.Text("receipt_id")));
        Assert.Equal([2, 1, 1, 1, 1], day1.GetProperty("payloads").EnumerateArray().Select(payload => payload.GetProperty("rows").GetProperty("rows_read").GetInt32()));
        var total = day1.GetProperty("feeds")[0].GetProperty("totals")[0];
        Assert.Equal(("150", "13", "137"), (total.Text("gross"), total.Text("tax"), total.Text("net")));
        Assert.Equal("0.1", total.GetProperty("taxes")[0].Text("rate"));
    }

    [Fact]
    public async Task A_payload_that_could_not_be_read_has_rows_once_a_replay_has_read_it()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var renamed = VendorFiles.Csv(VendorFiles.CsvHeader.Replace("POSコード", "端末コード", StringComparison.Ordinal), [VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500, kind: "05")]);
        using var refused = await gateway.Acme.PushAsync("vendor-a", renamed);
        await gateway.FixProfileAsync("vendor-a-columns");
        for (var round = 0; round < 2; round++)
        {
            using var before = await gateway.Acme.GetAsync(new Uri("/v1/reconciliation/store-days/S001/2026-11-01", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
            var replay = await gateway.ReplayAsync(new { reason = "schema_changed" });
            var feed = (await gateway.Acme.GetJsonAsync("/v1/reconciliation/store-days/S001/2026-11-01")).GetProperty("feeds")[0];
            Assert.Equal((2, 1, 1), (feed.GetProperty("rows").GetProperty("rows_read").GetInt32(), feed.GetProperty("rows").GetProperty("released").GetInt32(), feed.GetProperty("rows").GetProperty("quarantined").GetInt32()));
            Assert.Equal(("1000", "500"), (feed.GetProperty("totals")[0].Text("gross"), feed.GetProperty("money_at_risk")[0].Text("amount")));
            await gateway.UndoAsync(replay.Id());
        }
    }

    [Fact]
    public async Task Another_tenant_another_feed_and_another_store_are_out_of_sight()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await gateway.Acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 100), VendorFiles.Sale("1", 100, pos: "P002")));
        await gateway.Acme.DeclareAsync(Till.Declared(new DateOnly(2026, 11, 1), []).With("gross", 100));
        foreach (var key in (string[])["rival", "acme-b"])
        {
            var page = await gateway.Client(GatewayHost.Key(key)).GetJsonAsync("/v1/reconciliation/store-days");
            Assert.Equal((0, 0), (page.GetProperty("items").GetArrayLength(), page.GetProperty("unassigned").GetArrayLength()));
        }

        var ofStore = await gateway.Client(GatewayHost.Key("acme-s001")).GetJsonAsync("/v1/reconciliation/store-days");
        Assert.Equal(["S001"], ofStore.GetProperty("items").EnumerateArray().Select(day => day.Text("store")));

        await using var app = await gateway.Database.App.OpenConnectionAsync();
        foreach (var table in (string[])["ledger_line", "identity", "declaration"])
        {
            foreach (var (tenant, sees) in new[] { ("acme", true), ("rival", false), ("", false) })
            {
                await using var command = new NpgsqlCommand($"SELECT set_config('app.tenant', '{tenant}', false); SELECT count(*) > 0 FROM gateway.{table}", app);
                await using var reader = await command.ExecuteReaderAsync();
                await reader.NextResultAsync();
                await reader.ReadAsync();
                Assert.Equal(sees, reader.GetBoolean(0));
            }

            await using var write = new NpgsqlCommand($"DELETE FROM gateway.{table}", app);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_a_sentence()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        foreach (var query in (string[])["limit=0", "limit=201", "cursor=zz", "cursor=00", "from=2026-11-02&to=2026-11-01", "from=yesterday"])
        {
            using var response = await gateway.Acme.GetAsync(new Uri("/v1/reconciliation/store-days?" + query, UriKind.Relative));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.True((await response.JsonAsync()).Text("detail").Length > 20);
        }
    }

    /// <summary>The rules of the ledger once more, naively, over the rows as they were pushed.</summary>
    private sealed class Recount
    {
        private readonly Dictionary<string, HashSet<string>> _known = [];
        private readonly List<(string Place, string Column, Row Row)> _rows = [];
        private readonly List<int> _files = [];
        private int _file;

        public static List<Row> Draw(Random random)
        {
            var rows = new Dictionary<string, Row>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                var kind = random.Next(8) switch { 0 => "05", 1 => "03", 2 => "02", _ => "01" };
                var number = random.Next(1, 16);
                var row = new Row(random.Next(7) switch { 0 => "P009", < 4 => "P001", _ => "P002" }, random.Next(1, 4), number, kind, 100 * random.Next(1, 4), ((number + random.Next(14)) % 15) + 1);
                rows.TryAdd(row.Key, row);
            }

            return [.. rows.Values];
        }

        public void Push(List<Row> rows)
        {
            _files.AddRange(Enumerable.Repeat(_file++, rows.Count));
            foreach (var row in rows)
            {
                if (row.Pos == "P009")
                {
                    _rows.Add(("", "quarantined", row));
                }
                else if (row.Kind == "05")
                {
                    _rows.Add((row.Place, "quarantined", row));
                }
                else
                {
                    var versions = _known.TryGetValue(row.Key, out var known) ? known : _known[row.Key] = [];
                    _rows.Add((row.Place, versions.Contains(row.Content) ? "duplicate" : versions.Count == 0 ? "accepted" : "superseding", row));
                    versions.Add(row.Content);
                }
            }
        }

        public void Replay() => Move(one => one.Row is { Kind: "05", Pos: not "P009" }, "released");

        public void Undo() => Move(one => one.Row is { Kind: "05", Pos: not "P009" }, "withdrawn");

        // What a replay tried before the master knew the register is tried again.
        public void Release() => Move(one => one.Row is { Pos: "P009" }, "released");

        // What a later file brought in another version than any before is no longer held.
        public void Resolve()
        {
            var brought = _rows.Zip(_files).Where(one => one.First is { Row.Kind: not "05", Column: "accepted" or "superseding" or "released" })
                .GroupBy(one => (one.First.Row.Key, one.First.Row.Content)).Select(group => (group.Key.Key, File: group.Min(one => one.Second))).ToLookup(one => one.Key, one => one.File);
            for (var i = 0; i < _rows.Count; i++)
            {
                if (_rows[i].Column is "quarantined" or "withdrawn" && brought[_rows[i].Row.Key].Any(file => file > _files[i]))
                {
                    _rows[i] = _rows[i] with { Column = "resolved" };
                }
            }
        }

        public int Resolved => _rows.Count(one => one.Column == "resolved");

        public List<string> Lines() =>
        [
            .. _rows.GroupBy(one => (one.Place, one.Column)).Select(group => $"{group.Key.Place} {group.Key.Column} {group.Count()}").Order(StringComparer.Ordinal),
        ];

        private void Move(Func<(string Place, string Column, Row Row), bool> which, string column)
        {
            for (var i = 0; i < _rows.Count; i++)
            {
                if (which(_rows[i]))
                {
                    _rows[i] = (_rows[i].Row.Place, column, _rows[i].Row);
                }
            }
        }
    }

    private sealed record Row(string Pos, int Day, int Number, string Kind, int Gross, int Original)
    {
        public string Key => $"{Pos} {Day} {Number}";

        public string Content => Kind == "03" ? $"{Kind} {Gross} {Original}" : $"{Kind} {Gross}";

        public string Place => $"{(Pos == "P001" ? "S001" : Pos == "P002" ? "S002" : "S011")} 11-0{Day}";

        public string Text => VendorFiles.Sale($"{Number:0000}", Gross, Pos, $"2026/11/0{Day}", Kind, Kind == "03" ? $"{Original:0000}" : "");
    }
}
