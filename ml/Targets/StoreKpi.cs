namespace RetailInsight.Ml.Targets;

/// <summary>A figure of a store in a period, and what the store was like then.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Structure">
/// What the store cannot change by work: log area, log traffic, weekday profile, format as 0 or 1 … The same covariates in the
/// same order for every store and period; NaN where one is not known.
/// </param>
internal sealed record KpiPeriod(Measurement Figure, double[] Structure);

/// <summary>A figure a store can work on (conversion, items per receipt, basket value), today and a year before.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Kind">Stores of one kind are judged by what stores of that kind moved: a format, or one word for all.</param>
/// <param name="Now">The latest weeks.</param>
/// <param name="YearBefore">The same weeks a year before; null for a store that was not open, or not comparable.</param>
/// <param name="Peers">Codes of the stores nearest in structure, this one not among them.</param>
internal sealed record StoreKpi(string Store, string Kind, KpiPeriod Now, KpiPeriod? YearBefore, IReadOnlyList<string> Peers);
