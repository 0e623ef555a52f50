using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Bench.Landing;

/// <summary>The baseline of landing: an endpoint that reads the payload, answers with a body as long as a receipt and keeps nothing.</summary>
internal static class PlainEndpoint
{
    private const int AnswerBytes = 700;

    public static Task RunAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        var answer = new byte[AnswerBytes];
        Array.Fill(answer, (byte)' ');
        app.MapGet("/readyz", () => "ready");
        app.MapPost("/v1/ingest/{feed}", async context =>
        {
            var buffer = new byte[4096];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) > 0)
            {
            }

            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        });
        return app.RunAsync();
    }
}
