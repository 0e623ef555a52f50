using System.Diagnostics;
using System.Text.Json;
using RetailInsight.Bench.Harness;
using RetailInsight.Bench.Landing;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Local.Simulation;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.Bench.Conversion;

/// <summary>One file of 300,000 rows pushed over HTTP into the gateway's own process, until its receipt says what became of every row.</summary>
internal sealed class LargeFile(BenchServer server, BenchPlan plan)
{
    private const int Receipts = 280_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public async Task RunAsync(BenchReport report)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 2, Days = 1, ReceiptsPerStoreDay = Receipts, Imperfections = false });
        var content = simulation.CleanDay(simulation.Stores[0], simulation.Dates[0], "vendor-a").Content;
        var baseline = Shown.Step("Plain converter on the large file", () =>
        {
            var started = Stopwatch.GetTimestamp();
            _ = PlainConverter.Total(content);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        Landed? best = null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            var result = await Shown.BarAsync("Large file through the gateway", _ => PushAsync(simulation, content));
            best = best is null || result.Seconds < best.Seconds ? result : best;
        }

        report.Add($"{best!.Rows:N0} rows ({content.Length / 1e6:0} MB) pushed and landed, against the plain converter in memory", best.Seconds, baseline, "s");
        report.Add("… upload answered after", BenchReport.Number(best.UploadSeconds, "s"));
        report.Add("… gateway processor time", BenchReport.Number(best.GatewaySeconds, "s"));
        report.Add("… PostgreSQL processor time", BenchReport.Number(best.ServerSeconds, "s"));
        report.Add("… gateway peak memory", BenchReport.Number(best.PeakMegabytes, "MB"));
    }

    private async Task<Landed> PushAsync(RetailSimulation simulation, byte[] content)
    {
        await using var site = await server.CreateSiteAsync();
        await using (var bus = new PostgresMessageBus(site.Job, TimeProvider.System))
        {
            await bus.EnsureSubscriptionAsync(Topics.EventBatches, "ingest", new SubscriptionOptions(TimeSpan.FromSeconds(60), 10), CancellationToken.None);
        }

        var shops = new LandingSite(site, simulation);
        await shops.SeedAsync();
        await using var gateway = await shops.StartGatewayAsync();
        using var client = LandingSite.Client(gateway, shops.Keys[0]);
        var (gatewayBefore, serverBefore) = (gateway.ProcessorTime, server.ProcessorTime());
        var started = Stopwatch.GetTimestamp();
        using var body = new ByteArrayContent(content);
        using var answer = await client.PostAsync(new Uri("/v1/ingest/vendor-a", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        var upload = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("receipt_id").GetString();
        while (await site.CountAsync($"SELECT count(*) FROM gateway.ingestion WHERE id = '{id}' AND state <> 'landed'") == 0)
        {
            await Task.Delay(Poll);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var rows = await site.CountAsync($"SELECT accepted FROM gateway.ingestion WHERE id = '{id}' AND accepted = rows_read");
        return rows == 0
            ? throw new InvalidOperationException("Not every row was accepted.")
            : new Landed(
                rows, seconds, upload, (gateway.ProcessorTime - gatewayBefore).TotalSeconds, (server.ProcessorTime() - serverBefore).TotalSeconds, gateway.PeakMegabytes);
    }

    private sealed record Landed(long Rows, double Seconds, double UploadSeconds, double GatewaySeconds, double ServerSeconds, double PeakMegabytes);
}
