using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Peers;
using RetailInsight.Api.Similarity;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>What the page of peers shows: four weeks of a store and of the stores that resemble it.</summary>
/// <param name="From">First date.</param>
/// <param name="To">Last date, a whole day.</param>
/// <param name="Group">The store among them; none where no store was chosen.</param>
/// <param name="Nearest">The stores nearest to the store by what they are, nearest first.</param>
/// <param name="Last">The last day, and whether it is left out because it runs.</param>
/// <param name="Completeness">What has arrived of the store, or of all stores.</param>
internal sealed record PeersModel(DateOnly From, DateOnly To, PeerGroup Group, IReadOnlyList<NearStore> Nearest, LastDay Last, Completeness Completeness)
{
    private const int Days = 28;

    /// <summary>Reads the page of one store.</summary>
    public static async Task<PeersModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var last = await LastDay.ReadAsync(request, codes, today, cancellationToken);
        var span = new DateSpan(last.Whole.AddDays(1 - Days), last.Whole);
        var completeness = await read.CompletenessAsync(codes, span, null, cancellationToken);
        var group = request.Store is { } store
            ? await PeerGroup.ReadAsync(read, store.Code, request.Stores, span, request.CurrencyOf(await read.ReportedDaysAsync(codes, span.From, span.To, cancellationToken)), cancellationToken)
            : PeerGroup.None(request.Company.Currency);
        var nearest = request.Store is { } own && await read.ComparedAsOfAsync(span.To, cancellationToken) is { } asOf
            ? await read.NearestAsync(own.Code, asOf, request.Stores, cancellationToken) : [];
        return new PeersModel(span.From, span.To, group, nearest, last, completeness);
    }
}
