using RetailInsight.Api.Pages.MonthTargets;
using RetailInsight.Api.Pages.Notes;

namespace RetailInsight.Api.Pages.Today;

/// <summary>How today goes so far, measured by what is usual at this time of such a day, and what the next hours will ask for.</summary>
internal static class TodayPage
{
    public static FigurePage Page { get; } = new(PageLink.Today, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await TodayModel.ReadAsync(request, now, cancellationToken);
        var notes = await PageNotes.ReadAsync(request, model.Date, model.Date, cancellationToken);
        var target = await MonthTargetCard.ReadAsync(request, model.Date, now, model.Currency, cancellationToken);
        return new PageContent(TodayWording.Of(request.Words).Title, model.Date, new TodayView(request, model, notes, target).Render()) { Notes = notes, Tables = TodaySheet.Tables(request, model) };
    }
}
