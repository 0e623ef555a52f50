namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Test classes that share a host of the API, since each founding takes seconds. Those of one collection run one after the other,
/// the three collections beside each other.
/// </summary>
internal static class ApiCollections
{
    /// <summary>What people see and do.</summary>
    public const string Pages = "api: pages";

    /// <summary>What programs are promised.</summary>
    public const string Contract = "api: contract";

    /// <summary>What attackers and outages must not bring about.</summary>
    public const string Hardening = "api: hardening";

    /// <summary>All of them, the longest first.</summary>
    public static readonly string[] All = [Hardening, Pages, Contract];
}

[CollectionDefinition(ApiCollections.Pages)]
public sealed class ApiPages : ICollectionFixture<ApiHost>;

[CollectionDefinition(ApiCollections.Contract)]
public sealed class ApiContract : ICollectionFixture<ApiHost>;

[CollectionDefinition(ApiCollections.Hardening)]
public sealed class ApiHardening : ICollectionFixture<ApiHost>;
