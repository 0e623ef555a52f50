using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;

namespace RetailInsight.Api.Pages.Day;

/// <summary>A day of a store or the chain: are we winning, and why.</summary>
internal static class DayPage
{
    public static FigurePage Page { get; } = new(PageLink.Day, [ComparisonChoice.Parameter], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ComparisonChoice.Of(request.Query) is not { } comparison)
        {
            return null;
        }

        var model = await DayPageModel.ReadAsync(request, comparison, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var notes = await PageNotes.ReadAsync(request, model.Days[0].Date, model.Date, cancellationToken);
        return new PageContent($"{model.Date:yyyy-MM-dd}", model.Date, new DayPageView(request, model, notes).Render()) { Notes = notes, Tables = DaySheet.Tables(request, model, notes) };
    }
}
