using Microsoft.AspNetCore.Http.Features;

namespace RetailInsight.GoogleFakes.Faults;

/// <summary>Does to requests what the plan says. <c>POST /_faults</c> adds a fault, <c>DELETE /_faults</c> forgets all, <c>GET /_requests</c> lists requests.</summary>
internal static class FaultInjection
{
    /// <summary>Puts the plan in front of everything mapped after it.</summary>
    public static void UseFaults(this WebApplication app, FaultPlan plan)
    {
        app.Use(async (context, next) =>
        {
            var path = context.Request.Path + context.Request.QueryString.Value;
            if (path.StartsWith("/_", StringComparison.Ordinal) || plan.Take(context.Request.Method, path) is not { } fault)
            {
                await next(context);
                return;
            }

            await ApplyAsync(context, fault, next);
        });
        app.MapPost("/_faults", (Fault fault) => plan.Add(fault));
        app.MapDelete("/_faults", plan.Clear);
        app.MapGet("/_requests", () => plan.Requests);
    }

    private static async Task ApplyAsync(HttpContext context, Fault fault, RequestDelegate next)
    {
        switch (fault.Kind)
        {
            case FaultKind.Refuse:
                await RefuseAsync(context, fault);
                break;
            case FaultKind.Drop:
                context.Abort();
                break;
            case FaultKind.Delay:
                await Task.Delay(fault.Delay, context.RequestAborted);
                await next(context);
                break;
            default:
                await AnswerAsync(context, fault, await CarryOutAsync(context, next));
                break;
        }
    }

    /// <summary>Runs the request with its answer kept back.</summary>
    private static async Task<byte[]> CarryOutAsync(HttpContext context, RequestDelegate next)
    {
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var body = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        await next(context);
        await context.Response.CompleteAsync();
        context.Features.Set(original);
        return body.ToArray();
    }

    private static async Task AnswerAsync(HttpContext context, Fault fault, byte[] body)
    {
        switch (fault.Kind)
        {
            case FaultKind.RefuseAfter:
                context.Response.Clear();
                await RefuseAsync(context, fault);
                break;
            case FaultKind.DropAfter:
                context.Abort();
                break;
            case FaultKind.DelayAnswer:
                await Task.Delay(fault.Delay, context.RequestAborted);
                await context.Response.Body.WriteAsync(body);
                break;
            case FaultKind.Truncate:
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            default:
                if (body.Length > 0)
                {
                    body[body.Length / 2] ^= 1;
                }

                await context.Response.Body.WriteAsync(body);
                break;
        }
    }

    private static Task RefuseAsync(HttpContext context, Fault fault)
    {
        context.Response.StatusCode = fault.Status;
        if (fault.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return fault.Body is { } body
            ? context.Response.WriteAsync(body)
            : context.Response.WriteAsJsonAsync(new
            {
                error = new { code = fault.Status, message = fault.Reason, status = "UNAVAILABLE", errors = new[] { new { reason = fault.Reason, message = fault.Reason } } },
            });
    }
}
