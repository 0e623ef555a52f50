using System.Globalization;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A week or a month: where it stands against its target and the same part of another one, and why.</summary>
internal static class PeriodPage
{
    private static readonly string[] Grains = ["week", "month"];
    private static readonly string[] Comparisons = ["previous", "last_year_weekday", "last_year_date"];

    public static FigurePage Page { get; } = new(PageLink.Period, ["grain", "compare"], ReadAsync);

    /// <summary>The address of a period.</summary>
    public static string Address(string store, DateOnly date, PeriodGrain grain, PeriodComparison comparison) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Navigation.Address(PageLink.Period, store, date)}&grain={WordOf(grain)}&compare={WordOf(comparison)}");

    /// <summary>The word of a grain in an address.</summary>
    public static string WordOf(PeriodGrain grain) => Grains[(int)grain];

    /// <summary>The word of a comparison in an address.</summary>
    public static string WordOf(PeriodComparison comparison) => Comparisons[(int)comparison];

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var grain = Choice(request.Query, "grain", Grains);
        var comparison = Choice(request.Query, "compare", Comparisons);
        if (grain < 0 || comparison < 0)
        {
            return null;
        }

        var model = await PeriodModel.ReadAsync(request, (PeriodGrain)grain, (PeriodComparison)comparison, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var view = new PeriodView(request, model);
        return new PageContent(view.Title, model.Through ?? model.From, view.Render(), model.From) { Tables = PeriodSheet.Tables(request, model) };
    }

    private static int Choice(QueryParameters query, string name, string[] words) => query.Text(name) is { } word ? Array.IndexOf(words, word) : 0;
}
