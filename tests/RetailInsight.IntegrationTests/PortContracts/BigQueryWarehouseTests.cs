using System.Net.Http.Json;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.IntegrationTests.GoogleCloud;
using RetailInsight.IntegrationTests.GoogleCloud.BigQuery;
using RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>The warehouse in BigQuery, over the fake.</summary>
public sealed class BigQueryWarehouseTests : WarehouseContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("google-fakes-").FullName;
    private FakeGoogle _google = null!;

    public override async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(nameof(FaultKind.DropAfter), "/jobs(\\?|$)", 3)]
    [InlineData(nameof(FaultKind.DropAfter), "upload/storage", 2)]
    [InlineData(nameof(FaultKind.DropAfter), "/tables", 2)]
    [InlineData(nameof(FaultKind.Truncate), "/(jobs|queries)/", 3)]
    [InlineData(nameof(FaultKind.Refuse), "", 4)]
    [InlineData(nameof(FaultKind.RefuseAfter), "/jobs", 3)]
    public async Task An_answer_that_is_lost_or_refused_for_a_while_costs_time_only(string kind, string path, int times)
    {
        _google.Faults.Add(new Fault(Enum.Parse<FaultKind>(kind), path, Times: times, Status: 503));
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google);
        Assert.Empty(await warehouse.LoadAsync([Batch("b1", 1, 2), Batch("b2", 3)], default));
        Assert.Equal(times, _google.Faults.Requests.Count(request => request.Fault is not null));
        _google.Faults.Clear();
        Assert.Equal([1L, 2L, 3L], await LinesAsync());
    }

    [Theory]
    [InlineData(429, "rateLimitExceeded")]
    [InlineData(403, "rateLimitExceeded")]
    [InlineData(403, "jobRateLimitExceeded")]
    public async Task A_storm_of_rate_limits_is_weathered(int status, string reason)
    {
        _google.Faults.Add(new Fault(FaultKind.Refuse, Skip: 3, Times: 5, Status: status, Reason: reason, RetryAfterSeconds: status == 429 ? 0 : null));
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google);
        await warehouse.LoadAsync([Batch("b1", 1, 2)], default);
        Assert.Equal([1L, 2L], await LinesAsync());
    }

    [Theory]
    [InlineData("/jobs", "POST", 1)]
    [InlineData("/tables$", "POST", 0)]
    public async Task A_quota_that_is_used_up_is_not_asked_for_again_before_its_pause_and_nothing_is_lost(string path, string method, int skip)
    {
        var clock = new HurriedClock(10);
        _google.Faults.Add(new Fault(FaultKind.Refuse, path, method, Skip: skip, Status: 403, Reason: "quotaExceeded"));
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google, FakeDataset.Hasty with { QuotaPause = TimeSpan.FromSeconds(20) }, clock);
        var held = await Assert.ThrowsAsync<WarehouseHeldException>(() => warehouse.LoadAsync([Batch("b1", 1)], default));
        Assert.Equal(TimeSpan.FromSeconds(20), held.RetryAfter);
        Assert.InRange(warehouse.LoadInterval, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20));

        var asked = _google.Faults.Requests.Count;
        for (var at = 0; at < 5; at++)
        {
            await Assert.ThrowsAsync<WarehouseHeldException>(() => warehouse.LoadAsync([Batch("b1", 1)], default));
        }

        Assert.Equal(asked, _google.Faults.Requests.Count);
        Assert.Single(_google.Faults.Requests, request => request.Fault is not null);
        _google.Faults.Clear();
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        Assert.Empty(await warehouse.LoadAsync([Batch("b1", 1)], default));
        Assert.Equal([1L], await LinesAsync());
    }

    [Fact]
    public async Task A_load_leaves_nothing_behind_in_bucket_and_dataset()
    {
        await Open().LoadAsync([Batch("b1", 1, 2)], default);
        await ReplaceTotalsAsync(1, "SUM(line)");
        Assert.DoesNotContain(await TablesAsync(), table => table.StartsWith("staging_", StringComparison.Ordinal));
        using var bucket = FakeBucket.Client(_google);
        Assert.Empty(await bucket.ListAsync("staging/", "", "", default).ToListAsync());
    }

    [Theory]
    [InlineData("swap_")]
    [InlineData("part_")]
    public async Task A_replacement_that_dies_half_way_leaves_only_a_table_that_expires(string dies)
    {
        await Open().LoadAsync([Batch("b1", 1, 2)], default);

        // Everything from this job on is refused, the removal too.
        _google.Faults.Add(new Fault(FaultKind.Refuse, $"/jobs/{dies}", Status: 401, Reason: "authError"));
        _google.Faults.Add(new Fault(FaultKind.Refuse, "/tables/staging_", "DELETE", Status: 401, Reason: "authError"));
        await Assert.ThrowsAnyAsync<IOException>(() => ReplaceTotalsAsync(1, "SUM(line)"));
        _google.Faults.Clear();
        var left = Assert.Single(await TablesAsync(), table => table.StartsWith("staging_totals", StringComparison.Ordinal));
        var table = await GetAsync($"/tables/{left}");
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(table.GetProperty("expirationTime").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(expires, TimeProvider.System.GetUtcNow().AddHours(1), TimeProvider.System.GetUtcNow().AddDays(3));
    }

    [Fact]
    public async Task The_same_batches_in_another_order_are_the_same_load()
    {
        // Two queries and the load job start; the transaction does not.
        _google.Faults.Add(new Fault(FaultKind.Refuse, "/jobs$", "POST", Skip: 3, Status: 401, Reason: "authError"));
        using (BigQueryWarehouse victim = FakeDataset.Open(_google))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => victim.LoadAsync([Batch("b1", 1), Batch("b2", 2), Batch("b3", 3)], default));
        }

        using BigQueryWarehouse heir = FakeDataset.Open(_google);
        _google.Faults.Clear();
        await heir.LoadAsync([Batch("b3", 3), Batch("b1", 1), Batch("b2", 2), Batch("b1", 1)], default);
        Assert.Equal([1L, 2L, 3L], await LinesAsync());
        var jobs = (await GetProjectAsync("/jobs?maxResults=1000")).GetProperty("jobs").EnumerateArray()
            .Select(job => job.GetProperty("jobReference").GetProperty("jobId").GetString()!);
        Assert.Single(jobs, job => job.StartsWith("ld_sales_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_processes_make_and_grow_everything_at_once()
    {
        TableSpec wider = new("wide", "Test. One row per tenant.", [new("tenant", ColumnType.String, false, "Tenant."), new("a", ColumnType.Int64, true, "A.")], null, ["tenant"]);
        BigQueryWarehouse[] warehouses = [.. Enumerable.Range(0, 4).Select(_ => FakeDataset.Open(_google))];
        await Task.WhenAll(warehouses.Select(warehouse => Task.Run(async () =>
        {
            await warehouse.EnsureAsync([wider with { Columns = [wider.Columns[0]] }], [new ViewSpec("wide_view", "SELECT w.tenant FROM wide AS w, sales AS s WHERE w.tenant IS NOT DISTINCT FROM s.tenant")], default);
            await warehouse.EnsureAsync([wider], [], default);
        })));
        Array.ForEach(warehouses, warehouse => warehouse.Dispose());
        Assert.Empty(await QueryAsync("SELECT a FROM wide WHERE tenant = @tenant"));
        var table = await GetAsync("/tables/wide");
        Assert.Equal("Tenant.", table.GetProperty("schema").GetProperty("fields")[0].GetProperty("description").GetString());
        Assert.Equal("retailinsight", table.GetProperty("labels").GetProperty("product").GetString());
    }

    [Fact]
    public async Task A_page_that_is_garbage_is_asked_for_again()
    {
        await Open().LoadAsync([Batch("b1", 1, 2)], default);
        _google.Faults.Add(new Fault(FaultKind.Refuse, "/queries/", Times: 2, Status: 200, Body: "<html>Please sign in</html>"));
        Assert.Equal([1L, 2L], await LinesAsync());
    }

    [Fact]
    public async Task A_loader_that_dies_at_any_request_leaves_nothing_half_and_nothing_double()
    {
        var step = 0;
        for (var died = true; died; step++)
        {
            var lines = new long[] { step * 10, (step * 10) + 1 };
            foreach (var kind in (FaultKind[])[FaultKind.Refuse, FaultKind.RefuseAfter])
            {
                // A refusal that no retry mends ends this loader, as a kill would: before or after the request was carried out.
                _google.Faults.Clear();
                _google.Faults.Add(new Fault(kind, Skip: step, Times: 1, Status: 401, Reason: "authError"));
                using BigQueryWarehouse victim = FakeDataset.Open(_google);
                var outcome = await Record.ExceptionAsync(() => victim.LoadAsync([Batch($"a{step}", lines[0]), Batch($"b{step}", lines[1])], default));
                died = _google.Faults.Requests.Any(request => request.Fault is not null);
                Assert.True(died || outcome is null, outcome?.ToString());
            }

            _google.Faults.Clear();
            using BigQueryWarehouse heir = FakeDataset.Open(_google);
            await heir.LoadAsync([Batch($"b{step}", lines[1]), Batch($"c{step}", (step * 10) + 2)], default);
            await heir.LoadAsync([Batch($"a{step}", lines[0])], default);
        }

        Assert.InRange(step, 8, 60);
        Assert.Equal(Enumerable.Range(0, step).SelectMany(at => new[] { at * 10L, (at * 10) + 1L, (at * 10) + 2L }), await LinesAsync());
    }

    [Fact]
    public async Task A_load_job_that_fails_for_a_passing_reason_is_run_anew_once_it_is_done()
    {
        var open = _google.BigQuery.Settings.OpenObject;
        var failures = 2;
        _google.BigQuery.Settings.OpenObject = (bucket, name, token) =>
            Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("The service has a bad moment.") : open(bucket, name, token);
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google);
        await warehouse.LoadAsync([Batch("b1", 1, 2)], default);
        Assert.Equal([1L, 2L], await LinesAsync());
        string[] attempts = [.. _google.Faults.Requests.Select(request => request.Path).Where(path => path.Contains("/jobs/ld_sales_", StringComparison.Ordinal))
            .Select(path => path[(path.LastIndexOf('_') + 1)..path.IndexOf('?', StringComparison.Ordinal)]).Distinct()];
        Assert.Equal(["a1", "a2", "a3"], attempts);
    }

    [Fact]
    public async Task A_load_job_that_took_another_number_of_rows_is_not_committed()
    {
        var open = _google.BigQuery.Settings.OpenObject;
        _google.BigQuery.Settings.OpenObject = async (bucket, name, token) =>
        {
            await using Stream whole = (await open(bucket, name, token))!;
            using var reader = new StreamReader(new System.IO.Compression.GZipStream(whole, System.IO.Compression.CompressionMode.Decompress));
            return new MemoryStream(System.Text.Encoding.UTF8.GetBytes((await reader.ReadLineAsync(token))! + "\n"));
        };
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google);
        // Not a WarehouseDataException: the rows are sound, so the loader may not put them into the dead letter.
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => warehouse.LoadAsync([Batch("b1", 1, 2)], default));
        Assert.Contains("1 rows of 2", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await LinesAsync());
    }

    [Fact]
    public async Task Loaders_that_hold_overlapping_batches_at_once_load_each_of_them_once()
    {
        BigQueryWarehouse[] warehouses = [.. Enumerable.Range(0, 3).Select(_ => FakeDataset.Open(_google))];
        await Task.WhenAll(Enumerable.Range(0, 9).Select(round => Task.Run(() =>
            warehouses[round % 3].LoadAsync([.. Enumerable.Range(round, 4).Select(line => Batch($"b{line}", line))], default))));
        Array.ForEach(warehouses, warehouse => warehouse.Dispose());
        Assert.Equal(Enumerable.Range(0, 12).Select(line => (long)line), await LinesAsync());
    }

    [Fact]
    public async Task Ten_minutes_without_network_lose_nothing()
    {
        var clock = new HurriedClock(2_000);
        _google.Faults.Add(new Fault(FaultKind.Drop, Skip: 4));
        using var warehouse = FakeDataset.Open(_google, FakeDataset.Hasty with { Retry = new BigQueryOptions().Retry }, clock);
        Task<IReadOnlySet<string>> load = warehouse.LoadAsync([Batch("b1", 1, 2)], default);
        TimeSpan gone = clock.Elapsed;
        await Task.Delay(TimeSpan.FromMilliseconds(310));
        Assert.True(clock.Elapsed - gone > TimeSpan.FromMinutes(10));
        _google.Faults.Clear();
        try
        {
            await load;
        }
        catch (IOException)
        {
            // The tries ran out: the caller comes again, as the streamer does.
            await warehouse.LoadAsync([Batch("b1", 1, 2)], default);
        }

        Assert.Equal([1L, 2L], await LinesAsync());
    }

    [Fact]
    public async Task A_restarted_loader_knows_what_the_day_has_used()
    {
        var limit = FakeDataset.Hasty with { ModificationsPerDay = 8 };
        using (BigQueryWarehouse first = FakeDataset.Open(_google, limit))
        {
            for (var load = 0; load < 3; load++)
            {
                await first.LoadAsync([Batch($"b{load}", load)], default);
            }

            Assert.InRange(first.LoadInterval, TimeSpan.FromHours(3), TimeSpan.FromHours(9));
        }

        using BigQueryWarehouse second = FakeDataset.Open(_google, limit);
        var held = await Assert.ThrowsAsync<WarehouseHeldException>(() => second.LoadAsync([Batch("b9", 9)], default));
        Assert.InRange(held.RetryAfter, TimeSpan.FromHours(3), TimeSpan.FromHours(9));
        Assert.Equal(["b0"], await second.LoadAsync([Batch("b0", 0)], default));
        Assert.Equal([0L, 1L, 2L], await LinesAsync());
    }

    private async Task<List<string>> TablesAsync() =>
    [
        .. (await GetAsync("/tables?maxResults=1000")).GetProperty("tables").EnumerateArray()
            .Select(table => table.GetProperty("tableReference").GetProperty("tableId").GetString()!),
    ];

    private Task<JsonElement> GetAsync(string path) => GetProjectAsync($"/datasets/{FakeDataset.Name}{path}");

    private async Task<JsonElement> GetProjectAsync(string path)
    {
        using var client = new HttpClient();
        return await client.GetFromJsonAsync<JsonElement>($"{_google.Address}/bigquery/v2/projects/p1{path}");
    }

    protected override IWarehouse Open() => FakeDataset.Open(_google);

    protected override Task CloseAsync(IWarehouse warehouse)
    {
        ((BigQueryWarehouse)warehouse).Dispose();
        return Task.CompletedTask;
    }
}
