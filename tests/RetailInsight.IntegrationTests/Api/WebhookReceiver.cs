using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>A client system on this machine that keeps what it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Path, string Id, string Timestamp, string Signature, string Body)> Received { get; } = [];

    /// <summary>What it answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Uri Address => ApiHost.AddressOf(_app);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            receiver.Received.Enqueue((context.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await reader.ReadToEndAsync()));
            await receiver.Answer(context);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until as many have come, at most 20 s.</summary>
    public async Task<IReadOnlyList<(string Path, string Id, string Timestamp, string Signature, string Body)>> WaitAsync(int count)
    {
        for (var wait = 0; wait < 400 && Received.Count < count; wait++)
        {
            await Task.Delay(50);
        }

        Assert.True(Received.Count >= count, $"{Received.Count} of {count} messages came.");
        return [.. Received];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
