using System.Text;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>What every lake must do.</summary>
public abstract class LakeContract : IAsyncLifetime
{
    protected ILake Lake { get; private set; } = null!;

    public async Task InitializeAsync() => Lake = await OpenLakeAsync();

    public abstract Task DisposeAsync();

    /// <summary>An empty lake.</summary>
    protected abstract Task<ILake> OpenLakeAsync();

    /// <summary>Changes one stored bit of a payload behind the lake's back.</summary>
    protected abstract Task DamageAsync(LakePointer pointer);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000_001)]
    public async Task An_object_comes_back_as_it_was_put(int length)
    {
        var content = Content(length, seed: 1);
        var put = await PutAsync("raw/a/1.csv.gz", content);
        Assert.Equal(length, put.Length);
        Assert.Equal(content, await ReadAsync(new("raw/a/1.csv.gz", 0, length)));
    }

    [Fact]
    public async Task The_same_content_again_is_a_success_and_other_content_a_conflict()
    {
        var first = await PutAsync("raw/x", Content(10_000, 1));
        Assert.Equal(first, await PutAsync("raw/x", Content(10_000, 1)));
        await Assert.ThrowsAsync<LakeConflictException>(() => PutAsync("raw/x", Content(10_000, 2)));
        Assert.Equal(Content(10_000, 1), await ReadAsync(new("raw/x", 0, 10_000)));
    }

    [Fact]
    public async Task Of_many_puts_of_one_key_at_once_one_content_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            try
            {
                return (LakeObject?)await PutAsync("raw/race", Content(50_000, seed: i % 4));
            }
            catch (LakeConflictException)
            {
                return null;
            }
        })));
        Assert.Equal(8, outcomes.Count(outcome => outcome is not null));
        var winner = Assert.Single(outcomes.OfType<LakeObject>().Distinct());
        var stored = await ReadAsync(new("raw/race", 0, winner.Length));
        Assert.Equal(stored, Content(50_000, Array.FindIndex(outcomes, outcome => outcome is not null) % 4));
        Assert.Equal([winner], await ListAsync("raw/"));
    }

    [Fact]
    public async Task A_failed_upload_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => Lake.PutAsync("raw/broken", new BrokenStream(), CancellationToken.None));
        Assert.Empty(await ListAsync(""));
        await PutAsync("raw/broken", Content(5, 1));
    }

    [Fact]
    public async Task Objects_are_listed_by_prefix_in_key_order()
    {
        string[] keys = ["a/b", "a", "a-b", "a/b/c", "a.b", "a0", "B", "raw/2026-11-21/z", "raw/2026-11-20/a", "raw/2026-12-01/a"];
        foreach (var key in keys)
        {
            await PutAsync(key, Encoding.ASCII.GetBytes(key));
        }

        Assert.Equal(keys.Order(StringComparer.Ordinal), (await ListAsync("")).Select(found => found.Key));
        Assert.Equal(["raw/2026-11-20/a", "raw/2026-11-21/z"], (await ListAsync("raw/2026-11")).Select(found => found.Key));
        Assert.Equal(["a/b", "a/b/c"], (await ListAsync("a/")).Select(found => found.Key));
        Assert.Equal(new LakeObject("B", 1, 0xF23D_3E1A), Assert.Single(await ListAsync("B")));
        Assert.Empty(await ListAsync("none/"));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync(new("raw/none", 0, 3)));
        await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync(new("segments/none/000001.seg", 96, 3)));
    }

    [Fact]
    public async Task Small_payloads_of_many_senders_all_come_back()
    {
        var payloads = Enumerable.Range(0, 2_000).Select(i => Content(i * 7 % 5_000, seed: i)).ToList();
        var pointers = await Task.WhenAll(payloads.Select((payload, i) =>
            Task.Run(() => Lake.AppendAsync($"vendor-{i % 5}", payload, CancellationToken.None))));
        Assert.Equal(2_000, pointers.Distinct().Count());
        for (var i = 0; i < pointers.Length; i++)
        {
            Assert.Equal(payloads[i], await ReadAsync(pointers[i]));
        }
    }

    [Fact]
    public async Task The_largest_small_payload_is_taken_and_a_larger_one_refused()
    {
        var largest = Content(ILake.SegmentPayloadLimit, 1);
        Assert.Equal(largest, await ReadAsync(await Lake.AppendAsync("f", largest, CancellationToken.None)));
        await Assert.ThrowsAsync<ArgumentException>(() => Lake.AppendAsync("f", Content(ILake.SegmentPayloadLimit + 1, 1), CancellationToken.None));
    }

    [Fact]
    public async Task Damaged_bytes_are_never_handed_out()
    {
        await PutAsync("raw/damaged", Content(600_000, 1));
        var slice = await Lake.AppendAsync("f", Content(3_000, 2), CancellationToken.None);
        foreach (var pointer in (LakePointer[])[new("raw/damaged", 0, 600_000), slice])
        {
            await DamageAsync(pointer);
            await Assert.ThrowsAsync<LakeCorruptException>(() => ReadAsync(pointer));
        }
    }

    [Fact]
    public async Task A_pointer_that_fits_no_payload_is_refused()
    {
        var slice = await Lake.AppendAsync("f", Content(3_000, 2), CancellationToken.None);
        await Assert.ThrowsAsync<LakeCorruptException>(() => ReadAsync(slice with { Length = 2_999 }));
        await Assert.ThrowsAsync<LakeCorruptException>(() => ReadAsync(slice with { Offset = slice.Offset + 8 }));
        await PutAsync("raw/whole", Content(100, 1));
        await Assert.ThrowsAsync<LakeCorruptException>(() => ReadAsync(new("raw/whole", 0, 99)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a/./b")]
    [InlineData(".hidden")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("店/1")]
    [InlineData("a#")]
    public async Task A_key_that_could_leave_the_lake_is_refused(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync(key, Content(1, 1)));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => ReadAsync(new(key, 0, 1)));
    }

    [Fact]
    public async Task The_lakes_own_segments_cannot_be_put() =>
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync("segments/a/000001.seg", Content(1, 1)));

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Lake.PutAsync("raw/c", new MemoryStream(Content(10, 1)), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Lake.AppendAsync("f", Content(10, 1), cancelled.Token));
        Assert.Empty(await ListAsync(""));
    }

    protected static byte[] Content(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected async Task<byte[]> ReadAsync(LakePointer pointer)
    {
        await using var stream = await Lake.OpenAsync(pointer, CancellationToken.None);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private Task<LakeObject> PutAsync(string key, byte[] content) => Lake.PutAsync(key, new MemoryStream(content), CancellationToken.None);

    private async Task<List<LakeObject>> ListAsync(string prefix)
    {
        var found = new List<LakeObject>();
        await foreach (var item in Lake.ListAsync(prefix, CancellationToken.None))
        {
            found.Add(item);
        }

        return found;
    }

    private sealed class BrokenStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _reads++ > 0 ? throw new IOException("The sender is gone.") : ValueTask.FromResult(10);
    }
}
