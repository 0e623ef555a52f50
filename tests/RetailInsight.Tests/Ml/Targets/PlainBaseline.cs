namespace RetailInsight.Tests.Ml.Targets;

/// <summary>
/// A forecast of the tests' own, plainer than the product's: store, weekday and promotion of the last half year in logs, drawn to
/// the chain where a store has few such days, and how the store did in the last six weeks.
/// </summary>
internal sealed class PlainBaseline
{
    private const int Window = 182;
    private const int Recent = 42;
    private const int FewestDays = 60;

    private readonly Dictionary<string, (double Level, double[] Cells)> _stores = [];
    private readonly double[] _chain = new double[14];

    /// <summary>Learns from the days before the origin only.</summary>
    public PlainBaseline(IEnumerable<TradingStore> stores, DateOnly origin)
    {
        var known = stores.Select(store => (store.Store, Days: store.Days.Where(day => day.Day < origin && day.Day >= origin.AddDays(-Window) && day.Sales > 0).ToList()))
            .Where(store => store.Days.Count >= FewestDays).Select(store => (store.Store, store.Days, Mean: store.Days.Average(day => Math.Log(day.Sales)))).ToList();
        foreach (var cell in known.SelectMany(store => store.Days.Select(day => (Cell: Cell(day), Residual: Math.Log(day.Sales) - store.Mean))).GroupBy(day => day.Cell))
        {
            _chain[cell.Key] = cell.Average(day => day.Residual);
        }

        foreach (var (store, days, mean) in known)
        {
            var cells = (double[])_chain.Clone();
            foreach (var cell in days.GroupBy(Cell))
            {
                cells[cell.Key] += cell.Sum(day => Math.Log(day.Sales) - mean - _chain[cell.Key]) / (cell.Count() + 3);
            }

            var recent = days.Where(day => day.Day >= origin.AddDays(-Recent)).Select(day => Math.Log(day.Sales) - mean - cells[Cell(day)]).ToList();
            _stores[store] = (mean + (recent.Sum() / (recent.Count + 10)), cells);
        }
    }

    /// <summary>Whether the store was seen often enough.</summary>
    public bool Knows(string store) => _stores.ContainsKey(store);

    /// <summary>What it expects of a day, 0 of a closed one.</summary>
    public double Expect(string store, TradingDay day) => day.IsOpen ? Math.Exp(_stores[store].Level + _stores[store].Cells[Cell(day)]) : 0;

    private static int Cell(TradingDay day) => (2 * (int)day.Day.DayOfWeek) + (day.IsPromotion ? 1 : 0);
}
