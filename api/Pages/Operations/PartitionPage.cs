using System.Globalization;
using RetailInsight.Api.Health;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>One partition: what was, what is and why, of what it is made, and what can be done about it.</summary>
internal static class PartitionPage
{
    private const int MostOfADay = 1000;

    public static Task<IResult> ShowAsync(
        string asset, string date, HttpContext context, SessionUser user, PartitionHistory history, PartitionRestore restore, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["store", "done"], async (request, query, token) =>
        {
            var done = query.Text("done");
            if (done is not (null or "restored" or "released"))
            {
                return null;
            }

            if (await FindAsync(history, user, asset, date, query.Text("store") ?? "", token) is not { } found)
            {
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
            }

            var (stores, deliveries) = await scope.ReadAsync(user.Tenant, async (read, patient) =>
                (await read.StoresAsync(user, patient), found.Partition.Store.Length == 0 ? [] : await read.DeliveriesAsync(found.Partition.Store, found.Partition.BusinessDate, patient)), token);
            var day = await history.ListAsync(user.Tenant, found.Partition.BusinessDate, found.Partition.BusinessDate, null, found.Partition.Store, false, MostOfADay, token);
            var view = new PartitionView(request, found, day.Select(one => one.Asset).ToHashSet(), await history.LineageAsync(token), stores, deliveries, restore.Keeps(asset));
            return request.Page(null, view.Title, view.Render(done));
        }, cancellationToken);

    /// <summary>A partition the person may see; null where there is none.</summary>
    public static async Task<FoundPartition?> FindAsync(PartitionHistory history, SessionUser user, string asset, string date, string store, CancellationToken cancellationToken) =>
        (store.Length == 0 || user.MaySee(store)) && DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && !asset.Contains('\0', StringComparison.Ordinal) && !store.Contains('\0', StringComparison.Ordinal)
            && await history.OfAsync(new AssetPartition(user.Tenant, asset, day, store), cancellationToken) is var (state, versions)
            ? new FoundPartition(new AssetPartition(user.Tenant, asset, day, store), state, versions) : null;
}

/// <summary>A partition with its versions.</summary>
/// <param name="Partition">Names it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Versions">Newest first.</param>
internal sealed record FoundPartition(AssetPartition Partition, PartitionState State, IReadOnlyList<PartitionVersion> Versions);
