using System.Text.Json;

namespace RetailInsight.Ml.Features;

/// <summary>Why a store is compared with nobody over a period.</summary>
internal enum ExclusionReason
{
    /// <summary>It was closed for good.</summary>
    Closed,

    /// <summary>It has not sold anything in the last two weeks of the period.</summary>
    NotSelling,

    /// <summary>It opened when the period had begun: its first weeks are like no other's.</summary>
    OpenedWithin,

    /// <summary>It was refurbished in the period, or still is.</summary>
    RefurbishedWithin,

    /// <summary>It reported in another currency at the beginning of the period.</summary>
    CurrencyChanged,

    /// <summary>It traded on fewer than two weeks' days.</summary>
    TooFewDays,
}

/// <summary>That a store is compared with nobody, and why.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Since">The closing, the last day with sales, the opening, the first day of the refurbishment or of the currency; null where days alone are too few.</param>
internal sealed record StoreExclusion(ExclusionReason Reason, DateOnly? Since)
{
    /// <summary>With fewer trading days a store is compared with nobody.</summary>
    public const int FewestDays = 14;

    // A store that sold on no day so close to the end of the period sells no more.
    private const int StillSelling = 14;

    /// <summary>The reason as it is published.</summary>
    public string Name => JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString());

    /// <summary>Whether there is no store any more to say anything about.</summary>
    public bool HasLeft => Reason is ExclusionReason.Closed or ExclusionReason.NotSelling;

    /// <summary>Why a store is left out; null where it is compared.</summary>
    /// <param name="from">First day of the period.</param>
    /// <param name="to">Last day of the period.</param>
    /// <param name="life">When the store traded, by its master.</param>
    /// <param name="days">Its trading days in the currency it reports in now, in order; at least one.</param>
    /// <param name="changedCurrency">Whether it reported in another one before them.</param>
    public static StoreExclusion? Of(DateOnly from, DateOnly to, StoreLife life, IReadOnlyList<PeriodDay> days, bool changedCurrency) =>
        life.ClosedOn is { } closed && closed <= to ? new(ExclusionReason.Closed, closed)
        : days[^1].Date <= to.AddDays(-StillSelling) ? new(ExclusionReason.NotSelling, days[^1].Date)
        : life.OpenedOn is { } opened && opened >= from ? new(ExclusionReason.OpenedWithin, opened)
        : life.RefurbishedFrom is { } begun && begun <= to && (life.RefurbishedTo ?? DateOnly.MaxValue) >= from ? new(ExclusionReason.RefurbishedWithin, begun)
        : changedCurrency ? new(ExclusionReason.CurrencyChanged, days[0].Date)
        : days.Count < FewestDays ? new(ExclusionReason.TooFewDays, null)
        : null;
}

/// <summary>When a store traded, as its master says; null where it does not.</summary>
internal readonly record struct StoreLife(DateOnly? OpenedOn, DateOnly? ClosedOn, DateOnly? RefurbishedFrom, DateOnly? RefurbishedTo);
