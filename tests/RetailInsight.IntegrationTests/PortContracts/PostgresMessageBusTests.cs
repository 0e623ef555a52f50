using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.IntegrationTests.PortContracts;

public sealed class PostgresMessageBusTests(PostgresFixture postgres) : MessageBusContract, IClassFixture<PostgresFixture>
{
    private TestDatabase _database = null!;

    public override async Task DisposeAsync()
    {
        await ((IAsyncDisposable)Bus).DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Finished_messages_leave_no_row_also_when_two_subscriptions_finish_them_at_once()
    {
        await SubscribeAsync("t", "one");
        await SubscribeAsync("t", "two");
        await PublishAsync("t", [.. Enumerable.Range(0, 400).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        Assert.Equal(400, await CountAsync("bus.message"));
        var one = await PullAllAsync("one", 400);
        var two = await PullAllAsync("two", 400);
        await Task.WhenAll(one.Zip(two).Chunk(20).SelectMany(chunk => (Task[])
        [
            Task.Run(() => AckAsync("one", [.. chunk.Select(pair => pair.First)])),
            Task.Run(() => AckAsync("two", [.. chunk.Select(pair => pair.Second)])),
        ]));
        Assert.Equal(0, await CountAsync("bus.delivery"));
        Assert.Equal(0, await CountAsync("bus.message"));
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_their_publication()
    {
        await SubscribeAsync("t", "s");
        var ids = await PublishAsync("t", [.. Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        Assert.Equal(ids, (await PullAllAsync("s", 200)).Select(delivery => delivery.MessageId));
    }

    [Fact]
    public async Task The_dead_letter_keeps_the_last_reason()
    {
        await SubscribeAsync("t", "s", maxAttempts: 2);
        await PublishAsync("t", "a");
        await Bus.NackAsync("s", [(await PullAllAsync("s", 1))[0].AckId], "first reason", CancellationToken.None);
        await Bus.NackAsync("s", [(await PullAllAsync("s", 1))[0].AckId], null, CancellationToken.None);
        await using var connection = await _database.Job.OpenConnectionAsync();
        Assert.Equal(("first reason", 2), await connection.QuerySingleAsync<(string, int)>("SELECT reason, attempt FROM bus.dead_letter"));
    }

    [Fact]
    public async Task What_another_process_gives_back_is_found_below_the_floor()
    {
        await using var other = Open();
        await SubscribeAsync("t", "s");
        await PublishAsync("t", "a", "b", "c");
        var theirs = await other.PullAsync("s", 1, TimeSpan.Zero, CancellationToken.None);
        await AckAsync("s", await PullAllAsync("s", 2));
        Assert.Empty(await PullNowAsync("s"));
        await other.NackAsync("s", [theirs[0].AckId], null, CancellationToken.None);
        Assert.Equal("a", Text(Assert.Single(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(30), CancellationToken.None))));
    }

    [Fact]
    public async Task A_publish_that_commits_late_is_found_below_the_floor()
    {
        await SubscribeAsync("t", "s");
        await using var connection = await _database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await connection.ExecuteScalarAsync<long>(
            BusSql.Publish.Replace("$1", "'t'", StringComparison.Ordinal).Replace("$2", "ARRAY['']", StringComparison.Ordinal)
                .Replace("$3", "ARRAY['{}']", StringComparison.Ordinal).Replace("$4", "ARRAY['late'::bytea]", StringComparison.Ordinal));
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync("t", "early");
            await AckAsync("s", await PullAllAsync("s", 1));
        }

        await transaction.CommitAsync();
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_notify('{BusSql.Channel}', id || ' ' || {id}) FROM bus.subscription"));
        Assert.Equal("late", Text(Assert.Single(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(30), CancellationToken.None))));
    }

    [Fact]
    public async Task An_old_snapshot_elsewhere_does_not_make_the_drain_read_what_is_finished_again_and_again()
    {
        await SubscribeAsync("t", "s");
        await PublishAsync("t", [.. Enumerable.Range(0, 5_000).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        await using var analyst = await _database.Owner.OpenConnectionAsync();
        await using var snapshot = await analyst.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await analyst.ExecuteScalarAsync<long>("SELECT count(*) FROM bus.message");
        for (var i = 0; i < 100; i++)
        {
            await AckAsync("s", await PullAllAsync("s", 50));
        }

        // A backend reports what it has read at the latest when it ends. Without the floor it would be above 250,000 entries.
        _database.Job.Clear();
        await UntilAsync(async () => await EntriesReadAsync() >= 5_000);
        Assert.InRange(await EntriesReadAsync(), 5_000, 40_000);

        async Task<long> EntriesReadAsync()
        {
            await using var connection = await _database.Job.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<long>("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'delivery_ready'");
        }
    }

    [Fact]
    public async Task Connections_killed_in_the_middle_lose_nothing()
    {
        await SubscribeAsync("t", "s", TimeSpan.FromSeconds(1));
        using var stop = new CancellationTokenSource();
        var killer = Task.Run(() => KillConnectionsAsync(stop.Token));
        var published = new ConcurrentDictionary<string, string>();
        var received = new ConcurrentDictionary<string, string>();
        var publishers = Task.WhenAll(Enumerable.Range(0, 2).Select(publisher => Task.Run(async () =>
        {
            for (var batch = 0; batch < 60; batch++)
            {
                var texts = Enumerable.Range(0, 20).Select(i => string.Create(CultureInfo.InvariantCulture, $"{publisher}-{batch}-{i}")).ToArray();
                var ids = await PublishAsync("t", texts);
                for (var i = 0; i < ids.Count; i++)
                {
                    published[ids[i]] = texts[i];
                }
            }
        })));
        var consumers = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!publishers.IsCompleted || published.Keys.Except(received.Keys).Any())
            {
                var deliveries = await Bus.PullAsync("s", 50, TimeSpan.FromMilliseconds(200), CancellationToken.None);
                await AckAsync("s", deliveries);
                foreach (var delivery in deliveries)
                {
                    received[delivery.MessageId] = Text(delivery);
                }
            }
        })));
        await publishers.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        Assert.True(await killer > 0);
        await consumers.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2_400, published.Count);
        Assert.All(published, message => Assert.Equal(message.Value, received[message.Key]));
    }

    /// <summary>Without a crash or a passed deadline nothing comes twice.</summary>
    protected override void AssertDeliveries(IReadOnlyCollection<string> messageIds) => Assert.Equal(10_000, messageIds.Count);

    protected override async Task<IMessageBus> OpenBusAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        return Open();
    }

    private PostgresMessageBus Open() => new(_database.Job, TimeProvider.System, NullLogger<PostgresMessageBus>.Instance);

    private async Task<long> CountAsync(string table)
    {
        await using var connection = await _database.Job.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}");
    }

    private async Task<long> KillConnectionsAsync(CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(_database.Options.ConnectionString(DatabaseRole.Job) + ";Pooling=false");
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        long killed = 0;
        while (!stop.IsCancellationRequested)
        {
            killed += await connection.ExecuteScalarAsync<long>(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
                """);
            await Task.Delay(150, CancellationToken.None);
        }

        return killed;
    }
}
