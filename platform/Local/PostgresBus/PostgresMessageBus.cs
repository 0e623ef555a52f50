using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>
/// The bus in PostgreSQL, schema <c>bus</c>: a message once, a delivery a subscription. Deadlines run by the database's clock,
/// so that consumers on several machines agree.
/// </summary>
internal sealed class PostgresMessageBus : IMessageBus, IAsyncDisposable
{
    private const int ExpiredPerSweep = 10_000;

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PostgresBusOptions _options;
    private readonly TransientRetry _retry;
    private readonly WakeupListener _listener;
    private readonly WakeupSender _sender;
    private readonly ConcurrentDictionary<string, SubscriptionState> _subscriptions = new(StringComparer.Ordinal);

    /// <param name="source">Connects as <c>retail_job</c>; the bus keeps one of its connections for listening.</param>
    /// <param name="time">Clock of waits and pauses.</param>
    /// <param name="logger">Told of retries and dead letters; null for nobody.</param>
    /// <param name="options">Times; null for the defaults.</param>
    public PostgresMessageBus(NpgsqlDataSource source, TimeProvider time, ILogger<PostgresMessageBus>? logger = null, PostgresBusOptions? options = null)
    {
        _source = source;
        _time = time;
        _logger = logger ?? NullLogger<PostgresMessageBus>.Instance;
        _options = options ?? new();
        _retry = new(time, _logger);
        _listener = new(source, _options, time, _logger, Wake);
        _sender = new(source, _options, _logger);
    }

