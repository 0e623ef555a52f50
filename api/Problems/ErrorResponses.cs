using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Problems;

/// <summary>Gives every error answer a body: a problem for programs, a page for people; never a stack trace.</summary>
internal static class ErrorResponses
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    public static void UseErrorResponses(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                // A form that cannot be read: too large, too many fields, U+0000.
                AntiforgeryValidationException { InnerException: BadHttpRequestException bad } => bad.StatusCode,
                AntiforgeryValidationException => StatusCodes.Status400BadRequest,
                // A caller's text with U+0000 or half of a character: the database cannot hold it, and no row has it.
                PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } => StatusCodes.Status400BadRequest,
                EncoderFallbackException => StatusCodes.Status400BadRequest,
                _ when DatabaseOutage.Is(exception) => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
            ExceptionHandler = WriteAsync,
            AllowStatusCode404Response = true,
        });
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext));
    }

    private static async Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfter(Outage);
        }

        if (!Surface.IsApi(context.Request.Path))
        {
            await ErrorPage.Show(context, status).ExecuteAsync(context);
            return;
        }

        // Whoever asks for JSON in an Accept header that excludes it still learns what went wrong.
        context.Request.Headers.Accept = default;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = status },
        });
    }

    /// <summary>Seconds for a Retry-After header, at least one.</summary>
    public static string RetryAfter(TimeSpan wait) =>
        Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
