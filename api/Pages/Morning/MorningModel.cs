using RetailInsight.Api.Alerts;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Day;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Api.Stores;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Morning;

/// <summary>What the morning sheet tells of a trading day: the day page, the month it lies in, and the state of the data.</summary>
/// <param name="Request">Whose sheet.</param>
/// <param name="Day">The day.</param>
/// <param name="Month">The month up to it.</param>
/// <param name="Health">The state of the day's data, by store.</param>
/// <param name="Expected">Stores that should have figures of the day: those that had some in the two weeks before, or whose registers reported then.</param>
/// <param name="Alerts">What rules found of the last days and is still open.</param>
/// <param name="Notes">What others noted of the day.</param>
/// <param name="Missing">Those of them without figures, or with registers that did not report.</param>
internal sealed record MorningModel(
    PageRequest Request, DayPageModel Day, PeriodModel Month, IReadOnlyList<HealthDay> Health, IReadOnlyList<Store> Expected, IReadOnlyList<Store> Missing, IReadOnlyList<Incident> Alerts, PageNotes Notes)
{
    private const int LookBackDays = 14;
    private const int AlertDays = 7;
    private const int MostAlerts = 10;

    /// <summary>The trading day.</summary>
    public DateOnly Date => Day.Date;

    /// <summary>Whether every store that should have figures has them, from all its registers.</summary>
    public bool IsWhole => Missing.Count == 0;

    /// <summary>Reads the sheet of the request's date.</summary>
    public static async Task<MorningModel> ReadAsync(PageRequest request, CancellationToken cancellationToken)
    {
        var day = await DayPageModel.ReadAsync(request, PageComparison.SameWeekday, request.Date ?? default, cancellationToken);
        var month = await PeriodModel.ReadAsync(request with { Date = day.Date }, CalendarGrain.Month, PageComparison.LastYearDate, day.Date, cancellationToken);
        var health = await request.Read.HealthAsync(request.Codes, day.Date, day.Date, cancellationToken);
        var known = await request.Read.DaysAsync(request.Codes, day.Date.AddDays(-LookBackDays), day.Date, null, request.Codes.Length * (LookBackDays + 1), cancellationToken);
        var (reported, before) = (known.Where(row => row.BusinessDate == day.Date && row.Figures.Net is not null).Select(row => row.Store).ToHashSet(), known.Select(row => row.Store).ToHashSet());
        var byStore = health.ToDictionary(row => row.Store);
        var expected = request.Shown.Where(store => before.Contains(store.Code) || byStore.GetValueOrDefault(store.Code)?.RegistersExpected > 0).ToList();
        var missing = expected.Where(store => !reported.Contains(store.Code) || (byStore.GetValueOrDefault(store.Code) is { } one && one.RegistersReported < one.RegistersExpected));
        var alerts = await request.Source.Incidents.ListAsync(
            request.User, new IncidentFilter([Incident.Open, Incident.Acknowledged], request.Codes, day.Date.AddDays(1 - AlertDays), day.Date, Limit: MostAlerts), cancellationToken);
        var notes = await PageNotes.ReadAsync(request with { Reader = null }, day.Date, day.Date, cancellationToken);
        return new MorningModel(request, day, month, health, expected, [.. missing], alerts, notes);
    }
}
