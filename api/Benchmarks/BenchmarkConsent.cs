namespace RetailInsight.Api.Benchmarks;

/// <summary>That a company agreed to compare with others of its industry.</summary>
/// <param name="Industry">One of <see cref="RetailInsight.Core.Benchmarks.Industry.Codes"/>.</param>
/// <param name="FirstMonth">First day of the first month whose figures go in.</param>
/// <param name="AgreedBy">Login.</param>
/// <param name="AgreedAt">UTC.</param>
/// <param name="WithdrawnBy">Login; null while it is in force.</param>
/// <param name="WithdrawnAt">UTC.</param>
internal sealed record BenchmarkConsent(string Industry, DateOnly FirstMonth, string AgreedBy, DateTimeOffset AgreedAt, string? WithdrawnBy, DateTimeOffset? WithdrawnAt)
{
    /// <summary>Whether the company shares now.</summary>
    public bool IsInForce => WithdrawnAt is null;
}

/// <summary>One of the own stores in a published cell: what left the company.</summary>
/// <param name="Store">Code.</param>
/// <param name="Value">The ratio that went in.</param>
internal sealed record BenchmarkShare(string Store, decimal Value);

/// <summary>What was published of a month for one figure.</summary>
/// <param name="Month">First day of the month.</param>
/// <param name="Figure">Code.</param>
/// <param name="Suppression">Why nothing is told; null where it is.</param>
/// <param name="Lower">First quartile of the stores.</param>
/// <param name="Median">Median.</param>
/// <param name="Upper">Third quartile.</param>
/// <param name="Companies">How many took part.</param>
/// <param name="Stores">With how many stores.</param>
internal sealed record BenchmarkCell(DateOnly Month, string Figure, string? Suppression, decimal? Lower, decimal? Median, decimal? Upper, int Companies, int Stores);

/// <summary>What a company may see of a month.</summary>
/// <param name="Consent">The latest agreement; null where there was none.</param>
/// <param name="Months">Months that were published to the company, the latest first.</param>
/// <param name="Cells">Of the month asked for, in the order figures are shown.</param>
/// <param name="Own">What of the own stores went into them, by figure.</param>
internal sealed record BenchmarkMonth(BenchmarkConsent? Consent, IReadOnlyList<DateOnly> Months, IReadOnlyList<BenchmarkCell> Cells, ILookup<string, BenchmarkShare> Own);
