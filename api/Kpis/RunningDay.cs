using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Kpis;

/// <summary>Whether figures of a day were published while it still ran.</summary>
internal static class RunningDay
{
    /// <summary>The hour since local midnight before which both sides of a comparison count; null once the day is whole.</summary>
    /// <param name="stores">The stores the figures are of.</param>
    /// <param name="date">Business date.</param>
    /// <param name="computedAt">When the oldest of the figures was published; null without figures.</param>
    /// <param name="zone">IANA zone of the stores.</param>
    public static int? UntilHour(IReadOnlyList<Store> stores, DateOnly date, DateTimeOffset? computedAt, string zone)
    {
        if (computedAt is not { } instant || stores.Count == 0)
        {
            return null;
        }

        var local = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime;
        var minutes = (local - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
        return minutes < stores.Max(store => store.ClosesMinute) ? (int)Math.Max(0, Math.Floor(minutes / 60)) : null;
    }
}
