using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.IntegrationTests.GoogleCloud;
using RetailInsight.IntegrationTests.GoogleCloud.BigQuery;
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

    [Fact]
    public async Task A_quota_that_is_used_up_is_not_hammered_and_nothing_is_lost()
    {
        _google.Faults.Add(new Fault(FaultKind.Refuse, "/jobs", "POST", Skip: 1, Status: 403, Reason: "quotaExceeded"));
        using BigQueryWarehouse warehouse = FakeDataset.Open(_google);
        await Assert.ThrowsAnyAsync<IOException>(() => warehouse.LoadAsync([Batch("b1", 1)], default));
        Assert.Single(_google.Faults.Requests, request => request.Fault is not null);
        _google.Faults.Clear();
        Assert.Empty(await warehouse.LoadAsync([Batch("b1", 1)], default));
        Assert.Equal([1L], await LinesAsync());
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
        var refused = await Assert.ThrowsAsync<WarehouseDataException>(() => warehouse.LoadAsync([Batch("b1", 1, 2)], default));
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
        var limit = FakeDataset.Hasty with { ModificationsPerDay = 4 };
        using (BigQueryWarehouse first = FakeDataset.Open(_google, limit))
        {
            for (var load = 0; load < 4; load++)
            {
                await first.LoadAsync([Batch($"b{load}", load)], default);
            }

            Assert.True(first.LoadInterval > TimeSpan.FromHours(6));
        }

        using BigQueryWarehouse second = FakeDataset.Open(_google, limit);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.LoadAsync([Batch("b9", 9)], patience.Token));
        Assert.Equal([0L, 1L, 2L, 3L], await LinesAsync());
    }

    protected override IWarehouse Open() => FakeDataset.Open(_google);

    protected override Task CloseAsync(IWarehouse warehouse)
    {
        ((BigQueryWarehouse)warehouse).Dispose();
        return Task.CompletedTask;
    }
}
