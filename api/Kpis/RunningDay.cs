using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Kpis;

/// <summary>Whether figures of a day were published while it still ran.</summary>
internal static class RunningDay
{
    /// <summary>The last of some days where it still ran when its figures were published; null where all are whole.</summary>
    public static DateOnly? Among(IReadOnlyList<Store> stores, IReadOnlyList<ReportedDay> days, string zone) =>
        days.Count > 0 && UntilHour(stores, days[^1].Date, days[^1].ComputedAt, zone) is not null ? days[^1].Date : null;

    /// <summary>The hour since local midnight before which both sides of a comparison count; null once the day is whole.</summary>
    /// <param name="stores">The stores the figures are of.</param>
    /// <param name="date">Business date.</param>
    /// <param name="computedAt">When the oldest of the figures was published; null without figures.</param>
    /// <param name="zone">IANA zone of the stores.</param>
    public static int? UntilHour(IReadOnlyList<Store> stores, DateOnly date, DateTimeOffset? computedAt, string zone) =>
        computedAt is not { } instant || stores.Count == 0 ? null : UntilHour(stores.Max(store => store.ClosesMinute), date, instant, TimeZoneInfo.FindSystemTimeZoneById(zone));

    /// <summary>Likewise, of stores the last of which closes at a minute since local midnight of the business date.</summary>
    public static int? UntilHour(int closesMinute, DateOnly date, DateTimeOffset computedAt, TimeZoneInfo zone)
    {
        var minutes = (TimeZoneInfo.ConvertTime(computedAt, zone).DateTime - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
        return minutes < closesMinute ? (int)Math.Max(0, Math.Floor(minutes / 60)) : null;
    }
}
