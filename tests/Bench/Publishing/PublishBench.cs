using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Bench.Publishing;

/// <summary>24,000 rows of 20 columns into a mart table of 1.44 million by the real publisher, against a bare COPY of the same rows.</summary>
internal static class PublishBench
{
    private const string Tenant = "bulk";
    private const int Stores = 1_000;
    private const int Hours = 24;
    private const int Days = 60;
    private const int FloorMilliseconds = 150;
    private static readonly DateOnly Day = new(2026, 10, 31);
    private static readonly string[] Figures = [.. Enumerable.Range(1, 16).Select(number => string.Create(CultureInfo.InvariantCulture, $"figure_{number:00}"))];
    private static readonly string[] StoreCodes = [.. Enumerable.Range(0, Stores).Select(store => string.Create(CultureInfo.InvariantCulture, $"S{store:0000}"))];
    private static long _lease;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("publish", "Publishing a partition");
        await using var site = await server.CreateSiteAsync();
        using var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = Path.Combine(site.Directory, "warehouse.duckdb") }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        await Shown.BarAsync("Filling the table", async _ =>
        {
            await FillAsync(site, warehouse);
            return 0;
        });
        var copy = await BestAsync(plan, _ => CopyAsync(site));
        var publisher = new Publication(site, warehouse);
        report.Add("a day that changed in 5 of 100 rows", await BestAsync(plan, round => publisher.RunAsync(round + 1, every: 20)), copy, "ms", $"<= {FloorMilliseconds} ms");
        report.Add("… of it inside the fenced transaction", BenchReport.Number(publisher.InTransaction, "ms"));
        report.Add("a day in which every row changed", await BestAsync(plan, round => publisher.RunAsync(round + 100, every: 1)), copy, "ms");
        report.Add("… of it inside the fenced transaction", BenchReport.Number(publisher.InTransaction, "ms"));
        report.Add("a day in which nothing changed", await BestAsync(plan, _ => publisher.RunAsync(100 + plan.Rounds, every: 1)), copy, "ms");
        report.Note($"{Stores * Hours:N0} rows x 20 columns for one of {Days} days. Published is: the model's query in DuckDB with its checks, a binary COPY into the unlogged staging table, the check that no row lies outside the partition, the swap of the differences, the new data version, and both commits. The baseline copies the same rows, already in memory, into an empty logged table without an index. Best of {plan.Rounds}.");
        report.Finish();
    }

    private static async Task<double> BestAsync(BenchPlan plan, Func<int, Task<double>> work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Math.Max(5, plan.Rounds); round++)
        {
            best = Math.Min(best, await work(round));
        }

        return best;
    }

    private static async Task FillAsync(BenchSite site, DuckDbWarehouse warehouse)
    {
        await site.ExecuteAsync($"""
            CREATE TABLE mart.bench_hour (tenant text NOT NULL, store text NOT NULL, business_date date NOT NULL, hour smallint NOT NULL,
              {string.Join(", ", Figures.Select(figure => figure + " bigint NOT NULL"))}, PRIMARY KEY (tenant, store, business_date, hour)) WITH (fillfactor = 80);
            CREATE INDEX ON mart.bench_hour (tenant, business_date, store);
            GRANT SELECT, INSERT, UPDATE, DELETE ON mart.bench_hour TO retail_job;
            INSERT INTO mart.bench_hour SELECT '{Tenant}', 'S' || lpad(s::text, 4, '0'), date '{Day:yyyy-MM-dd}' - d, h, {string.Join(", ", Figures.Select(_ => "s * 1000000 + h"))}
              FROM generate_series(0, {Days - 1}) d, generate_series(0, {Stores - 1}) s, generate_series(0, {Hours - 1}) h;
            """);
        await site.ExecuteAsync("VACUUM ANALYZE mart.bench_hour");
        await warehouse.EnsureAsync([Source], [], CancellationToken.None);
        await LoadAsync(warehouse, 0, 1);
    }

    private static TableSpec Source { get; } = new(
        "bench_hour",
        "One row per tenant, store, business_date and hour.",
        [
            new("tenant", ColumnType.String, false, "Tenant."), new("store", ColumnType.String, false, "Store."),
            new("business_date", ColumnType.Date, false, "Day."), new("hour", ColumnType.Int64, false, "Hour."),
            .. Figures.Select(figure => new ColumnSpec(figure, ColumnType.Int64, false, "Figure.")),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>The day's rows; every n-th is another one than in the round before.</summary>
    private static async Task LoadAsync(DuckDbWarehouse warehouse, int round, int every)
    {
        var changes = $"CASE WHEN MOD(s * {Hours} + h, {every}) = 0 THEN {round} ELSE 0 END";
        var select = $"""
            SELECT @tenant AS tenant, CONCAT('S', LPAD(CAST(s AS STRING), 4, '0')) AS store, @day AS business_date, h AS hour,
              {string.Join(", ", Figures.Select(figure => $"s * 1000000 + h + {changes} AS {figure}"))}
            FROM UNNEST(GENERATE_ARRAY(0, {Stores - 1})) AS s CROSS JOIN UNNEST(GENERATE_ARRAY(0, {Hours - 1})) AS h
            """;
        await warehouse.ReplacePartitionAsync(
            Source,
            new Dictionary<string, object> { ["tenant"] = Tenant },
            new WarehouseQuery(select, new Dictionary<string, object> { ["tenant"] = Tenant, ["day"] = Day }, Tenant),
            CancellationToken.None);
    }

    private static async Task<double> CopyAsync(BenchSite site)
    {
        await site.ExecuteAsync("DROP TABLE IF EXISTS mart.bench_copy; CREATE TABLE mart.bench_copy AS SELECT * FROM mart.bench_hour WITH NO DATA");
        await using var connection = await site.Owner.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        await using (var copy = await connection.BeginBinaryImportAsync("COPY mart.bench_copy FROM STDIN (FORMAT BINARY)"))
        {
            for (var row = 0; row < Stores * Hours; row++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(Tenant);
                await copy.WriteAsync(StoreCodes[row / Hours]);
                await copy.WriteAsync(Day);
                await copy.WriteAsync((short)(row % Hours));
                foreach (var _ in Figures)
                {
                    await copy.WriteAsync((long)row);
                }
            }

            await copy.CompleteAsync();
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Publishes the day again and again.</summary>
    private sealed class Publication
    {
        private readonly BenchSite _site;
        private readonly DuckDbWarehouse _warehouse;
        private readonly DatamartPublisher _publisher;
        private readonly ModelRun _run;

        public Publication(BenchSite site, DuckDbWarehouse warehouse)
        {
            _site = site;
            _warehouse = warehouse;
            _publisher = new DatamartPublisher(site.Job);
            var model = new Model
            {
                Name = "bench_hour",
                Area = "Bench",
                Description = Source.Description,
                Sql = $"SELECT {string.Join(", ", Source.Columns.Select(column => column.Name))} FROM bench_hour WHERE tenant = @tenant AND business_date = @business_date AND store IN UNNEST(@stores)",
                Grain = ["tenant", "store", "business_date", "hour"],
                Inputs = ["bench_hour"],
                Columns = [.. Source.Columns.Select(column => new ModelColumn(column.Name, column.Type, "", column.Description, [new ModelCheck("not_null", column.Name, $"{column.Name} IS NOT NULL")]))],
                Publish = new PublishTarget("mart.bench_hour", null),
                Parameters = ["tenant", "business_date", "stores"],
            };
            _run = new ModelRun(model, new ModelPartition(Tenant, Day, StoreCodes), [], warehouse);
        }

        /// <summary>Milliseconds the last run spent between begin and commit of the caller's transaction.</summary>
        public double InTransaction { get; private set; }

        public async Task<double> RunAsync(int round, int every)
        {
            await LoadAsync(_warehouse, round, every);
            var started = Stopwatch.GetTimestamp();
            var staged = await _publisher.StageAsync(_run, ++_lease, CancellationToken.None);
            var fenced = Stopwatch.GetTimestamp();
            await using (var connection = await _site.Job.OpenConnectionAsync())
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                await _publisher.PublishAsync(staged, connection, transaction, CancellationToken.None);
                await transaction.CommitAsync();
            }

            InTransaction = Stopwatch.GetElapsedTime(fenced).TotalMilliseconds;
            return staged.Rows == Stores * Hours ? Stopwatch.GetElapsedTime(started).TotalMilliseconds : throw new InvalidOperationException($"{staged.Rows} rows were staged.");
        }
    }
}
