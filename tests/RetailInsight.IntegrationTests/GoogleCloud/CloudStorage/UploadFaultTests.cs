using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

public sealed class UploadFaultTests : StorageTests
{
    private const string Put = "upload_id=";
    private const string Post = "/upload/";

    [Fact]
    public async Task An_unavailable_service_and_a_storm_of_too_many_requests_pass()
    {
        var clock = new HurriedClock(1_000);
        await using var lake = await OpenLakeAsync(clock: clock);
        Faults.Add(new(FaultKind.Refuse, Post, Times: 2, Status: 503));
        Faults.Add(new(FaultKind.Refuse, Post, Times: 2, Status: 429, Reason: "rateLimitExceeded", RetryAfterSeconds: 17));
        var put = await lake.PutAsync("raw/a", new MemoryStream(Content(1_000)), CancellationToken.None);
        Assert.Equal(Content(1_000), await ReadAsync(lake, new("raw/a", 0, put.Length)));
        Assert.Equal(2, clock.Pauses.Count(pause => pause == TimeSpan.FromSeconds(17)));
    }

    [Fact]
    public async Task A_refusal_for_good_is_not_tried_again()
    {
        await using var lake = await OpenLakeAsync();
        Faults.Add(new(FaultKind.Refuse, Post, Status: 403, Reason: "forbidden"));
        var refusal = await Assert.ThrowsAnyAsync<IOException>(() => lake.PutAsync("raw/a", new MemoryStream(Content(10)), CancellationToken.None));
        Assert.Contains("403 forbidden", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Faults.Requests, request => request.Path.Contains(Post, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(nameof(FaultKind.DropAfter))]
    [InlineData(nameof(FaultKind.RefuseAfter))]
    [InlineData(nameof(FaultKind.Truncate))]
    public async Task An_upload_whose_answer_got_lost_is_recognised_and_no_conflict(string fault)
    {
        var kind = Enum.Parse<FaultKind>(fault);
        await using var lake = await OpenLakeAsync();
        Faults.Add(new(kind, Post, Times: 1));
        var put = await lake.PutAsync("raw/a", new MemoryStream(Content(1_000)), CancellationToken.None);
        Assert.Equal(Content(1_000), await ReadAsync(lake, new("raw/a", 0, put.Length)));
        Assert.Equal(["raw/a"], await NamesAsync());
    }

    [Fact]
    public async Task The_answer_lost_at_the_last_try_is_recognised_too()
    {
        await using var lake = await OpenLakeAsync(FakeBucket.Hasty with { Retry = FakeBucket.Hasty.Retry with { Attempts = 1 } });
        Faults.Add(new(FaultKind.DropAfter, Post, Times: 1));
        Assert.Equal(1_000, (await lake.PutAsync("raw/a", new MemoryStream(Content(1_000)), CancellationToken.None)).Length);
    }

    [Fact]
    public async Task A_name_that_was_taken_and_is_free_again_is_tried_again()
    {
        await using var lake = await OpenLakeAsync();
        Faults.Add(new(FaultKind.Refuse, Post, Times: 1, Status: 412, Reason: "conditionNotMet"));
        var put = await lake.PutAsync("raw/a", new MemoryStream(Content(1_000)), CancellationToken.None);
        Assert.Equal(Content(1_000), await ReadAsync(lake, new("raw/a", 0, put.Length)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_object_under_a_taken_key_is_a_success_if_equal_and_else_a_conflict(bool canSeek)
    {
        await using var lake = await OpenLakeAsync();
        var content = Content(3_500_000);
        var first = await lake.PutAsync("raw/a", Open(content, canSeek), CancellationToken.None);
        Assert.Equal(first, await lake.PutAsync("raw/a", Open(content, canSeek), CancellationToken.None));
        content[3_400_000] ^= 1;
        await Assert.ThrowsAsync<LakeConflictException>(() => lake.PutAsync("raw/a", Open(content, canSeek), CancellationToken.None));
        await Assert.ThrowsAsync<LakeConflictException>(() => lake.PutAsync("raw/a", Open(Content(4_000_000), canSeek), CancellationToken.None));
    }

    [Theory]
    [InlineData(nameof(FaultKind.Drop), 0, true)]
    [InlineData(nameof(FaultKind.Drop), 2, false)]
    [InlineData(nameof(FaultKind.DropAfter), 0, false)]
    [InlineData(nameof(FaultKind.DropAfter), 2, true)]
    [InlineData(nameof(FaultKind.DropAfter), 4, false)]
    [InlineData(nameof(FaultKind.RefuseAfter), 3, true)]
    [InlineData(nameof(FaultKind.Refuse), 1, false)]
    public async Task A_chunk_lost_on_the_way_is_sent_again_and_nothing_else(string fault, int skip, bool canSeek)
    {
        var kind = Enum.Parse<FaultKind>(fault);
        await using var lake = await OpenLakeAsync();
        var content = Content(4_500_000);
        Faults.Add(new(kind, Put, Skip: skip, Times: 1));
        var put = await lake.PutAsync("raw/long", Open(content, canSeek), CancellationToken.None);
        Assert.Equal(content, await ReadAsync(lake, new("raw/long", 0, put.Length)));

        // Five chunks, the lost one asked about and, unless it had come, sent again; a last one that had come is answered by the question.
        var requests = Faults.Requests.Count(request => request.Path.Contains(Put, StringComparison.Ordinal));
        Assert.Equal(kind is FaultKind.DropAfter or FaultKind.RefuseAfter ? 6 : 7, requests);
        Assert.Equal(["raw/long"], await NamesAsync());
    }

    [Fact]
    public async Task A_question_that_gets_lost_too_is_asked_again()
    {
        await using var lake = await OpenLakeAsync();
        var content = Content(4_500_000);
        Faults.Add(new(FaultKind.Drop, Put, Skip: 2, Times: 3));
        var put = await lake.PutAsync("raw/long", Once(content), CancellationToken.None);
        Assert.Equal(content, await ReadAsync(lake, new("raw/long", 0, put.Length)));
    }

    [Theory]
    [InlineData(410)]
    [InlineData(404)]
    public async Task A_session_that_expired_begins_anew_when_the_source_can_be_read_again(int status)
    {
        await using var lake = await OpenLakeAsync();
        var content = Content(4_500_000);
        Faults.Add(new(FaultKind.Refuse, Put, Skip: 3, Times: 1, Status: status));
        var put = await lake.PutAsync("raw/long", Open(content, canSeek: true), CancellationToken.None);
        Assert.Equal(content, await ReadAsync(lake, new("raw/long", 0, put.Length)));

        Faults.Clear();
        Faults.Add(new(FaultKind.Refuse, Put, Skip: 3, Times: 1, Status: status));
        var failure = await Assert.ThrowsAsync<IOException>(() => lake.PutAsync("raw/once", Once(content), CancellationToken.None));
        Assert.Contains("cannot be read again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["raw/long"], await NamesAsync());
    }

    [Fact]
    public async Task A_source_that_fails_in_the_middle_leaves_nothing_and_its_upload_is_given_up()
    {
        await using var lake = await OpenLakeAsync();
        await Assert.ThrowsAsync<EndOfStreamException>(() => lake.PutAsync("raw/a", new Failing(Content(3_000_000)), CancellationToken.None));
        Assert.Empty(await NamesAsync());
        Assert.Contains(Faults.Requests, request => request.Method == "DELETE" && request.Path.Contains(Put, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "storage", "incoming")));
    }

    [Fact]
    public async Task A_long_object_passes_through_a_chunk_at_a_time()
    {
        await using var lake = await OpenLakeAsync();
        var chunk = FakeBucket.Hasty.ChunkBytes;
        int Requests(string part) => Faults.Requests.Count(request => request.Path.Contains(part, StringComparison.Ordinal));
        var source = new Watched(Content(8_000_000), position => Assert.True(position <= (Requests(Put) + 1L) * chunk, "The source is read ahead of what is sent."));
        await lake.PutAsync("raw/long", source, CancellationToken.None);
        await using var stream = await lake.OpenAsync(new("raw/long", 0, 8_000_000), CancellationToken.None);
        var part = new byte[10_000];
        for (var position = 0; position < 8_000_000; position += part.Length)
        {
            Assert.Equal((position + chunk - 1) / chunk, Requests("alt=media"));
            await stream.ReadExactlyAsync(part);
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_000_000)]
    public async Task A_service_that_says_it_stored_other_bytes_is_not_believed(int length)
    {
        await using var lake = await OpenLakeAsync();
        var answer = """{"name":"raw/a","generation":"1","size":"LENGTH","crc32c":"AAAAAA=="}""".Replace("LENGTH", $"{length}", StringComparison.Ordinal);
        Faults.Add(new(FaultKind.Refuse, length > 1_000_000 ? Put : Post, Skip: length > 1_000_000 ? 2 : 0, Times: 1, Status: 200, Body: answer));
        await Assert.ThrowsAsync<LakeCorruptException>(() => lake.PutAsync("raw/a", Once(Content(length)), CancellationToken.None));
        Assert.DoesNotContain(Faults.Requests, request => request.Method == "DELETE" && !request.Path.Contains(Put, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_minutes_without_network_lose_nothing_and_bring_back_nobody_who_left()
    {
        var clock = new HurriedClock(1_000);
        var options = FakeBucket.Hasty with { Retry = new CloudStorageOptions().Retry with { AttemptTimeout = TimeSpan.FromHours(2) } };
        await using var lake = await OpenLakeAsync(options, clock);
        Faults.Add(new(FaultKind.Drop));
        var patient = lake.PutAsync("raw/patient", new MemoryStream(Content(70_000)), CancellationToken.None);
        var append = lake.AppendAsync("patient", Content(500, 2), CancellationToken.None);
        using var minute = new CancellationTokenSource(TimeSpan.FromMinutes(1), clock);
        await Task.Delay(TimeSpan.FromSeconds(10), clock);
        var impatient = Enumerable.Range(0, 50).Select(i => lake.AppendAsync("impatient", Content(500, i), minute.Token)).ToList();
        foreach (var call in impatient)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        while (clock.Elapsed < TimeSpan.FromMinutes(10))
        {
            await Task.Delay(TimeSpan.FromSeconds(5), clock);
        }

        Assert.False(patient.IsCompleted || append.IsCompleted);
        Faults.Clear();
        Assert.Equal(Content(70_000), await ReadAsync(lake, new("raw/patient", 0, (await patient).Length)));
        Assert.Equal(Content(500, 2), await ReadAsync(lake, await append));
        Assert.Equal(["raw/patient", (await append).Object], await NamesAsync());
    }

    private static Stream Open(byte[] content, bool canSeek) => canSeek ? new MemoryStream(content) : Once(content);

    private sealed class Failing(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new EndOfStreamException("The sender is gone.");
    }

    private sealed class Watched(byte[] content, Action<long> watch) : MemoryStream(content)
    {
        private long _read;

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            watch(_read += read);
            return read;
        }
    }
}
