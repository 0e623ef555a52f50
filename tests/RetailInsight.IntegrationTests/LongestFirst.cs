using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Api;
using RetailInsight.IntegrationTests.EndToEnd;
using RetailInsight.IntegrationTests.Gateway;
using RetailInsight.IntegrationTests.Ingest;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("RetailInsight.IntegrationTests." + nameof(LongestFirst), "RetailInsight.IntegrationTests")]

namespace RetailInsight.IntegrationTests;

/// <summary>
/// The tests of one collection run one after the other: what takes longest begins first, so that no processor waits for it at the end. These are the tests
/// of the API, which share hosts, and after them the classes that mostly wait for other processes.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        .. ApiCollections.All,
        .. new[] { typeof(TheStreamerInTheCloud), typeof(TheCloudSetting), typeof(TheEmbeddedSetting), typeof(LargeFileLandingTests) }.Select(one => $"Test collection for {one.FullName}"),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(Long, collection.DisplayName) is var place and >= 0 ? place : Long.Length);
}
