using System.Collections.Concurrent;
using System.Globalization;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>
/// What every bus must do. Messages may come more than once and, without a key, in any order: an adapter that promises more
/// says so in its own tests.
/// </summary>
public abstract class MessageBusContract : MessageBusSteps
{
    [ContractFact]
    public async Task Every_subscription_gets_every_message_once_and_whole()
    {
        await SubscribeAsync("t", "one");
        await SubscribeAsync("t", "two");
        await SubscribeAsync("other", "three");
        var attributes = new Dictionary<string, string> { ["tenant"] = "鈴木商店", ["batch"] = "a\"b" };
        var ids = await Bus.PublishAsync(
            "t", [new(Bytes("first"), attributes), new(Bytes("second"), new Dictionary<string, string>(), "key")], CancellationToken.None);
        foreach (var subscription in (string[])["one", "two"])
        {
            var deliveries = (await PullAllAsync(subscription, 2)).OrderBy(Text).ToList();
            Assert.Equal(ids, deliveries.Select(delivery => delivery.MessageId));
            Assert.Equal(["first", "second"], deliveries.Select(Text));
            Assert.Equal(attributes, deliveries[0].Message.Attributes);
            Assert.Empty(deliveries[1].Message.Attributes);
            Assert.Equal(["", "key"], deliveries.Select(delivery => delivery.Message.OrderingKey));
            Assert.All(deliveries, delivery => Assert.Equal(1, delivery.Attempt));
            Assert.All(deliveries, delivery => Assert.InRange(delivery.PublishedAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5)));
            await AckAsync(subscription, deliveries);
            Assert.Empty(await PullNowAsync(subscription));
        }

