using System.Diagnostics;
using System.Globalization;
using RetailInsight.Bench.Harness;
using RetailInsight.Gateway;
using RetailInsight.Ingest;

namespace RetailInsight.Bench.Startup;

/// <summary>How long a built service takes from the start of its process until it is ready.</summary>
internal static class StartupBench
{
    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("startup", "Startup");
        var gateway = typeof(GatewayService).Assembly.Location;
        var directory = Path.GetDirectoryName(gateway)!;
        var baseline = await BestAsync(server, plan, typeof(StartupBench).Assembly.Location, "plain");
        (string Name, string Assembly)[] services =
        [
            ("gateway", gateway), ("ingest", typeof(IngestServices).Assembly.Location),
            ("dags", Path.Combine(directory, "RetailInsight.Dags.dll")), ("api", Path.Combine(directory, "RetailInsight.Api.dll")),
        ];
        foreach (var (name, assembly) in services)
        {
            report.Add(name, await BestAsync(server, plan, assembly), baseline, "s");
        }

        report.Add("all in one, with an empty directory: database made, migrated, everything listening", await HostAsync(plan, fresh: true), baseline, "s");
        report.Add("all in one, second start", await HostAsync(plan, fresh: false), baseline, "s");
        report.Note($"From the start of the process to the first 200 of /readyz, best of {plan.Rounds}; already built, PostgreSQL running for the services. The baseline is an ASP.NET process with one endpoint.");
        report.Finish();
    }

    private static async Task<double> BestAsync(BenchServer server, BenchPlan plan, string assembly, params string[] arguments)
    {
        var best = double.MaxValue;
        await using var site = await server.CreateSiteAsync();
        var settings = new Dictionary<string, string?>(site.Settings) { ["Api:KeysDirectory"] = Path.Combine(site.Directory, "session-keys") };
        for (var round = 0; round < plan.Rounds; round++)
        {
            await using var service = await ServiceProcess.StartAsync(assembly, settings, arguments);
            best = Math.Min(best, service.Startup.TotalSeconds);
        }

        return best;
    }

    /// <summary>Starts the all-in-one host and waits for its pages and its gateway.</summary>
    private static async Task<double> HostAsync(BenchPlan plan, bool fresh)
    {
        var home = Path.Combine(BenchServer.Directory, "home");
        var best = double.MaxValue;
        for (var round = 0; round < plan.Rounds; round++)
        {
            if (fresh && Directory.Exists(home))
            {
                Directory.Delete(home, recursive: true);
            }

            best = Math.Min(best, await HostOnceAsync(fresh ? Path.Combine(home, round.ToString(CultureInfo.InvariantCulture)) : Path.Combine(home, "0")));
        }

        return best;
    }

    private static async Task<double> HostOnceAsync(string home)
    {
        const int PortBase = 18_080;
        var host = Path.Combine(Path.GetDirectoryName(typeof(StartupBench).Assembly.Location)!, "RetailInsight.Local.dll");
        var start = new ProcessStartInfo("dotnet", [host, "--home", home, "--port-base", PortBase.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var client = new HttpClient();
            foreach (var port in (int[])[PortBase, PortBase + 1])
            {
                while (!await IsReadyAsync(client, port) && !process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2))
                {
                    await Task.Delay(10);
                }
            }

            return process.HasExited ? throw new InvalidOperationException("The host ended.") : Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            using var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/readyz")));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
