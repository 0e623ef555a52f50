using RetailInsight.Gateway;
using RetailInsight.Platform;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPlatform(builder.Configuration).AddGateway(builder.Configuration);
var app = builder.Build();
app.MapGateway();
await app.RunAsync();
