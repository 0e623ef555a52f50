using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// Stops loads for a while after BigQuery said that a quota is used up. Failed tries count against the quota too, so asking
/// again at once would keep it used up.
/// </summary>
/// <param name="pause">How long.</param>
/// <param name="clock">Clock.</param>
/// <param name="logger">Told when it begins.</param>
internal sealed class QuotaHold(TimeSpan pause, TimeProvider clock, ILogger logger)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _until = DateTimeOffset.MinValue;
    private string _reason = "";

    /// <summary>Time left; zero when loads may go on.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_lock)
            {
                var left = _until - clock.GetUtcNow();
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Lets a load pass unless one was refused a short time ago.</summary>
    /// <exception cref="WarehouseHeldException">It was.</exception>
    public void ThrowIfHeld()
    {
        if (Remaining is var left && left > TimeSpan.Zero)
        {
            throw new WarehouseHeldException($"Loads wait for a quota of BigQuery: {_reason}", left);
        }
    }

    /// <summary>Begins it.</summary>
    /// <returns>What to throw.</returns>
    public WarehouseHeldException Begin(Exception refusal)
    {
        lock (_lock)
        {
            _until = clock.GetUtcNow() + pause;
            _reason = refusal.Message;
        }

        logger.QuotaUsedUp(refusal.Message, pause);
        return new WarehouseHeldException($"A quota of BigQuery is used up: {refusal.Message}", pause, refusal);
    }
}
