using System.CommandLine;
using System.Text.Json;
using RetailInsight.Bench.Clustering;
using RetailInsight.Bench.Conversion;
using RetailInsight.Bench.Engine;
using RetailInsight.Bench.Harness;
using RetailInsight.Bench.KpiApi;
using RetailInsight.Bench.Landing;
using RetailInsight.Bench.Pages;
using RetailInsight.Bench.Publishing;
using RetailInsight.Bench.Startup;
using RetailInsight.Bench.Streaming;
using RetailInsight.Local.Simulation;

// Ratios measured in one run against named baselines: dotnet run -c Release --project tests/Bench -- NAME
var names = new Argument<string[]>("names") { Description = "conversion, stream, landing, device-reports, publish, kpi-api, pages, startup, engine, clustering; steps, conversion-steps, landing-steady, engine-rate and engine-history are parts of stream, conversion, landing and engine. Default: all.", Arity = ArgumentArity.ZeroOrMore };
var rounds = new Option<int>("--rounds") { Description = "Repetitions; the best counts.", DefaultValueFactory = _ => 3 };
var seconds = new Option<double>("--seconds") { Description = "Length of a run under load.", DefaultValueFactory = _ => 15 };
var lines = new Option<int>("--lines") { Description = "Lines a second the steady stream publishes.", DefaultValueFactory = _ => 310_000 };
var command = new RootCommand("Measures RetailInsight against named baselines.") { names, rounds, seconds, lines };
command.SetAction(async (arguments, _) =>
{
    var plan = new BenchPlan(arguments.GetValue(rounds), arguments.GetValue(seconds), arguments.GetValue(lines));
    var asked = arguments.GetValue(names) is { Length: > 0 } some ? some : ["conversion", "stream", "landing", "device-reports", "publish", "kpi-api", "pages", "startup", "engine", "clustering"];
    await using var server = await BenchServer.StartAsync();
    var benches = new Dictionary<string, Func<Task>>
    {
        ["conversion"] = () => ConversionBench.RunAsync(server, plan),
        ["conversion-steps"] = () => Task.Run(ConversionBench.RunSteps),
        ["stream"] = () => StreamBench.RunAsync(server, plan),
        ["steps"] = () => Task.Run(StreamBench.RunSteps),
        ["landing"] = () => LandingBench.RunAsync(server, plan),
        ["landing-steady"] = () => LandingBench.RunSteadyAsync(server, plan),
        ["device-reports"] = () => DeviceReportBench.RunAsync(server, plan),
        ["publish"] = () => PublishBench.RunAsync(server, plan),
        ["kpi-api"] = () => KpiApiBench.RunAsync(server, plan),
        ["pages"] = () => PagesBench.RunAsync(server, plan),
        ["startup"] = () => StartupBench.RunAsync(server, plan),
        ["engine"] = () => EngineBench.RunAsync(server, plan),
        ["clustering"] = () => Task.Run(() => ClusteringBench.Run(plan)),
        ["engine-rate"] = () => EngineBench.RunRateAsync(server, plan),
        ["engine-history"] = () => EngineEndurance.RunHistoryAsync(server),
    };
    foreach (var name in asked)
    {
        if (!benches.TryGetValue(name, out var bench))
        {
            await Console.Error.WriteLineAsync($"There is no bench '{name}'.");
            return 1;
        }

        await bench();
    }

    return 0;
});

// How the bench starts itself as a load generator: the plan comes in as one line of JSON, the result goes out as one.
var load = new Command("load") { Hidden = true };
load.SetAction(async (_, cancellationToken) =>
{
    var plan = JsonSerializer.Deserialize<LoadPlan>((await Console.In.ReadLineAsync(cancellationToken))!)!;
    var simulation = new RetailSimulation(new SimulationOptions { Days = 1, ReceiptsPerStoreDay = 20, Imperfections = false });
    Console.Out.Write(JsonSerializer.Serialize(await new LoadGenerator(plan, plan.Reports > 0 ? new DevicePayload(plan.Reports) : RegisterPayload.Create(simulation, 2_048)).RunAsync()));
    return 0;
});
command.Add(load);

// How the bench starts itself as a worker that is going to be killed: where the database is comes in as a line.
var holder = new Command("engine-holder") { Hidden = true };
holder.SetAction(async (_, cancellationToken) => await EngineProcess.HoldAsync((await Console.In.ReadLineAsync(cancellationToken))!, cancellationToken));
command.Add(holder);

// How the bench starts itself as the endpoint that keeps nothing.
var urls = new Option<string>("--urls");
var plain = new Command("plain") { Hidden = true };
plain.Add(urls);
plain.SetAction((arguments, _) => PlainEndpoint.RunAsync(arguments.GetRequiredValue(urls)));
command.Add(plain);
return await command.Parse(args).InvokeAsync();
