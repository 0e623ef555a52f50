namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>PostgreSQL bus, DuckDB, a directory as the lake.</summary>
public sealed class TheEmbeddedSetting(PostgresFixture postgres) : TheSimulatedChain
{
    private protected override Task<RunningProduct> StartAsync() => RunningProduct.StartAsync(postgres);
}
