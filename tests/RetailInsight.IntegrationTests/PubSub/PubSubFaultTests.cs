using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>What fails on the way to Pub/Sub loses nothing.</summary>
public sealed class PubSubFaultTests : PubSubSteps
{
    [Fact]
    public async Task A_later_part_of_a_publish_fails_and_nothing_is_claimed_until_all_is_published_again()
    {
        await SubscribeAsync();
        var messages = Numbered(2_500);
        Faults.Add(new Fault(FaultKind.Refuse, ":publish", Skip: 1));
        await Assert.ThrowsAsync<GoogleApiException>(() => Bus.PublishAsync("t", messages, CancellationToken.None));
        Faults.Clear();

        var ids = await Bus.PublishAsync("t", messages, CancellationToken.None);

        Assert.Equal(2_500, ids.Distinct().Count());
        Assert.Equal(3, Faults.Requests.Count(request => request.Path.EndsWith(":publish", StringComparison.Ordinal)));
        var received = await DrainAsync(Bus, 2_500);
        Assert.Equal(messages.Count, received.Distinct().Count());
        Assert.True(received.Count > 2_500);
    }

    [Fact]
    public async Task A_part_that_failed_is_not_overtaken_by_later_messages_of_its_key()
    {
        await SubscribeAsync();
        Faults.Add(new Fault(FaultKind.Refuse, ":publish", Skip: 1, Times: 5));

        await Assert.ThrowsAsync<GoogleApiException>(() => Bus.PublishAsync("t", Numbered(4_000, "key"), CancellationToken.None));

        Assert.Equal(6, Faults.Requests.Count(request => request.Path.EndsWith(":publish", StringComparison.Ordinal)));
        Assert.Equal("0", Text(Assert.Single(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(5), CancellationToken.None))));
    }

    [Fact]
    public async Task What_was_accepted_without_an_answer_is_published_again()
    {
        await SubscribeAsync();
        Faults.Add(new Fault(FaultKind.DropAfter, ":publish", Times: 1));
        Faults.Add(new Fault(FaultKind.Truncate, ":publish", Times: 1));
        Fake.PubSubFaults.PartlyAccepted = 1;

        var ids = await PublishAsync("a", "b");

        Assert.Equal(2, ids.Count);
        Assert.True(Faults.Requests.Count(request => request.Path.EndsWith(":publish", StringComparison.Ordinal)) >= 3);
        Assert.Equal(["a", "b"], (await DrainAsync(Bus, 2)).Distinct().Order());
    }

    [Fact]
    public async Task Too_many_requests_are_answered_with_the_pause_that_is_asked_for()
    {
        await SubscribeAsync();
        Faults.Add(new Fault(FaultKind.Refuse, ":publish", Times: 3, Status: 429, Reason: "rateLimitExceeded", RetryAfterSeconds: 7));
        var started = Clock.GetTimestamp();

        await PublishAsync("a");

        Assert.True(Clock.GetElapsedTime(started) >= TimeSpan.FromSeconds(21));
        Assert.Equal(["a"], await DrainAsync(Bus, 1));
    }

    [Fact]
    public async Task Every_third_request_failing_in_some_way_loses_nothing()
    {
        await SubscribeAsync();
        foreach (var (kind, skip) in ((FaultKind, int)[])[(FaultKind.Refuse, 2), (FaultKind.Truncate, 3), (FaultKind.DropAfter, 5), (FaultKind.Drop, 4), (FaultKind.RefuseAfter, 6)])
        {
            foreach (var verb in (string[])[":publish", ":pull", ":acknowledge"])
            {
                Faults.Add(new Fault(kind, verb, Skip: skip, Times: 2));
            }
        }

        for (var batch = 0; batch < 20; batch++)
        {
            await PublishAsync([.. Enumerable.Range(batch * 10, 10).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        }

        Assert.Equal(200, (await DrainAsync(Bus, 200, maxMessages: 8)).Distinct().Count());
        Assert.True(Faults.Requests.Count(request => request.Fault is not null) >= 15);
    }

    [Fact]
    public async Task A_message_delivered_twice_at_once_is_handed_out_once()
    {
        await SubscribeAsync(deadlineSeconds: 10);
        Fake.PubSubFaults.Doubled = 2;
        await PublishAsync("a", "b");

        var deliveries = new List<BusDelivery>();
        while (deliveries.Count < 2)
        {
            deliveries.AddRange(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(20), CancellationToken.None));
        }

        Assert.Equal(["a", "b"], deliveries.Select(Text).Order());
        await Bus.AckAsync("s", [.. deliveries.Select(delivery => delivery.AckId)], CancellationToken.None);
        Assert.Empty(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(25), CancellationToken.None));
    }

    [Fact]
    public async Task An_acknowledgement_pub_sub_forgets_brings_the_message_again()
    {
        await SubscribeAsync(deadlineSeconds: 10);
        Fake.PubSubFaults.LostAcks = 1;
        await PublishAsync("a");
        Assert.Equal(["a"], await DrainAsync(Bus, 1));
        Assert.Equal(["a"], await DrainAsync(Bus, 1));
        Assert.Empty(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(25), CancellationToken.None));
    }

    [Fact]
    public async Task Ack_ids_of_nobody_are_ignored()
    {
        await SubscribeAsync(deadlineSeconds: 10);
        await PublishAsync("a");
        var deliveries = await Bus.PullAsync("s", 1, TimeSpan.FromSeconds(20), CancellationToken.None);
        await Bus.AckAsync("s", ["nonsense", "", deliveries[0].AckId, deliveries[0].AckId], CancellationToken.None);
        await Bus.NackAsync("s", ["nonsense", deliveries[0].AckId], "stale", CancellationToken.None);
        await Bus.ExtendAsync("s", ["nonsense", deliveries[0].AckId], TimeSpan.FromSeconds(5), CancellationToken.None);
        await Bus.DeadLetterAsync("s", [deliveries[0].AckId], "stale", CancellationToken.None);
        Assert.Equal(0, await Bus.RedriveAsync("s", CancellationToken.None));
        Assert.Empty(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(25), CancellationToken.None));
    }

    [Fact]
    public async Task What_a_killed_process_had_leased_comes_to_another()
    {
        await SubscribeAsync(deadlineSeconds: 20);
        await PublishAsync("a", "b", "c");
        var (_, killed) = await RequestAsync(HttpMethod.Post, "subscriptions/retailinsight-s:pull", new { maxMessages = 2 });
        Assert.Equal(2, killed.GetProperty("receivedMessages").GetArrayLength());

        var attempts = new Dictionary<string, int>();
        while (attempts.Count < 3)
        {
            foreach (var delivery in await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(20), CancellationToken.None))
            {
                // On a hurried clock a delivery may come again before the last one has come once.
                attempts.TryAdd(Text(delivery), delivery.Attempt);
            }
        }

        Assert.Equal([1, 2, 2], attempts.Values.Order());
    }

    [Fact]
    public async Task Spent_attempts_of_dead_consumers_end_in_the_dead_letter()
    {
        await SubscribeAsync(maxAttempts: 2, deadlineSeconds: 10);
        await PublishAsync("killer");
        for (var attempt = 0; attempt < 2;)
        {
            var (_, answer) = await RequestAsync(HttpMethod.Post, "subscriptions/retailinsight-s:pull", new { maxMessages = 1 });
            attempt += answer.TryGetProperty("receivedMessages", out var received) ? received.GetArrayLength() : 0;
        }

        Assert.Empty(await Bus.PullAsync("s", 1, TimeSpan.FromSeconds(30), CancellationToken.None));
        var (_, letters) = await RequestAsync(HttpMethod.Post, "subscriptions/retailinsight-s.dead-letter:pull", new { maxMessages = 1 });
        var attributes = letters.GetProperty("receivedMessages")[0].GetProperty("message").GetProperty("attributes");
        Assert.Equal("2", attributes.GetProperty("retailbus_attempt").GetString());
        Assert.Equal("s", attributes.GetProperty("retailbus_source").GetString());
        Assert.Equal("Delivered 2 times and never acknowledged", attributes.GetProperty("retailbus_reason").GetString());
    }
}
