using RetailInsight.Bench.Harness;
using RetailInsight.Bench.Landing;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Bench.Streaming;

/// <summary>POS lines a second from the bus into the warehouse, alone and beside 2,000 landing requests a second.</summary>
internal static class StreamBench
{
    private const int FloorLines = 300_000;
    private const int LandingRate = 2_000;
    private const int Connections = 128;
    private const int LinesPerSecondOfPlan = 150_000;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("stream", "Bus to warehouse");
        var corpus = Shown.Step("Simulating day files", () => BatchCorpus.Create(days: 10, receipts: 700));
        var small = BatchCorpus.Create(days: 60, receipts: 5);
        var baseline = Shown.Step("Processor time by step", () => Math.Max(new StreamProfile(corpus).Run(report), new StreamProfile(small).Run(report)));
        await DrainAsync(server, plan, report, corpus, baseline, Math.Max(1, (int)(plan.Seconds * LinesPerSecondOfPlan / corpus.LinesPerRound)));
        await DrainAsync(server, plan, report, small, baseline, 3);
        var (beside, load) = await BesideAsync(server, plan, corpus);
        report.Add("**steady, beside landing**", beside.LinesPerSecond, baseline, "lines/s", $">= {FloorLines:N0}");
        report.Add("… lines waiting when publishing ended", BenchReport.Number(beside.Backlog * corpus.LinesPerMessage, "lines"));
        report.Add("… landing requests beside it", BenchReport.Number(load.PerSecond, "req/s"), $">= {LandingRate:N0}");
        report.Add("… landing median / p99", $"{BenchReport.Number(load.MedianMilliseconds, "ms")} / {BenchReport.Number(load.P99Milliseconds, "ms")}");
        report.Add("… landing requests that failed", BenchReport.Number(load.Failed, ""));
        report.Note($"Messages are made by the gateway's own code from day files: {corpus.LinesPerReceipt:0.0} lines a receipt; {corpus.LinesPerMessage:N0} lines each when a store sends its day, {small.LinesPerMessage:N0} when a register sends every few receipts, as the gateway does not join payloads. Each line brings its share of receipt, tax, tender and discount rows. The baseline is the same rows, encoded beforehand, through DuckDB's table function into a file: no bus, no decoding, no ledger.");
        report.Finish();
    }

    /// <summary>Only the processor time by step: seconds instead of minutes, for work on the steps.</summary>
    public static void RunSteps()
    {
        var report = new BenchReport("steps", "Bus to warehouse, by step");
        new StreamProfile(BatchCorpus.Create(days: 10, receipts: 700)).Run(report);
        new StreamProfile(BatchCorpus.Create(days: 60, receipts: 5)).Run(report);
        report.Finish();
    }

    private static async Task<(StreamResult Stream, LoadResult Load)> BesideAsync(BenchServer server, BenchPlan plan, BatchCorpus corpus)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Days = 1, ReceiptsPerStoreDay = 20, Imperfections = false });
        await using var site = await server.CreateSiteAsync();
        var shops = new LandingSite(site, simulation);
        await shops.SeedAsync();
        var run = new StreamRun(site, corpus);
        LoadResult load;
        StreamResult stream;
        await using (var gateway = await shops.StartGatewayAsync())
        {
            var landing = LoadGenerator.StartAsync(new LoadPlan(gateway.Address, shops.Keys, Connections, LandingRate, plan.Seconds, 3, RespondAsync: true));
            stream = await Shown.BarAsync("Steady stream beside landing", progress => run.SustainAsync(plan.Lines, plan.Seconds + 3, progress));
            load = await landing;
        }

        await run.VerifyAsync(stream.Lines);
        return (stream, load);
    }

    private static async Task DrainAsync(BenchServer server, BenchPlan plan, BenchReport report, BatchCorpus corpus, double baseline, int rounds)
    {
        StreamResult? best = null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            await using var site = await server.CreateSiteAsync();
            var run = new StreamRun(site, corpus);
            var result = await Shown.BarAsync($"Backlog of blocks of {corpus.LinesPerMessage:0} lines", progress => run.DrainAsync(rounds, progress));
            await run.VerifyAsync(result.Lines);
            best = best is null || result.LinesPerSecond > best.LinesPerSecond ? result : best;
        }

        report.Add($"**backlog of blocks of {BenchReport.Number(corpus.LinesPerMessage, "lines")}, drained**", best!.LinesPerSecond, baseline, "lines/s");
        report.Add("… messages", BenchReport.Number(best.LinesPerSecond / corpus.LinesPerMessage, "messages/s"));
        report.Add("… processors the streamer kept busy", BenchReport.Number(best.IngestCores, $"of {Environment.ProcessorCount}"));
        report.Add("… its peak memory", BenchReport.Number(best.PeakMegabytes, "MB"));
    }
}
