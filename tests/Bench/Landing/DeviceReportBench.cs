using System.Diagnostics;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Local.Simulation;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.Bench.Landing;

/// <summary>
/// Reports of door counters into the real gateway: looked through for pictures, made durable, converted with the register of devices,
/// compared with the intervals that count, landed and put on the bus. Alone, and beside registers that push at a steady rate.
/// </summary>
internal static class DeviceReportBench
{
    private const int RegistersPerSecond = 200;
    private const double WarmUpSeconds = 10;
    private const int Goal = 20_000;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("device-reports", "Landing reports of devices");
        var simulation = new RetailSimulation(new SimulationOptions { Days = 1, ReceiptsPerStoreDay = 20, Imperfections = false });
        foreach (var (reports, connections, name) in new[] { (1, 256, "one report a request"), (20, 64, "20 reports a request"), (100, 32, "100 reports a request") })
        {
            foreach (var beside in new[] { false, true })
            {
                var best = await BestAsync(plan, $"{name}{(beside ? ", beside registers" : "")}", () => OnceAsync(server, simulation, reports, connections, beside, plan));
                report.Add($"{name}, {connections} connections, 202{(beside ? $", beside {RegistersPerSecond} pushes of registers a second" : "")}", BenchReport.Number(best.Load.PerSecond * reports, "reports/s"), $"{Goal:N0}");
                report.Add("… median / p99 of a request", $"{BenchReport.Number(best.Load.MedianMilliseconds, "ms")} / {BenchReport.Number(best.Load.P99Milliseconds, "ms")}");
                report.Add("… landed after the last answer", BenchReport.Number(best.Behind.TotalSeconds, "s"));
                report.Add("… reports landed a second, all of them", BenchReport.Number(best.LandedPerSecond, "reports/s"));
            }
        }

        report.Note($"A report is an envelope of a Xovis sensor of {new DevicePayload(1).Length} bytes with one minute of one line, {DevicePayload.Devices:N0} devices in turn, four tenants, never the same twice; every report becomes a count on the bus. Warmed up for {WarmUpSeconds:N0} s. The load generators and PostgreSQL share the processors.");
        report.Finish();
    }

    private static async Task<(LoadResult Load, TimeSpan Behind, double LandedPerSecond)> OnceAsync(BenchServer server, RetailSimulation simulation, int reports, int connections, bool beside, BenchPlan plan)
    {
        await using var site = await server.CreateSiteAsync();
        await using (var bus = new PostgresMessageBus(site.Job, TimeProvider.System))
        {
            await bus.EnsureSubscriptionAsync(Topics.EventBatches, "ingest", new SubscriptionOptions(TimeSpan.FromSeconds(60), 10), CancellationToken.None);
        }

        var shops = new LandingSite(site, simulation);
        await shops.SeedAsync();
        await shops.SeedDevicesAsync();
        await using var gateway = await shops.StartGatewayAsync();
        var registers = beside ? LoadGenerator.StartAsync(new LoadPlan(gateway.Address, shops.Keys, 16, RegistersPerSecond, plan.Seconds, WarmUpSeconds, false)) : null;
        var load = await LoadGenerator.StartAsync(new LoadPlan(gateway.Address, shops.Keys, connections, 0, plan.Seconds, WarmUpSeconds, true, reports));
        var answered = Stopwatch.GetTimestamp();
        var before = await site.CountAsync("SELECT coalesce(sum(accepted), 0)::bigint FROM gateway.ingestion WHERE feed = 'doors'");
        while (await site.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") > 0)
        {
            await Task.Delay(100);
        }

        var behind = Stopwatch.GetElapsedTime(answered);
        if (registers is not null)
        {
            await registers;
        }

        var landed = await site.CountAsync("SELECT coalesce(sum(accepted), 0)::bigint FROM gateway.ingestion WHERE feed = 'doors'");
        var held = await site.CountAsync("SELECT coalesce(sum(quarantined), 0)::bigint FROM gateway.ingestion WHERE feed = 'doors'");
        return held == 0 && landed >= load.Answered * reports
            ? (load, behind, landed / (WarmUpSeconds + plan.Seconds + behind.TotalSeconds))
            : throw new InvalidOperationException($"{load.Answered * reports} reports were answered, {landed} have landed ({before} when the last was answered), {held} are held.");
    }

    private static async Task<(LoadResult Load, TimeSpan Behind, double LandedPerSecond)> BestAsync(BenchPlan plan, string name, Func<Task<(LoadResult Load, TimeSpan Behind, double LandedPerSecond)>> work)
    {
        (LoadResult Load, TimeSpan Behind, double LandedPerSecond)? best = null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            var result = await Shown.BarAsync(name, _ => work());
            best = best is { } known && known.Load.PerSecond >= result.Load.PerSecond ? known : result;
        }

        return best!.Value;
    }
}
