using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Etl.Datamart;

namespace RetailInsight.Dags.Definitions;

/// <summary>Every hour: drops the staging tables that tries left which lost their lease, what tasks logged long ago, versions and plans of long ago.</summary>
internal static class Housekeeping
{
    private static readonly TimeSpan LogsKept = TimeSpan.FromDays(90);
    private static readonly TimeSpan VersionsKept = TimeSpan.FromDays(90);
    private static readonly TimeSpan PlansKept = TimeSpan.FromDays(90);

    public static Dag Define(IServiceProvider services) => new("housekeeping",
    [
        new DagTask("sweep_staging", async (_, cancellationToken) =>
        {
            await services.GetRequiredService<DatamartPublisher>().SweepStagingAsync(
                services.GetRequiredService<TaskClaims>().OverAsync, cancellationToken);
            return TaskOutput.None;
        }),
        new DagTask("forget_task_logs", async (_, cancellationToken) =>
        {
            await services.GetRequiredService<TaskLogs>().ForgetAsync(LogsKept, cancellationToken);
            return TaskOutput.None;
        }),
        new DagTask("forget_earlier_versions", async (_, cancellationToken) =>
        {
            // Versions first: one that is listed can be restored.
            await services.GetRequiredService<PartitionHistory>().ForgetAsync(VersionsKept, cancellationToken);
            await services.GetRequiredService<DatamartPublisher>().ForgetReplacedAsync(VersionsKept, cancellationToken);
            return TaskOutput.None;
        }),
        new DagTask("forget_plans", async (_, cancellationToken) =>
        {
            await services.GetRequiredService<RunPlans>().ForgetAsync(PlansKept, cancellationToken);
            return TaskOutput.None;
        }),
    ])
    {
        Schedule = new CronSchedule("15 * * * *", "Etc/UTC"),
    };
}
