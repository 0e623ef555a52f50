using System.Globalization;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.MonthTargets;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Problems;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A week, month, quarter or year: where it stands against its target and the same part of another one, and why.</summary>
internal static class PeriodPage
{
    /// <summary>The grains a period may have.</summary>
    public static IReadOnlyList<CalendarGrain> Grains { get; } = [CalendarGrain.Week, CalendarGrain.Month, CalendarGrain.Quarter, CalendarGrain.Year];

    /// <summary>The word of the grain whose page is another one.</summary>
    public const string DayWord = "day";

    public static FigurePage Page { get; } = new(PageLink.Period, [Navigation.Grain, ComparisonChoice.Parameter], ReadAsync) { Elsewhere = OfADay };

    /// <summary>The address of a period.</summary>
    public static string Address(string store, DateOnly date, CalendarGrain grain, PageComparison comparison) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Navigation.Address(PageLink.Period, store, date)}&grain={WordOf(grain)}&{ComparisonChoice.Parameter}={ComparisonChoice.WordOf(comparison)}");

    /// <summary>The word of a grain in an address.</summary>
    public static string WordOf(CalendarGrain grain) => grain switch
    {
        CalendarGrain.Month => "month",
        CalendarGrain.Quarter => "quarter",
        CalendarGrain.Year => "year",
        _ => "week",
    };

    // Of the grains to choose from, a day has a page of its own.
    private static string? OfADay(QueryParameters query) => query.Text(Navigation.Grain) == DayWord
        ? query.AddressWithout(Navigation.Grain, Navigation.PathOf(PageLink.Day)) : null;

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var word = request.Query.Text(Navigation.Grain) ?? WordOf(CalendarGrain.Week);
        var grain = Grains.FirstOrDefault(one => WordOf(one) == word);
        if (grain == CalendarGrain.Day || ComparisonChoice.Of(request.Query) is not { } comparison)
        {
            return null;
        }

        var model = await PeriodModel.ReadAsync(request, grain, comparison, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var notes = await PageNotes.ReadAsync(request, model.From, model.To, cancellationToken);
        // A week is on its way to the target of the month it ends in, or has come to.
        var target = grain is CalendarGrain.Week or CalendarGrain.Month
            ? await MonthTargetCard.ReadAsync(request, model.Through ?? model.From, now, model.Currency, cancellationToken) : Markup.Empty;
        var view = new PeriodView(request, model, notes, target);
        return new PageContent(view.Title, model.Through ?? model.From, view.Render(), model.From) { Notes = notes, Tables = PeriodSheet.Tables(request, model, notes) };
    }
}
