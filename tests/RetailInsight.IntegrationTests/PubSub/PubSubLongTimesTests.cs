using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>What takes minutes, with a clock that makes seconds of them.</summary>
public sealed class PubSubLongTimesTests() : PubSubSteps(clockFactor: 60)
{
    [Fact]
    public async Task Ten_minutes_without_a_network_lose_nothing()
    {
        await SubscribeAsync(deadlineSeconds: 30);
        await PublishAsync("before");
        var leased = Assert.Single(await Bus.PullAsync("s", 1, TimeSpan.FromSeconds(30), CancellationToken.None));
        Faults.Add(new Fault(FaultKind.Drop, "^/v1/"));
        var drained = DrainAsync(Bus, 6);
        var published = Task.WhenAll(Enumerable.Range(0, 5).Select(i => PublishUntilTakenAsync(i.ToString(CultureInfo.InvariantCulture))));
        await Assert.ThrowsAsync<GoogleApiException>(() => Bus.AckAsync("s", [leased.AckId], CancellationToken.None));

        await Task.Delay(TimeSpan.FromMinutes(10), Clock);
        Assert.False(published.IsCompleted);
        Faults.Clear();

        await published.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["0", "1", "2", "3", "4", "before"], (await drained).Distinct().Order());
    }

    [Fact]
    public async Task A_deadline_beyond_ten_minutes_and_one_below_ten_seconds_are_both_kept()
    {
        await SubscribeAsync(deadlineSeconds: 2);
        await PublishAsync("a");
        var delivery = await OneAsync();
        await Bus.ExtendAsync("s", [delivery.AckId], TimeSpan.FromMinutes(13), CancellationToken.None);
        Assert.Empty(await Bus.PullAsync("s", 1, TimeSpan.FromMinutes(12), CancellationToken.None));
        var started = Clock.GetTimestamp();
        Assert.Equal(2, (await OneAsync()).Attempt);
        Assert.Equal(3, (await OneAsync()).Attempt);
        Assert.True(Clock.GetElapsedTime(started) < TimeSpan.FromMinutes(2));
    }

    private async Task PublishUntilTakenAsync(string text)
    {
        while (true)
        {
            try
            {
                await PublishAsync(text);
                return;
            }
            catch (GoogleApiException)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), Clock);
            }
        }
    }

    private async Task<BusDelivery> OneAsync() => Assert.Single(await Bus.PullAsync("s", 1, TimeSpan.FromMinutes(2), CancellationToken.None));
}
