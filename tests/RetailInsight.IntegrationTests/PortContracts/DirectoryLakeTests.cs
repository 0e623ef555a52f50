using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Lake;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.IntegrationTests.PortContracts;

public sealed class DirectoryLakeTests : LakeContract
{
    private readonly string _root = Directory.CreateTempSubdirectory("retail-lake-").FullName;

    public override Task DisposeAsync()
    {
        ((IDisposable)Lake).Dispose();
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_second_process_writes_beside_the_first()
    {
        var before = await Lake.AppendAsync("f", Content(100, 1), CancellationToken.None);
        using var other = Open(_root);
        var theirs = await other.AppendAsync("f", Content(100, 2), CancellationToken.None);
        var after = await Lake.AppendAsync("f", Content(100, 3), CancellationToken.None);
        Assert.Equal(before.Object, after.Object);
        Assert.NotEqual(before.Object, theirs.Object);
        Assert.Equal(Content(100, 1), await ReadAsync(before));
        Assert.Equal(Content(100, 2), await ReadAsync(theirs));
        Assert.Equal(Content(100, 3), await ReadAsync(after));
    }

    [Fact]
    public async Task A_process_killed_in_a_storm_of_appends_has_lost_nothing_it_promised()
    {
        var promised = new List<LakePointer>();
        using var child = StartStorm();
        while (promised.Count < 3_000 && await child.StandardOutput.ReadLineAsync() is { } line)
        {
            promised.Add(AppendStorm.Parse(line));
        }

        child.Kill();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be cut off; whole ones were promised too.
            if (line.EndsWith(';'))
            {
                promised.Add(AppendStorm.Parse(line));
            }
        }

        await child.WaitForExitAsync();
        Assert.True(promised.Count >= 3_000, await child.StandardError.ReadToEndAsync());
        using var reopened = Open(_root);
        foreach (var pointer in promised)
        {
            await using var stream = await reopened.OpenAsync(pointer, CancellationToken.None);
            Assert.Equal(AppendStorm.PayloadLength(stream.ReadByte(), stream.ReadByte()), pointer.Length);
        }

        using var segment = File.OpenHandle(Path.Combine(_root, promised[0].Object));
        var index = Assert.IsAssignableFrom<IReadOnlyList<SegmentEntry>>(SegmentIndex.TryRead(segment));
        Assert.Subset(index.Select(entry => entry.Offset).ToHashSet(), promised.Where(p => p.Object == promised[0].Object).Select(p => p.Offset).ToHashSet());
    }

    internal static DirectoryLake Open(string root) =>
        DirectoryLake.Open(new DirectoryLakeOptions { Root = root }, TimeProvider.System, NullLogger<DirectoryLake>.Instance);

    protected override Task<ILake> OpenLakeAsync() => Task.FromResult<ILake>(Open(_root));

    protected override async Task DamageAsync(LakePointer pointer)
    {
        var path = pointer.Object.StartsWith("segments/", StringComparison.Ordinal) ? pointer.Object : "objects/" + pointer.Object + "#";
        await using var file = new FileStream(Path.Combine(_root, path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = pointer.Offset + pointer.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 1));
    }

    private Process StartStorm()
    {
        var assembly = typeof(DirectoryLakeTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[AppendStorm.DirectoryVariable] = _root;
        return Process.Start(start)!;
    }
}
