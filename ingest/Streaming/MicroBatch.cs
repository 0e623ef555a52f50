using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Ingest.Batches;
using RetailInsight.Ingest.Ledger;

namespace RetailInsight.Ingest.Streaming;

/// <summary>One message's rows, its ledger entry and the deliveries that brought it: a message published twice comes twice.</summary>
internal sealed record PulledBatch(WarehouseBatch Rows, LedgerEntry Entry, List<string> AckIds)
{
    public static PulledBatch Of(EventBatch batch, string ackId) => new(EventBatchRows.Of(batch), LedgerEntry.Of(batch), [ackId]);
}

/// <summary>The messages one load carries.</summary>
internal sealed class MicroBatch
{
    private readonly Dictionary<(string Tenant, string BatchId), PulledBatch> _batches = [];
    private readonly Lock _lock = new();
    private readonly List<string> _ackIds = [];

    public IReadOnlyCollection<PulledBatch> Batches => _batches.Values;

    /// <summary>The deliveries taken in so far. May be asked while others are being added.</summary>
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

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Takes in a delivery.</summary>
    /// <exception cref="MalformedBatchException">Its message can never be loaded.</exception>
    public void Add(BusDelivery delivery)
    {
        var message = EventBatchShape.Parse(delivery.Message.Data.Span);
        if (_batches.TryGetValue((message.Tenant, message.BatchId), out var seen))
        {
            seen.AckIds.Add(delivery.AckId);
        }
        else
        {
            var batch = PulledBatch.Of(message, delivery.AckId);
            _batches.Add((message.Tenant, message.BatchId), batch);
            Rows += batch.Rows.Tables.Values.Sum(table => (long)table.RowCount);
            Bytes += delivery.Message.Data.Length;
        }

        lock (_lock)
        {
            _ackIds.Add(delivery.AckId);
        }
    }
}
