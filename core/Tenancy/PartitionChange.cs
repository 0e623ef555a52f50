namespace RetailInsight.Core.Tenancy;

/// <summary>The unit of recomputation: what one store did on one trading day, by kind of data.</summary>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Dataset">What changed: <see cref="Datasets"/>.</param>
public readonly record struct PartitionKey(string Tenant, string Store, DateOnly BusinessDate, string Dataset);

/// <summary>New rows reached a partition.</summary>
/// <param name="Key">Which.</param>
/// <param name="Version">Grows by one with each change.</param>
public sealed record PartitionChange(PartitionKey Key, long Version);

/// <summary>Names of the data sets in the partition ledger.</summary>
public static class Datasets
{
    /// <summary>Receipts.</summary>
    public const string PosTransaction = "pos_transaction";

    /// <summary>People counts.</summary>
    public const string PeopleCount = "people_count";

    /// <summary>What single persons did.</summary>
    public const string VisitorEvent = "visitor_event";
}

/// <summary>Names of the bus topics.</summary>
public static class Topics
{
    /// <summary>Serialized <see cref="Canon.V1.EventBatch"/> messages.</summary>
    public const string EventBatches = "event-batches";
}
