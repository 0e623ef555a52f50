namespace RetailInsight.Api.Pages.StoreGroups;

/// <summary>How the stores are divided into groups that resemble each other, what each group is like, and why there are so many.</summary>
internal static class StoreGroupsPage
{
    public static FigurePage Page { get; } = new(PageLink.StoreGroups, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await StoreGroupsModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(StoreGroupsWording.Of(request.Words).Title, model.Date, new StoreGroupsView(request, model).Render()) { Tables = StoreGroupsSheet.Tables(request, model) };
    }
}
