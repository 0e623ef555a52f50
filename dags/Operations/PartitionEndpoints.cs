using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Operations;

/// <summary>A partition as it stands.</summary>
internal sealed record PartitionView(
    string Asset,
    string Tenant,
    DateOnly BusinessDate,
    [property: Description("Empty for what is cut by day alone.")] string Store,
    long Version,
    [property: Description("When its content last changed, UTC.")] DateTimeOffset PublishedAt,
    [property: Description("When it was last computed, UTC.")] DateTimeOffset CheckedAt,
    [property: Description("Since when something it is made of has changed, UTC.")] DateTimeOffset? StaleSince,
    JsonElement? StaleCause,
    [property: Description("Who holds its content against new runs.")] string? PinnedBy,
    [property: Description("Its main figures: net sales as a decimal text, receipts, visitors.")] JsonElement? Kpi)
{
    public static PartitionView Of(PartitionState state) => new(
        state.Asset,
        state.Tenant,
        state.BusinessDate,
        state.Store,
        state.Version,
        Utc(state.PublishedAt),
        Utc(state.CheckedAt),
        state.StaleSince is { } since ? Utc(since) : null,
        Json(state.StaleCause),
        state.PinnedBy,
        Json(state.Kpi));

    internal static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);

    internal static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>A version of a partition: what it was, and why it became so.</summary>
internal sealed record PartitionVersionView(
    long Version,
    DateTimeOffset PublishedAt,
    [property: Description("asset (data came in), scheduled, manual, backfill or restored.")] string Reason,
    long? RunId,
    [property: Description("What caused the run.")] JsonElement? Cause,
    [property: Description("The version of the DAG it was computed by.")] long? DagVersion,
    [property: Description("The lease it was published under; a larger one is later.")] long Fence,
    [property: Description("By input the sum of the versions it was made of.")] JsonElement? Inputs,
    JsonElement? Kpi);

/// <summary>Partitions.</summary>
/// <param name="Items">By day, newest first.</param>
/// <param name="Truncated">There are more than the limit: ask for fewer days.</param>
internal sealed record PartitionPage(IReadOnlyList<PartitionView> Items, bool Truncated);

/// <summary>A partition with its versions, newest first.</summary>
internal sealed record PartitionDetail(PartitionView Partition, IReadOnlyList<PartitionVersionView> Versions);

/// <summary>An earlier version that is to stand again, or a partition that is to be released.</summary>
internal sealed record RestoreRequest(
    [property: Description("Why; is kept in the record.")] string Reason,
    [property: Description("Which version is to stand again.")] long Version,
    [property: Description("Store code; leave out for what is cut by day alone.")] string? Store = null,
    [property: Description("Whose; people of a tenant leave it out.")] string? Tenant = null,
    [property: Description("Which version must stand, as it was seen; nothing is done when it is another. Leave out for any.")] long? ExpectedVersion = null);

/// <summary>A partition that runs may publish again.</summary>
internal sealed record ReleaseRequest(
    [property: Description("Why; is kept in the record.")] string Reason,
    [property: Description("Store code; leave out for what is cut by day alone.")] string? Store = null,
    [property: Description("Whose; people of a tenant leave it out.")] string? Tenant = null);

/// <summary>What stands after it.</summary>
/// <param name="Version">The version that stands.</param>
/// <param name="RunId">The run that computes what is made of it.</param>
internal sealed record RestoredView(long Version, long RunId);

/// <summary>What is made of what.</summary>
internal sealed record AssetView(
    string Asset,
    [property: Description("store_day or day; what comes in is cut by store_day.")] string Grain,
    [property: Description("Who produces it; null for data that comes in.")] string? DagId,
    string? TaskId,
    IReadOnlyList<AssetUpstreamView> Upstreams,
    IReadOnlyList<AssetTableView> Tables);

/// <summary>What an asset is made of.</summary>
internal sealed record AssetUpstreamView(string Asset, [property: Description("How many trading days before its own a partition reads.")] int DaysBefore);

