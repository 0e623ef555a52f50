using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Moves messages from the outbox to the bus in the order they landed. They leave the outbox in the transaction that
/// commits after the bus has them: a crash between the two publishes them twice and loses none.
/// </summary>
internal sealed class OutboxRelay(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, IMessageBus bus, OutboxSignal signal, ILogger<OutboxRelay> logger) : BackgroundService
{
    /// <summary>Key of the advisory lock: one relay at a time over all processes, as two of them would publish out of order.</summary>
    public const long LockKey = 0x6F75_7462_6F78;
    private const string Tenant = "tenant";
    private const int MessagesPerRound = 256;
    private const long BytesPerRound = 8 << 20;

    // What registers send every few receipts is a few kilobytes.
    private const int MostBytesToBundle = 16 << 10;
    private const int BytesPerBundle = 128 << 10;

    // A round costs two commits whatever it carries: what lands meanwhile goes with the next one.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Publishes the oldest messages, if there are any and no other relay is at it.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PublishOnceAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await using var connection = await database.OpenConnectionAsync(patience.Token);
        await using var transaction = await connection.BeginTransactionAsync(patience.Token);
        var messages = await TakeAsync(connection, patience.Token);
        if (messages.Count == 0)
        {
            return 0;
        }

        foreach (var topic in messages.GroupBy(message => message.Topic))
        {
            await bus.PublishAsync(topic.Key, Bundle(topic.OrderBy(message => message.Id).Select(message => message.Message)), patience.Token);
        }

        await transaction.CommitAsync(patience.Token);
        return messages.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await PublishOnceAsync(stoppingToken) is var published && published > 0)
                {
                    if (published < MessagesPerRound)
                    {
                        await Task.Delay(Gather, stoppingToken);
                    }
                }
            }
            catch (NoSubscriptionException)
            {
                Log.NobodySubscribes(logger, Topics.EventBatches);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.RelayFailed(logger, exception);
            }

            try
            {
                await signal.WaitAsync(Poll, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Joins small messages of one tenant; the order within a tenant stays.</summary>
    private static List<BusMessage> Bundle(IEnumerable<BusMessage> messages)
    {
        var bundled = new List<BusMessage>();
        foreach (var tenant in messages.GroupBy(message => (Tenant: message.Attributes.GetValueOrDefault(Tenant, ""), message.OrderingKey)))
        {
            var open = new List<BusMessage>();
            var bytes = 0;
            void Close()
            {
                bundled.AddRange(open.Count < 2 ? open : [new BusMessage(
                    EventBundle.Pack([.. open.Select(message => message.Data)]), new Dictionary<string, string> { [Tenant] = tenant.Key.Tenant }, tenant.Key.OrderingKey)]);
                open.Clear();
                bytes = 0;
            }

            foreach (var message in tenant)
            {
                if (message.Data.Length > MostBytesToBundle || bytes + message.Data.Length > BytesPerBundle)
                {
                    Close();
                }

                open.Add(message);
                bytes += message.Data.Length;
                if (message.Data.Length > MostBytesToBundle)
                {
                    Close();
                }
            }

            Close();
        }

        return bundled;
    }

    private static async Task<List<(long Id, string Topic, BusMessage Message)>> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The outbox of all tenants is one queue; each message carries its tenant.
        await using var command = new NpgsqlCommand(
            """
            WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS mine),
            oldest AS (
              SELECT o.id, row_number() OVER w AS place, sum(octet_length(o.payload)) OVER w AS bytes
              FROM (SELECT id, payload FROM gateway.outbox WHERE (SELECT mine FROM turn) ORDER BY id LIMIT $2) o
              WINDOW w AS (ORDER BY o.id))
            DELETE FROM gateway.outbox WHERE id IN (SELECT id FROM oldest WHERE place = 1 OR bytes <= $3)
            RETURNING id, topic, ordering_key, attributes, payload
            """,
            connection);
        command.Parameters.Add(new() { Value = LockKey });
        command.Parameters.Add(new() { Value = MessagesPerRound });
        command.Parameters.Add(new() { Value = BytesPerRound });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<(long Id, string Topic, BusMessage Message)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var attributes = JsonSerializer.Deserialize(reader.GetString(3), GatewayJson.Default.DictionaryStringString)!;
            messages.Add((reader.GetInt64(0), reader.GetString(1), new BusMessage(reader.GetFieldValue<byte[]>(4), attributes, reader.GetString(2))));
        }

        return messages;
    }
}
