using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Metrics;

/// <summary>Which language definitions are told in: what the request asks for, then the person's own.</summary>
internal static class MetricLanguage
{
    /// <summary><c>ja</c> or <c>en</c>.</summary>
    public static string Of(HttpContext context, SessionUser user) => context.Request.GetTypedHeaders().AcceptLanguage
        .Where(language => language.Quality is null or > 0).OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant()).FirstOrDefault(language => language is "ja" or "en") ?? user.Language;
}
