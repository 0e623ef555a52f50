using Microsoft.Extensions.Logging;
using Npgsql;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// Tells the listeners of all processes that something was published. NOTIFY inside the publishing transaction would hold a
/// database-wide lock while that commit syncs, one publish after another; here one statement that writes no log carries the
/// wake-ups of all publishes since the last one. A wake-up lost with its process costs a poll interval, never a message.
/// </summary>
internal sealed class WakeupSender(NpgsqlDataSource source, PostgresBusOptions options, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Dictionary<string, long> _pending = new(StringComparer.Ordinal);
    private Task _sending = Task.CompletedTask;
    private bool _busy;

    /// <summary>Messages of a topic became durable, from <paramref name="lowest"/> on.</summary>
    public void Add(string topic, long lowest)
    {
        lock (_gate)
        {
            _pending[topic] = _pending.TryGetValue(topic, out var earlier) ? Math.Min(earlier, lowest) : lowest;
            if (!_busy)
            {
                _busy = true;
                _sending = Task.Run(SendAsync);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _sending;

    private async Task SendAsync()
    {
        while (Take() is { } wakeups)
        {
            try
            {
                await using var command = source.CreateCommand(BusSql.Wake);
                command.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;
                command.Parameters.Add(new() { Value = wakeups.Keys.ToArray() });
                command.Parameters.Add(new() { Value = wakeups.Values.ToArray() });
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception exception)
            {
                Log.WakeupLost(logger, exception);
            }
        }
    }

    private Dictionary<string, long>? Take()
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                _busy = false;
                return null;
            }

            var taken = _pending;
            _pending = new(StringComparer.Ordinal);
            return taken;
        }
    }
}
