using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Models;
using RetailInsight.Platform;

// What a device needs to try models: the runtime, no server and no database.
await using var services = new ServiceCollection().AddLogging().AddPlatform(new ConfigurationBuilder().Build()).BuildServiceProvider();
var (runtime, clock) = (services.GetRequiredService<IModelRuntime>(), services.GetRequiredService<TimeProvider>());
var root = new RootCommand("Models on a device. Called by: retail models ...")
{
    EvaluateCommand.Create(runtime, clock, Console.Out, Console.Error),
    ServeEdgeCommand.Create(runtime, clock, Console.Out, Console.Error),
};
foreach (var command in BundleCommands.Create(runtime, clock, Console.Out, Console.Error))
{
    root.Add(command);
}

return await root.Parse(args).InvokeAsync();
