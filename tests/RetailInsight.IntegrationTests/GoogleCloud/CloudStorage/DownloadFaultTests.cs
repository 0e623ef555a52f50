using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

public sealed class DownloadFaultTests : StorageTests
{
    private const string Media = "alt=media";

    [Theory]
    [InlineData(900_000, nameof(FaultKind.Truncate))]
    [InlineData(3_500_000, nameof(FaultKind.Truncate))]
    [InlineData(3_500_000, nameof(FaultKind.Refuse))]
    [InlineData(3_500_000, nameof(FaultKind.Drop))]
    public async Task A_download_that_breaks_off_goes_on(int length, string fault)
    {
        var kind = Enum.Parse<FaultKind>(fault);
        await using var lake = await OpenLakeAsync();
        await lake.PutAsync("raw/a", new MemoryStream(Content(length)), CancellationToken.None);
        Faults.Add(new(kind, Media, Skip: length / 1_100_000, Times: 1));
        Assert.Equal(Content(length), await ReadAsync(lake, new("raw/a", 0, length)));
        Assert.Contains(Faults.Requests, request => request.Fault == kind);
    }

    [Fact]
    public async Task One_bit_flipped_on_the_way_is_noticed_and_fetched_again()
    {
        await using var lake = await OpenLakeAsync();
        await lake.PutAsync("raw/a", new MemoryStream(Content(600_000)), CancellationToken.None);
        var slice = await lake.AppendAsync("f", Content(3_000, 2), CancellationToken.None);
        foreach (var (pointer, content) in new[] { (new LakePointer("raw/a", 0, 600_000), Content(600_000)), (slice, Content(3_000, 2)) })
        {
            Faults.Clear();
            Faults.Add(new(FaultKind.Corrupt, Media, Times: 1));
            Assert.Equal(content, await ReadAsync(lake, pointer));
            Assert.Single(Faults.Requests, request => request.Fault == FaultKind.Corrupt);
        }
    }

    [Fact]
    public async Task Bytes_that_come_damaged_are_never_handed_out_whole()
    {
        await using var lake = await OpenLakeAsync();
        await lake.PutAsync("raw/short", new MemoryStream(Content(600_000)), CancellationToken.None);
        await lake.PutAsync("raw/long", new MemoryStream(Content(2_500_000)), CancellationToken.None);
        Faults.Add(new(FaultKind.Corrupt, "short.*" + Media));
        Faults.Add(new(FaultKind.Corrupt, "long.*" + Media, Skip: 1, Times: 1));
        await Assert.ThrowsAsync<LakeCorruptException>(() => ReadAsync(lake, new("raw/short", 0, 600_000)));
        await using var stream = await lake.OpenAsync(new("raw/long", 0, 2_500_000), CancellationToken.None);
        var received = new MemoryStream();
        await Assert.ThrowsAsync<LakeCorruptException>(() => stream.CopyToAsync(received));
        Assert.True(received.Length < 2_500_000);
    }

    [Fact]
    public async Task A_list_goes_over_pages_also_empty_ones_and_steps_over_segments()
    {
        await using var lake = await OpenLakeAsync(FakeBucket.Hasty with { PageSize = 2 });
        string[] keys = ["a", "b/1", "b/2", "b/3", "segment", "segments-of-day", "segments0", "segmentz", "z"];
        foreach (var key in keys)
        {
            await lake.PutAsync(key, new MemoryStream(Content(10)), CancellationToken.None);
        }

        for (var i = 0; i < 5; i++)
        {
            await lake.AppendAsync("f", Content(100), CancellationToken.None);
        }

        Faults.Clear();
        var token = Uri.EscapeDataString(Convert.ToBase64String("b/1"u8));
        Faults.Add(new(FaultKind.Refuse, $"pageToken={token}", Times: 1, Status: 200, Body: $$"""{"kind":"storage#objects","nextPageToken":"{{Convert.ToBase64String("b/1"u8)}}"}"""));
        Faults.Add(new(FaultKind.Refuse, "/o\\?", Skip: 3, Times: 1, Status: 503));
        Assert.Equal(keys, await KeysAsync(lake, ""));
        Assert.Equal(2, Faults.Requests.Count(request => request.Fault is not null));
        Assert.True(Faults.Requests.Count < 10, "Segments were listed.");
        Assert.Equal(["segment", "segments-of-day", "segments0", "segmentz"], await KeysAsync(lake, "seg"));
        Assert.Equal(["b/1", "b/2", "b/3"], await KeysAsync(lake, "b/"));
        Assert.Empty(await KeysAsync(lake, "segments/"));
    }

    [Fact]
    public async Task What_was_kept_is_there_after_a_restart()
    {
        LakePointer slice;
        await using (var lake = await OpenLakeAsync())
        {
            await lake.PutAsync("raw/a", new MemoryStream(Content(2_000_000)), CancellationToken.None);
            slice = await lake.AppendAsync("f", Content(100, 7), CancellationToken.None);
        }

        await RestartAsync();
        await using var again = await OpenLakeAsync();
        Assert.Equal(Content(2_000_000), await ReadAsync(again, new("raw/a", 0, 2_000_000)));
        Assert.Equal(Content(100, 7), await ReadAsync(again, slice));
        await Assert.ThrowsAsync<LakeConflictException>(() => again.PutAsync("raw/a", new MemoryStream(Content(5)), CancellationToken.None));
    }

    private static async Task<List<string>> KeysAsync(CloudStorageLake lake, string prefix)
    {
        var keys = new List<string>();
        await foreach (var found in lake.ListAsync(prefix, CancellationToken.None))
        {
            keys.Add(found.Key);
        }

        return keys;
    }
}
