using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// One connection of the process that listens for wake-ups of all subscriptions. Pulls poll as well: while it reconnects
/// they are slower, never stuck.
/// </summary>
/// <param name="source">Where to connect.</param>
/// <param name="options">Times.</param>
/// <param name="time">Clock of the pauses between attempts to connect.</param>
/// <param name="logger">Told when the connection breaks.</param>
/// <param name="wake">Called with the subscription and its lowest ready message; with nulls after each connect, since wake-ups may have been missed.</param>
internal sealed class WakeupListener(
    NpgsqlDataSource source, PostgresBusOptions options, TimeProvider time, ILogger logger, Action<int?, long> wake) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _listening;

    /// <summary>Starts listening if it has not begun yet.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _listening ??= Task.Run(() => ListenAsync(_stop.Token));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? listening;
        lock (_gate)
        {
            _stop.Cancel();
            listening = _listening;
        }

        if (listening is not null)
        {
            await listening;
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.ListenerLost(logger, exception);
                await Task.Delay(options.PollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) => Dispatch(notification);
        await ExecuteAsync(connection, $"LISTEN {BusSql.Channel}", cancellationToken);
        wake(null, 0);
        while (true)
        {
            // A peer that vanished without a word is only noticed by asking.
            if (!await connection.WaitAsync(options.KeepAlive, cancellationToken))
            {
                await ExecuteAsync(connection, "SELECT 1", cancellationToken);
            }
        }
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)options.CommandTimeout.TotalSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Dispatch(NpgsqlNotificationEventArgs notification)
    {
        var payload = notification.Payload.AsSpan();
        var space = payload.IndexOf(' ');
        if (notification.Channel == BusSql.Channel
            && space > 0
            && int.TryParse(payload[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var subscription)
            && long.TryParse(payload[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var message))
        {
            wake(subscription, message);
        }
    }
}
