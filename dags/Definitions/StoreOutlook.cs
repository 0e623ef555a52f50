using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Ml.Drift;
using RetailInsight.Ml.Outlook;
using RetailInsight.Ml.Review;
using RetailInsight.Ml.Similarity;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// Every night, as of the last day that is over: what stores are like and which are alike, what is expected of them to the end of next month, and what they
/// are asked for; then what was expected before is held to what came. They read weeks and years, so they do not run with every delivery: what comes late counts
/// the night after. Results older than five weeks go; targets stay.
/// </summary>
internal static class StoreOutlook
{
    private const int KeptDays = 35;

    private static readonly RetryPolicy Retry = new() { MaxTries = 5 };

    public static Dag Define(IServiceProvider services) => new("store_outlook",
    [
        new DagTask("store_profiles", (context, cancellationToken) => ProfileAsync(services, context, cancellationToken))
        {
            Produces = new Asset("store_profiles", PartitionGrain.Day, [new AssetInput("store_figures", 55), new AssetInput("breakdowns", 55)])
            {
                Tables = ["mart.store_profile", "mart.segmentation", "mart.segment", "mart.store_segment", "mart.store_peer", "mart.store_exclusion"],
            },
            Retry = Retry,
        },
        new DagTask("sales_outlook", (context, cancellationToken) => LookAheadAsync(services, context, cancellationToken))
        {
            Upstreams = ["store_profiles"],
            Produces = new Asset("sales_outlook", PartitionGrain.Day, [new AssetInput("store_figures", 736)])
            {
                Tables = ["mart.sales_forecast", "mart.store_potential", "mart.month_target", "mart.month_target_day"],
            },
            Retry = Retry,
            Timeout = TimeSpan.FromMinutes(30),
        },
        new DagTask("watch_models", (context, cancellationToken) => WatchAsync(services, context, cancellationToken))
        {
            Upstreams = ["sales_outlook"],
            Produces = new Asset("model_watch", PartitionGrain.Day, [new AssetInput("sales_outlook", 28), new AssetInput("store_figures", 28)])
            {
                Tables = ["mart.forecast_error", "mart.model_drift", "mart.feature_drift", "ml.review_case"],
            },
            Retry = Retry,
        },
        new DagTask("forget_old", (context, _) => Task.FromResult(new TaskOutput(async (publication, cancellationToken) =>
        {
            var (tenant, before) = (context.Day.Tenant, context.Day.BusinessDate.AddDays(-KeptDays));
            await StoreSimilarity.ForgetAsync(tenant, before, publication.Connection, publication.Transaction, cancellationToken);
            await SalesOutlook.ForgetAsync(tenant, before, publication.Connection, publication.Transaction, cancellationToken);
            await ModelWatch.ForgetAsync(tenant, context.Day.BusinessDate, publication.Connection, publication.Transaction, cancellationToken);
        })))
        {
            Upstreams = ["watch_models"],
            Retry = Retry,
        },
    ])
    {
        Schedule = new CronSchedule("45 5 * * *", "Asia/Tokyo") { Runs = TradingDays.LastWholeAsync },
        MaxActiveRuns = 2,
        Deadline = TimeSpan.FromHours(2),
    };

    private static async Task<TaskOutput> ProfileAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var set = await services.GetRequiredService<StoreSimilarity>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return OfDay((publication, token) => StoreSimilarity.PublishAsync(set, publication.Connection, publication.Transaction, token));
    }

    private static async Task<TaskOutput> LookAheadAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var set = await services.GetRequiredService<SalesOutlook>().ComputeAsync(context.Day.Tenant, context.Day.BusinessDate, cancellationToken);
        return OfDay((publication, token) => SalesOutlook.PublishAsync(set, publication.Connection, publication.Transaction, token));
    }

    private static async Task<TaskOutput> WatchAsync(IServiceProvider services, TaskContext context, CancellationToken cancellationToken)
    {
        var (tenant, day) = (context.Day.Tenant, context.Day.BusinessDate);
        var watch = await services.GetRequiredService<ModelWatch>().ComputeAsync(tenant, day, cancellationToken);
        var cases = await services.GetRequiredService<ReviewCases>().ComputeAsync(tenant, day, cancellationToken);
        return OfDay(async (publication, token) =>
        {
            await RetrainForecast.RequestAsync(publication.Connection, publication.Transaction, context.Day, watch.Retrain, token);
            return await ModelWatch.PublishAsync(watch, publication.Connection, publication.Transaction, token)
                + await ReviewCases.PublishAsync(cases, publication.Connection, publication.Transaction, token);
        });
    }

    private static TaskOutput OfDay(Func<Publication, CancellationToken, Task<int>> publish) => new(async (publication, token) =>
    {
        if (await publish(publication, token) > 0)
        {
            publication.Changed("");
        }
    })
    {
        Stores = [""],
    };
}
