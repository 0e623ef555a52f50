using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.GoogleFakes;
using RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;
using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>A dataset of the fake with patience counted in milliseconds.</summary>
internal static class FakeDataset
{
    public const string Name = "retail";

    public static BigQueryOptions Hasty { get; } = new()
    {
        Retry = new(Attempts: 6, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(40), AttemptTimeout: TimeSpan.FromSeconds(60), BigQueryErrors.IsTransient),
        FirstPoll = TimeSpan.FromMilliseconds(5),
        MaxPoll = TimeSpan.FromMilliseconds(40),
        JobPause = TimeSpan.FromMilliseconds(10),
        JobAttempts = 12,
    };

    public static GoogleCloudOptions Options(FakeGoogle google) => new()
    {
        Project = "p1",
        Bucket = FakeBucket.Name,
        Dataset = Name,
        StorageEndpoint = google.Address,
        BigQueryEndpoint = google.Address,
    };

    public static BigQueryWarehouse Open(FakeGoogle google, BigQueryOptions? options = null, TimeProvider? clock = null) =>
        new(Options(google), clock ?? TimeProvider.System, NullLogger<BigQueryWarehouse>.Instance, options ?? Hasty, FakeBucket.Hasty);
}
