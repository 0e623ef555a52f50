using Dapper;
using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>The demo company in small, imperfections included, against what the simulator knows must come out.</summary>
public abstract class TheSimulatedChain : IClassFixture<PostgresFixture>
{
    private static readonly SimulationOptions Small = new() { Stores = 14, Days = 7, ReceiptsPerStoreDay = 12 };

    /// <summary>Starts the product in the setting under test, on a fresh database and an empty home.</summary>
    private protected abstract Task<RunningProduct> StartAsync();

    [Fact]
    public async Task Its_files_become_the_figures_the_simulator_knows_and_pushing_them_again_changes_nothing()
    {
        var simulation = new RetailSimulation(Small);
        var files = simulation.Files().ToList();
        await using var product = await StartAsync();
        foreach (var file in files)
        {
            var answer = await product.PushAsync(file);
            Assert.Equal(
                (file.FileName, file.Rows),
                (file.FileName, new Verdicts(
                    answer.GetProperty("accepted").GetInt32(),
                    answer.GetProperty("duplicate").GetInt32(),
                    answer.GetProperty("superseding").GetInt32(),
                    answer.GetProperty("quarantined").GetInt32())));
        }

        await product.DrainAsync();
        var expected = simulation.Truth.StoreDays.Where(day => day.Receipts > 0 || day.Visitors is not null).Select(Figures.Of).Order().ToList();
        Assert.Equal(expected, await ReadAsync(product));
        await AssertHoursAsync(product, simulation.Truth);

        foreach (var file in files)
        {
            await product.PushAsync(file);
        }

        await product.DrainAsync();
        Assert.Equal(expected, await ReadAsync(product));
        foreach (var feed in files.Select(file => file.Feed).Distinct())
        {
            var ledger = await product.ReconciliationAsync(feed);
            Assert.All(ledger.GetProperty("files").EnumerateArray(), file => Assert.True(file.GetProperty("balanced").GetBoolean(), file.ToString()));
        }
    }

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

    private static async Task<IReadOnlyList<Figures>> ReadAsync(RunningProduct product, string tenant = "demo")
    {
        await using var connection = await product.Database.Owner.OpenConnectionAsync();
        return [.. (await connection.QueryAsync<Figures>(
            """
            SELECT store AS Store, business_date AS Date, -1 AS Hour, net AS Net, tax AS Tax, gross AS Gross, receipts AS Receipts, items AS Items, returns AS Returns,
                   return_net AS ReturnNet, visitors AS Visitors, observed_minutes AS Observed, expected_minutes AS Expected
            FROM mart.kpi_store_day WHERE tenant = @tenant
            """,
            new { tenant })).Order()];
    }

    private static async Task AssertHoursAsync(RunningProduct product, Truth truth)
    {
        await using var connection = await product.Database.Owner.OpenConnectionAsync();
        var actual = await connection.QueryAsync<Figures>(
            """
            SELECT store AS Store, business_date AS Date, hour::int AS Hour, net AS Net, tax AS Tax, gross AS Gross, receipts AS Receipts, items AS Items, returns AS Returns,
                   return_net AS ReturnNet, visitors AS Visitors, observed_minutes AS Observed, expected_minutes AS Expected
            FROM mart.kpi_store_hour WHERE tenant = 'demo'
            """);
        var expected = truth.StoreHours.Select(hour => Figures.Of(hour.Figures) with { Hour = hour.Hour });
        Assert.Equal(expected.Select(WithoutCounter).Order(), actual.Select(WithoutCounter).Order());

        // An hour nobody counted is told from an empty one by its observed minutes alone.
        static Figures WithoutCounter(Figures figures) => figures with { Visitors = figures.Visitors ?? 0 };
    }

    private sealed record Figures(
        string Store, DateOnly Date, int Hour, long Net, long Tax, long Gross, int Receipts, long Items, int Returns, long ReturnNet, int? Visitors, int Observed, int Expected)
        : IComparable<Figures>
    {
        public static Figures Of(StoreDayTruth truth) => new(
            truth.Store, truth.BusinessDate, -1, Micros(truth.Net), Micros(truth.Tax), Micros(truth.Gross), truth.Receipts, Micros(truth.Items), truth.Returns,
            Micros(truth.ReturnNet), truth.Visitors, truth.ObservedMinutes, truth.ExpectedMinutes);

        public int CompareTo(Figures? other) => (Store, Date, Hour).CompareTo((other!.Store, other.Date, other.Hour));

        private static long Micros(long units) => units * Money.MicrosPerUnit;
    }
}
