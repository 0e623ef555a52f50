namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>What goes wrong inside Pub/Sub, beyond what can go wrong with any request.</summary>
internal sealed class PubSubFaults
{
    private int _doubled;
    private int _lostAcks;
    private int _partlyAccepted;

    /// <summary>So many of the next deliveries come twice in one answer, each time with another ack id.</summary>
    public int Doubled
    {
        set => _doubled = value;
    }

    /// <summary>So many of the next acknowledgements are answered and forgotten: their messages come again at once.</summary>
    public int LostAcks
    {
        set => _lostAcks = value;
    }

    /// <summary>So many of the next publishes take the first half of their messages and answer 503.</summary>
    public int PartlyAccepted
    {
        set => _partlyAccepted = value;
    }

    public bool TakeDoubled() => Take(ref _doubled);

    public bool TakeLostAck() => Take(ref _lostAcks);

    public bool TakePartlyAccepted() => Take(ref _partlyAccepted);

    private static bool Take(ref int left)
    {
        if (Volatile.Read(ref left) > 0 && Interlocked.Decrement(ref left) >= 0)
        {
            return true;
        }

        return false;
    }
}
