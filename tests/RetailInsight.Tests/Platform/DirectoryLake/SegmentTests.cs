using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Platform;
using RetailInsight.Platform.Lake;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.Tests.Platform;

public sealed class SegmentTests : IDisposable
{
    private const int GroupBytes = 96 * 1024;
    private const int SegmentBytes = 128 * 1024;

    private readonly string _root = Directory.CreateTempSubdirectory("retail-segments-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE306_9283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2262_0404u)]
    public void The_checksum_is_castagnolis(string text, uint expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(expected, Crc32C.Compute(bytes));
        Assert.Equal(expected, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, bytes.Length / 3)), bytes.AsSpan(bytes.Length / 3)));
    }

    [Fact]
    public async Task Full_segments_are_sealed_with_an_index_and_a_new_one_starts()
    {
        var pointers = new List<LakePointer>();
        using (var lake = Open(_root))
        {
            for (var i = 0; i < 20; i++)
            {
                pointers.Add(await lake.AppendAsync("f", Payload(20_000, i), CancellationToken.None));
            }
        }

        Assert.True(pointers.Select(pointer => pointer.Object).Distinct().Count() >= 4);
        foreach (var segment in pointers.GroupBy(pointer => pointer.Object))
        {
            using var file = File.OpenHandle(Path.Combine(_root, segment.Key));
            Assert.Equal(segment.Select(pointer => pointer.Offset), SegmentIndex.TryRead(file)!.Select(entry => entry.Offset));
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(_root, "writers")));
        using var reopened = Open(_root);
        await AssertReadableAsync(reopened, pointers, 20_000);
    }

    [Fact]
    public async Task A_segment_torn_at_any_byte_keeps_every_whole_payload()
    {
        using var lake = Open(_root);
        var pointers = new List<LakePointer>();
        for (var i = 0; i < 5; i++)
        {
            pointers.Add(await lake.AppendAsync("feed", Payload(150 + i, i), CancellationToken.None));
        }

        var segment = await ReadSharedAsync(Path.Combine(_root, pointers[0].Object));
        var salt = SegmentHeader.SaltOf(SegmentHeader.WriterOf(pointers[0].Object));
        var end = (int)(pointers[^1].Offset + pointers[^1].Length + "feed".Length);
        for (var cut = SegmentHeader.Bytes; cut <= end; cut++)
        {
            var torn = segment.ToArray();
            torn.AsSpan(cut).Clear();
            var scan = SegmentScan.Read(torn, salt);
            var whole = pointers.Where(pointer => pointer.Offset + pointer.Length + "feed".Length <= cut).Select(pointer => pointer.Offset);
            Assert.Equal(whole, scan.Entries.Select(entry => entry.Offset));
            Assert.Empty(scan.Gaps);
        }
    }

    [Fact]
    public async Task A_start_after_a_crash_seals_what_was_left_and_a_living_writer_is_not_touched()
    {
        using var living = Open(_root);
        var pointers = new List<LakePointer>();
        for (var i = 0; i < 10; i++)
        {
            pointers.Add(await living.AppendAsync("f", Payload(500, i), CancellationToken.None));
        }

        using (Open(_root))
        {
            Assert.Equal(SegmentBytes, new FileInfo(Path.Combine(_root, pointers[0].Object)).Length);
        }

        // A copy of the directory is what a crash at this moment would leave: the same files, no lock held.
        var crashed = Copy(_root, _root + "-crashed");
        try
        {
            using var reopened = Open(crashed);
            await AssertReadableAsync(reopened, pointers, 500);
            using var file = File.OpenHandle(Path.Combine(crashed, pointers[0].Object));
            Assert.Equal(pointers.Select(pointer => pointer.Offset), SegmentIndex.TryRead(file)!.Select(entry => entry.Offset));
        }
        finally
        {
            Directory.Delete(crashed, recursive: true);
        }
    }

    [Fact]
    public async Task Sound_payloads_behind_a_damaged_one_are_kept_and_raise_an_alarm()
    {
        using var living = Open(_root);
        var pointers = new List<LakePointer>();
        for (var i = 0; i < 3; i++)
        {
            pointers.Add(await living.AppendAsync("f", Payload(500, i), CancellationToken.None));
        }

        var crashed = Copy(_root, _root + "-damaged");
        try
        {
            await using (var file = new FileStream(Path.Combine(crashed, pointers[1].Object), FileMode.Open))
            {
                file.Position = pointers[1].Offset;
                file.WriteByte((byte)(Payload(500, 1)[0] ^ 0x80));
            }

            var log = new ErrorLog();
            using var reopened = DirectoryLake.Open(Options(crashed), TimeProvider.System, log);
            Assert.Contains("sound payloads follow", Assert.Single(log.Errors), StringComparison.Ordinal);
            await AssertReadableAsync(reopened, [pointers[0]], 500);
            await Assert.ThrowsAsync<LakeCorruptException>(() => reopened.OpenAsync(pointers[1], CancellationToken.None));
            await using var third = await reopened.OpenAsync(pointers[2], CancellationToken.None);
            Assert.Equal(500, third.Length);
        }
        finally
        {
            Directory.Delete(crashed, recursive: true);
        }
    }

    [Fact]
    public void A_payload_that_looks_like_a_frame_is_not_taken_for_one()
    {
        const uint Salt = 7;
        var inner = Frame(new SegmentFrame("f", new byte[200]), salt: 0);
        var outer = Frame(new SegmentFrame("f", inner), Salt);
        var segment = new byte[SegmentHeader.Bytes + outer.Length];
        outer.CopyTo(segment, SegmentHeader.Bytes);
        Assert.Single(SegmentScan.Read(segment, Salt).Entries);
        segment[SegmentHeader.Bytes + 40] ^= 1;
        Assert.Empty(SegmentScan.Read(segment, Salt).Entries);
    }

    [Fact]
    public async Task After_a_failed_sync_the_appends_fail_and_the_segment_is_never_written_again()
    {
        var failing = false;
        var log = new ErrorLog();
        var pointers = new List<LakePointer>();
        using (var lake = DirectoryLake.Open(Options(_root), TimeProvider.System, log, file =>
        {
            if (failing)
            {
                throw new IOException("Input/output error");
            }

            RandomAccess.FlushToDisk(file);
        }))
        {
            pointers.Add(await lake.AppendAsync("f", Payload(500, 0), CancellationToken.None));
            failing = true;
            await Assert.ThrowsAsync<IOException>(() => lake.AppendAsync("f", Payload(500, 1), CancellationToken.None));
            failing = false;
            pointers.Add(await lake.AppendAsync("f", Payload(500, 1), CancellationToken.None));
            Assert.NotEqual(pointers[0].Object, pointers[1].Object);
            await AssertReadableAsync(lake, pointers, 500);
        }

        Assert.Single(log.Errors);
        using var reopened = Open(_root);
        await AssertReadableAsync(reopened, pointers, 500);
    }

    [Fact]
    public async Task Appends_beyond_the_group_wait_and_can_be_cancelled_while_they_wait()
    {
        using var disk = new SemaphoreSlim(0);
        using var lake = DirectoryLake.Open(Options(_root), TimeProvider.System, NullLogger<DirectoryLake>.Instance, _ => disk.Wait());
        var accepted = Enumerable.Range(0, 3).Select(i => lake.AppendAsync("f", Payload(60_000, i), CancellationToken.None)).ToList();
        using var cancellation = new CancellationTokenSource();
        var waiting = lake.AppendAsync("f", Payload(60_000, 3), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.All(accepted, append => Assert.False(append.IsCompleted));
        disk.Release(100);
        await AssertReadableAsync(lake, await Task.WhenAll(accepted), 60_000);
    }

    [Fact]
    public async Task A_closed_lake_takes_nothing()
    {
        var lake = Open(_root);
        lake.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lake.AppendAsync("f", Payload(5, 0), CancellationToken.None));
    }

    private static DirectoryLakeOptions Options(string root) => new() { Root = root, GroupBytes = GroupBytes, SegmentBytes = SegmentBytes };

    private static DirectoryLake Open(string root) => DirectoryLake.Open(Options(root), TimeProvider.System, NullLogger<DirectoryLake>.Instance);

    private static byte[] Payload(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Frame(SegmentFrame frame, uint salt)
    {
        var bytes = new byte[frame.Size];
        frame.WriteTo(bytes, sequence: 0, microseconds: 0, salt);
        return bytes;
    }

    private static async Task AssertReadableAsync(DirectoryLake lake, IReadOnlyList<LakePointer> pointers, int length)
    {
        for (var i = 0; i < pointers.Count; i++)
        {
            await using var stream = await lake.OpenAsync(pointers[i], CancellationToken.None);
            var bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes);
            Assert.Equal(Payload(length, i), bytes);
            Assert.Equal(-1, stream.ReadByte());
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static string Copy(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(path) != "lock")
            {
                File.WriteAllBytes(target, ReadSharedAsync(path).GetAwaiter().GetResult());
            }
        }

        return to;
    }

    private sealed class ErrorLog : ILogger<DirectoryLake>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Add(formatter(state, exception));
            }
        }
    }
}
