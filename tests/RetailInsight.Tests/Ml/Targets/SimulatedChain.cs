using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

/// <summary>
/// Stores whose figure is made of known parts. Street stores work better or worse from year to year: in any year a third of them
/// lie 4–12 % low, and are back a year later. Mall stores never move: a third of them lie 5–15 % low in both years, for a reason
/// no covariate tells. Both have traits that the covariates do tell, worth far more than either.
/// </summary>
internal sealed class SimulatedChain
{
    /// <summary>Standard deviation of the log of one week's figure around the store's level.</summary>
    public const double WeekNoise = 0.06;

    /// <summary>Of the mean of four weeks.</summary>
    public const double MonthNoise = WeekNoise / 2;

    private const int PeersEach = 10;

    private readonly Random _random;
    private readonly int _weeks;

    /// <summary>A chain of that many stores, half of them street, drawn from the seed.</summary>
    /// <param name="stores">How many.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="standingStreet">Standard deviation of what stands of street stores and no covariate tells.</param>
    /// <param name="weeks">How many weeks are seen of each year.</param>
    public SimulatedChain(int stores, int seed, double standingStreet = 0.01, int weeks = 26)
    {
        _weeks = weeks;
        _random = new Random(seed);
        Stores = [.. Enumerable.Range(0, stores).Select(i => Draw($"s{i:000}", i % 2 == 0, standingStreet))];
        Kpis = [.. Stores.Select(store => new StoreKpi(
            store.Store, store.IsStreet ? "street" : "mall", Period(store, store.WorkNow), Period(store, store.WorkBefore), Peers(store)))];
    }

    /// <summary>What is true.</summary>
    public IReadOnlyList<SimulatedStore> Stores { get; }

    /// <summary>What is seen.</summary>
    public IReadOnlyList<StoreKpi> Kpis { get; }

    /// <summary>How far the work of a store is below the upper quartile of its peers' work.</summary>
    public double TrueGap(int store)
    {
        var work = Stores.ToDictionary(one => one.Store, one => one.WorkNow);
        return Quantile.Of([.. Kpis[store].Peers.Select(peer => work[peer]).Order()], 0.75) - Stores[store].WorkNow;
    }

    /// <summary>What the covariates add to the log of the figure.</summary>
    public static double Structural(double[] structure) => (0.3 * structure[0]) - (0.15 * structure[1]) + (0.2 * structure[3]);

    private SimulatedStore Draw(string name, bool street, double standingStreet)
    {
        var area = 0.5 * Normal();
        double[] structure = [area, (0.6 * area) + (0.4 * Normal()), 0.1 * Normal(), street ? 1 : 0];
        var standing = street ? standingStreet * Normal() : _random.Next(3) == 0 ? -0.05 - (0.1 * _random.NextDouble()) : 0;
        var before = Work();
        var now = Work();
        return new(name, street, structure, standing, now.Work, before.Work, now.Planted);

        (double Work, bool Planted) Work()
        {
            var low = _random.Next(3) == 0;
            var size = 0.04 + (0.08 * _random.NextDouble());
            var usual = 0.01 * Normal();
            return street ? (usual - (low ? size : 0), low) : (0, false);
        }
    }

    private KpiPeriod Period(SimulatedStore store, double work)
    {
        var level = Math.Log(2) + Structural(store.Structure) + store.Standing + work;
        return new(
            Measurement.OfRatio([.. Enumerable.Range(0, _weeks).Select(_ => new RatioWeek(1000 * Math.Exp(level + (WeekNoise * Normal())), 1000))]),
            store.Structure);
    }

    private List<string> Peers(SimulatedStore store) =>
        [.. Stores.Where(other => other.Store != store.Store && other.IsStreet == store.IsStreet)
            .OrderBy(other => other.Structure.Zip(store.Structure, (a, b) => (a - b) * (a - b)).Sum()).Take(PeersEach).Select(other => other.Store)];

    // Box and Muller 1958.
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}

/// <summary>The parts a simulated store's figure is made of; logs.</summary>
internal sealed record SimulatedStore(
    string Store, bool IsStreet, double[] Structure, double Standing, double WorkNow, double WorkBefore, bool IsPlanted);
