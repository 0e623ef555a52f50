using Microsoft.Extensions.Options;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ingest.Streaming;

/// <summary>A batch that could not be loaded although others could.</summary>
internal sealed record RefusedBatch(PulledBatch Batch, Exception Reason)
{
    /// <summary>Whether the warehouse says that it never can.</summary>
    public bool ForEver => Reason is WarehouseDataException;
}

/// <summary>Loads a micro-batch; when it fails as a whole, halves it until the batches at fault stand alone.</summary>
internal sealed class MicroBatchLoader(IWarehouse warehouse, IOptions<IngestOptions> options, TimeProvider clock)
{
    // Batches that failed while others went in: when one of them fails alone again, the warehouse is not to blame.
    private readonly HashSet<string> _suspects = new(StringComparer.Ordinal);

    /// <summary>Loads what can be loaded.</summary>
    /// <returns>The batches at fault; all others are in the warehouse.</returns>
    /// <exception cref="IOException">Nothing could be loaded and no batch is known to be at fault: the warehouse is.</exception>
    /// <exception cref="WarehouseHeldException">The warehouse takes no load for a while; what it took before, it knows.</exception>
    public async Task<IReadOnlyList<RefusedBatch>> LoadAsync(IReadOnlyCollection<PulledBatch> batches, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedBatch>();
        await LoadAsync([.. batches], refused, cancellationToken);
        if (refused.Count == batches.Count && refused.Find(IsUnexplained) is { } first)
        {
            throw new IOException($"The warehouse took none of {batches.Count} batches: {first.Reason.Message}", first.Reason);
        }

        // The warehouse may have come back in between: only what fails now that others went in is to blame.
        foreach (var refusal in refused.Where(refusal => !refusal.ForEver && refused.Count < batches.Count).ToList())
        {
            refused.Remove(refusal);
            await LoadAsync([refusal.Batch], refused, cancellationToken);
        }

        _suspects.ExceptWith(batches.Select(batch => batch.Rows.BatchId));
        _suspects.UnionWith(refused.Where(refusal => !refusal.ForEver).Select(refusal => refusal.Batch.Rows.BatchId));
        return refused;
    }

    private bool IsUnexplained(RefusedBatch refusal) => !refusal.ForEver && !_suspects.Contains(refusal.Batch.Rows.BatchId);

    private async Task LoadAsync(PulledBatch[] batches, List<RefusedBatch> refused, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.LoadTimeout, clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await warehouse.LoadAsync([.. batches.Select(batch => batch.Rows)], linked.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not WarehouseHeldException)
        {
            if (batches.Length == 1)
            {
                refused.Add(new RefusedBatch(batches[0], exception));
                return;
            }

            var half = batches.Length / 2;
            await LoadAsync(batches[..half], refused, cancellationToken);
            await LoadAsync(batches[half..], refused, cancellationToken);
        }
    }
}
