namespace RetailInsight.Api.Pages.Traffic;

/// <summary>When people come and when they buy, by weekday and hour, and which hours are worth a look.</summary>
internal static class TrafficPage
{
    public static FigurePage Page { get; } = new(PageLink.Traffic, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await TrafficModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(TrafficWording.Of(request.Words).Title, model.To, new TrafficView(request, model).Render(), model.From) { Tables = TrafficSheet.Tables(request, model) };
    }
}
