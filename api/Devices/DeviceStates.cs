using RetailInsight.Api.Alerts;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Devices;

/// <summary>What is to be thought of a device at a moment.</summary>
internal static class DeviceStates
{
    public const string Counting = "counting";
    public const string Silent = "silent";
    public const string Resting = "resting";
    public const string New = "new";
    public const string Unmapped = "unmapped";
    public const string Retired = "retired";

    /// <summary>Those that want somebody first.</summary>
    public static readonly IReadOnlyList<string> All = [Silent, Unmapped, New, Counting, Resting, Retired];

    private const int Intervals = 3;
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(15);

    /// <summary>The state of a device.</summary>
    /// <param name="retired">Whether it takes part no more.</param>
    /// <param name="seenAt">When it was last heard; null for never.</param>
    /// <param name="interval">How often it reports.</param>
    /// <param name="hours">Its own hours, minutes after local midnight; null for those of its store.</param>
    /// <param name="stores">The stores its lines hang in today.</param>
    /// <param name="now">The moment.</param>
    public static string Of(bool retired, DateTimeOffset? seenAt, TimeSpan interval, (int Opens, int Closes)? hours, IReadOnlyCollection<Store> stores, DateTimeOffset now)
    {
        if (retired)
        {
            return Retired;
        }

        if (stores.Count == 0)
        {
            return Unmapped;
        }

        if (seenAt is not { } seen)
        {
            return New;
        }

        var allowed = interval * Intervals > Least ? interval * Intervals : Least;
        var opened = stores.SelectMany(store => Days(store, now).Select(date => (
            Opens: MetricWatch.InstantOf(store, date, hours?.Opens ?? store.OpensMinute), Closes: MetricWatch.InstantOf(store, date, hours?.Closes ?? store.ClosesMinute))))
            .Where(day => day.Opens <= now && now < day.Closes).Select(day => (DateTimeOffset?)day.Opens).Min();
        return opened is not { } since ? Resting : now - (seen > since ? seen : since) > allowed ? Silent : Counting;
    }

    // A store may still be open from the day before.
    private static IEnumerable<DateOnly> Days(Store store, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)).DateTime);
        return [today.AddDays(-1), today];
    }
}
