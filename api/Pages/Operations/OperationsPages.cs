using System.Globalization;
using RetailInsight.Dags;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The pages for whoever looks after the runs: what ran, what waits and why, what arrived, and what can be done about it.</summary>
internal static class OperationsPages
{
    /// <summary>Where they begin.</summary>
    public const string Root = "/ops";

    public static void MapOperationsPages(this IEndpointRouteBuilder routes)
    {
        var view = routes.MapGroup("").RequireAuthorization(DagsPolicies.View).ExcludeFromDescription();
        view.MapGet(PathOf(OperationsSection.Grid), RunGridPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Runs), RunListPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Health), ArrivalPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Actions), ActionsPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Partitions), PartitionListPage.ShowAsync);
        view.MapGet("/ops/partitions/{asset}/{date}", PartitionPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Lineage), LineagePage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Approvals), ApprovalPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Models), ModelsPage.ShowAsync);
        view.MapGet(PathOf(OperationsSection.Backfills), BackfillListPage.ShowAsync);
        view.MapGet("/ops/backfills/{backfill:long}", BackfillPage.ShowAsync);
        view.MapGet("/ops/runs/{run:long}", RunPage.ShowAsync);
        view.MapGet("/ops/runs/{run:long}/log/{attempt:long}", LogPage.ShowAsync);
        view.MapGet(ModelDriftPage.Address, ModelDriftPage.ShowAsync);
        view.MapGet(ModelReviewPage.Address, ModelReviewPage.ShowAsync);
        var operate = routes.MapGroup("").RequireAuthorization(DagsPolicies.Operate).ExcludeFromDescription();
        operate.MapGet(PathOf(OperationsSection.Start), StartPage.ShowAsync);
        operate.MapPost(PathOf(OperationsSection.Start), StartPage.PostAsync);
        operate.MapGet(BackfillText.New, BackfillNewPage.ShowAsync);
        operate.MapPost(BackfillText.Plans, BackfillPlanPage.MakeAsync);
        operate.MapGet("/ops/backfills/plans/{plan:long}", BackfillPlanPage.ShowAsync);
        operate.MapPost("/ops/backfills/plans/{plan:long}", BackfillPlanPage.ApplyAsync);
        operate.MapPost("/ops/backfills/{backfill:long}", BackfillPage.PostAsync);
        operate.MapGet("/ops/partitions/{asset}/{date}/restore", PartitionChangePage.ShowRestoreAsync);
        operate.MapPost("/ops/partitions/{asset}/{date}/restore", PartitionChangePage.RestoreAsync);
        operate.MapGet("/ops/partitions/{asset}/{date}/release", PartitionChangePage.ShowReleaseAsync);
        operate.MapPost("/ops/partitions/{asset}/{date}/release", PartitionChangePage.ReleaseAsync);
        operate.MapPost("/ops/models/{model}/rollback", ModelsPage.PostAsync);
        operate.MapPost(ModelReviewPage.Address + "/{reviewCase:long}", ModelReviewPage.PostAsync);
        operate.MapGet("/ops/actions/{action:long}/undo", UndoPage.ShowAsync);
        operate.MapPost("/ops/actions/{action:long}/undo", UndoPage.PostAsync);
        operate.MapPost("/ops/runs/{run:long}/plans", PlanPage.MakeAsync);
        operate.MapGet("/ops/runs/{run:long}/plans/{plan:long}", PlanPage.ShowAsync);
        operate.MapPost("/ops/runs/{run:long}/plans/{plan:long}", PlanPage.ApplyAsync);
        routes.MapPost("/ops/approvals/{approval:long}", ApprovalPage.PostAsync).RequireAuthorization(DagsPolicies.Approve).ExcludeFromDescription();
    }

    /// <summary>Where a page of the bar lies.</summary>
    public static string PathOf(OperationsSection section) => section switch
    {
        OperationsSection.Grid => Root,
        OperationsSection.Runs => "/ops/runs",
        OperationsSection.Health => "/ops/health",
        OperationsSection.Partitions => "/ops/partitions",
        OperationsSection.Lineage => "/ops/lineage",
        OperationsSection.Backfills => "/ops/backfills",
        OperationsSection.Approvals => "/ops/approvals",
        OperationsSection.Models => "/ops/models",
        OperationsSection.Actions => "/ops/actions",
        OperationsSection.Start => "/ops/start",
        _ => throw new ArgumentOutOfRangeException(nameof(section)),
    };

    /// <summary>The address of a run.</summary>
    public static string RunAddress(long run) => string.Create(CultureInfo.InvariantCulture, $"/ops/runs/{run}");

    /// <summary>The address of what a try has logged.</summary>
    public static string LogAddress(long run, long attempt) => string.Create(CultureInfo.InvariantCulture, $"/ops/runs/{run}/log/{attempt}");

    /// <summary>The address of a plan.</summary>
    public static string PlanAddress(long run, long plan) => string.Create(CultureInfo.InvariantCulture, $"/ops/runs/{run}/plans/{plan}");

    /// <summary>The runs of a day, of one DAG or of all.</summary>
    public static string DayAddress(DateOnly day, string? dag = null) => string.Create(
        CultureInfo.InvariantCulture, $"/ops/runs?{(dag is null ? "" : $"dag={Uri.EscapeDataString(dag)}&")}date={day:yyyy-MM-dd}");
}
