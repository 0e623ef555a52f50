using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using RetailInsight.Dags;
using RetailInsight.Dags.Operations;
using RetailInsight.Platform;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPlatform(builder.Configuration).AddDags(builder.Configuration);

// The operations API is hosted by the api service, which knows who may operate.
var app = builder.Build();
if (PlatformCommands.Of(args, Console.Out, Console.Error) is { } command)
{
    return await command(app.Services, CancellationToken.None);
}

app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
await app.RunAsync();
return 0;
