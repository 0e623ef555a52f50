namespace RetailInsight.Core.Benchmarks;

/// <summary>The industries companies are compared within.</summary>
public static class Industry
{
    /// <summary>As stored and in answers.</summary>
    public static readonly IReadOnlyList<string> Codes = ["food", "convenience", "drugstore", "fashion", "home", "electronics", "leisure", "department"];
}
