using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>A tax rate and category the feed may use.</summary>
internal readonly record struct TaxRate(int BasisPoints, TaxCategory Category);

/// <summary>One tax a CSV receipt states in a column of its own.</summary>
internal sealed record StatedTaxColumn(TaxRate Rate, Binding Tax);

/// <summary>The taxes a JSON receipt states in an array.</summary>
internal sealed record StatedTaxArray(string[] Path, Binding Rate, Binding Category, Binding Tax, Binding? Net);

/// <summary>What amounts mean for tax.</summary>
internal sealed record TaxRules(
    TaxBasis Basis,
    TaxRounding Rounding,
    decimal RateUnit,
    IReadOnlyList<TaxRate> Rates,
    IReadOnlyList<StatedTaxColumn> StatedColumns,
    StatedTaxArray? StatedArray)
{
    /// <summary>Each line says for itself whether it contains tax, states its own tax, or is rounded alone.</summary>
    public bool ByLine { get; init; }

    /// <summary>Tax is rounded line by line, not once per receipt and rate.</summary>
    public bool RoundedPerLine { get; init; }

    /// <summary>First and last business date of rates that did not always hold.</summary>
    public IReadOnlyDictionary<TaxRate, (DateOnly From, DateOnly Until)> Validity { get; init; } = new Dictionary<TaxRate, (DateOnly, DateOnly)>();
}
