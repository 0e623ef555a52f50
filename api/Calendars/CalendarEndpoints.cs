using System.ComponentModel;
using RetailInsight.Api.Keys;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Calendars;

/// <summary><c>/v1/calendar</c>: where a company's weeks, months and years begin, and whose holidays count.</summary>
internal static class CalendarEndpoints
{
    private const int MostSameStoreMonths = 60;

    private const int MonthsOfYear = 12;

    /// <summary>Names of weekdays, Sunday first.</summary>
    public static System.Collections.Immutable.ImmutableArray<string> Weekdays { get; } = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public static void MapCalendar(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/calendar", GetAsync).WithName("getCalendar").WithTags("Calendar")
            .WithSummary("How weeks, months, quarters and years are cut, and whose holidays count.").AsVersionedRead<CalendarSetting>(ofStore: false);
        routes.MapPut("/v1/calendar", SetAsync).WithName("setCalendar").WithTags("Calendar")
            .WithSummary("Set it whole. Figures stay as they are; what they are grouped by and compared with changes within seconds.")
            .RequireAuthorization(KeyEndpoints.Policy).Produces<CalendarSetting>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403)
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(500)
            .WithBodyExample("""{"country":"JP","week_start":"monday","year_start_month":4,"month_pattern":"4-4-5","same_store_months":13,"closed_weekdays":["tuesday"]}""");
    }

    private static Task<IResult> GetAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        new QueryParameters(context).Problem is { } problem
            ? Task.FromResult(problem)
            : scope.ReadAsync(user.Tenant, async (read, token) =>
            {
                var calendar = await read.CalendarAsync(token);
                return EntityTag.IsCurrent(context, user, calendar.Fingerprint) ? Results.StatusCode(StatusCodes.Status304NotModified)
                    : TypedResults.Ok(CalendarSetting.Of(calendar));
            }, cancellationToken);

    private static async Task<IResult> SetAsync(CalendarSetting body, HttpContext context, SessionUser user, CalendarRegister register, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        void Require(bool holds, string parameter, string detail)
        {
            if (!holds)
            {
                faults.Add(new ParameterFault(parameter, detail));
            }
        }

        Require(body.Country.Length is 0 or 2 && body.Country.All(char.IsAsciiLetterUpper), "country", "is two capital letters such as JP, or empty for no holidays.");
        Require(Weekdays.Contains(body.WeekStart), "week_start", $"is one of {string.Join(", ", Weekdays)}.");
        Require(body.YearStartMonth is >= 1 and <= MonthsOfYear, "year_start_month", "is 1 to 12.");
        Require(body.MonthPattern == "calendar" || CompanyCalendar.Patterns.Contains(body.MonthPattern), "month_pattern", $"is calendar, {string.Join(", ", CompanyCalendar.Patterns)}.");
        Require(body.SameStoreMonths is >= 0 and <= MostSameStoreMonths, "same_store_months", $"is 0 to {MostSameStoreMonths}.");
        Require(
            body.ClosedWeekdays is null || (body.ClosedWeekdays.Count < Weekdays.Length && body.ClosedWeekdays.All(Weekdays.Contains) && body.ClosedWeekdays.Distinct().Count() == body.ClosedWeekdays.Count),
            "closed_weekdays", $"names some of {string.Join(", ", Weekdays)}, each once and not all of them; leave it out where stores trade every day.");
        if (faults.Count > 0)
        {
            return ApiProblem.Parameters(faults);
        }

        await register.SetAsync(context, user, body, cancellationToken);
        return TypedResults.Ok(body with { ClosedWeekdays = body.ClosedWeekdays ?? [] });
    }
}

/// <summary>A company's calendar on the wire.</summary>
internal sealed record CalendarSetting(
    [property: Description("Whose holidays count: ISO 3166 alpha-2, such as JP; empty for none.")] string Country,
    [property: Description("sunday … saturday.")] string WeekStart,
    [property: Description("1 to 12: the month the year begins in, or near with a pattern of weeks.")] int YearStartMonth,
    [property: Description("calendar, or whole weeks: 4-4-5, 4-5-4 or 5-4-4.")] string MonthPattern,
    [property: Description("Months a store must have been open before a period to be compared with last year.")] int SameStoreMonths,
    [property: Description("Weekdays all stores are closed on every week: days without sales then are no gap in same-store growth. A store's own stand in the store master. Omitted: none.")] IReadOnlyList<string>? ClosedWeekdays = null)
{
    public static CalendarSetting Of(CompanyCalendar calendar) => new(
        calendar.Country, CalendarEndpoints.Weekdays[(int)calendar.Periods.FirstDayOfWeek], calendar.Periods.FirstMonth, calendar.MonthPattern, calendar.SameStoreMonths,
        [.. calendar.ClosedWeekdays.Select(day => CalendarEndpoints.Weekdays[(int)day])]);
}
