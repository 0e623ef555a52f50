namespace RetailInsight.Api;

/// <summary>Which requests come from programs and are answered in JSON, and which from people and are answered with a page.</summary>
internal static class Surface
{
    public static bool IsApi(PathString path) => path.StartsWithSegments("/v1", StringComparison.Ordinal)
        || path.StartsWithSegments("/openapi", StringComparison.Ordinal) || path == "/healthz" || path == "/readyz";
}