/// <summary>A table an asset stands in.</summary>
internal sealed record AssetTableView(
    string Table, [property: Description("Null where no model describes them: nothing is known of where they come from.")] IReadOnlyList<AssetColumnView>? Columns);

/// <summary>A column as its model describes it.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Unit">What it is counted in; empty for none.</param>
/// <param name="Description">What it says.</param>
/// <param name="MadeOf">Columns of the warehouse.</param>
public sealed record AssetColumnView(
    string Name,
    string Unit,
    string Description,
    [property: Description("Columns of warehouse tables and views its value is made of as table.column, table.* where rows are counted; empty where the run itself says it, such as the trading day.")] IReadOnlyList<string> MadeOf);

/// <summary><c>/v1/ops/partitions</c>: what stands, what stood before and why; bringing it back.</summary>
internal static class PartitionEndpoints
{
    private const int MostDays = 400;
    private const int MostItems = 10_000;

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/partitions", ListAsync).WithName("listPartitions").WithSummary("What stands of a tenant's days: versions, since when stale and why, and who holds what.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/partitions/{asset}/{date}", FindAsync).WithName("getPartition").WithSummary("A partition with its versions: was, is and why.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapPost("/partitions/{asset}/{date}/restore", RestoreAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("restorePartition").WithSummary("Lets an earlier version stand again and holds it against new runs until it is released.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
        ops.MapPost("/partitions/{asset}/{date}/release", ReleaseAsync).RequireAuthorization(DagsPolicies.Operate)
            .WithName("releasePartition").WithSummary("Lets runs publish the partition again and computes it from what there is now.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithOneEffect();
        ops.MapGet("/lineage", LineageAsync).WithName("getLineage").WithSummary("What is made of what, and the columns where a model describes them.");
    }

    private static async Task<Results<Ok<PartitionPage>, ValidationProblem, ProblemHttpResult>> ListAsync(
        [Description("First trading day.")] DateOnly from,
        [Description("Last trading day, at most 400 days on.")] DateOnly to,
        PartitionHistory history,
        Caller caller,
        CancellationToken cancellationToken,
        [Description("Only of this asset.")] string? asset = null,
        [Description("Only of this store, and what stands for its days as a whole.")] string? store = null,
        [Description("Only what is stale.")] bool stale = false,
        [Description("Whose; people of a tenant leave it out.")] string? tenant = null,
        [Description("The most items, 1 to 10000; default 1000.")] int limit = 1000)
    {
        if (TenantOf(caller, tenant) is not { } whose)
        {
            return WrongTenant(caller);
        }

        if (to < from || to.DayNumber - from.DayNumber >= MostDays)
        {
            return OperationsProblem.Invalid("to", $"It must be the day of `from` or one of the {MostDays - 1} after it.");
        }

        if (limit is < 1 or > MostItems)
        {
            return OperationsProblem.Invalid("limit", $"It must be from 1 to {MostItems}.");
        }

        var found = await history.ListAsync(whose, from, to, asset, store, stale, limit + 1, cancellationToken);
        return found.Count == 0 && store is not null
            ? OperationsProblem.Unknown($"Nothing stands of store '{store}' for these days.")
            : TypedResults.Ok(new PartitionPage([.. found.Take(limit).Select(PartitionView.Of)], found.Count > limit));
    }

    private static async Task<Results<Ok<PartitionDetail>, ValidationProblem, ProblemHttpResult>> FindAsync(
        string asset,
        DateOnly date,
        PartitionHistory history,
        Caller caller,
        CancellationToken cancellationToken,
        [Description("Store code; leave out for what is cut by day alone.")] string? store = null,
        [Description("Whose; people of a tenant leave it out.")] string? tenant = null)
    {
        if (TenantOf(caller, tenant) is not { } whose)
        {
            return WrongTenant(caller);
        }

        if (await history.OfAsync(new AssetPartition(whose, asset, date, store ?? ""), cancellationToken) is not var (state, versions))
        {
            return Unknown(asset, date, store);
        }

        return TypedResults.Ok(new PartitionDetail(PartitionView.Of(state), [.. versions.Select(version => new PartitionVersionView(
            version.Version,
            PartitionView.Utc(version.PublishedAt),
            version.Reason,
            version.RunId,
            PartitionView.Json(version.Cause),
            version.CodeVersion,
            version.Fence,
            PartitionView.Json(version.Inputs),
            PartitionView.Json(version.Kpi)))]));
    }

