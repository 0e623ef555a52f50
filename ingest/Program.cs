using RetailInsight.Ingest;
using RetailInsight.Platform;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPlatform(builder.Configuration).AddIngest(builder.Configuration);

var app = builder.Build();
app.MapIngest();
await app.RunAsync();
