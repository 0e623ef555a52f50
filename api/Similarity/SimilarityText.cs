using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Similarity;

/// <summary>How estimates are written.</summary>
internal static class SimilarityText
{
    public const string Rounded = "Four decimals, rounded half away from zero.";

    public static string? Write(double? value) => WireFigures.Ratio((decimal?)value, 4);
}
