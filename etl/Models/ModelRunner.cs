using RetailInsight.Core.Ports;

namespace RetailInsight.Etl.Models;

/// <summary>What one run of a model computes and one publishing replaces: some stores on one trading day.</summary>
/// <param name="Tenant">Tenant id.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Stores">Store codes, at least one.</param>
public sealed record ModelPartition(string Tenant, DateOnly BusinessDate, IReadOnlyList<string> Stores);

/// <summary>A result broke a check of its model: nothing of it may be published.</summary>
/// <param name="model">The model.</param>
/// <param name="check">The check.</param>
/// <param name="rows">How many rows break it.</param>
/// <param name="samples">The first of them.</param>
public sealed class ModelCheckException(string model, ModelCheck check, long rows, IReadOnlyList<string> samples)
    : Exception($"{model}.{check?.Column}: {rows} rows break the check {check?.Name} ({check?.Sql}), the first: {string.Join("; ", samples)}")
{
    /// <summary>The check that broke.</summary>
    public ModelCheck? Check { get; } = check;
}

/// <summary>Runs models in the warehouse.</summary>
/// <param name="catalogue">The models.</param>
/// <param name="warehouse">Where their inputs are.</param>
public sealed class ModelRunner(ModelCatalogue catalogue, IWarehouse warehouse)
{
    /// <summary>A run of a model. Nothing is computed before it is read.</summary>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    /// <exception cref="ArgumentException">The partition has no store.</exception>
    public ModelRun Run(string model, ModelPartition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentOutOfRangeException.ThrowIfZero(partition.Stores.Count, nameof(partition));
        return new ModelRun(catalogue[model], partition, catalogue.Upstream(catalogue[model]), warehouse);
    }

    /// <summary>A run of several models in one query. Nothing is computed before it is read.</summary>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    /// <exception cref="ArgumentException">There is no model, or the partition has no store.</exception>
    public SharedRun RunTogether(IReadOnlyList<string> models, ModelPartition partition)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfZero(models.Count, nameof(models));
        var runs = models.Select(model => Run(model, partition)).ToList();
        var needed = runs.SelectMany(run => catalogue.Upstream(run.Model)).ToHashSet();
        return new SharedRun(runs, [.. catalogue.Models.Where(needed.Contains)], warehouse);
    }
}
