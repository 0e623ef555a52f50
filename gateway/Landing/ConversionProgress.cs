using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Landing;

/// <summary>How far a kept payload is on its way to its outcome.</summary>
/// <param name="Stage"><c>queued</c> (here, or in another process), <c>converting</c> or <c>landing</c>.</param>
/// <param name="RowsDone">Rows converted.</param>
/// <param name="RowsTotal">Rows found; absent until all are read.</param>
/// <param name="BytesTotal">Length of the payload as received.</param>
internal sealed record Progress(
    string Stage, int RowsDone, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RowsTotal, long BytesTotal);

/// <summary>What this process is converting. It lives in memory: who asks another process hears <c>queued</c>.</summary>
internal sealed class ConversionProgress
{
    private readonly ConcurrentDictionary<Guid, (string Stage, int Done, int? Total)> _running = new();

    /// <summary>The progress of a payload without an outcome.</summary>
    public Progress Of(Ingestion ingestion) => _running.TryGetValue(ingestion.Id, out var now)
        ? new(now.Stage, now.Done, now.Total, ingestion.Raw.Length)
        : new("queued", 0, null, ingestion.Raw.Length);

    /// <summary>Notes that a conversion has come so far.</summary>
    public void Converting(Guid id, int rowsDone, int? rowsTotal) => _running[id] = ("converting", rowsDone, rowsTotal);

    /// <summary>Notes that a conversion is done and waits for its turn to land.</summary>
    public void Landing(Guid id, int rows) => _running[id] = ("landing", rows, rows);

    /// <summary>Forgets a payload: it has its outcome, or will be tried again.</summary>
    public void Forget(Guid id) => _running.TryRemove(id, out _);
}
