using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Dags.Engine;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;

namespace RetailInsight.Dags.Definitions;

/// <summary>The task that brings models of a trading day into the datamart.</summary>
internal static class ModelTask
{
    /// <summary>Up to so many stores all results are held in memory: some thousand rows a store.</summary>
    private const int StoresTogether = 50;

    /// <summary>What another try cannot mend is not tried again.</summary>
    public static RetryPolicy Retry { get; } = new()
    {
        Errors = new Dictionary<Type, ErrorClass>
        {
            [typeof(ModelCheckException)] = ErrorClass.Fatal,
            [typeof(QueryBudgetException)] = ErrorClass.Fatal,
        },
    };

    /// <summary>
    /// Stages the models for the stores in <c>conf.stores</c>, without it for all that have data of the day; they are published
    /// together or not at all. For few stores one query computes them all, for many one after the other streams through.
    /// </summary>
    public static async Task<TaskOutput> StageAsync(
        IServiceProvider services, TaskContext context, IReadOnlyList<string> models, CancellationToken cancellationToken)
    {
        var day = context.Day;
        var stores = context.TextList("stores") ?? await TradingDays.StoresAsync(services, day, cancellationToken);
        if (stores.Count == 0)
        {
            return TaskOutput.None;
        }

        var publisher = services.GetRequiredService<DatamartPublisher>();
        var runner = services.GetRequiredService<ModelRunner>();
        var partition = new ModelPartition(day.Tenant, day.BusinessDate, stores);
        IReadOnlyList<StagedModel> staged = models.Count > 1 && stores.Count <= StoresTogether
            ? await publisher.StageTogetherAsync(runner.RunTogether(models, partition), context.LeaseToken, cancellationToken)
            : await OneByOneAsync();
        return new TaskOutput(async (connection, transaction, token) =>
        {
            foreach (var model in staged)
            {
                await publisher.PublishAsync(model with { DagRun = context.RunId }, connection, transaction, token);
            }
        });

        async Task<IReadOnlyList<StagedModel>> OneByOneAsync()
        {
            var one = new List<StagedModel>();
            foreach (var model in models)
            {
                one.Add(await publisher.StageAsync(runner.Run(model, partition), context.LeaseToken, cancellationToken));
            }

            return one;
        }
    }
}
