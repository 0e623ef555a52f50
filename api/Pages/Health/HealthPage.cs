using RetailInsight.Api.Devices;
using RetailInsight.Api.Health;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Health;

/// <summary>What the page of data health shows: two weeks of stores, of one store also its registers, and what changed afterwards.</summary>
internal sealed record HealthModel(
    DateOnly Date, IReadOnlyList<DateOnly> Dates, IReadOnlyList<HealthDay> Days, IReadOnlyList<RegisterDay> Registers, IReadOnlyList<KpiChange> Changes, IReadOnlyList<DeclaredSales> Declared,
    Completeness Completeness, IReadOnlyList<CounterCase> Counters)
{
    /// <summary>How many days are shown.</summary>
    public const int Span = 14;

    private const int MostChanges = 20;

    /// <summary>Reads the page.</summary>
    public static async Task<HealthModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var last = await LastDay.ReadAsync(request, request.Codes, today, cancellationToken);
        var date = last.Date;
        var from = date.AddDays(1 - Span);
        return new HealthModel(
            date, [.. Enumerable.Range(0, Span).Select(from.AddDays)], await request.Read.HealthAsync(request.Codes, from, date, cancellationToken),
            request.Store is null ? [] : await request.Read.RegistersAsync(request.Store.Code, date, cancellationToken),
            await request.Read.ChangesAsync(request.Codes, from, date, 0, MostChanges, cancellationToken),
            await request.Read.DeclaredSalesAsync(request.Codes, from, date, cancellationToken),
            await request.Read.CompletenessAsync(request.Codes, new DateSpan(date, date), last.Running, cancellationToken),
            await request.Read.CounterCasesAsync(request.Codes, date, last.Running, cancellationToken));
    }
}

/// <summary>What is missing, since when, and what to do about it.</summary>
internal static class HealthPage
{
    public static FigurePage Page { get; } = new(PageLink.Health, [], ReadAsync);

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = await HealthModel.ReadAsync(request, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        return new PageContent(HealthWording.Of(request.Words).Title, model.Date, new HealthView(request, model).Render()) { Tables = HealthSheet.Tables(request, model) };
    }
}
