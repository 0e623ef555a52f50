using RetailInsight.GoogleFakes;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>Pub/Sub, BigQuery and Cloud Storage: the same figures to the yen.</summary>
public sealed class TheCloudSetting(PostgresFixture postgres) : TheSimulatedChain, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("google-fakes-").FullName;
    private FakeGoogle _google = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _google = await FakeGoogle.StartAsync(_directory);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private protected override Task<RunningProduct> StartAsync() => RunningProduct.StartAsync(postgres, CloudSettings.For(_google));
}
