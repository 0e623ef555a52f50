using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Api;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("RetailInsight.IntegrationTests." + nameof(LongestFirst), "RetailInsight.IntegrationTests")]

namespace RetailInsight.IntegrationTests;

/// <summary>The tests of the API share hosts and run one after the other on each: they begin with the first, so that no processor waits for them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Array.IndexOf(ApiCollections.All, collection.DisplayName) >= 0);
}
