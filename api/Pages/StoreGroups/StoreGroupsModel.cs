using RetailInsight.Api.Similarity;

namespace RetailInsight.Api.Pages.StoreGroups;

/// <summary>What the page of groups shows.</summary>
/// <param name="Date">The latest day that counts.</param>
/// <param name="AsOf">The last day of the eight weeks that were looked at; null where stores were not compared yet.</param>
/// <param name="Divisions">By currency; of a chosen store that of its own alone.</param>
internal sealed record StoreGroupsModel(DateOnly Date, DateOnly? AsOf, IReadOnlyList<StoreDivision> Divisions)
{
    /// <summary>Reads the page.</summary>
    public static async Task<StoreGroupsModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var date = (await LastDay.ReadAsync(request, request.Codes, today, cancellationToken)).Whole;
        var asOf = await request.Read.ComparedAsOfAsync(date, cancellationToken);
        var divisions = asOf is { } day ? await request.Read.DivisionsAsync(day, request.Stores, cancellationToken) : [];
        return new StoreGroupsModel(date, asOf, request.Store is { } store ? [.. divisions.Where(division => division.GroupOf(store.Code) is not null)] : divisions);
    }
}
