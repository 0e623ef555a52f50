using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>The columns of summed figures, in the order the pages show them. Ratios have the decimals of their definition card.</summary>
internal static class FigureColumns
{
    private static readonly (string Id, Func<Figures, decimal?> Read)[] Metrics =
    [
        ("net_sales", figures => figures.NetSales), ("visitors", figures => figures.Visitors), ("conversion", figures => figures.Conversion),
        ("receipts", figures => figures.Receipts), ("basket_value", figures => figures.BasketValue), ("items_per_receipt", figures => figures.ItemsPerReceipt),
    ];

    /// <summary>Figures and how much of their counters' time arrived.</summary>
    public static IEnumerable<SheetColumn<T>> Of<T>(Func<T, Figures?> figures) => Metrics.Select(metric => Column(metric.Id, figures, metric.Read)).Append(Coverage(figures));

    /// <summary>Figures, each with what it was, the difference and the change.</summary>
    /// <param name="shown">What the page shows.</param>
    /// <param name="now">The part of it that is compared: of a running day its hours so far.</param>
    /// <param name="then">What it is compared with.</param>
    public static IEnumerable<SheetColumn<T>> Compared<T>(Func<T, Figures?> shown, Func<T, Figures?> now, Func<T, Figures?> then) =>
        Metrics.SelectMany(metric => new SheetColumn<T>[]
        {
            Column(metric.Id, shown, metric.Read),
            Column($"{metric.Id}_comparison", then, metric.Read, metric.Id),
            new($"{metric.Id}_difference", row => Rounded(Value(now(row), metric.Read) - Value(then(row), metric.Read), metric.Id)),
            new($"{metric.Id}_change", row => Change(Value(now(row), metric.Read), Value(then(row), metric.Read))),
        }).Append(Coverage(shown));

    /// <summary>Registers that should have reported, each counting once a store-day, and those of them that did.</summary>
    public static SheetColumn<T>[] Registers<T>(Func<T, Completeness> data) =>
        [new("registers_expected", row => data(row).Total?.RegistersExpected), new("registers_reported", row => data(row).Total?.RegistersReported)];

    /// <summary>(now − then) ÷ |then| to four decimals; null where there is nothing to divide by.</summary>
    public static decimal? Change(decimal? now, decimal? then) => then is null or 0 ? null : Round((now - then) / Math.Abs(then.Value), 4);

    /// <summary>A ratio to some decimals, half away from zero.</summary>
    public static decimal? Round(decimal? value, int places) => value is { } known ? Math.Round(known, places, MidpointRounding.AwayFromZero) : null;

    private static SheetColumn<T> Coverage<T>(Func<T, Figures?> figures) => Column("counter_coverage", figures, one => one.Coverage);

    private static SheetColumn<T> Column<T>(string id, Func<T, Figures?> figures, Func<Figures, decimal?> read, string? metric = null) =>
        new(id, row => Rounded(Value(figures(row), read), metric ?? id));

    private static decimal? Value(Figures? figures, Func<Figures, decimal?> read) => figures is null ? null : read(figures);

    /// <summary>A value to the decimals of a metric's definition card; sums stay exact.</summary>
    public static decimal? Rounded(decimal? value, string metric) => MetricCatalogue.Find(metric)?.Places is { } places ? Round(value, places) : value;
}
