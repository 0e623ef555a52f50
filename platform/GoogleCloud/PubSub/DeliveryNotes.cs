namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>
/// What Pub/Sub does not keep with a message: the last nack's reason, and how many of its deliveries no caller saw. Kept in
/// this process for a bounded number of messages, the latest; another process knows nothing of it.
/// </summary>
internal sealed class DeliveryNotes(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Note>> _notes = new(StringComparer.Ordinal);
    private readonly LinkedList<Note> _byAge = [];

    /// <summary>Keeps the reason a message was given back for.</summary>
    public void SetReason(string messageId, string reason) => Change(messageId, note => note with { Reason = reason });

    /// <summary>A delivery went back, or was doubled, without a caller having seen it: it does not count as an attempt.</summary>
    public void AddUnseen(string messageId) => Change(messageId, note => note with { Unseen = note.Unseen + 1 });

    /// <summary>A delivery was seen, for messages whose deliveries Pub/Sub does not count.</summary>
    public void AddSeen(string messageId) => Change(messageId, note => note with { Seen = note.Seen + 1 });

    /// <summary>The last reason; null when none is known.</summary>
    public string? Reason(string messageId) => Find(messageId).Reason;

    /// <summary>Which attempt a delivery is for the callers.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="deliveryAttempt">Pub/Sub's count, if it keeps one.</param>
    public int Attempt(string messageId, int? deliveryAttempt)
    {
        var note = Find(messageId);
        return deliveryAttempt is { } counted ? Math.Max(1, counted - note.Unseen) : note.Seen + 1;
    }

    /// <summary>The message is finished.</summary>
    public void Forget(string messageId)
    {
        lock (_gate)
        {
            if (_notes.Remove(messageId, out var node))
            {
                _byAge.Remove(node);
            }
        }
    }

    private Note Find(string messageId)
    {
        lock (_gate)
        {
            return _notes.TryGetValue(messageId, out var node) ? node.Value : new(messageId);
        }
    }

    private void Change(string messageId, Func<Note, Note> change)
    {
        lock (_gate)
        {
            if (_notes.TryGetValue(messageId, out var node))
            {
                node.Value = change(node.Value);
                return;
            }

            _notes[messageId] = _byAge.AddLast(change(new(messageId)));
            if (_notes.Count > capacity && _byAge.First is { } oldest)
            {
                _notes.Remove(oldest.Value.MessageId);
                _byAge.Remove(oldest);
            }
        }
    }

    private sealed record Note(string MessageId, string? Reason = null, int Unseen = 0, int Seen = 0);
}
