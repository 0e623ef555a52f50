namespace RetailInsight.Ml.Targets;

/// <summary>What the forecast expects of a store's day.</summary>
/// <param name="Day">Trading day.</param>
/// <param name="IsOpen">Whether the store opens at all.</param>
/// <param name="Amount">Expected amount in currency units, not below 0. An estimate; of no account on a closed day.</param>
internal readonly record struct ExpectedDay(DateOnly Day, bool IsOpen, double Amount);
