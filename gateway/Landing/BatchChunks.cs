using RetailInsight.Core.Canon;

namespace RetailInsight.Gateway.Landing;

/// <summary>Cuts the records of one payload that go to the warehouse into messages of a size the bus and the loader like.</summary>
internal sealed class BatchChunks
{
    /// <summary>Most lines, counts or visitor events in a message; a longer receipt goes alone.</summary>
    public const int MaxRows = 5_000;

    private readonly BatchOrigin _origin;
    private readonly string _source;
    private readonly long? _replay;
    private readonly int _first;
    private readonly List<(Id128 Id, byte[] Message)> _closed = [];
    private readonly HashSet<(string Store, DateOnly BusinessDate)> _alsoTouched = [];
    private readonly EventBatchBuilder _open;
    private Id128 _openId;

    /// <param name="ingestion">The payload.</param>
    /// <param name="replay">The replay that makes the chunks; null for the landing itself.</param>
    /// <param name="first">How many chunks earlier parts of the payload were cut into.</param>
    public BatchChunks(Ingestion ingestion, long? replay = null, int first = 0)
    {
        _replay = replay;
        _first = first;
        _source = Ingestion.SourceOf(ingestion.Feed, ingestion.Device);
        _origin = new BatchOrigin(
            ingestion.Tenant,
            ingestion.Vendor,
            ingestion.Feed,
            ingestion.Profile,
            ingestion.ProfileVersion,
            ingestion.Raw.Object,
            ingestion.Raw.Offset,
            ingestion.Raw.Length,
            ingestion.Sha256,
            ingestion.ReceivedAt);
        _open = Open();
    }

    /// <summary>Adds a receipt.</summary>
    /// <returns>Id of the message it goes into.</returns>
    public Id128 Add(Transaction transaction, Id128 contentHash, int revision, IEnumerable<(string Store, DateOnly BusinessDate)> alsoTouched)
    {
        MakeRoom(transaction.Lines.Length);
        _open.Add(transaction, contentHash, revision);
        Touch(alsoTouched);
        return _openId;
    }

    /// <summary>Adds a count.</summary>
    /// <returns>Id of the message it goes into.</returns>
    public Id128 Add(PeopleCount count, Id128 contentHash, int revision, IEnumerable<(string Store, DateOnly BusinessDate)> alsoTouched)
    {
        MakeRoom(1);
        _open.Add(count, contentHash, revision);
        Touch(alsoTouched);
        return _openId;
    }

    /// <summary>Adds what a single person did.</summary>
    /// <returns>Id of the message it goes into.</returns>
    public Id128 Add(VisitorEvent visitor, Id128 contentHash, int revision, IEnumerable<(string Store, DateOnly BusinessDate)> alsoTouched)
    {
        MakeRoom(1);
        _open.Add(visitor, contentHash, revision);
        Touch(alsoTouched);
        return _openId;
    }

    /// <summary>The messages, in the order of the payload. Nothing can be added afterwards.</summary>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Close()
    {
        CloseOpen();
        _open.Release();
        return _closed;
    }

    private void MakeRoom(int rows)
    {
        if (!_open.IsEmpty && _open.Rows + rows > MaxRows)
        {
            CloseOpen();
            Open();
        }
    }

    private EventBatchBuilder Open()
    {
        _alsoTouched.Clear();
        _openId = _replay is { } replay
            ? EventBatchBuilder.ReplayBatchIdOf(_origin.Tenant, _source, _origin.RawSha256.Span, _origin.Profile, _origin.ProfileVersion, _first + _closed.Count, replay)
            : EventBatchBuilder.BatchIdOf(_origin.Tenant, _source, _origin.RawSha256.Span, _origin.Profile, _origin.ProfileVersion, _first + _closed.Count);
        if (_open is { } used)
        {
            used.Restart(_openId);
            return used;
        }

        return new EventBatchBuilder(_origin, _openId);
    }

    private void CloseOpen()
    {
        if (!_open.IsEmpty)
        {
            _closed.Add((_openId, _open.Serialize()));
        }
    }

    private void Touch(IEnumerable<(string Store, DateOnly BusinessDate)> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_alsoTouched.Add(partition))
            {
                _open.AlsoTouch(partition.Store, partition.BusinessDate);
            }
        }
    }
}
