using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.GoogleFakes;
using RetailInsight.GoogleFakes.Storage;
using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.GoogleCloud.CloudStorage;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

/// <summary>A bucket of the fake, as the adapter sees it and as the disk does.</summary>
internal static class FakeBucket
{
    public const string Name = "retail-lake";

    /// <summary>Patience counted in milliseconds.</summary>
    public static CloudStorageOptions Hasty { get; } = new()
    {
        Retry = new(Attempts: 5, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(40), AttemptTimeout: TimeSpan.FromSeconds(20), RetryPolicy.PassesSoon),
        ChunkBytes = 1024 * 1024,
    };

    public static GoogleCloudOptions Options(FakeGoogle google) => new() { Project = "p1", Bucket = Name, StorageEndpoint = google.Address };

    public static CloudStorageClient Client(FakeGoogle google, CloudStorageOptions? options = null) =>
        new(Options(google), options ?? Hasty, TimeProvider.System, NullLogger.Instance);

    /// <summary>A lake over the bucket, which is made when there is none.</summary>
    public static async Task<CloudStorageLake> OpenLakeAsync(FakeGoogle google, CloudStorageOptions? options = null, TimeProvider? clock = null)
    {
        using var client = Client(google);
        await client.EnsureBucketAsync(CancellationToken.None);
        return new CloudStorageLake(Options(google), clock ?? TimeProvider.System, NullLogger<CloudStorageLake>.Instance, options ?? Hasty);
    }

    /// <summary>Flips a bit of an object on the fake's disk.</summary>
    public static void Damage(string directory, string name, long offset)
    {
        var bucket = BucketDirectory.Open(Path.Combine(directory, "storage", "buckets", Name), TimeProvider.System);
        using var file = new FileStream(bucket.ContentPath(bucket.Find(name)!), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 1));
    }
}
