using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Iot;
using RetailInsight.IntegrationTests.Etl;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What cameras saw single persons do, from the push to the warehouse: once, without who it was, and without a face.</summary>
public sealed class VisitorEventTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Yesterday = new(TimeProvider.System.GetUtcNow().AddDays(-1).Date.AddHours(3), TimeSpan.Zero);

    private readonly List<EventBatch> _published = [];

    [Fact]
    public async Task Events_reach_the_warehouse_once_and_a_correction_takes_the_place_of_what_it_corrects()
    {
        await using var gateway = await StartAsync();
        var camera = await gateway.EnrolAsync("cam-1", "cameras");
        var events = new[] { Event("pass_by", "street", 1, "t1"), Event("enter", "door", 5, "t1", "p7"), Event("enter", "door", 5, "t2", "p8", staff: true), Event("stop", "shelf", 60, "t1", "p7", 12.5m) };
        Assert.Equal((4, 4, 0, 0, 0), await RowsAsync(camera, Report("cam-1", events)));
        Assert.Equal((5, 1, 4, 0, 0), await RowsAsync(camera, Report("cam-1", [.. events, Event("exit", "door", 300, "t9", "p7")])));
        Assert.Equal((1, 0, 0, 1, 0), await RowsAsync(camera, Report("cam-1", Event("stop", "shelf", 60, "t1", "p7", 44m))));

        var rows = await WarehouseAsync(gateway);
        Assert.Equal(
            ["enter door 0 false p", "enter door 0 true p", "exit door 0 false p", "pass_by street 0 false -", "stop shelf 44000 false p"],
            rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Kind} {row.Line} {row.Duration} {(row.Staff ? "true" : "false")} {(row.Person is null ? "-" : "p")}")).Order(StringComparer.Ordinal));

        // The same person is the same pseudonym, and what the camera called the person is nowhere.
        Assert.Equal(2, rows.Where(row => row.Person is not null).Select(row => row.Person).Distinct().Count());
        Assert.Equal(3, _published.Count);
        Assert.All(_published, batch => Assert.DoesNotContain("p7", batch.Strings));
        Assert.Equal("cam-1", await gateway.TextAsync("SELECT device FROM tenancy.device_seen"));
    }

    [Fact]
    public async Task A_person_cannot_be_followed_from_one_company_or_month_to_another()
    {
        await using var gateway = await StartAsync();
        await gateway.ExecuteAsync("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('rival', 'cams', 'visitor', 'visitor-json')");
        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key("rival-cams"), "rival-cams", "rival", ["cams"]);
        var ours = await gateway.EnrolAsync("cam-1", "cameras");
        await gateway.ExecuteAsync(
            """
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('rival', 'cameras', 'cams');
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES ('rival', 'cam-1', 'cameras', 900);
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('rival', 'cam-1', '*', '2020-01-01', 'S001');
            """);
        var month = Yesterday.AddMonths(-1);
        Assert.Equal((3, 3, 0, 0, 0), await RowsAsync(ours, Report("cam-1", Event("enter", "door", 1, "t1", "p7"), Event("exit", "door", 2, "t2", "p7"), Event("enter", "door", 1, "t3", "p7", at: month))));
        var rival = gateway.Client(GatewayHost.Key("rival-cams"));
        Assert.Equal((1, 1, 0, 0, 0), (await rival.LandAsync("cams", Encoding.UTF8.GetBytes(Report("cam-1", Event("enter", "door", 1, "t1", "p7"))))).Rows());

        var persons = (await gateway.PublishedAsync()).SelectMany(batch => batch.VisitorEvents.PersonHi.Select((hi, i) => (batch.Tenant, Person: new Id128(hi, batch.VisitorEvents.PersonLo[i])))).ToList();
        Assert.Equal(4, persons.Count);
        Assert.Equal(2, persons.Where(one => one.Tenant == "acme").Select(one => one.Person).Distinct().Count());
        Assert.Equal(3, persons.Select(one => one.Person).Distinct().Count());
        Assert.DoesNotContain(persons, one => one.Person.IsNone);
    }

    [Fact]
    public async Task When_the_secret_of_a_month_is_destroyed_nobody_of_it_is_told_again_and_what_comes_late_still_counts()
    {
        await using var gateway = await StartAsync();
        var camera = await gateway.EnrolAsync("cam-1", "cameras");
        var old = new DateTimeOffset(Yesterday.Year, Yesterday.Month, 3, 3, 0, 0, TimeSpan.Zero).AddMonths(-7);
        await gateway.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO gateway.person_epoch (tenant, epoch, secret, created_at) VALUES ('acme', '{old:yyyy-MM}-01', sha256('known'), now()), ('rival', '{old:yyyy-MM}-01', sha256('other'), now())"));
        Assert.Equal(2, await gateway.Service<PersonEpochs>().DestroyAsync(CancellationToken.None));
        Assert.Equal(0, await gateway.Service<PersonEpochs>().DestroyAsync(CancellationToken.None));

        Assert.Equal((2, 2, 0, 0, 0), await RowsAsync(camera, Report("cam-1", Event("enter", "door", 1, "t1", "p7", at: old), Event("enter", "door", 1, "t2", "p7"))));
        var rows = await WarehouseAsync(gateway);
        Assert.Single(rows, row => row.Person is null);
        Assert.Single(rows, row => row.Person is not null);
        Assert.Equal(2, await gateway.CountAsync("SELECT count(*) FROM gateway.person_epoch WHERE secret IS NULL AND destroyed_at IS NOT NULL"));
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.person_epoch WHERE secret IS NULL AND epoch >= date_trunc('month', now()) - interval '6 months'"));
    }

    [Fact]
    public async Task The_secrets_are_read_by_the_gateway_alone()
    {
        await using var gateway = await StartAsync();
        await using var command = gateway.Database.App.CreateCommand("SELECT count(*) FROM gateway.person_epoch");
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteScalarAsync());
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task A_face_is_stored_nowhere_its_event_is_held_and_closed_when_it_comes_without()
    {
        await using var gateway = await StartAsync();
        var camera = await gateway.EnrolAsync("cam-1", "cameras");
        var vector = string.Join(',', Enumerable.Range(0, 128).Select(i => (0.001m * ((i * 7919 % 2_000) - 1_000)).ToString("0.000", CultureInfo.InvariantCulture)));
        var (good, bad) = (Event("enter", "door", 1, "t1"), Event("enter", "door", 2, "t2"));
        var receipt = await DoneAsync(await camera.ReportAsync(Report("cam-1", good, bad[..^1] + $",\"reid\":{{\"v\":[{vector}]}}}}")));
        Assert.Equal((2, 1, 0, 0, 1), receipt.Rows());
        Assert.Equal(1, receipt.GetProperty("removed").GetProperty("values").GetInt32());
        Assert.Equal("face_data", await gateway.TextAsync("SELECT reason FROM gateway.quarantine WHERE state = 'open'"));
        foreach (var file in Directory.EnumerateFiles(gateway.Directory, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var kept = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(vector[..30], await kept.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Equal((1, 1, 0, 0, 0), await RowsAsync(camera, Report("cam-1", bad)));
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'") == 0);
        Assert.Equal(2, (await WarehouseAsync(gateway)).Count);
    }

    [Fact]
    public async Task What_was_held_comes_in_when_its_line_is_mapped_and_an_undo_takes_it_back()
    {
        await using var gateway = await StartAsync();
        var camera = await gateway.EnrolAsync("cam-1", "cameras", store: null);
        Assert.Equal((1, 0, 0, 0, 1), await RowsAsync(camera, Report("cam-1", Event("enter", "door", 1, "t1", "p7"))));
        await gateway.MapAsync("cam-1", "S002");
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.quarantine WHERE state = 'open'") == 0);
        var row = Assert.Single(await WarehouseAsync(gateway));
        Assert.Equal(("enter", "S002"), (row.Kind, row.Store));
        Assert.NotNull(row.Person);

        var replay = await gateway.CountAsync("SELECT max(replay_id) FROM gateway.replay_event WHERE dataset = 'visitor_event'");
        await gateway.UndoAsync(replay);
        await GatewayHost.UntilAsync(async () => (await WarehouseAsync(gateway)).Count == 0);
    }

    private async Task<GatewayHost> StartAsync()
    {
        var gateway = await DeviceFleet.StartAsync(postgres);
        await gateway.ExecuteAsync(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'cameras', 'visitor', 'visitor-json');
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('acme', 'cameras', 'cameras');
            UPDATE tenancy.api_key SET feeds = feeds || ARRAY['cameras'] WHERE label = 'acme-operator';
            """);
        return gateway;
    }

    private static string Event(string kind, string line, int second, string track, string? person = null, decimal? seconds = null, bool staff = false, DateTimeOffset? at = null)
    {
        var members = new Dictionary<string, object>
        {
            ["type"] = kind,
            ["line"] = line,
            ["at"] = (at ?? Yesterday).AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["track"] = track,
            ["staff"] = staff,
        };
        if (person is not null)
        {
            members["person"] = person;
        }

        if (seconds is { } stay)
        {
            members["seconds"] = stay;
        }

        return JsonSerializer.Serialize(members);
    }

    private static string Report(string device, params string[] events) => $$"""{"device":"{{device}}","events":[{{string.Join(',', events)}}]}""";

    private static async Task<(int Read, int Accepted, int Duplicate, int Superseding, int Quarantined)> RowsAsync(HttpClient client, string body) => (await DoneAsync(await client.ReportAsync(body))).Rows();

    private static async Task<JsonElement> DoneAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var receipt = await response.JsonAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, receipt.ToString());
            return receipt;
        }
    }

    private sealed record Row(string Store, string Kind, string Line, long Duration, bool Staff, string? Person);

    // What counts of everything on the bus, as the warehouse's own view says it.
    private async Task<List<Row>> WarehouseAsync(GatewayHost gateway)
    {
        await using var mart = await MartHarness.StartAsync(postgres, []);
        _published.AddRange(await gateway.PublishedAsync());
        await mart.LoadAsync(_published);
        var rows = new List<Row>();
        var query = new WarehouseQuery("SELECT store, kind, line, duration_ms, staff, person FROM visitor_event WHERE tenant = @tenant", new Dictionary<string, object> { ["tenant"] = "acme" }, "acme");
        await foreach (var block in mart.Warehouse.QueryAsync(query, CancellationToken.None))
        {
            for (var i = 0; i < block.RowCount; i++)
            {
                rows.Add(new Row((string)block["store"].ValueAt(i)!, (string)block["kind"].ValueAt(i)!, (string)block["line"].ValueAt(i)!, (long)block["duration_ms"].ValueAt(i)!, (bool)block["staff"].ValueAt(i)!, (string?)block["person"].ValueAt(i)));
            }
        }

        return rows;
    }
}
