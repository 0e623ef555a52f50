using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Ingest.Ledger;

/// <summary>What one batch changes in the partition ledger.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Tenant">Whose.</param>
/// <param name="ReceivedAt">When the gateway had its payload, UTC.</param>
/// <param name="Touched">Each partition whose figures change → records of the batch that lie in it; 0 where it only changes
/// because a superseded or voided receipt lies there.</param>
internal sealed record LedgerEntry(Id128 BatchId, string Tenant, DateTimeOffset ReceivedAt, IReadOnlyDictionary<PartitionKey, long> Touched)
{
    /// <summary>Receipts, counts and visitor events of the batch.</summary>
    public long Records => Touched.Values.Sum();

    /// <summary>The entry of a checked batch.</summary>
    public static LedgerEntry Of(EventBatch batch)
    {
        var touched = new Dictionary<PartitionKey, long>();
        void Touch(string dataset, IReadOnlyList<uint> stores, IReadOnlyList<int> dates, int records)
        {
            for (var row = 0; row < stores.Count; row++)
            {
                var date = DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(dates[row]);
                var key = new PartitionKey(batch.Tenant, batch.Strings[(int)stores[row]], date, dataset);
                touched[key] = touched.GetValueOrDefault(key) + records;
            }
        }

        (string Dataset, IReadOnlyList<uint> Stores, IReadOnlyList<int> Dates)[] records =
        [
            (Datasets.PosTransaction, batch.Transactions.Store, batch.Transactions.BusinessDate),
            (Datasets.PeopleCount, batch.PeopleCounts.Store, batch.PeopleCounts.BusinessDate),
            (Datasets.VisitorEvent, batch.VisitorEvents.Store, batch.VisitorEvents.BusinessDate),
        ];
        foreach (var (dataset, stores, dates) in records)
        {
            Touch(dataset, stores, dates, 1);
        }

        // What a batch changes elsewhere is of the kind of its own records.
        var isEmpty = Array.TrueForAll(records, one => one.Stores.Count == 0);
        foreach (var (dataset, _, _) in records.Where(one => one.Stores.Count > 0 || isEmpty))
        {
            Touch(dataset, batch.AlsoTouched.Store, batch.AlsoTouched.BusinessDate, 0);
        }

        var receivedAt = DateTimeOffset.UnixEpoch.AddTicks(batch.ReceivedAtUs * TimeSpan.TicksPerMicrosecond);
        return new LedgerEntry(Id128.Parse(batch.BatchId), batch.Tenant, receivedAt, touched);
    }
}
