namespace RetailInsight.Core.Calendar;

/// <summary>What is known of a store's life.</summary>
/// <param name="Store">Store code.</param>
/// <param name="OpenedOn">First trading day; null when nobody said.</param>
/// <param name="ClosedOn">Last trading day; null while it trades.</param>
/// <param name="RefurbishedFrom">First day of the latest refurbishment; null for none.</param>
/// <param name="RefurbishedTo">Its last day; null while it goes on.</param>
public sealed record StoreLife(string Store, DateOnly? OpenedOn, DateOnly? ClosedOn, DateOnly? RefurbishedFrom, DateOnly? RefurbishedTo)
{
    /// <summary>Weekdays the store is closed on every week (定休日).</summary>
    public IReadOnlyCollection<DayOfWeek> ClosedWeekdays { get; init; } = [];
}

/// <summary>Why a store is in or out of a same-store comparison.</summary>
public enum SameStoreReason
{
    /// <summary>In.</summary>
    Comparable,

    /// <summary>Out: not open for long enough before the period.</summary>
    OpenedRecently,

    /// <summary>Out: closed before the period ends.</summary>
    Closed,

    /// <summary>Out: refurbished in one of the two periods.</summary>
    Refurbished,

    /// <summary>Out: a day of the period has no sales.</summary>
    NotFullyTraded,

    /// <summary>Out: a day of the period it is compared with has no sales.</summary>
    NotFullyTradedLastYear,
}

/// <summary>A store's place in a same-store comparison.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">The date the reason rests on: opening, closing, begin of the refurbishment, first day without sales; null when it is in.</param>
public sealed record SameStoreVerdict(string Store, SameStoreReason Reason, DateOnly? Since)
{
    /// <summary>Whether the store is compared.</summary>
    public bool IsIn => Reason == SameStoreReason.Comparable;
}

/// <summary>
/// Which stores are compared with last year (既存店): open for at least some months before the period begins, both periods fully
/// traded, no refurbishment in either. The days a store is closed on every week are no gap. A store whose opening nobody stated is judged by its trading days alone.
/// </summary>
public sealed class SameStoreRule
{
    private readonly int _monthsOpen;

    /// <summary>Creates the rule.</summary>
    /// <param name="monthsOpen">How many months before the period's first day a store must have opened.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public SameStoreRule(int monthsOpen = 13)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(monthsOpen);
        _monthsOpen = monthsOpen;
    }

    /// <summary>Judges one store; of several reasons to leave it out the first of the enumeration is given.</summary>
    /// <param name="store">The store.</param>
    /// <param name="period">The period.</param>
    /// <param name="lastYear">The period it is compared with.</param>
    /// <param name="hasTraded">Whether the store sold anything on a day; not asked of the weekdays it is closed on.</param>
    public SameStoreVerdict Judge(StoreLife store, DateSpan period, DateSpan lastYear, Func<DateOnly, bool> hasTraded)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(hasTraded);
        SameStoreVerdict Out(SameStoreReason reason, DateOnly? since) => new(store.Store, reason, since);

        if (store.OpenedOn is { } opened && opened.AddMonths(_monthsOpen) > period.From)
        {
            return Out(SameStoreReason.OpenedRecently, opened);
        }

        if (store.ClosedOn is { } closed && closed < period.To)
        {
            return Out(SameStoreReason.Closed, closed);
        }

        if (store.RefurbishedFrom is { } from && (Touches(period) || Touches(lastYear)))
        {
            return Out(SameStoreReason.Refurbished, from);
        }

        if (FirstSilent(period) is { } silent)
        {
            return Out(SameStoreReason.NotFullyTraded, silent);
        }

        return FirstSilent(lastYear) is { } silentThen
            ? Out(SameStoreReason.NotFullyTradedLastYear, silentThen)
            : Out(SameStoreReason.Comparable, null);

        bool Touches(DateSpan span) => store.RefurbishedFrom <= span.To && (store.RefurbishedTo is null || store.RefurbishedTo >= span.From);

        DateOnly? FirstSilent(DateSpan span) => span.Days.Where(day => !store.ClosedWeekdays.Contains(day.DayOfWeek) && !hasTraded(day)).Cast<DateOnly?>().FirstOrDefault();
    }

    /// <summary>The reason in words for a person.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="japanese">Japanese, else English.</param>
    public string Text(SameStoreReason reason, bool japanese) => (reason, japanese) switch
    {
        (SameStoreReason.Comparable, true) => "比較対象",
        (SameStoreReason.Comparable, false) => "compared",
        (SameStoreReason.OpenedRecently, true) => $"開店から{_monthsOpen}か月未満",
        (SameStoreReason.OpenedRecently, false) => $"opened less than {_monthsOpen} months before",
        (SameStoreReason.Closed, true) => "閉店",
        (SameStoreReason.Closed, false) => "closed",
        (SameStoreReason.Refurbished, true) => "改装",
        (SameStoreReason.Refurbished, false) => "refurbished",
        (SameStoreReason.NotFullyTraded, true) => "当期に売上のない日がある",
        (SameStoreReason.NotFullyTraded, false) => "a day of the period has no sales",
        (_, true) => "前年に売上のない日がある",
        _ => "a day of last year's period has no sales",
    };
}
