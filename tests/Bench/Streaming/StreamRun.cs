using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ingest;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.Bench.Streaming;

/// <summary>What a run over the bus found.</summary>
/// <param name="LinesPerSecond">From the first loaded message to the last.</param>
/// <param name="Lines">Lines that arrived.</param>
/// <param name="IngestCores">Processors the streamer's process kept busy.</param>
/// <param name="PeakMegabytes">Largest memory of the streamer's process.</param>
/// <param name="Backlog">Messages on the bus when publishing ended.</param>
internal sealed record StreamResult(double LinesPerSecond, long Lines, double IngestCores, double PeakMegabytes, long Backlog);

/// <summary>Messages over the PostgreSQL bus through the streamer's own process into a DuckDB file, until all are acknowledged.</summary>
internal sealed class StreamRun(BenchSite site, BatchCorpus corpus)
{
    private const int MessagesPerPublish = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Puts a backlog on the bus, starts the streamer and waits until it is gone.</summary>
    public async Task<StreamResult> DrainAsync(int rounds, Action<double> progress)
    {
        await using var bus = await OpenBusAsync();
        var sent = new Sent();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var messages in corpus.Round(round).Chunk(MessagesPerPublish))
            {
                await bus.PublishAsync(Topics.EventBatches, [.. messages.Select(message => message.Message)], CancellationToken.None);
                sent.Add(messages);
            }

            progress((round + 1) * 0.3 / rounds);
        }

        await site.ExecuteAsync("CHECKPOINT");
        await using var ingest = await StartIngestAsync();
        return await WatchAsync(ingest, sent, () => true, part => progress(0.3 + (0.7 * part)));
    }

    /// <summary>Publishes at a steady rate while the streamer runs, then waits until all has arrived.</summary>
    /// <param name="linesPerSecond">The rate.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="progress">Part that is done.</param>
    public async Task<StreamResult> SustainAsync(int linesPerSecond, double seconds, Action<double> progress)
    {
        await using var bus = await OpenBusAsync();
        await using var ingest = await StartIngestAsync();
        var wanted = (long)(linesPerSecond * seconds);
        var prepared = Enumerable.Range(0, (int)(wanted / corpus.LinesPerRound) + 1).SelectMany(corpus.Round).Chunk(MessagesPerPublish).ToList();
        var sent = new Sent();
        var watch = Task.Run(() => WatchAsync(ingest, sent, () => sent.Lines >= wanted, progress));
        var started = Stopwatch.GetTimestamp();
        foreach (var messages in prepared.TakeWhile(_ => sent.Lines < wanted))
        {
            var ahead = TimeSpan.FromSeconds(sent.Lines / (double)linesPerSecond) - Stopwatch.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead);
            }

            await bus.PublishAsync(Topics.EventBatches, [.. messages.Select(message => message.Message)], CancellationToken.None);
            sent.Add(messages);
        }

        var backlog = await site.CountAsync($"SELECT count(*) FROM bus.delivery AS d JOIN bus.message AS m ON m.id = d.message_id WHERE m.attributes ->> 'tenant' = '{BatchCorpus.Tenant}'");
        return await watch with { Backlog = backlog };
    }

    /// <summary>Nothing lost, nothing counted twice: the warehouse has exactly the lines that were published, the ledger their receipts.</summary>
    public async Task VerifyAsync(long lines)
    {
        using var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = Path.Combine(site.Directory, "warehouse.duckdb") }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        async Task<long> CountAsync(string table)
        {
            var query = new WarehouseQuery(
                $"SELECT CAST(COUNT(*) AS INT64) AS n FROM {table} WHERE tenant = @tenant", new Dictionary<string, object> { ["tenant"] = BatchCorpus.Tenant }, BatchCorpus.Tenant);
            return (await warehouse.QueryAsync(query, CancellationToken.None).SingleAsync())["n"].Int64At(0);
        }

        var loaded = await CountAsync("raw_pos_line");
        var receipts = await CountAsync("raw_pos_transaction");
        var ledger = await site.CountAsync($"SELECT sum(rows) FROM ingest.partition WHERE tenant = '{BatchCorpus.Tenant}'");
        if (loaded != lines || receipts != ledger)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"{lines} lines were published, {loaded} arrived; {receipts} receipts arrived, the ledger has {ledger}."));
        }
    }

    private async Task<PostgresMessageBus> OpenBusAsync()
    {
        var bus = new PostgresMessageBus(site.Job, TimeProvider.System);
        await bus.EnsureSubscriptionAsync(Topics.EventBatches, "ingest", new SubscriptionOptions(TimeSpan.FromSeconds(60), 10), CancellationToken.None);
        return bus;
    }

    private Task<ServiceProcess> StartIngestAsync() => ServiceProcess.StartAsync(typeof(IngestServices).Assembly.Location, site.Settings);

    private async Task<StreamResult> WatchAsync(ServiceProcess ingest, Sent sent, Func<bool> isComplete, Action<double> progress)
    {
        var (first, began, cpu) = (0L, 0L, TimeSpan.Zero);
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            var receipts = await site.CountAsync($"SELECT coalesce(sum(rows), 0) FROM ingest.loaded_batch WHERE tenant = '{BatchCorpus.Tenant}'");
            if (receipts > 0 && began == 0)
            {
                (first, began, cpu) = (receipts, now, ingest.ProcessorTime);
            }

            progress(receipts / (double)Math.Max(1, sent.Receipts));
            if (isComplete() && receipts == sent.Receipts)
            {
                var elapsed = Stopwatch.GetElapsedTime(began, now).TotalSeconds;
                var rate = sent.Lines * (1 - (first / (double)receipts)) / elapsed;
                return new StreamResult(rate, sent.Lines, (ingest.ProcessorTime - cpu).TotalSeconds / elapsed, ingest.PeakMegabytes, 0);
            }

            await Task.Delay(Poll);
        }
    }

    /// <summary>What was published so far; lines last, as they end the watch.</summary>
    private sealed class Sent
    {
        private long _lines;
        private long _receipts;

        public long Lines => Interlocked.Read(ref _lines);

        public long Receipts => Interlocked.Read(ref _receipts);

        public void Add(BatchMessage[] messages)
        {
            Interlocked.Add(ref _receipts, messages.Sum(message => (long)message.Receipts));
            Interlocked.Add(ref _lines, messages.Sum(message => (long)message.Lines));
        }
    }
}
