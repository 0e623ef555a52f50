using Dapper;
using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>The demo company in small, imperfections included, against what the simulator knows must come out.</summary>
public abstract class TheSimulatedChain : IClassFixture<PostgresFixture>
{
    private protected static readonly SimulationOptions Small = new() { Stores = 14, Days = 7, ReceiptsPerStoreDay = 12 };

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

    private protected static async Task<IReadOnlyList<Figures>> ReadAsync(RunningProduct product, string tenant = "demo")
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

    private protected sealed record Figures(
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
