using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Bench.Streaming;

/// <summary>
/// Where the streamer's processor time goes: its steps one after the other in this process, counted in processor time, which
/// other work on the machine disturbs less than the clock on the wall.
/// </summary>
internal sealed class StreamProfile(BatchCorpus corpus)
{
    // About what a micro-batch of the streamer holds under load.
    private const int MessagesPerLoad = 240;

    private readonly List<(string Step, double Seconds, long Allocated)> _steps = [];

    /// <summary>Runs every step over a round of the corpus, twice to have warm code, and adds the second to the report.</summary>
    /// <returns>Lines a second of the bare load.</returns>
    public double Run(BenchReport report)
    {
        report.Add($"**blocks of {BenchReport.Number(corpus.LinesPerMessage, "lines")}, processor time by step**", "");
        var bare = 0.0;
        for (var round = 0; round < 2; round++)
        {
            _steps.Clear();
            bare = Once(round);
        }

        foreach (var (step, seconds, allocated) in _steps)
        {
            report.Add(
                step,
                string.Create(CultureInfo.InvariantCulture, $"{seconds / corpus.LinesPerRound * 1e6:0.00} s per million lines, {allocated / (double)corpus.LinesPerRound:N0} B garbage a line"));
        }

        return bare;
    }

    private double Once(int round)
    {
        var messages = corpus.Round(round).Select(message => message.Message.Data).ToList();
        var parsed = Step("parse and check", () => messages.ConvertAll(message => EventBatchShape.Parse(message.Span).Batches[0]));
        var rows = Step("rows of columns", () => parsed.ConvertAll(EventBatchRows.Of));
        Step("ledger entries", () => parsed.ConvertAll(LedgerEntry.Of));
        Step("load into the warehouse", () => LoadAsync(rows).GetAwaiter().GetResult());
        return BareLoad(rows);
    }

    private static async Task<int> LoadAsync(List<WarehouseBatch> batches)
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbWarehouseOptions { Path = NewFile() }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        await warehouse.EnsureAsync(RawTables.All, RawTables.Views, CancellationToken.None);
        foreach (var part in batches.Chunk(MessagesPerLoad))
        {
            await warehouse.LoadAsync(part, CancellationToken.None);
        }

        return batches.Count;
    }

    private double BareLoad(List<WarehouseBatch> batches)
    {
        var tables = RawTables.All.Where(table => batches.Exists(batch => batch.Tables.ContainsKey(table.Name))).ToList();
        using var database = DuckDbDatabase.Join(new DuckDbWarehouseOptions { Path = NewFile() });
        using var lease = database.BorrowWriterAsync(CancellationToken.None).GetAwaiter().GetResult();
        return lease.RunAsync(
            connection =>
            {
                foreach (var statement in tables.SelectMany(table => DuckDbSchema.Changes(table, [])))
                {
                    connection.Execute(statement);
                }

                var sources = tables.ConvertAll(table => (table.Name, Rows: new RawDuckDbLoad(table, batches.Where(batch => batch.Tables.ContainsKey(table.Name)).Select(batch => batch.Tables[table.Name]))));
                var started = Stopwatch.GetTimestamp();
                Step("bare DuckDB load (the baseline)", () =>
                {
                    connection.Execute("BEGIN TRANSACTION");
                    sources.ForEach(source => source.Rows.Insert(connection, source.Name));
                    return connection.Execute("COMMIT");
                });
                var rate = corpus.LinesPerRound / Stopwatch.GetElapsedTime(started).TotalSeconds;
                sources.ForEach(source => source.Rows.Dispose());
                return rate;
            },
            CancellationToken.None).GetAwaiter().GetResult();
    }

    private T Step<T>(string name, Func<T> work)
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var (cpu, allocated) = (self.TotalProcessorTime, GC.GetTotalAllocatedBytes());
        var result = work();
        self.Refresh();
        _steps.Add((name, (self.TotalProcessorTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated));
        return result;
    }

    private static string NewFile()
    {
        var path = Path.Combine(BenchServer.Directory, "profile.duckdb");
        File.Delete(path);
        File.Delete(path + ".wal");
        return path;
    }
}
