using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using RetailInsight.Core.Ports;

namespace RetailInsight.Gateway.Problems;

/// <summary>Gives every failure a problem document: statuses without a body and exceptions nobody caught.</summary>
internal static class ProblemPages
{
    /// <summary>Puts the pages in front of everything else.</summary>
    public static void UseProblemPages(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = OnExceptionAsync,
            SuppressDiagnosticsCallback = _ => true,
        });
        app.UseStatusCodePages(context => Problem.OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
    }

    private static Task OnExceptionAsync(HttpContext context)
    {
        var exception = context.Features.Get<IExceptionHandlerFeature>()!.Error;
        return Map(exception, context).ExecuteAsync(context);
    }

    private static Problem Map(Exception exception, HttpContext context)
    {
        var logger = context.RequestServices.GetRequiredService<ILogger<Problem>>();
        switch (exception)
        {
            // The body's own errors (too long, cut off, a parameter that does not bind) carry their status with them.
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large", "Payload too large", "Nothing was kept. Send the payload in parts or compressed.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status403Forbidden } forbidden:
                return Problem.Of(forbidden.StatusCode, "feed_forbidden", "Feed outside the key's scope", forbidden.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status429TooManyRequests } crowded:
                return Problem.Of(crowded.StatusCode, "bytes_limited", "Too many bytes on their way", crowded.Message) with { RetryAfterSeconds = 2 };
            case BadHttpRequestException bad:
                return Problem.Of(bad.StatusCode, "request_invalid", "The request is not valid", bad.Message);
            case NpgsqlException or TimeoutException or LakeCorruptException or IOException or OperationCanceledException:
                Log.Unavailable(logger, exception, context.Request.Method, context.Request.Path);
                return Problem.Unavailable();
            default:
                Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
                return Problem.Of(StatusCodes.Status500InternalServerError, "internal_error", "Internal error", "The fault is ours. Send it again later; quote trace_id to support.");
        }
    }
}
