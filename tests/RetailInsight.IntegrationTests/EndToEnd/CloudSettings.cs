using RetailInsight.GoogleFakes;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>The configuration that puts the Google adapters behind the ports.</summary>
internal static class CloudSettings
{
    /// <summary>Everything at one fake.</summary>
    public static IReadOnlyDictionary<string, string?> For(FakeGoogle google) => new Dictionary<string, string?>
    {
        ["Platform:Adapters"] = "Google",
        ["Platform:Google:Project"] = "test-project",
        ["Platform:Google:Bucket"] = "test-bucket",
        ["Platform:Google:Dataset"] = "test_dataset",
        ["Platform:Google:PubSubEndpoint"] = google.Address,
        ["Platform:Google:StorageEndpoint"] = google.Address,
        ["Platform:Google:BigQueryEndpoint"] = google.Address,
    };
}