    /// <inheritdoc/>
    public async Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentException.ThrowIfNullOrEmpty(subscription);
        ArgumentNullException.ThrowIfNull(options);
        await ExecuteAsync(
            () => [Command(BusSql.CreateSubscription, subscription, topic, options.AckDeadline, options.MaxAttempts)], cancellationToken);
        var (_, actual) = await FindAsync(subscription, cancellationToken);
        if (actual != topic)
        {
            throw new InvalidOperationException($"Subscription '{subscription}' belongs to topic '{actual}'; choose another name for topic '{topic}'.");
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(messages);
        MessageInserts.Check(messages);
        return messages.Count == 0
            ? Task.FromResult<IReadOnlyList<string>>([])
            : _retry.RunAsync(() => PublishOnceAsync(topic, messages, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        var state = await SubscriptionAsync(subscription, cancellationToken);
        _listener.Start();
        var start = _time.GetTimestamp();
        while (true)
        {
            var wake = state.NextWake;
            if (state.TakeExpirySweep())
            {
                await GiveBackExpiredAsync(state, subscription, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            var deliveries = await _retry.RunAsync(() => ClaimAsync(state, maxMessages, cancellationToken), cancellationToken);
            var left = wait - _time.GetElapsedTime(start);
            if (deliveries.Count > 0 || left <= TimeSpan.Zero)
            {
                return deliveries;
            }

            var pause = left < _options.PollInterval ? left : _options.PollInterval;
            await Task.WhenAny(wake, Task.Delay(pause, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken)
    {
        var (messages, leases) = LeaseToken.Parse(ackIds);
        var state = await SubscriptionAsync(subscription, cancellationToken);
        await ExecuteAsync(
            () =>
            [
                Command(BusSql.LockShared, messages),
                Command(BusSql.Acknowledge, state.Id, messages, leases),
                Command(BusSql.DeleteFinished, messages),
            ],
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken)
    {
        var (messages, leases) = LeaseToken.Parse(ackIds);
        var state = await SubscriptionAsync(subscription, cancellationToken);
        var spent = await ExecuteAsync(
            () => [Command(BusSql.GiveBack, state.Id, messages, leases, (object?)reason ?? DBNull.Value)], cancellationToken);
        LogSpent(spent, subscription);
    }

    /// <inheritdoc/>
    public async Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken)
    {
        var (messages, leases) = LeaseToken.Parse(ackIds);
        var state = await SubscriptionAsync(subscription, cancellationToken);
        await ExecuteAsync(() => [Command(BusSql.Extend, state.Id, messages, leases, extension)], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var (messages, leases) = LeaseToken.Parse(ackIds);
        var state = await SubscriptionAsync(subscription, cancellationToken);
        await ExecuteAsync(() => [Command(BusSql.DeadLetter, state.Id, messages, leases, reason)], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken)
    {
        var state = await SubscriptionAsync(subscription, cancellationToken);
        return (int)await ExecuteAsync(() => [Command(BusSql.Redrive, state.Id)], cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _listener.DisposeAsync();
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    // One batch is one transaction. Built anew for every attempt: a parameter belongs to one command.
    private Task<long> ExecuteAsync(Func<NpgsqlBatchCommand[]> commands, CancellationToken cancellationToken) => _retry.RunAsync(
        async () =>
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var batch = Batch(connection);
            foreach (var command in commands())
            {
                batch.BatchCommands.Add(command);
            }

            return await batch.ExecuteScalarAsync(cancellationToken) is long count ? count : 0;
        },
        cancellationToken);

    private async Task<IReadOnlyList<string>> PublishOnceAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var ids = new List<long>(messages.Count);
        await using (var batch = Batch(connection))
        {
            MessageInserts.AddTo(batch, topic, messages, _options);
            await ReadIdsAsync(batch, ids, cancellationToken);
        }

        if (ids.Count == 0)
        {
            throw new NoSubscriptionException(topic);
        }

        _sender.Add(topic, ids[0]);
        return ids.ConvertAll(id => id.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task ReadIdsAsync(NpgsqlBatch batch, List<long> ids, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetInt64(0));
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
    }

    // Only connecting is cancelled: a claim cut off half-way could leave messages leased to nobody until their deadline.
    private async Task<IReadOnlyList<BusDelivery>> ClaimAsync(SubscriptionState state, int maxMessages, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var (floor, version) = state.Floor();
        var lease = LeaseToken.NewLease();
        await using var batch = Batch(connection);
        batch.BatchCommands.Add(Command(BusSql.LowestReady, state.Id, floor));
        batch.BatchCommands.Add(Command(BusSql.Claim, state.Id, floor, maxMessages, lease));
        await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.SequentialAccess, CancellationToken.None);
        long? lowest = await reader.ReadAsync(CancellationToken.None) ? reader.GetInt64(0) : null;
        await reader.NextResultAsync(CancellationToken.None);
        var deliveries = new List<BusDelivery>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            deliveries.Add(Delivery(reader, lease));
        }

        if (lowest is { } raised)
        {
            state.Raise(raised, version);
        }

        return deliveries;
    }

    private static BusDelivery Delivery(NpgsqlDataReader reader, long lease)
    {
        var id = reader.GetInt64(0);
        var attempt = reader.GetInt32(1);
        var publishedAt = new DateTimeOffset(reader.GetDateTime(2));
        var key = reader.GetString(3);
        var attributes = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!;
        var data = reader.GetFieldValue<byte[]>(5);
        return new(id.ToString(CultureInfo.InvariantCulture), new LeaseToken(id, lease).ToString(), new(data, attributes, key), attempt, publishedAt);
    }

    private async Task GiveBackExpiredAsync(SubscriptionState state, string subscription, CancellationToken cancellationToken)
    {
        var spent = await ExecuteAsync(() => [Command(BusSql.GiveBackExpired, state.Id, ExpiredPerSweep)], cancellationToken);
        LogSpent(spent, subscription);
    }

    private void LogSpent(long spent, string subscription)
    {
        if (spent > 0)
        {
            Log.AttemptsSpent(_logger, spent, subscription);
        }
    }

    private async Task<SubscriptionState> SubscriptionAsync(string subscription, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscription);
        if (_subscriptions.TryGetValue(subscription, out var known))
        {
            return known;
        }

        var (id, _) = await FindAsync(subscription, cancellationToken);
        return _subscriptions.GetOrAdd(subscription, _ => new(id, _options, _time));
    }

    private Task<(int Id, string Topic)> FindAsync(string subscription, CancellationToken cancellationToken) => _retry.RunAsync(
        async () =>
        {
            await using var command = _source.CreateCommand(BusSql.FindSubscription);
            command.CommandTimeout = (int)_options.CommandTimeout.TotalSeconds;
            command.Parameters.Add(new() { Value = subscription });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? (reader.GetInt32(0), reader.GetString(1))
                : throw new InvalidOperationException($"There is no subscription '{subscription}'; create it before it is used.");
        },
        cancellationToken);

    private void Wake(int? subscription, long lowestReady)
    {
        foreach (var state in _subscriptions.Values)
        {
            if (subscription is null || state.Id == subscription)
            {
                state.Wake(lowestReady);
            }
        }
    }

    private NpgsqlBatch Batch(NpgsqlConnection connection) => new(connection) { Timeout = (int)_options.CommandTimeout.TotalSeconds };
}
