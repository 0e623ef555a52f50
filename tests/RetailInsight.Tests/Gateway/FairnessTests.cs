using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.Tests.Gateway;

public sealed class FairnessTests
{
    [Fact]
    public void A_tenant_with_a_long_queue_is_served_in_turn_with_the_others()
    {
        var queue = new FairQueue<string>();
        foreach (var number in Enumerable.Range(1, 100))
        {
            queue.Enqueue("noisy", $"n{number}");
        }

        queue.Enqueue("quiet", "q1");
        queue.Enqueue("quiet", "q2");
        Assert.Equal(["n1", "q1", "n2", "q2", "n3", "n4"], Take(queue, 6));
        Assert.Equal(96, queue.Count);
    }

    [Fact]
    public void A_held_tenant_waits_and_keeps_its_order()
    {
        var queue = new FairQueue<string>();
        queue.Enqueue("a", "a1");
        queue.Enqueue("a", "a2");
        Assert.True(queue.TryDequeue(out var first, hold: true));
        queue.Enqueue("a", "a3");
        Assert.False(queue.TryDequeue(out _));
        queue.Release("a");
        Assert.Equal(["a1", "a2", "a3"], [first, .. Take(queue, 2)]);
        queue.Release("a");
        Assert.False(queue.HasTurn);
    }

    [Fact]
    public async Task A_tenant_that_fills_its_half_of_the_room_leaves_the_other_half_free()
    {
        var room = new FairRoom(4);
        var noisy = Enumerable.Range(0, 10).Select(_ => room.EnterAsync("noisy", CancellationToken.None)).ToList();
        await Task.WhenAll(noisy[0], noisy[1]);
        Assert.All(noisy.Skip(2), waiting => Assert.False(waiting.IsCompleted));
        using var quiet = await room.EnterAsync("quiet", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
        (await noisy[0]).Dispose();
        await noisy[2].WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(noisy[3].IsCompleted);
    }

    [Fact]
    public async Task A_free_place_goes_to_the_tenant_that_has_the_fewest()
    {
        var room = new FairRoom(2);
        var a = await room.EnterAsync("a", CancellationToken.None);
        var b = await room.EnterAsync("b", CancellationToken.None);
        var again = room.EnterAsync("a", CancellationToken.None);
        var third = room.EnterAsync("c", CancellationToken.None);
        b.Dispose();
        b.Dispose();
        await third.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(again.IsCompleted);
        a.Dispose();
        await again.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place_with_him()
    {
        var room = new FairRoom(1);
        var place = await room.EnterAsync("a", CancellationToken.None);
        using var patience = new CancellationTokenSource();
        var waiting = room.EnterAsync("b", patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        place.Dispose();
        using var next = await room.EnterAsync("c", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task What_waits_of_another_tenant_goes_into_the_next_group()
    {
        var first = new TaskCompletionSource();
        var groups = new List<string[]>();
        var grouping = new Grouping<string, string>(4, async group =>
        {
            groups.Add([.. group]);
            await first.Task;
            return group;
        }, tenantOf: item => item[..1]);
        var work = Enumerable.Range(1, 20).Select(number => grouping.RunAsync($"n{number}")).ToList();
        work.Add(grouping.RunAsync("q1"));
        first.SetResult();
        await Task.WhenAll(work);
        Assert.Equal(["n1"], groups[0]);
        Assert.Equal(["n2", "q1", "n3", "n4"], groups[1]);
    }

    private static List<string> Take(FairQueue<string> queue, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && queue.TryDequeue(out var item))
        {
            taken.Add(item);
        }

        return taken;
    }
}
