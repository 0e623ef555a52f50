using RetailInsight.Api;
using RetailInsight.Platform;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPlatform(builder.Configuration).AddApi(builder.Configuration);

var app = builder.Build();
app.MapApi();
await app.RunAsync();
