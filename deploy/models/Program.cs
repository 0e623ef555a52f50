using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Models;
using RetailInsight.Platform;

// What a device needs to try models: the runtime, no server and no database.
await using var services = new ServiceCollection().AddLogging().AddPlatform(new ConfigurationBuilder().Build()).BuildServiceProvider();
var root = new RootCommand("Models on a device. Called by: retail models ...")
{
    EvaluateCommand.Create(services.GetRequiredService<IModelRuntime>(), services.GetRequiredService<TimeProvider>(), Console.Out, Console.Error),
};
return await root.Parse(args).InvokeAsync();
