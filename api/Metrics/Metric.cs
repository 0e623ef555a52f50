namespace RetailInsight.Api.Metrics;

/// <summary>The definition card of one number, and how it is computed.</summary>
/// <param name="Id">What programs call it.</param>
/// <param name="Name">In Japanese and English.</param>
/// <param name="Formula">In Japanese and English.</param>
/// <param name="Scope">What is counted and what is not, in Japanese and English.</param>
/// <param name="Numerator">Measure of the facts.</param>
internal sealed record Metric(string Id, Text Name, Text Formula, Text Scope, string Numerator)
{
    /// <summary>Measure divided by; null where the number is a sum.</summary>
    public string? Denominator { get; init; }

    /// <summary>Whether the numerator is kept in millionths, as money and pieces are.</summary>
    public bool Micros { get; init; }

    /// <summary>Whether the denominator is.</summary>
    public bool DenominatorMicros { get; init; }

    /// <summary>Multiplies the ratio, to reach its unit.</summary>
    public decimal Factor { get; init; } = 1;

    /// <summary>currency, currency per something, or what is counted.</summary>
    public required string Unit { get; init; }

    /// <summary>Places of a ratio, rounded half away from zero; sums are exact.</summary>
    public int Decimals { get; init; }

    /// <summary>exclusive, inclusive or none: whether amounts contain tax.</summary>
    public string TaxBasis { get; init; } = "none";

    /// <summary>up, down or neutral: where good lies.</summary>
    public string Direction { get; init; } = "up";

    /// <summary>Rises when the meaning changes.</summary>
    public int Version { get; init; } = 1;

    /// <summary>First day of this version.</summary>
    public DateOnly Since { get; init; } = new(2026, 11, 21);

    /// <summary>Whether the value is an amount of a currency, so that amounts of several stand in rows of their own.</summary>
    public bool IsMoney => Unit.StartsWith("currency", StringComparison.Ordinal);

    /// <summary>Whether it may be added over stores and dates.</summary>
    public bool Additive => Denominator is null;

    /// <summary>The measures it needs.</summary>
    public IEnumerable<string> Measures => Denominator is null ? [Numerator] : [Numerator, Denominator];

    /// <summary>Whether it rests on door counters.</summary>
    public bool RestsOnCounters => Measures.Any(measure => measure is "visitors" or "counted_visitors");

    /// <summary>The tables that have them.</summary>
    public IEnumerable<Fact> Facts => MartFacts.All.Where(fact => Measures.All(fact.Measures.ContainsKey));

    /// <summary>Dimensions it can be asked by, alone.</summary>
    public IReadOnlyList<string> Dimensions => [.. Facts.SelectMany(fact => fact.Dimensions.Keys).Distinct()];

    /// <summary>
    /// The value from sums: a ratio is that of the sums. Null where there is nothing to divide by or nothing was measured.
    /// </summary>
    public decimal? Value(decimal? numerator, decimal? denominator)
    {
        var above = Micros ? numerator / 1_000_000 : numerator;
        if (Denominator is null)
        {
            return above;
        }

        var below = DenominatorMicros ? denominator / 1_000_000 : denominator;
        return below is null or 0 ? null : above * Factor / below;
    }

    /// <summary>The places it is shown with; null = as many as there are.</summary>
    public int? Places => Denominator is null ? null : Decimals;
}

/// <summary>A text in both languages.</summary>
internal readonly record struct Text(string Ja, string En)
{
    /// <summary>The text of a language.</summary>
    public string In(string language) => language == "ja" ? Ja : En;
}
