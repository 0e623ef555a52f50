using RetailInsight.Bench.Harness;
using RetailInsight.Bench.Landing;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Bench.Streaming;

/// <summary>POS lines a second from the bus into the warehouse, alone and beside 2,000 landing requests a second.</summary>
internal static class StreamBench
{
    private const int FloorLines = 300_000;
    private const int LandingRate = 2_000;
    private const int Connections = 32;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("stream", "Bus to warehouse");
        var corpus = Shown.Step("Simulating day files", () => BatchCorpus.Create(days: 10, receipts: 700));
        var baseline = Shown.Step("Processor time by step", () => new StreamProfile(corpus).Run(report));
        if (plan.Seconds == 0)
        {
            report.Finish();
            return;
        }

        var rounds = Math.Max(1, (int)(plan.Seconds * 150_000 / corpus.LinesPerRound));
        var best = await BestAsync(server, plan, corpus, "Backlog into the warehouse", (run, progress) => run.DrainAsync(rounds, progress));
        Console.WriteLine(baseline + " " + best);
        report.Add("backlog of store-day blocks, drained", best.LinesPerSecond, baseline, "lines/s");
        report.Add("… processors the streamer kept busy", BenchReport.Number(best.IngestCores, "of 2"));
        report.Add("… its peak memory", BenchReport.Number(best.PeakMegabytes, "MB"));

        var (beside, load) = await BesideAsync(server, plan, corpus);
        report.Add("steady, beside landing", beside.LinesPerSecond, baseline, "lines/s", $">= {FloorLines:N0}");
        report.Add("… lines waiting when publishing ended", BenchReport.Number(beside.Backlog * corpus.LinesPerMessage, "lines"));
        report.Add("… landing requests beside it", BenchReport.Number(load.PerSecond, "req/s"), $">= {LandingRate:N0}");
        report.Add("… landing median / p99", $"{BenchReport.Number(load.MedianMilliseconds, "ms")} / {BenchReport.Number(load.P99Milliseconds, "ms")}");
        report.Add("… landing requests that failed", BenchReport.Number(load.Failed, ""));
        report.Note($"Messages are made by the gateway's own code from day files: {corpus.LinesPerMessage:N0} lines each, {corpus.LinesPerReceipt:0.0} lines a receipt. Each line brings its share of receipt, tax, tender and discount rows. The baseline is the same rows, encoded beforehand, through DuckDB's table function into a file: no bus, no decoding, no ledger.");
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
            var landing = LoadGenerator.StartAsync(new LoadPlan(gateway.Address, shops.Keys, Connections, LandingRate, plan.Seconds, 3, 0));
            stream = await Shown.BarAsync("Steady stream beside landing", progress => run.SustainAsync(plan.Lines, plan.Seconds + 3, progress));
            load = await landing;
        }

        Console.WriteLine(stream + " " + load);
        await run.VerifyAsync(stream.Lines);
        return (stream, load);
    }

    private static async Task<StreamResult> BestAsync(
        BenchServer server, BenchPlan plan, BatchCorpus corpus, string name, Func<StreamRun, Action<double>, Task<StreamResult>> work)
    {
        StreamResult? best = null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            await using var site = await server.CreateSiteAsync();
            var run = new StreamRun(site, corpus);
            var result = await Shown.BarAsync(name, progress => work(run, progress));
            await run.VerifyAsync(result.Lines);
            best = best is null || result.LinesPerSecond > best.LinesPerSecond ? result : best;
        }

        return best!;
    }
}
