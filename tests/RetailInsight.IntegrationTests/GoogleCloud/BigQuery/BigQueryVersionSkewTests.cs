using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>A new version starts while the old one is at work, or after it died at work.</summary>
public sealed class BigQueryVersionSkewTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    private static readonly TableSpec Old = new(
        "visits",
        "Test. One row per tenant and n.",
        [new("tenant", ColumnType.String, false, "Tenant."), new("n", ColumnType.Int64, false, "Number.")],
        null,
        ["tenant"]);

    private static readonly TableSpec New = Old with { Columns = [.. Old.Columns, new("note", ColumnType.String, true, "Note.")] };

    private readonly string _directory = Directory.CreateTempSubdirectory("google-fakes-").FullName;
    private FakeGoogle _google = null!;
    private BigQueryWarehouse _old = null!;

    public async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(_directory);
        _old = FakeDataset.Open(_google);
        await _old.EnsureAsync([Old], [], default);
    }

    public async Task DisposeAsync()
    {
        _old.Dispose();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_load_that_died_before_its_transaction_is_finished_by_a_version_that_has_more_columns()
    {
        // Two queries and the load job start; the transaction does not.
        _google.Faults.Add(new Fault(FaultKind.Refuse, "/jobs$", "POST", Skip: 3, Status: 401, Reason: "authError"));
        await Assert.ThrowsAnyAsync<IOException>(() => _old.LoadAsync([Batch("b1", 1), Batch("b2", 2)], default));
        _google.Faults.Clear();

        using var heir = FakeDataset.Open(_google);
        Assert.Empty(await NumbersAsync(heir));
        await heir.EnsureAsync([New], [], default);
        Assert.Empty(await heir.LoadAsync([Batch("b1", 1), Batch("b2", 2)], default));
        Assert.Equal([1L, 2L], await NumbersAsync(heir));
    }

    [Fact]
    public async Task Rows_with_a_column_that_a_newer_process_added_are_no_poison_to_an_older_one()
    {
        await _old.LoadAsync([Batch("b1", 1)], default);
        using (var newer = FakeDataset.Open(_google))
        {
            await newer.EnsureAsync([New], [], default);
        }

        var rows = new RowBlock([.. Batch("b2", 2).Tables["visits"].Columns, ColumnData.String("note", ["new"])]);
        Assert.Empty(await _old.LoadAsync([new("b2", Tenant, new Dictionary<string, RowBlock> { ["visits"] = rows })], default));
        Assert.Equal([1L, 2L], await NumbersAsync(_old));
    }

    [Fact]
    public async Task Versions_that_add_different_columns_at_once_both_get_theirs()
    {
        for (var round = 0; round < 4; round++)
        {
            BigQueryWarehouse[] warehouses = [.. Enumerable.Range(0, 3).Select(_ => FakeDataset.Open(_google))];
            await Task.WhenAll(warehouses.Select((warehouse, at) => Task.Run(() => warehouse.EnsureAsync(
                [Old with { Columns = [.. Old.Columns, new($"added_{round}_{at}", ColumnType.Int64, true, "Added.")] }], [], default))));
            Array.ForEach(warehouses, warehouse => warehouse.Dispose());
        }

        var added = string.Join(", ", Enumerable.Range(0, 12).Select(at => $"added_{at / 3}_{at % 3}"));
        using var reader = FakeDataset.Open(_google);
        Assert.Empty(await reader.QueryAsync(Query($"SELECT {added} FROM visits WHERE tenant = @tenant"), default).ToListAsync());
    }

    [Fact]
    public async Task A_query_that_somebody_stopped_says_so_instead_of_being_asked_for_again_and_again()
    {
        await _old.LoadAsync([Batch("b1", [.. Enumerable.Range(0, 3_000).Select(number => (long)number)])], default);
        var patient = FakeDataset.Hasty with { Retry = FakeDataset.Hasty.Retry with { Attempts = 500 } };
        using var warehouse = FakeDataset.Open(_google, patient);
        _google.Faults.Clear();
        var endless = warehouse.QueryAsync(Query("SELECT COUNT(*) AS n FROM visits a, visits b, visits c WHERE a.tenant = @tenant AND a.n + b.n > c.n"), default).ToListAsync().AsTask();
        string? id = null;
        while ((id = _google.Faults.Requests.Select(request => request.Path).FirstOrDefault(path => path.Contains("/queries/query_", StringComparison.Ordinal))) is null)
        {
            await Task.Delay(10);
        }

        id = id[(id.IndexOf("/queries/", StringComparison.Ordinal) + "/queries/".Length)..id.IndexOf('?', StringComparison.Ordinal)];

        // Long enough for the statement itself to be at work: what a cancel of the fake interrupts.
        await Task.Delay(TimeSpan.FromSeconds(1));
        using (var client = new HttpClient())
        {
            using var answer = await client.PostAsync($"{_google.Address}/bigquery/v2/projects/p1/jobs/{id}/cancel", null);
            answer.EnsureSuccessStatusCode();
        }

        await Assert.ThrowsAnyAsync<IOException>(() => endless.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.InRange(_google.Faults.Requests.Count(request => request.Path.Contains("/queries/", StringComparison.Ordinal)), 1, 12);
    }

    private static WarehouseBatch Batch(string id, params long[] numbers) => new(id, Tenant, new Dictionary<string, RowBlock>
    {
        ["visits"] = new([ColumnData.String("tenant", [.. numbers.Select(_ => Tenant)]), ColumnData.Int64("n", numbers)]),
    });

    private static WarehouseQuery Query(string sql) => new(sql, new Dictionary<string, object>(), Tenant);

    private static async Task<List<long>> NumbersAsync(BigQueryWarehouse warehouse) =>
        [.. (await warehouse.QueryAsync(Query("SELECT n FROM visits WHERE tenant = @tenant ORDER BY n"), default).ToListAsync()).SelectMany(block => (long[])block["n"].Values)];
}
