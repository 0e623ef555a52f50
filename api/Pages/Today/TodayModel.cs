using RetailInsight.Api.Calendars;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Today;

/// <summary>How far the business day has come.</summary>
internal enum DayPhase
{
    /// <summary>No shop has opened.</summary>
    BeforeOpening,

    /// <summary>At least one shop is open.</summary>
    Open,

    /// <summary>All shops have closed.</summary>
    Closed,
}

/// <summary>What the page of today shows, read in one snapshot.</summary>
/// <param name="Date">The business date: after midnight still yesterday where a shop is open past it.</param>
/// <param name="Now">The store's wall clock.</param>
/// <param name="Minute">The same in minutes since local midnight of <paramref name="Date"/>.</param>
/// <param name="Phase">How far the day has come.</param>
/// <param name="AsOf">When the figures were published, on the store's wall clock; null where there are none.</param>
/// <param name="AsOfMinute">The same in minutes since local midnight of <paramref name="Date"/>, not later than <paramref name="Minute"/>.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Reported">Stores whose registers have reported today.</param>
/// <param name="Hours">Today's hours.</param>
/// <param name="Typical">What is usual.</param>
/// <param name="Alike">What is usual of the stores that have reported, which today so far is measured by.</param>
/// <param name="OpensMinute">First opening.</param>
/// <param name="ClosesMinute">Last closing.</param>
/// <param name="Completeness">What has arrived.</param>
internal sealed record TodayModel(
    DateOnly Date, DateTimeOffset Now, int Minute, DayPhase Phase, DateTimeOffset? AsOf, int AsOfMinute, string Currency, int Reported,
    IReadOnlyDictionary<int, Figures> Hours, TypicalDay Typical, TypicalDay Alike, int OpensMinute, int ClosesMinute, Completeness Completeness)
{
    private const int MinutesOfDay = 1440;

    /// <summary>The day so far; null where nothing was published.</summary>
    public Figures? SoFar => Figures.Sum(Hours.Values);

    /// <summary>Whether only some of the stores have reported, so that today is measured by theirs alone.</summary>
    public bool IsPartial => Alike != Typical;

    /// <summary>The hours of today that are over, of which counters should have sent everything; null before the first.</summary>
    public Figures? Known => Figures.Sum(Hours.Where(hour => (hour.Key + 1) * 60 <= AsOfMinute).Select(hour => hour.Value));

    /// <summary>Reads the page.</summary>
    /// <param name="request">Whose page.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<TodayModel> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
        var (opens, closes) = (request.Shown.Min(store => store.OpensMinute), request.Shown.Max(store => store.ClosesMinute));
        var date = request.Date ?? BusinessDateOf(local, closes);
        var minute = MinuteOf(local, date);
        var days = await request.Read.ReportedDaysAsync(request.Codes, date.AddDays(-TypicalDay.LookBackDays), date, cancellationToken);
        var today = days.Find(day => day.Date == date);
        var currency = request.CurrencyOf(days);
        var calendar = (await request.Read.CalendarAsync(cancellationToken)).Retail;
        var (like, kind) = DaysLike(date, days, request.Shown.Count, calendar);
        var totals = await request.Read.HourTotalsAsync(request.Codes, [.. like, date], currency, cancellationToken);
        var typical = TypicalDay.Of(like, kind, totals);
        var alike = today is null || today.Stores == 0 || today.Stores == request.Shown.Count ? typical : await AlikeAsync(request, date, currency, calendar, cancellationToken);
        DateTimeOffset? asOf = today is null ? null : TimeZoneInfo.ConvertTime(today.ComputedAt, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
        return new TodayModel(
            date, local, minute, PhaseOf(minute, opens, closes), asOf, asOf is { } at ? Math.Clamp(MinuteOf(at, date), 0, Math.Max(0, minute)) : 0, currency,
            today?.Stores ?? 0, totals.Where(total => total.Date == date).ToDictionary(total => total.Hour, total => total.Figures),
            typical, alike, opens, closes, await request.Read.CompletenessAsync(request.Codes, new DateSpan(date, date), minute < closes ? date : null, cancellationToken));
    }

    // A day on which one of the stores is missing shows too little; it counts only where there are no others.
    private static (IReadOnlyList<DateOnly> Days, TypicalKind Kind) DaysLike(DateOnly date, List<ReportedDay> days, int stores, RetailCalendar calendar)
    {
        var whole = TypicalDay.Choose(date, days.Where(day => day.Stores == stores).Select(day => day.Date), calendar);
        return whole.Days.Count > 0 ? whole : TypicalDay.Choose(date, days.Where(day => day.Stores > 0).Select(day => day.Date), calendar);
    }

    private static async Task<TypicalDay> AlikeAsync(PageRequest request, DateOnly date, string currency, RetailCalendar calendar, CancellationToken cancellationToken)
    {
        var stores = await request.Read.StoresReportedAsync(request.Codes, date, null, currency, cancellationToken);
        var days = await request.Read.ReportedDaysAsync(stores, date.AddDays(-TypicalDay.LookBackDays), date, cancellationToken);
        var (like, kind) = DaysLike(date, days, stores.Count, calendar);
        return TypicalDay.Of(like, kind, await request.Read.HourTotalsAsync(stores, like, currency, cancellationToken));
    }

    /// <summary>The business date a wall clock falls in, for shops that close at a minute of their business day.</summary>
    public static DateOnly BusinessDateOf(DateTimeOffset local, int closesMinute)
    {
        var date = DateOnly.FromDateTime(local.DateTime);
        return local.TimeOfDay.TotalMinutes < closesMinute - MinutesOfDay ? date.AddDays(-1) : date;
    }

    private static int MinuteOf(DateTimeOffset local, DateOnly date) => (int)Math.Clamp((local.DateTime - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes, -1, 2 * MinutesOfDay);

    private static DayPhase PhaseOf(int minute, int opens, int closes) => minute < opens ? DayPhase.BeforeOpening : minute < closes ? DayPhase.Open : DayPhase.Closed;
}
