using System.Diagnostics;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Local.Simulation;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.Bench.Landing;

/// <summary>
/// Small payloads into the real gateway: authenticated, made durable, ledger row, converted, landed in one transaction, put
/// on the bus, answered with their receipt. Against an endpoint that keeps nothing.
/// </summary>
internal static class LandingBench
{
    private const int PayloadBytes = 2_048;
    private const int FloorRate = 2_000;

    // Registers are many: an open loop of so many requests needs more connections than answers are under way.
    private const int SteadyConnections = 128;

    // A gateway runs for weeks; its first seconds, in which the runtime still compiles, are not what one request costs.
    private const double WarmUpSeconds = 10;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("landing", "Landing small payloads");
        var simulation = new RetailSimulation(new SimulationOptions { Days = 1, ReceiptsPerStoreDay = 20, Imperfections = false });
        var payload = RegisterPayload.Create(simulation, PayloadBytes);
        foreach (var connections in (int[])[16, 64, 256])
        {
            var plain = await BestAsync(plan, $"Nothing durable, {connections} connections", async () =>
            {
                await using var endpoint = await ServiceProcess.StartAsync(typeof(LandingBench).Assembly.Location, new Dictionary<string, string?>(), "plain");
                return new LandingResult(await DriveAsync(endpoint, ["none"], connections, 0, false, plan), default, default, default);
            });
            var gateway = await BestAsync(plan, $"Gateway, {connections} connections", () => GatewayAsync(server, simulation, connections, 0, false, plan));
            Add(report, $"{connections} connections, 200 with verdicts", gateway, plain);
            var acknowledged = await BestAsync(plan, $"Gateway, {connections} connections, 202", () => GatewayAsync(server, simulation, connections, 0, true, plan));
            Add(report, $"{connections} connections, 202", acknowledged, plain);
            report.Add("… converted after the last answer", BenchReport.Number(acknowledged.Behind.TotalSeconds, "s"));
        }

        await AddSteadyAsync(report, server, simulation, plan);
        report.Note($"A payload is a Shift_JIS file of {payload.Length:N0} bytes with {payload.Receipts} receipts in {payload.Lines} lines, never the same twice; four tenants; converted inside the request, so that each becomes one message of {payload.Lines} lines on the bus. The gateway is warmed up for {WarmUpSeconds:N0} s before counting, and what it could not keep up with then is not carried over. The load generator and PostgreSQL share the processors. Latency is counted from when a request was due.");
        report.Finish();
    }

    /// <summary>Only the steady part.</summary>
    public static async Task RunSteadyAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("landing-steady", "Landing small payloads at a steady rate");
        await AddSteadyAsync(report, server, new RetailSimulation(new SimulationOptions { Days = 1, ReceiptsPerStoreDay = 20, Imperfections = false }), plan);
        report.Finish();
    }

    private static async Task AddSteadyAsync(BenchReport report, BenchServer server, RetailSimulation simulation, BenchPlan plan)
    {
        AddSteady(report, "200 with verdicts", await BestAsync(plan, $"Gateway at {FloorRate}/s", () => GatewayAsync(server, simulation, SteadyConnections, FloorRate, false, plan)));
        AddSteady(report, "202", await BestAsync(plan, $"Gateway at {FloorRate}/s, 202", () => GatewayAsync(server, simulation, SteadyConnections, FloorRate, true, plan)));
    }

    private static void AddSteady(BenchReport report, string kind, LandingResult steady)
    {
        report.Add($"steady, {SteadyConnections} connections, {kind}", BenchReport.Number(steady.Load.PerSecond, "req/s"), $"{FloorRate:N0}");
        report.Add("… median / p99", Latency(steady.Load));
        report.Add("… processor time a request, gateway + PostgreSQL", Processor(steady));
    }

    private static void Add(BenchReport report, string name, LandingResult gateway, LandingResult plain)
    {
        report.Add(name, gateway.Load.PerSecond, plain.Load.PerSecond, "req/s");
        report.Add("… median / p99 (baseline)", $"{Latency(gateway.Load)} ({Latency(plain.Load)})");
        report.Add("… processor time a request, gateway + PostgreSQL", Processor(gateway));
        if (gateway.Load.Failed + plain.Load.Failed > 0)
        {
            report.Add("… failed", BenchReport.Number(gateway.Load.Failed, "requests"));
        }
    }

    private static async Task<LandingResult> GatewayAsync(
        BenchServer server, RetailSimulation simulation, int connections, int rate, bool respondAsync, BenchPlan plan)
    {
        await using var site = await server.CreateSiteAsync();
        await using (var bus = new PostgresMessageBus(site.Job, TimeProvider.System))
        {
            await bus.EnsureSubscriptionAsync(Topics.EventBatches, "ingest", new SubscriptionOptions(TimeSpan.FromSeconds(60), 10), CancellationToken.None);
        }

        var shops = new LandingSite(site, simulation);
        await shops.SeedAsync();
        await using var gateway = await shops.StartGatewayAsync();
        var (gatewayBefore, serverBefore) = (TimeSpan.Zero, TimeSpan.Zero);
        var load = await DriveAsync(gateway, shops.Keys, connections, rate, respondAsync, plan, () => (gatewayBefore, serverBefore) = (gateway.ProcessorTime, server.ProcessorTime()));
        var (processor, serverTime) = (gateway.ProcessorTime - gatewayBefore, server.ProcessorTime() - serverBefore);

        // Every answered payload gets its outcome: an answer without one would be a lie.
        var answered = Stopwatch.GetTimestamp();
        while (await site.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") > 0)
        {
            await Task.Delay(100);
        }

        var behind = Stopwatch.GetElapsedTime(answered);
        var landed = await site.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE feed = 'vendor-a' AND state = 'converted' AND accepted = rows_read");
        return landed >= load.Answered
            ? new LandingResult(load, processor, serverTime, behind)
            : throw new InvalidOperationException($"{load.Answered} payloads were answered, {landed} have landed.");
    }

    private static Task<LoadResult> DriveAsync(
        ServiceProcess service, string[] keys, int connections, int rate, bool respondAsync, BenchPlan plan, Action? counting = null) => LoadGenerator.StartAsync(
        new LoadPlan(service.Address, keys, connections, rate, plan.Seconds, counting is null ? 3 : WarmUpSeconds, respondAsync), counting);

    private static async Task<LandingResult> BestAsync(BenchPlan plan, string name, Func<Task<LandingResult>> work)
    {
        LandingResult? best = null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            var result = await Shown.BarAsync(name, _ => work());
            best = best is null || result.Load.PerSecond > best.Load.PerSecond ? result : best;
        }

        return best!;
    }

    private static string Processor(LandingResult result) =>
        $"{BenchReport.Number(result.Gateway.TotalMicroseconds / result.Load.Answered, "us")} + {BenchReport.Number(result.Server.TotalMicroseconds / result.Load.Answered, "us")}";

    private static string Latency(LoadResult load) =>
        $"{BenchReport.Number(load.MedianMilliseconds, "ms")} / {BenchReport.Number(load.P99Milliseconds, "ms")}";

    /// <summary>What came of a load.</summary>
    /// <param name="Load">As the generator saw it.</param>
    /// <param name="Gateway">Processor time of the gateway while counting.</param>
    /// <param name="Server">Processor time of PostgreSQL while counting.</param>
    /// <param name="Behind">From the last answer until every payload had its outcome.</param>
    private sealed record LandingResult(LoadResult Load, TimeSpan Gateway, TimeSpan Server, TimeSpan Behind);
}
