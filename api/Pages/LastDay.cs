using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages;

/// <summary>The last day a page about several weeks shows.</summary>
/// <param name="Date">The date asked for, else the latest with sales.</param>
/// <param name="IsRunning">Whether its figures were published while it still ran.</param>
internal sealed record LastDay(DateOnly Date, bool IsRunning)
{
    /// <summary>The last day that is whole: figures of half a day are no match for those of a day.</summary>
    public DateOnly Whole => IsRunning ? Date.AddDays(-1) : Date;

    /// <summary>The day that still runs; null where it does not.</summary>
    public DateOnly? Running => IsRunning ? Date : null;

    /// <summary>Finds it.</summary>
    /// <param name="request">Whose page.</param>
    /// <param name="codes">Stores it is about.</param>
    /// <param name="today">Where there are no figures at all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<LastDay> ReadAsync(PageRequest request, string[] codes, DateOnly today, CancellationToken cancellationToken)
    {
        var date = request.Date ?? await request.Read.LatestDateAsync(codes, cancellationToken) ?? today;
        var reported = await request.Read.ReportedDaysAsync(codes, date, date, cancellationToken);
        return new LastDay(date, RunningDay.Among([.. request.Stores.Where(store => codes.Contains(store.Code))], reported, request.TimeZone) is not null);
    }

    /// <summary>Says that the day that runs is left out; nothing where none is.</summary>
    public Markup Render(Wording words) => IsRunning
        ? Markup.Of($"<li>{FigureText.Say(DataStateWording.Of(words).WithoutRunning, FigureText.ShortDate(Date))}</li>") : Markup.Empty;
}
