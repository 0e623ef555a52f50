using Microsoft.Extensions.Configuration.Memory;
using RetailInsight.Api;
using RetailInsight.Dags;
using RetailInsight.Platform;

var builder = WebApplication.CreateBuilder(args);

// This process shows and starts runs; the dags service runs them. First in the list, so any configuration may decide otherwise.
builder.Configuration.Sources.Insert(
    0, new MemoryConfigurationSource { InitialData = [new("Dags:Schedule", "false"), new("Dags:Work", "false")] });
builder.Services.AddPlatform(builder.Configuration).AddDags(builder.Configuration).AddApi(builder.Configuration);

var app = builder.Build();
app.MapApi();
app.MapDags();
await app.RunAsync();
