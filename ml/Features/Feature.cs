namespace RetailInsight.Ml.Features;

/// <summary>What a feature says about a store.</summary>
internal enum FeatureKind
{
    /// <summary>What the store is: its size, its hours, what it sells. Nobody changes it in a month, so stores are compared by it.</summary>
    Structural,

    /// <summary>What people in the store can move: who is compared by it would be compared with those that share his weakness.</summary>
    Controllable,

    /// <summary>What comes of both.</summary>
    Outcome,
}

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
/// <param name="Name">Stable, snake_case.</param>
/// <param name="Group">Features of one group say one thing together and weigh as much as a feature that stands alone.</param>
/// <param name="Kind">What it says about a store.</param>
/// <param name="Scale">How values are compared.</param>
/// <param name="Unit">A currency, a count or a ratio.</param>
/// <param name="Definition">What it is, in one sentence.</param>
/// <param name="Value">The value as people know it; null where the period has too little evidence of it.</param>
internal sealed record Feature(string Name, string Group, FeatureKind Kind, FeatureScale Scale, string Unit, string Definition, Func<StorePeriod, double?> Value)
{
    /// <summary>Where a value lies on the feature's scale; null where it has no place there.</summary>
    public double? Place(double? value) => Scale switch
    {
        FeatureScale.Ratio => value > 0 ? Math.Log(value.Value) : null,
        FeatureScale.Odds => value is > 0 and < 1 ? Math.Log(value.Value / (1 - value.Value)) : null,
        _ => value,
    };
}
