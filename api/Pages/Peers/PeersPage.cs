namespace RetailInsight.Api.Pages.Peers;

/// <summary>A store among the stores that resemble it: its rank, the gap to the middle, and what closing it would bring.</summary>
internal static class PeersPage
{
    public static FigurePage Page { get; } = new(PageLink.Peers, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await PeersModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(PeersWording.Of(request.Words).Title, model.To, new PeersView(request, model).Render(), model.From) { Tables = PeersSheet.Tables(request, model) };
    }
}
