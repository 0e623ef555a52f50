using RetailInsight.Core.Features;

namespace RetailInsight.Ml.Features;

/// <summary>How values are laid on a scale on which equal distances mean the same.</summary>
internal enum FeatureScale
{
    /// <summary>By difference.</summary>
    Difference,

    /// <summary>By ratio: the logarithm; values of 0 and below have none.</summary>
    Ratio,

    /// <summary>Of shares: the logarithm of the odds; 0 and 1 have none.</summary>
    Odds,
}

/// <summary>One figure of a store over a period.</summary>
/// <param name="Definition">What it means.</param>
/// <param name="Scale">How values are compared.</param>
/// <param name="Value">The value as people know it; null where the period has too little evidence of it.</param>
internal sealed record Feature(FeatureDefinition Definition, FeatureScale Scale, Func<StorePeriod, double?> Value)
{
    /// <summary>Stable, snake_case.</summary>
    public string Name => Definition.Name;

    /// <summary>Features of one group weigh together as much as one that stands alone.</summary>
    public string Group => Definition.Group;

    /// <summary>What it says about a store.</summary>
    public FeatureKind Kind => Definition.Kind;

    /// <summary>Where a value lies on the feature's scale; null where it has no place there.</summary>
    public double? Place(double? value) => Scale switch
    {
        FeatureScale.Ratio => value > 0 ? Math.Log(value.Value) : null,
        FeatureScale.Odds => value is > 0 and < 1 ? Math.Log(value.Value / (1 - value.Value)) : null,
        _ => value,
    };
}
