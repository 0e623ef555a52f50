using System.ComponentModel;

namespace RetailInsight.Api.Benchmarks;

/// <summary>The body of <c>PUT /v1/benchmark-consent</c>.</summary>
internal sealed record BenchmarkConsentRequest(
    [property: Description("sharing or not_sharing.")] string State,
    [property: Description("food, convenience, drugstore, fashion, home, electronics, leisure or department; of sharing only.")] string? Industry = null);

/// <summary>Whether the company compares itself with others.</summary>
internal sealed record BenchmarkConsentView(
    [property: Description("sharing or not_sharing.")] string State,
    [property: Description("The industry it shares in; null where it does not.")] string? Industry,
    [property: Description("The first month whose figures go in, YYYY-MM.")] string? FirstMonth,
    [property: Description("Login of who agreed.")] string? AgreedBy,
    DateTimeOffset? AgreedAt,
    [property: Description("The industries there are.")] IReadOnlyList<string> Industries)
{
    public static BenchmarkConsentView Of(BenchmarkConsent? latest) => latest is { IsInForce: true } consent
        ? new("sharing", consent.Industry, $"{consent.FirstMonth:yyyy-MM}", consent.AgreedBy, consent.AgreedAt, Core.Benchmarks.Industry.Codes)
        : new("not_sharing", null, null, null, null, Core.Benchmarks.Industry.Codes);
}
