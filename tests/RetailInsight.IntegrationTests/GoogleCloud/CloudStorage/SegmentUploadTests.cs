using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud.CloudStorage;
using RetailInsight.Platform.Lake;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

public sealed class SegmentUploadTests : StorageTests
{
    private const string Upload = "/upload/";

    private IEnumerable<SeenRequest> Uploads => Faults.Requests.Where(request => request.Method == "POST");

    [Fact]
    public async Task Appends_of_a_moment_share_one_upload()
    {
        await using var lake = await OpenLakeAsync(FakeBucket.Hasty with { SegmentWindow = TimeSpan.FromMinutes(1), SegmentPayloads = 300 });
        Faults.Clear();
        var pointers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => lake.AppendAsync($"vendor-{i % 3}", Content(i, i), CancellationToken.None)));
        Assert.Single(pointers.Select(pointer => pointer.Object).Distinct());
        Assert.Single(Uploads);
        Assert.Matches("^segments/[0-9a-f]{16}/[0-9]{8}T[0-9]{9}Z-000001.seg$", pointers[0].Object);
    }

    [Fact]
    public async Task A_segment_is_of_the_directory_lakes_format()
    {
        await using var lake = await OpenLakeAsync();
        var pointers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => lake.AppendAsync("f", Content(i * 3, i), CancellationToken.None)));
        using var client = FakeBucket.Client(Google);
        foreach (var segment in pointers.GroupBy(pointer => pointer.Object))
        {
            var found = (await client.FindAsync(segment.Key, CancellationToken.None))!;
            var path = Path.Combine(Root, Path.GetFileName(segment.Key));
            var bytes = new byte[found.Digest.Length];
            await client.FetchAsync(segment.Key, null, 0, bytes, CancellationToken.None);
            await File.WriteAllBytesAsync(path, bytes);
            using var file = File.OpenHandle(path);
            var index = Assert.IsAssignableFrom<IReadOnlyList<SegmentEntry>>(SegmentIndex.TryRead(file));
            Assert.Equal(segment.Select(pointer => (pointer.Offset, pointer.Length)).Order(), index.Select(entry => (entry.Offset, (long)entry.Length)));
            var end = (int)index[^1].Offset + index[^1].Length;
            var scan = SegmentScan.Read(bytes.AsSpan(0, Math.Min(bytes.Length, (end + SegmentFrame.MaxFeedBytes) / 8 * 8)), SegmentHeader.SaltOf(SegmentHeader.WriterOf(segment.Key)));
            Assert.Equal(index, scan.Entries);
        }
    }

    [Fact]
    public async Task A_failed_upload_fails_exactly_its_callers()
    {
        await using var lake = await OpenLakeAsync(FakeBucket.Hasty with { SegmentPayloads = 10, SegmentWindow = TimeSpan.FromSeconds(5) });
        Faults.Add(new(FaultKind.Refuse, Upload, Times: 1, Status: 403));
        var calls = Enumerable.Range(0, 30).Select(i => lake.AppendAsync("f", Content(50, i), CancellationToken.None)).ToList();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(10, calls.Count(call => call.IsFaulted));
        Assert.All(calls.Where(call => call.IsFaulted), call => Assert.IsType<IOException>(call.Exception!.InnerException));
        for (var i = 0; i < calls.Count; i++)
        {
            if (!calls[i].IsFaulted)
            {
                Assert.Equal(Content(50, i), await ReadAsync(lake, await calls[i]));
            }
        }

        Assert.Equal(2, (await NamesAsync()).Count);
    }

    [Fact]
    public async Task A_segment_whose_answer_got_lost_is_stored_once()
    {
        await using var lake = await OpenLakeAsync();
        Faults.Add(new(FaultKind.DropAfter, Upload, Times: 1));
        var pointer = await lake.AppendAsync("f", Content(100), CancellationToken.None);
        Assert.Equal(Content(100), await ReadAsync(lake, pointer));
        Assert.Equal([pointer.Object], await NamesAsync());
    }

    [Fact]
    public async Task While_uploads_are_slow_only_so_many_are_under_way_and_appends_wait()
    {
        var lake = await OpenLakeAsync(FakeBucket.Hasty with { SegmentPayloads = 1, SegmentUploads = 2, DrainTimeout = TimeSpan.FromMilliseconds(50) });
        Faults.Clear();
        Faults.Add(new(FaultKind.Delay, Upload, Delay: TimeSpan.FromSeconds(60)));
        using var enough = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 20).Select(i => lake.AppendAsync("f", Content(50, i), enough.Token)).ToList();
        for (var tries = 0; Uploads.Count() < 2 && tries < 200; tries++)
        {
            await Task.Delay(50);
        }

        await Task.Delay(300);
        Assert.Equal(2, Uploads.Count());
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        await enough.CancelAsync();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(calls, call => Assert.True(call.IsCanceled));
        await lake.DisposeAsync();
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public async Task Closing_the_lake_stores_what_waits()
    {
        var lake = await OpenLakeAsync(FakeBucket.Hasty with { SegmentWindow = TimeSpan.FromMinutes(5) });
        var append = lake.AppendAsync("f", Content(100), CancellationToken.None);
        Assert.False(append.IsCompleted);
        await lake.DisposeAsync();
        await using var again = await OpenLakeAsync();
        Assert.Equal(Content(100), await ReadAsync(again, await append));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lake.AppendAsync("f", Content(1), CancellationToken.None));
    }

    [Fact]
    public async Task Closing_the_lake_without_network_ends()
    {
        var options = FakeBucket.Hasty with { DrainTimeout = TimeSpan.FromMilliseconds(100), Retry = new CloudStorageOptions().Retry };
        var lake = await OpenLakeAsync(options);
        Faults.Add(new(FaultKind.Drop));
        var append = lake.AppendAsync("f", Content(100), CancellationToken.None);
        await lake.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<IOException>(() => append);
    }
}
