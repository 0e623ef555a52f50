using Microsoft.Net.Http.Headers;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Problems;

/// <summary>
/// Headers of every answer, errors included: no script but our own file, no frame, no foreign resource; and a refusal of state-changing
/// requests another site makes in a signed-in browser, beside the token every form carries.
/// </summary>
internal static class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; object-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (context.RequestServices.GetRequiredService<ApiOptions>().Https)
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
        }

        // On starting, because the exception handler clears what was set before.
        context.Response.OnStarting(static state => Write((HttpContext)state), context);
        return Refusal(context.Request) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
    });

    private static IResult? Refusal(HttpRequest request) =>
        (request.Path.Value ?? "").Contains('\0', StringComparison.Ordinal) || (request.QueryString.Value ?? "").Contains("%00", StringComparison.Ordinal)
            ? Answer(request, ApiProblem.TextInvalid(), StatusCodes.Status400BadRequest)
            : IsOtherText(request) || IsPacked(request) ? Results.StatusCode(StatusCodes.Status415UnsupportedMediaType)
            : IsForeign(request) ? Answer(request, ApiProblem.CrossSite(), StatusCodes.Status403Forbidden) : null;

    private static IResult Answer(HttpRequest request, IResult problem, int status) => Surface.IsApi(request.Path) ? problem : Results.StatusCode(status);

    // JSON is UTF-8; of other encodings the framework knows some and fails at the rest.
    private static bool IsOtherText(HttpRequest request) => Surface.IsApi(request.Path)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset is { HasValue: true, Length: > 0 } charset
        && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);

    // Nothing here unpacks bodies: what came packed would be taken for damaged text.
    private static bool IsPacked(HttpRequest request) => !IsSafe(request.Method) && request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding
        && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    // A browser says where a request comes from in Sec-Fetch-Site, an older one in Origin; whoever sends neither is no browser and has no
    // cookie another site could use. A token does not come along by itself as a cookie does.
    private static bool IsForeign(HttpRequest request)
    {
        if (IsSafe(request.Method) || BearerToken.IsSent(request))
        {
            return false;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site.Length > 0 ? site is not ("same-origin" or "none")
            : origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static Task Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        if (!headers.ContainsKey("Referrer-Policy"))
        {
            headers["Referrer-Policy"] = "same-origin";
        }

        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        if (string.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