        Assert.Empty(await PullNowAsync("three"));
    }

    [ContractFact]
    public async Task What_nobody_would_receive_is_refused_instead_of_lost()
    {
        var refused = await Assert.ThrowsAsync<NoSubscriptionException>(() => PublishAsync("t", "a", "b"));
        Assert.Contains("'t'", refused.Message, StringComparison.Ordinal);
        await SubscribeAsync("t", "s");
        await PublishAsync("t", "c");
        Assert.Equal("c", Text(Assert.Single(await PullAllAsync("s", 1))));
    }

    [ContractFact]
    public async Task Subscribing_again_changes_nothing_and_another_topic_is_refused()
    {
        await SubscribeAsync("t", "s");
        await PublishAsync("t", "a");
        await SubscribeAsync("t", "s");
        Assert.Single(await PullAllAsync("s", 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SubscribeAsync("u", "s"));
    }

    [ContractFact]
    public async Task An_unknown_subscription_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PullNowAsync("nobody"));
        Assert.Contains("nobody", error.Message, StringComparison.Ordinal);
    }

    [ContractTheory]
    [InlineData(0)]
    [InlineData(5_000_000)]
    public async Task A_payload_of_any_size_arrives(int length)
    {
        await SubscribeAsync("t", "s");
        var data = new byte[length];
        new Random(length).NextBytes(data);
        await Bus.PublishAsync("t", [.. Enumerable.Repeat(new BusMessage(data, new Dictionary<string, string>()), 3)], CancellationToken.None);
        var deliveries = await PullAllAsync("s", 3);
        Assert.All(deliveries, delivery => Assert.True(delivery.Message.Data.Span.SequenceEqual(data)));
    }

    [ContractFact]
    public async Task A_waiting_pull_is_woken_by_a_publish()
    {
        await SubscribeAsync("t", "s");
        var pull = Bus.PullAsync("s", 10, Patience, CancellationToken.None);
        Assert.False(pull.IsCompleted);
        await PublishAsync("t", "a");
        Assert.Single(await pull);
    }

    [ContractFact]
    public async Task A_waiting_pull_can_be_cancelled()
    {
        await SubscribeAsync("t", "s");
        using var cancellation = new CancellationTokenSource();
        var pull = Bus.PullAsync("s", 10, Patience, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bus.PublishAsync("t", [new(Bytes("a"), new Dictionary<string, string>())], cancellation.Token));
        Assert.Empty(await PullNowAsync("s"));
    }

    [ContractFact]
    public async Task A_message_given_back_comes_again_at_once_with_its_attempt_counted()
    {
        await SubscribeAsync("t", "s");
        var ids = await PublishAsync("t", "a");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var delivery = Assert.Single(await PullAllAsync("s", 1));
            Assert.Equal((ids[0], attempt), (delivery.MessageId, delivery.Attempt));
            await Bus.NackAsync("s", [delivery.AckId], null, CancellationToken.None);
        }
    }

    [ContractFact]
    public async Task After_its_deadline_a_message_comes_again_and_the_old_ack_id_is_stale()
    {
        await SubscribeAsync("t", "s", ShortDeadline);
        await PublishAsync("t", "a");
        var first = Assert.Single(await PullAllAsync("s", 1));
        var second = Assert.Single(await PullAllAsync("s", 1));
        Assert.Equal((first.MessageId, 2), (second.MessageId, second.Attempt));
        Assert.NotEqual(first.AckId, second.AckId);
        await AckAsync("s", [first]);
        await Bus.NackAsync("s", [first.AckId], "stale", CancellationToken.None);
        await Bus.DeadLetterAsync("s", [first.AckId], "stale", CancellationToken.None);
        var third = Assert.Single(await PullAllAsync("s", 1));
        Assert.Equal(3, third.Attempt);
        await AckAsync("s", [third]);
        Assert.Empty(await Bus.PullAsync("s", 10, ShortDeadline * 3, CancellationToken.None));
    }

    [ContractFact]
    public async Task An_extended_deadline_holds()
    {
        await SubscribeAsync("t", "s", ShortDeadline * 4);
        await PublishAsync("t", "kept", "left");
        var held = (await PullAllAsync("s", 2)).OrderBy(Text).ToList();
        await Bus.ExtendAsync("s", [held[0].AckId], Patience, CancellationToken.None);
        var again = Assert.Single(await PullAllAsync("s", 1));
        Assert.Equal("left", Text(again));
        await AckAsync("s", [again, held[0]]);
        Assert.Empty(await PullNowAsync("s"));
    }

    [ContractFact]
    public async Task After_the_last_attempt_a_message_waits_in_the_dead_letter_until_it_is_put_back()
    {
        await SubscribeAsync("t", "s", maxAttempts: 2);
        var ids = await PublishAsync("t", "poison");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await Bus.NackAsync("s", [Assert.Single(await PullAllAsync("s", 1)).AckId], "cannot be read", CancellationToken.None);
        }

        Assert.Empty(await PullNowAsync("s"));
        Assert.Equal(1, await Bus.RedriveAsync("s", CancellationToken.None));
        var delivery = Assert.Single(await PullAllAsync("s", 1));
        Assert.Equal((ids[0], 1, "poison"), (delivery.MessageId, delivery.Attempt, Text(delivery)));
        await AckAsync("s", [delivery]);
        Assert.Equal(0, await Bus.RedriveAsync("s", CancellationToken.None));
    }

    [ContractFact]
    public async Task A_message_whose_consumers_die_reaches_the_dead_letter_too()
    {
        await SubscribeAsync("t", "s", ShortDeadline, maxAttempts: 2);
        await PublishAsync("t", "killer");
        await PullAllAsync("s", 1);
        await PullAllAsync("s", 1);
        await UntilAsync(async () => (await PullNowAsync("s")).Count == 0 && await Bus.RedriveAsync("s", CancellationToken.None) == 1);
    }

    [ContractFact]
    public async Task A_hopeless_message_goes_to_the_dead_letter_at_once()
    {
        await SubscribeAsync("t", "s");
        await SubscribeAsync("t", "bystander");
        await PublishAsync("t", "bad", "good");
        var deliveries = (await PullAllAsync("s", 2)).OrderBy(Text).ToList();
        await Bus.DeadLetterAsync("s", [deliveries[0].AckId], "unknown schema", CancellationToken.None);
        await AckAsync("s", deliveries);
        Assert.Empty(await PullNowAsync("s"));
        var theirs = await PullAllAsync("bystander", 2);
        await AckAsync("bystander", theirs);
        Assert.Equal(1, await Bus.RedriveAsync("s", CancellationToken.None));
        Assert.Equal("bad", Text(Assert.Single(await PullAllAsync("s", 1))));
        Assert.Empty(await PullNowAsync("bystander"));
    }

    [ContractFact]
    public async Task Messages_of_one_key_come_one_after_another_in_order()
    {
        await SubscribeAsync("t", "s");
        var messages = Enumerable.Range(0, 60).Select(i => new BusMessage(Bytes((i / 3).ToString(CultureInfo.InvariantCulture)), new Dictionary<string, string>(), "key" + i % 3)).ToList();
        await Bus.PublishAsync("t", messages, CancellationToken.None);
        var heads = await PullAllAsync("s", 3);
        Assert.Equal(["key0", "key1", "key2"], heads.Select(delivery => delivery.Message.OrderingKey).Order());
        Assert.Empty(await PullNowAsync("s"));
        await (KeepsOrderOfWhatIsGivenBack ? Bus.NackAsync("s", [.. heads.Select(delivery => delivery.AckId)], null, CancellationToken.None) : AckAsync("s", heads));

        var first = KeepsOrderOfWhatIsGivenBack ? 0 : 1;
        var expected = 3 * (20 - first);
        var seen = new ConcurrentDictionary<string, List<int>>();
        var outstanding = new ConcurrentDictionary<string, int>();
        var acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(consumer => Task.Run(async () =>
        {
            var random = new Random(consumer);
            while (Volatile.Read(ref acknowledged) < expected)
            {
                foreach (var delivery in await Bus.PullAsync("s", 5, TimeSpan.FromMilliseconds(50), CancellationToken.None))
                {
                    var key = delivery.Message.OrderingKey;
                    Assert.Equal(1, outstanding.AddOrUpdate(key, 1, (_, count) => count + 1));
                    var giveBack = KeepsOrderOfWhatIsGivenBack && random.Next(4) == 0;
                    if (!giveBack)
                    {
                        seen.GetOrAdd(key, _ => []).Add(int.Parse(Text(delivery), CultureInfo.InvariantCulture));
                    }

                    outstanding[key] = 0;
                    await (giveBack ? Bus.NackAsync("s", [delivery.AckId], null, CancellationToken.None) : AckAsync("s", [delivery]));
                    Interlocked.Add(ref acknowledged, giveBack ? 0 : 1);
                }
            }
        })));
        Assert.All(seen.Values, order => Assert.Equal(Enumerable.Range(first, 20 - first), order));
        Assert.Equal(3, seen.Count);
    }

    [ContractFact]
    public async Task Ten_thousand_messages_are_drained_by_four_consumers()
    {
        await SubscribeAsync("t", "s");
        var published = new ConcurrentBag<string>();
        var received = new ConcurrentBag<string>();
        var publishers = Enumerable.Range(0, 2).Select(publisher => Task.Run(async () =>
        {
            for (var batch = 0; batch < 50; batch++)
            {
                var texts = Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"{publisher}-{batch}-{i}")).ToArray();
                foreach (var id in await PublishAsync("t", texts))
                {
                    published.Add(id);
                }
            }
        }));
        var consumers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (received.Distinct().Count() < 10_000)
            {
                var deliveries = await Bus.PullAsync("s", 137, TimeSpan.FromMilliseconds(200), CancellationToken.None);
                foreach (var delivery in deliveries)
                {
                    received.Add(delivery.MessageId);
                }

                await AckAsync("s", deliveries);
            }
        }));
        await Task.WhenAll(publishers.Concat(consumers)).WaitAsync(Patience * 2);
        Assert.Equal(10_000, published.Distinct().Count());
        Assert.Equal(published.Order(), received.Distinct().Order());
        AssertDeliveries(received);
    }

    /// <summary>What an adapter promises of the deliveries of ten thousand messages, beyond that none is missing.</summary>
    protected virtual void AssertDeliveries(IReadOnlyCollection<string> messageIds)
    {
    }
}
