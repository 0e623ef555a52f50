using System.Text.Json;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Targets;

/// <summary>A store's target of a month in all its versions.</summary>
/// <param name="Store">Code.</param>
/// <param name="Month">First day.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Versions">The first one first; never empty.</param>
/// <param name="Days">What the latest version asks of each day, micros; they add up to it.</param>
internal sealed record MonthTarget(string Store, DateOnly Month, string Currency, IReadOnlyList<TargetVersion> Versions, IReadOnlyDictionary<DateOnly, long> Days)
{
    /// <summary>The version that counts.</summary>
    public TargetVersion Latest => Versions[^1];
}

/// <summary>One version. It never changes.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="State">proposed, frozen or revised.</param>
/// <param name="Amount">Net sales, micros.</param>
/// <param name="Reason">What whoever revised it said; null for the other states.</param>
/// <param name="DecidedBy">A login, or the name of the computation.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Why">What it is made of.</param>
internal sealed record TargetVersion(int Number, string State, long Amount, string? Reason, string DecidedBy, DateTimeOffset DecidedAt, TargetReasons Why)
{
    /// <summary>May still be replaced by a computation.</summary>
    public const string Proposed = "proposed";

    /// <summary>Changed by a person.</summary>
    public const string Revised = "revised";
}

/// <summary>What a target is made of, as it was computed. Amounts in currency units, estimates; lifts and gaps as differences of natural logarithms.</summary>
/// <param name="Expected">What was expected of the month.</param>
/// <param name="Start">The level the lift began from.</param>
/// <param name="Ambition">Share of the potential that is asked for.</param>
/// <param name="Lift">What of it the target contains.</param>
/// <param name="IsHeldByOdds">Whether the odds allowed no more.</param>
/// <param name="CompanyAdjustment">What the company's total added or took.</param>
/// <param name="Probability">How probable it was to be reached when it was computed, 0 to 1.</param>
/// <param name="Potentials">By figure.</param>
/// <param name="Peers">Codes of the stores compared with.</param>
internal sealed record TargetReasons(
    decimal Expected, decimal Start, decimal Ambition, double Lift, bool IsHeldByOdds, TargetReasons.Adjustment CompanyAdjustment, decimal Probability,
    IReadOnlyList<TargetPotential> Potentials, IReadOnlyList<string> Peers)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads what was kept of a version.</summary>
    /// <exception cref="JsonException">It is not what the computation writes.</exception>
    public static TargetReasons Read(string json) => JsonSerializer.Deserialize<TargetReasons>(json, Json) ?? throw new JsonException("A target has an explanation.");

    /// <summary>An amount of money inside an explanation.</summary>
    internal sealed record Adjustment(long Micros, string Currency);
}

/// <summary>What a target owes to the potential in one figure.</summary>
/// <param name="Metric">basket_value, items_per_receipt or conversion.</param>
/// <param name="Gap">To the best quarter of the peers at equal structure; negative above it.</param>
/// <param name="Lift">What of it is asked for at full ambition.</param>
/// <param name="Bound">gap, observed_improvement, standing_gap, upper_quartile or no_evidence.</param>
internal sealed record TargetPotential(string Metric, double Gap, double Lift, string Bound)
{
    /// <summary>Figures a lift of which lifts the target; items are part of the basket's value and counted there.</summary>
    public bool Counts => Metric is "basket_value" or "conversion";
}

/// <summary>Money as it is asked for.</summary>
internal static class AskedAmount
{
    /// <summary>The most an amount may be, in currency units: a thousand of them still fit into 64 bits of micros.</summary>
    public const decimal Most = 1_000_000_000m;

    /// <summary>Reads a decimal string; null unless it is 0 to <see cref="Most"/> and a multiple of the currency's smallest unit.</summary>
    public static long? Micros(string text, string currency) =>
        decimal.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var amount) && amount <= Most
        && amount * Money.MicrosPerUnit % Money.MinorUnitMicros(currency) == 0 ? Money.ToMicros(amount) : null;
}
