using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>A checked result that lies in a staging table of its own, ready to be published.</summary>
/// <param name="Model">The model.</param>
/// <param name="Partition">What publishing it replaces.</param>
/// <param name="Table">The staging table, quoted.</param>
/// <param name="Rows">Its rows.</param>
public sealed record StagedModel(Model Model, ModelPartition Partition, string Table, long Rows)
{
    /// <summary>The lease it was staged under: what publishing it replaces is kept under this number.</summary>
    public long LeaseToken { get; init; }

    /// <summary>The DAG run that publishes it, kept with the changes it makes; null for none.</summary>
    public long? DagRun { get; init; }
}

/// <summary>What publishing changed.</summary>
/// <param name="Written">Rows added or changed.</param>
/// <param name="Deleted">Rows that vanished.</param>
/// <param name="DataVersion">The tenant's data version; one more than before if a row changed. 0 before the first row.</param>
/// <param name="Stores">The stores with a row that changed.</param>
public sealed record PublishResult(long Written, long Deleted, long DataVersion, IReadOnlyList<string> Stores);
