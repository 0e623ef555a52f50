namespace RetailInsight.Api.Pages.StoreComparison;

/// <summary>Two or more stores side by side: their figures, the sum or mean of them by each figure's own rule, and their course.</summary>
internal static class StoreComparisonPage
{
    private const int LongestGroup = 100;

    /// <summary>The words of grains in an address.</summary>
    public static IReadOnlyList<string> Grains { get; } = ["hour", "day", "week", "month"];

    /// <summary>The words of the last row.</summary>
    public static IReadOnlyList<string> Totals { get; } = ["sum", "average"];

    public static FigurePage Page { get; } = new(PageLink.Stores, ["pick", "group", "metric", "grain", "total"], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = request.Query;
        var metric = query.Text("metric") ?? StoreComparisonModel.Metrics[0];
        var (grain, total) = (Grains.ToList().IndexOf(query.Text("grain") ?? "day"), Totals.ToList().IndexOf(query.Text("total") ?? "sum"));
        if (grain < 0 || total < 0 || !StoreComparisonModel.Metrics.Contains(metric) || query.Text("group") is { Length: > LongestGroup }
            || ((CourseGrain)grain == CourseGrain.Hour && metric == "sales_per_square_metre"))
        {
            return null;
        }

        // A store that is not there, or not the person's, is simply not among those picked from.
        var picked = (query.Many("pick") ?? []).Where(code => request.Stores.Any(store => store.Code == code)).ToList();
        var choice = new StoreComparisonChoice(picked, query.Text("group") is { Length: > 0 } group ? group : null, metric, (CourseGrain)grain, total == 1);
        var model = await StoreComparisonModel.ReadAsync(request, choice, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(StoreComparisonWording.Of(request.Words).Title, model.Span.To, new StoreComparisonView(request, model).Render(), model.Span.From) { Tables = StoreComparisonSheet.Tables(request, model) };
    }
}
