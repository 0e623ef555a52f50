using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.Ingest.Streaming;

/// <summary>One batch's rows, its ledger entry and the deliveries that are done with it: a message published twice comes twice.</summary>
internal sealed record PulledBatch(WarehouseBatch Rows, LedgerEntry Entry, List<string> AckIds)
{
    public static PulledBatch Of(EventBatch batch) => new(EventBatchRows.Of(batch), LedgerEntry.Of(batch), []);
}

/// <summary>The messages one load carries.</summary>
internal sealed class MicroBatch
{
    private readonly Dictionary<(string Tenant, string BatchId), PulledBatch> _batches = [];
    private readonly Lock _lock = new();
    private readonly List<string> _ackIds = [];
    private readonly List<(BusDelivery Delivery, string Reason)> _spoilt = [];

    public IReadOnlyCollection<PulledBatch> Batches => _batches.Values;

    /// <summary>The deliveries in hand. May be asked while others are being added.</summary>
    public IReadOnlyList<string> AckIds
    {
        get
        {
            lock (_lock)
            {
                return [.. _ackIds];
            }
        }
    }

    /// <summary>Deliveries to be dead-lettered once their sound batches are loaded, because of one that never can be.</summary>
    public IReadOnlyList<(BusDelivery Delivery, string Reason)> Spoilt => _spoilt;

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Takes in a delivery.</summary>
    /// <returns>Why there is nothing in it that can ever be loaded; null when it was taken in.</returns>
    public string? Add(BusDelivery delivery)
    {
        var (batches, malformed) = EventBatchShape.Parse(delivery.Message.Data.Span);
        if (batches.Count == 0)
        {
            return malformed;
        }

        foreach (var batch in batches)
        {
            if (!_batches.TryGetValue((batch.Tenant, batch.BatchId), out var pulled))
            {
                pulled = PulledBatch.Of(batch);
                _batches.Add((batch.Tenant, batch.BatchId), pulled);
                Rows += pulled.Rows.Tables.Values.Sum(table => (long)table.RowCount);
            }

            if (malformed is null)
            {
                pulled.AckIds.Add(delivery.AckId);
            }
        }

        Bytes += delivery.Message.Data.Length;
        if (malformed is not null)
        {
            _spoilt.Add((delivery, malformed));
        }

        lock (_lock)
        {
            _ackIds.Add(delivery.AckId);
        }

        return null;
    }
}
