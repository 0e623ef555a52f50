using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleCloud.PubSub;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>What is leased is neither lost nor kept from others, and what a caller asks for wrongly is named.</summary>
public sealed class PubSubLeaseTests : PubSubSteps
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_a_cancelled_pull_would_have_brought_comes_with_the_next()
    {
        await SubscribeAsync();
        using var cancellation = new CancellationTokenSource();
        var pull = Bus.PullAsync("s", 10, Soon * 10, cancellation.Token);
        await Task.Delay(200);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);

        await PublishAsync("a");

        var delivery = Assert.Single(await Bus.PullAsync("s", 10, Soon, CancellationToken.None));
        Assert.Equal(("a", 1), (Text(delivery), delivery.Attempt));
    }

    [Fact]
    public async Task What_comes_after_the_last_pull_goes_to_another_process_long_before_its_deadline()
    {
        await SubscribeAsync(deadlineSeconds: 600);
        Assert.Empty(await Bus.PullAsync("s", 10, TimeSpan.FromSeconds(2), CancellationToken.None));
        await PublishAsync("a");
        var other = Open();
        var started = Clock.GetTimestamp();
        Assert.Equal("a", Text(Assert.Single(await other.PullAsync("s", 10, Soon * 2, CancellationToken.None))));
        Assert.True(Clock.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Closing_gives_back_what_is_out_and_what_is_held()
    {
        await SubscribeAsync(deadlineSeconds: 600);
        var closing = Open();
        await Bus.PublishAsync("t", [Message("a"), .. Numbered(3, "key")], CancellationToken.None);
        Assert.Equal(2, (await closing.PullAsync("s", 10, Soon, CancellationToken.None)).Count);

        await closing.DisposeAsync();

        Assert.Equal(["0", "1", "2", "a"], (await DrainAsync(Bus, 4)).Order());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => closing.PublishAsync("t", [Message("late")], CancellationToken.None));
    }

    [Fact]
    public async Task Later_messages_of_a_key_do_not_pay_for_the_attempts_of_the_first()
    {
        await SubscribeAsync(maxAttempts: 3);
        await Bus.PublishAsync("t", [Message("poison", "key"), Message("good", "key"), Message("better", "key")], CancellationToken.None);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var poison = await OneAsync();
            Assert.Equal(("poison", attempt), (Text(poison), poison.Attempt));
            await Bus.NackAsync("s", [poison.AckId], "cannot be read", CancellationToken.None);
        }

        foreach (var text in (string[])["good", "better"])
        {
            var delivery = await OneAsync();
            Assert.Equal((text, 1), (Text(delivery), delivery.Attempt));
            await Bus.AckAsync("s", [delivery.AckId], CancellationToken.None);
        }

        Assert.Equal(1, await Bus.RedriveAsync("s", CancellationToken.None));
    }

    [Fact]
    public async Task No_more_is_leased_than_is_allowed()
    {
        await SubscribeAsync();
        var small = Open(new PubSubOptions { MaxOutstandingMessages = 5 });
        await Bus.PublishAsync("t", Numbered(20), CancellationToken.None);
        var first = await small.PullAsync("s", 100, Soon, CancellationToken.None);
        Assert.Equal(5, first.Count);
        Assert.Empty(await small.PullAsync("s", 100, TimeSpan.FromSeconds(2), CancellationToken.None));
        await small.AckAsync("s", [first[0].AckId], CancellationToken.None);
        Assert.Single(await small.PullAsync("s", 100, Soon, CancellationToken.None));
    }

    [Fact]
    public async Task Thousands_of_messages_and_megabytes_are_cut_into_requests_pub_sub_takes()
    {
        await SubscribeAsync();
        var data = new byte[1_500_000];
        var messages = Enumerable.Range(0, 12).Select(i => new BusMessage(data, new Dictionary<string, string> { ["n"] = i.ToString(CultureInfo.InvariantCulture) }))
            .Concat(Numbered(2_100)).ToList();

        var ids = await Bus.PublishAsync("t", messages, CancellationToken.None);

        Assert.Equal(messages.Count, ids.Distinct().Count());
        var received = new Dictionary<string, BusDelivery>();
        while (received.Count < messages.Count)
        {
            foreach (var delivery in await Bus.PullAsync("s", 5_000, Soon, CancellationToken.None))
            {
                received[delivery.MessageId] = delivery;
            }
        }

        Assert.Equal(12, received.Values.Count(delivery => delivery.Message.Data.Length == data.Length));
        await Bus.AckAsync("s", [.. received.Values.Select(delivery => delivery.AckId)], CancellationToken.None);
        Assert.Equal(3, Faults.Requests.Count(request => request.Path.EndsWith(":acknowledge", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_pub_sub_would_refuse_is_refused_with_the_field_and_what_to_do()
    {
        await SubscribeAsync();
        await RefusedAsync(Message("a", new string('鈴', 400)), "messages[0].OrderingKey has 1200 bytes", "hash");
        await RefusedAsync(With("goog-x", "1"), "Attributes['goog-x']", "Rename");
        await RefusedAsync(With("retailbus_only_for", "s"), "Attributes['retailbus_only_for']", "Rename");
        await RefusedAsync(With(new string('k', 257), "1"), "257 bytes", "Shorten");
        await RefusedAsync(With("k", new string('v', 1_025)), "Attributes['k'] has 1025 bytes", "payload");
        await RefusedAsync(new BusMessage(new byte[7_500_000], new Dictionary<string, string>()), "messages[0].Data has 7500000 bytes", "lake");
        await RefusedAsync(new BusMessage(default, Enumerable.Range(0, 93).ToDictionary(i => $"k{i}", _ => "v")), "93 entries", "payload");
        var name = await Assert.ThrowsAsync<ArgumentException>(() => Bus.EnsureSubscriptionAsync("t", "a b", new(Soon, 5), CancellationToken.None));
        Assert.Contains("'a b'", name.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PubSubMessageBus(new(), Clock));

        static BusMessage With(string key, string value) => new(default, new Dictionary<string, string> { [key] = value });

        async Task RefusedAsync(BusMessage message, params string[] said)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => Bus.PublishAsync("t", [message], CancellationToken.None));
            Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        }
    }

    private async Task<BusDelivery> OneAsync() => Assert.Single(await Bus.PullAsync("s", 1, Soon * 4, CancellationToken.None));
}