    private static Task<Results<Ok<RestoredView>, ValidationProblem, ProblemHttpResult>> RestoreAsync(
        string asset, DateOnly date, RestoreRequest request, HttpContext context, PartitionHistory history, PartitionRestore restore, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            new AssetPartition("", asset, date, request.Store ?? ""),
            request.Tenant,
            request.Reason,
            context,
            history,
            caller,
            (partition, reason, effect, token) => restore.RestoreAsync(partition, request.Version, request.ExpectedVersion, caller.Name, reason, effect.Alongside, token),
            cancellationToken);

    private static Task<Results<Ok<RestoredView>, ValidationProblem, ProblemHttpResult>> ReleaseAsync(
        string asset, DateOnly date, ReleaseRequest request, HttpContext context, PartitionHistory history, PartitionRestore restore, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            new AssetPartition("", asset, date, request.Store ?? ""),
            request.Tenant,
            request.Reason,
            context,
            history,
            caller,
            (partition, reason, effect, token) => restore.ReleaseAsync(partition, caller.Name, reason, effect.Alongside, token),
            cancellationToken);

    private static async Task<Results<Ok<RestoredView>, ValidationProblem, ProblemHttpResult>> ChangeAsync(
        AssetPartition named,
        string? tenant,
        string why,
        HttpContext context,
        PartitionHistory history,
        Caller caller,
        Func<AssetPartition, string, OneEffect<RestoreResult, RestoredView>, CancellationToken, Task<RestoreResult>> change,
        CancellationToken cancellationToken)
    {
        if (TenantOf(caller, tenant) is not { } whose)
        {
            return WrongTenant(caller);
        }

        var partition = named with { Tenant = whose };
        if (await history.OfAsync(partition, cancellationToken) is null)
        {
            return Unknown(partition.Asset, partition.BusinessDate, partition.Store);
        }

        if (OperationsProblem.Reason(why) is not { } reason)
        {
            return OperationsProblem.NoReason();
        }

        var effect = new OneEffect<RestoreResult, RestoredView>(context, (_, done, _) => Task.FromResult(new RestoredView(done.Version!.Value, done.Run!.Value)));
        var result = await change(partition, reason, effect, cancellationToken);
        return effect.Answer is { } answer ? TypedResults.Ok(answer) : OperationsProblem.Refused(result.Sentence, []);
    }

    private static async Task<Ok<IReadOnlyList<AssetView>>> LineageAsync(PartitionHistory history, TableColumns columns, CancellationToken cancellationToken)
    {
        IReadOnlyList<AssetView> assets = [.. (await history.LineageAsync(cancellationToken)).Select(asset => new AssetView(
            asset.Asset,
            asset.Grain,
            asset.DagId,
            asset.TaskId,
            [.. asset.Upstreams.Zip(asset.DaysBefore, (upstream, days) => new AssetUpstreamView(upstream, days))],
            [.. asset.Tables.Select(table => new AssetTableView(table, columns.Of(table)))]))];
        return TypedResults.Ok(assets);
    }

    internal static string? TenantOf(Caller caller, string? named) => caller.Tenant is { } own ? (named ?? own) == own ? own : null : named;

    internal static ValidationProblem WrongTenant(Caller caller) =>
        OperationsProblem.Invalid("tenant", caller.Tenant is { } own ? $"You work for '{own}': leave the parameter out." : "Name the tenant.");

    private static ProblemHttpResult Unknown(string asset, DateOnly date, string? store) =>
        OperationsProblem.Unknown($"Nothing has been published of {asset} for {date:yyyy-MM-dd}{(string.IsNullOrEmpty(store) ? "; name the store if it is cut by store" : $" and store {store}")}.");
}
