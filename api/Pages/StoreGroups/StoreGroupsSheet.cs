using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Api.Similarity;

namespace RetailInsight.Api.Pages.StoreGroups;

/// <summary>The page of groups as files.</summary>
internal static class StoreGroupsSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, StoreGroupsModel model) =>
        model.AsOf is not { } asOf || model.Divisions.Count == 0 ? [] : [Groups(request, model, asOf), Stores(request, model, asOf), Numbers(request, model, asOf)];

    private static SheetTable Groups(PageRequest request, StoreGroupsModel model, DateOnly asOf) => SheetTable.Of(
        "groups", StoreGroupsWording.Of(request.Words).Groups, model.Divisions.SelectMany(division => division.Groups.Select(group => (Division: division, Group: group))),
    [
        new("as_of", _ => asOf), new("currency", one => one.Division.Currency), new("store_group", one => one.Group.Number + 1), new("store_group_name", one => one.Group.Describe(request.Words.Language)),
        new("store_count", one => one.Group.Stores),
    ]);

    private static SheetTable Stores(PageRequest request, StoreGroupsModel model, DateOnly asOf) => SheetTable.Of(
        "stores", StoreGroupsWording.Of(request.Words).Members,
        model.Divisions.SelectMany(division => division.Groups.SelectMany(group => group.Named.Select(member => (Division: division, Group: group, Member: member)))),
    [
        new("as_of", _ => asOf), new("store", one => one.Member.Store.Code), new("store_name", one => one.Member.Store.Name), new("currency", one => one.Division.Currency),
        new("store_group", one => one.Group.Number + 1), new("store_group_name", one => one.Group.Describe(request.Words.Language)), new("store_group_candidate", one => one.Member.Candidate + 1),
    ]);

    private static SheetTable Numbers(PageRequest request, StoreGroupsModel model, DateOnly asOf) => SheetTable.Of(
        "numbers", StoreGroupsWording.Of(request.Words).WhyTitle, model.Divisions.SelectMany(division => division.Tried.Select(tried => (Division: division, Tried: tried))),
    [
        new("as_of", _ => asOf), new("currency", one => one.Division.Currency), new("store_group_number", one => one.Tried.K), new("silhouette", one => Round(one.Tried.Silhouette)),
        new("agreement", one => Round(one.Tried.Agreement)), new("worst_jaccard", one => Round(one.Tried.WorstJaccard)), new("accepted", one => one.Tried.Accepted ? 1 : 0),
    ]);

    private static decimal? Round(double value) => FigureColumns.Round((decimal)value, 4);
}
