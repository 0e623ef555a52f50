using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.Etl.Datamart;
using RetailInsight.Etl.Models;

namespace RetailInsight.Dags.Definitions;

/// <summary>The task that brings models of a trading day into the datamart.</summary>
internal static class ModelTask
{
    /// <summary>Up to so many stores all results are held in memory: some thousand rows a store.</summary>
    private const int StoresTogether = 50;

    private const string MainModel = "kpi_store_day";

    /// <summary>What another try cannot mend is not tried again.</summary>
    public static RetryPolicy Retry { get; } = new()
    {
        Errors = new Dictionary<Type, ErrorClass>
        {
            [typeof(ModelCheckException)] = ErrorClass.Fatal,
            [typeof(QueryBudgetException)] = ErrorClass.Fatal,
        },
    };

    /// <summary>Models that are published together, as an asset cut by store and trading day; earlier content can be restored.</summary>
    /// <param name="services">Where models and publisher are found.</param>
    /// <param name="id">The asset.</param>
    /// <param name="models">The models.</param>
    /// <param name="inputs">What they read.</param>
    public static Asset Asset(IServiceProvider services, string id, IReadOnlyList<string> models, params IReadOnlyList<AssetInput> inputs) => new(id, PartitionGrain.StoreDay, inputs)
    {
        Tables = [.. models.Select(model => $"mart.{model}")],
        Restore = async (partition, replacedBy, publication, cancellationToken) =>
        {
            var catalogue = services.GetRequiredService<ModelCatalogue>();
            var changed = await services.GetRequiredService<DatamartPublisher>().RestoreAsync(
                [.. models.Select(model => catalogue[model])],
                new ModelPartition(partition.Tenant, partition.BusinessDate, [partition.Store]),
                replacedBy,
                publication.LeaseToken,
                publication.Connection,
                publication.Transaction,
                cancellationToken);
            if (changed == true)
            {
                publication.Changed(partition.Store);
            }

            return changed is not null;
        },
    };

    /// <summary>
    /// Stages the models for the stores in <c>conf.stores</c>, without it for all that have data of the day; they are published
    /// together or not at all. For few stores one query computes them all, for many one after the other streams through. Stores somebody
    /// holds are left out; where the tenant wants to be asked about differences, it is.
    /// </summary>
    public static async Task<TaskOutput> StageAsync(
        IServiceProvider services, TaskContext context, IReadOnlyList<string> models, CancellationToken cancellationToken)
    {
        var day = context.Day;
        var stores = (context.TextList("stores") ?? await TradingDays.StoresAsync(services, day, cancellationToken)).Where(store => !context.Pinned.Contains(store)).ToList();
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
        return new TaskOutput(async (publication, token) =>
        {
            var changed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var model in staged)
            {
                changed.UnionWith((await publisher.PublishAsync(model with { DagRun = context.RunId }, publication.Connection, publication.Transaction, token)).Stores);
            }

            await NoteAsync(publication, day, changed, token);
        })
        {
            Stores = stores,
            Approval = staged.FirstOrDefault(model => model.Model.Name == MainModel) is { } main ? await QuestionAsync(services, context, main, cancellationToken) : null,
        };

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

    // The figures people know a store's day by stand beside its versions, whichever of its tables changed.
    private static async Task NoteAsync(Publication publication, DayPartition day, HashSet<string> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var figures = (await publication.Connection.QueryAsync<(string Store, string Kpi)>(new CommandDefinition(
            """
            SELECT store, jsonb_build_object('net', CASE WHEN sales_reported THEN trim_scale(net / 1000000.0)::text END,
              'receipts', CASE WHEN sales_reported THEN receipts END, 'visitors', visitors)::text
            FROM mart.kpi_store_day WHERE tenant = @Tenant AND business_date = @BusinessDate AND store = ANY(@stores)
            """,
            new { day.Tenant, day.BusinessDate, stores = changed.ToArray() },
            publication.Transaction,
            cancellationToken: cancellationToken))).ToDictionary(row => row.Store, row => row.Kpi, StringComparer.Ordinal);
        foreach (var store in changed)
        {
            publication.Changed(store, figures.GetValueOrDefault(store));
        }
    }

    private static async Task<ApprovalQuestion?> QuestionAsync(IServiceProvider services, TaskContext context, StagedModel main, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<ApprovalDesk>().GateAsync(context.Tenant, cancellationToken) is not { } gate
            || context.Day.BusinessDate >= DateOnly.FromDateTime(services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime).AddDays(-gate.OlderThanDays))
        {
            return null;
        }

        var differences = await services.GetRequiredService<DatamartPublisher>().DifferencesAsync(main, cancellationToken);
        var beyond = differences.Where(difference => difference.Exceeds(gate.TolerancePerMille)).ToList();
        if (beyond.Count == 0)
        {
            return null;
        }

        var detail = JsonSerializer.Serialize(differences, JsonSerializerOptions.Web);
        return new ApprovalQuestion(
            string.Create(CultureInfo.InvariantCulture, $"{beyond.Count} of {main.Partition.Stores.Count} stores differ by more than {gate.TolerancePerMille} per mille from what stands for {context.Day.BusinessDate:yyyy-MM-dd}"),
            detail,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(detail))));
    }
}
