using RetailInsight.Local.Simulation;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>PostgreSQL bus, DuckDB, a directory as the lake; and what goes on in gateway and datamart, which is the same in every setting.</summary>
public sealed class TheEmbeddedSetting(PostgresFixture postgres) : TheSimulatedChain
{
    [Fact]
    public async Task Every_store_day_has_targets_that_are_never_below_what_was_reached()
    {
        var simulation = new RetailSimulation(Small with { Days = 1, Imperfections = false });
        await using var product = await StartAsync();
        foreach (var file in simulation.Files())
        {
            await product.PushAsync(file);
        }

        await product.DrainAsync();
        using var client = await product.SignInAsync("hq@demo");
        var targets = await RunningProduct.GetAsync(client, "/v1/targets?from=2026-11-01&to=2026-11-01");
        var net = targets.GetProperty("items").EnumerateArray().Where(target => target.GetProperty("metric").GetString() == "net_sales").ToList();
        Assert.Equal(simulation.Stores.Count, net.Count);
        Assert.All(net, target => Assert.True(Amount(target, "target") >= Amount(target, "actual")));
        Assert.Contains(net, target => Amount(target, "target") > Amount(target, "actual"));

        static decimal Amount(System.Text.Json.JsonElement target, string name) =>
            decimal.Parse(target.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_same_day_gives_the_same_figures_in_both_vendors_formats(bool statedInA, bool statedInB)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 4, Days = 2, ReceiptsPerStoreDay = 60 });
        await using var product = await StartAsync();
        var a = await product.AddTenantAsync("chain-a", simulation, "vendor-a", "vendor-a-pos-master");
        var b = await product.AddTenantAsync("chain-b", simulation, "vendor-b");
        await product.PushAsync(simulation.PosMaster(), a);
        foreach (var (store, date) in simulation.Stores.SelectMany(store => simulation.Dates.Select(date => (store, date))))
        {
            await product.PushAsync(simulation.CleanDay(store, date, "vendor-a", statedInA), a);
            await product.PushAsync(simulation.CleanDay(store, date, "vendor-b", statedInB), b);
        }

        await product.DrainAsync();
        var fromA = await ReadAsync(product, "chain-a");
        Assert.Equal(
            simulation.Stores.SelectMany(store => simulation.Dates.Select(date => Figures.Of(simulation.CleanTruth(store, date)) with { Visitors = null, Observed = 0 })).Order(),
            fromA);
        Assert.Equal(fromA, await ReadAsync(product, "chain-b"));
    }

    private protected override Task<RunningProduct> StartAsync() => RunningProduct.StartAsync(postgres);
}
