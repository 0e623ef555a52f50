using RetailInsight.Api.Charts;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Pages;

/// <summary>
/// Every text of the pages, once a language (<see cref="Japanese"/>, <see cref="English"/>); <c>required</c> makes the compiler
/// ask each language for every key.
/// </summary>
internal sealed record Wording
{
    private static readonly string[] Defined = ["net_sales", "receipts", "basket_value", "items_per_receipt", "visitors", "conversion", "counter_coverage"];

    public static Wording Japanese => JapaneseWording.Value;

    public static Wording English => EnglishWording.Value;

    public required string Language { get; init; }

    public required string OtherLanguage { get; init; }

    public required string OtherLanguageName { get; init; }

    public required string SkipToContent { get; init; }

    /// <summary>Stands above a page while the database cannot be asked; {0} is when its figures were read.</summary>
    public required string ShownFromMemory { get; init; }

    /// <summary>Names the bar of pages for people who do not see it.</summary>
    public required string Pages { get; init; }

    /// <summary>By <see cref="PageLink"/>.</summary>
    public required IReadOnlyList<string> PageNames { get; init; }

    public required string SignIn { get; init; }

    public required string SignInLead { get; init; }

    public required string SignOut { get; init; }

    public required string Login { get; init; }

    public required string Password { get; init; }

    public required string SignInFailed { get; init; }

    public required string SignInTooOften { get; init; }

    public required string FormExpired { get; init; }

    public required string Store { get; init; }

    public required string AllStores { get; init; }

    public required string Date { get; init; }

    public required string Show { get; init; }

    public required string DayBefore { get; init; }

    public required string DayAfter { get; init; }

    // What figures are called is said once, in the catalogue: pages, files and the interface mean the same by a name.
    public string NetSales => MetricName("net_sales");

    public string Receipts => MetricName("receipts");

    public string BasketValue => MetricName("basket_value");

    public string ItemsPerReceipt => MetricName("items_per_receipt");

    public string Visitors => MetricName("visitors");

    public string PricePerItem => MetricName("item_price");

    public string Conversion => MetricName("conversion");

    public string Coverage => MetricName("counter_coverage");

    public string TargetShare => MetricName("target_achievement");

    public required string TaxExcluded { get; init; }

    public required string ReceiptsNote { get; init; }

    public required string Before { get; init; }

    public required string Grown { get; init; }

    public required string Shrunk { get; init; }

    public required string CoverageNote { get; init; }

    public required string VersusWeekday { get; init; }

    public required string VersusWeekdayUntil { get; init; }

    public required string NoComparison { get; init; }

    public required string Steady { get; init; }

    public required string Points { get; init; }

    public required string NotCounted { get; init; }

    public required string ForReference { get; init; }

    public required string Undefined { get; init; }

    public required string LastDays { get; init; }

    public required string Course { get; init; }

    public required string KeyFigures { get; init; }

    public required string ByHour { get; init; }

    public required string ByHourDescription { get; init; }

    public required string Trend { get; init; }

    public required string TrendDescription { get; init; }

    public required string AsTable { get; init; }

    public required string Hour { get; init; }

    public required string HourUnit { get; init; }

    public required string NoSignal { get; init; }

    public required string PartSignal { get; init; }

    public required string NoData { get; init; }

    public required string NoDataAnywhere { get; init; }

    public required string NoStore { get; init; }

    public required string AsOf { get; init; }

    public required string DayRunning { get; init; }

    public required string CounterReceived { get; init; }

    public required string CounterSilent { get; init; }

    public required string CounterSilentHours { get; init; }

    public required string CounterNone { get; init; }

    public required string SalesUnknown { get; init; }

    public required string StoresReported { get; init; }

    public required string OtherCurrencies { get; init; }

    public required string WhyTitle { get; init; }

    public required string WhyUp { get; init; }

    public required string WhyDown { get; init; }

    public required string WhySame { get; init; }

    public required string Targets { get; init; }

    public required string TargetsLead { get; init; }

    public required string TargetsNone { get; init; }

    public required string Target { get; init; }

    public required string Actual { get; init; }

    public required string GapToMean { get; init; }

    public required string BulletLabel { get; init; }

    public required string Reached { get; init; }

    public required string ReachedReason { get; init; }

    public required string NetSalesReason { get; init; }

    public required string BasketReason { get; init; }

    public required string ItemsReason { get; init; }

    public required string ConversionReason { get; init; }

    public required string PlainReason { get; init; }

    public required string StoreTable { get; init; }

    public required string Definitions { get; init; }

    /// <summary>The figures of the cards with formula and scope of their definition cards.</summary>
    public IReadOnlyList<(string Term, string Meaning)> DefinitionList => [.. Defined.Select(id => MetricCatalogue.Find(id)!)
        .Select(metric => (metric.Name.In(Language), $"{metric.Formula.In(Language)} {(Language == "ja" ? "／" : "/")} {metric.Scope.In(Language)}"))];

    public required string Changes { get; init; }

    public required string ChangesNote { get; init; }

    public required string ChangedAt { get; init; }

    public required string ChangedFrom { get; init; }

    public required string ChangedTo { get; init; }

    public required string ChangedWhy { get; init; }

    public required string NewData { get; init; }

    public required string LateData { get; init; }

    public required string Correction { get; init; }

    public required string News { get; init; }

    public required string NewsReload { get; init; }

    public required string ErrorTitle { get; init; }

    public required string NotFound { get; init; }

    public required string BadRequest { get; init; }

    public required string Forbidden { get; init; }

    public required string TooMuch { get; init; }

    public required string TooOften { get; init; }

    public required string Failed { get; init; }

    public required string BackToStart { get; init; }

    /// <summary>{0} is a date, {1} a weekday.</summary>
    public required string LongDate { get; init; }

    public required IReadOnlyList<string> Weekdays { get; init; }

    /// <summary>What a metric is called, as its definition card says.</summary>
    public string MetricName(string id) => MetricCatalogue.Find(id)!.Name.In(Language);

    /// <summary>The chart legend and axis words.</summary>
    public HourChartWords HourChart => new(ByHour, NetSales, Visitors, Receipts, NoSignal, HourUnit);

    public static Wording Of(string? language) => language == "en" ? English : Japanese;
}
