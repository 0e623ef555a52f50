using RetailInsight.Core.Ports;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

/// <summary>A fake with one bucket, started for each test.</summary>
public abstract class StorageTests : IAsyncLifetime
{
    internal FakeGoogle Google { get; private set; } = null!;

    internal FaultPlan Faults => Google.Faults;

    protected string Root { get; } = Directory.CreateTempSubdirectory("fake-storage-").FullName;

    public async Task InitializeAsync()
    {
        Google = await FakeGoogle.StartAsync(Root);
        using var client = FakeBucket.Client(Google);
        await client.EnsureBucketAsync(CancellationToken.None);
        Faults.Clear();
    }

    public async Task DisposeAsync()
    {
        await Google.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    internal Task<CloudStorageLake> OpenLakeAsync(CloudStorageOptions? options = null, TimeProvider? clock = null) => FakeBucket.OpenLakeAsync(Google, options, clock);

    protected static byte[] Content(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static async Task<byte[]> ReadAsync(ILake lake, LakePointer pointer)
    {
        await using var stream = await lake.OpenAsync(pointer, CancellationToken.None);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>Names of everything in the bucket.</summary>
    protected async Task<List<string>> NamesAsync()
    {
        using var client = FakeBucket.Client(Google);
        var names = new List<string>();
        await foreach (var found in client.ListAsync("", "", "", CancellationToken.None))
        {
            names.Add(found.Name);
        }

        return names;
    }

    /// <summary>Restarts the fake on the same directory.</summary>
    protected async Task RestartAsync()
    {
        await Google.DisposeAsync();
        Google = await FakeGoogle.StartAsync(Root);
    }

    /// <summary>A stream that can be read once only.</summary>
    protected static Stream Once(byte[] content) => new OneWay(content);

    private sealed class OneWay(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    }
}
