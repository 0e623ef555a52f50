namespace RetailInsight.Core.Features;

/// <summary>The definitions of all features, in the order of the catalogue.</summary>
public static class FeatureDefinitions
{
    private const string CategoryShare = "category_share:";

    /// <summary>What every company has.</summary>
    public static IReadOnlyList<FeatureDefinition> Common { get; } =
    [
        new("net_sales_per_day", "sales", FeatureKind.Outcome, "currency",
            new("売上高(税抜)（1日）", "営業した日1日あたりの税抜売上高。", new("売上高の大きい", "売上高が大きく"), new("売上高の小さい", "売上高が小さく")),
            new("Net sales a day", "Net sales of an open day.", new("High-sales", "high sales"), new("Low-sales", "low sales"))),
        new("receipts_per_day", "size", FeatureKind.Structural, "receipts",
            new("レジ客数（1日）", "営業した日1日あたりのレジ客数。", new("レジ客数の多い", "レジ客数が多く"), new("レジ客数の少ない", "レジ客数が少なく")),
            new("Receipts a day", "Receipts of an open day.", new("Busy", "many receipts"), new("Quiet", "few receipts"))),
        new("visitors_per_day", "size", FeatureKind.Structural, "visitors",
            new("来店客数（1日）", "通して計数できた日1日あたりの来店客数。", new("来店客の多い", "来店客が多く"), new("来店客の少ない", "来店客が少なく")),
            new("Visitors a day", "Visitors of a day that was counted through.", new("High-traffic", "many visitors"), new("Low-traffic", "few visitors"))),
        new("floor_area", "size", FeatureKind.Structural, "m2",
            new("売場面積", "売場の広さ（m²）。", new("売場の広い", "売場が広く"), new("売場の狭い", "売場が狭く")),
            new("Sales floor", "Sales floor in square metres.", new("Large", "a large floor"), new("Small", "a small floor"))),
        new("basket_value", "basket_value", FeatureKind.Controllable, "currency",
            new("客単価", "レジ客1人あたりの税抜売上高。", new("客単価の高い", "客単価が高く"), new("客単価の低い", "客単価が低く")),
            new("Basket value", "Net sales a receipt.", new("Large-basket", "large baskets"), new("Small-basket", "small baskets"))),
        new("items_per_receipt", "items_per_receipt", FeatureKind.Controllable, "items",
            new("買上点数", "レジ客1人あたりの商品の点数。", new("買上点数の多い", "買上点数が多く"), new("買上点数の少ない", "買上点数が少なく")),
            new("Items per receipt", "Pieces of merchandise a receipt.", new("Many-item", "many items a receipt"), new("Few-item", "few items a receipt"))),
        new("conversion", "conversion", FeatureKind.Controllable, "ratio",
            new("買上率", "通して計数できた日の、来店客1人あたりのレジ客数。", new("買上率の高い", "買上率が高く"), new("買上率の低い", "買上率が低く")),
            new("Conversion", "Receipts a visitor, on days that were counted through.", new("High-conversion", "high conversion"), new("Low-conversion", "low conversion"))),
        Hours("morning_share", ("朝", "11時より前"), ("Morning", "before 11 o'clock"), ("Late-starting", "mornings")),
        Hours("midday_share", ("昼", "11時から14時"), ("Midday", "from 11 to 14 o'clock"), ("Quiet-midday", "middays")),
        Hours("afternoon_share", ("午後", "14時から17時"), ("Afternoon", "from 14 to 17 o'clock"), ("Quiet-afternoon", "afternoons")),
        Hours("evening_share", ("夜", "17時から21時"), ("Evening", "from 17 to 21 o'clock"), ("Daytime", "evenings")),
        new("weekend_ratio", "week", FeatureKind.Structural, "ratio",
            new("土日の強さ", "土日1日の税抜売上高を、祝日でない平日1日のそれで割った値。", new("週末に強い", "週末に強く"), new("平日に強い", "平日に強く")),
            new("Weekend strength", "Net sales of a Saturday or Sunday beside those of another day that is no holiday.", new("Weekend", "busy weekends"), new("Weekday", "quiet weekends"))),
        new("friday_ratio", "week", FeatureKind.Structural, "ratio",
            new("金曜の強さ", "祝日を除く、金曜1日の税抜売上高を月曜から木曜のそれで割った値。", new("金曜に強い", "金曜に強く"), new("金曜に弱い", "金曜に弱く")),
            new("Friday strength", "Net sales of a Friday beside those of Monday to Thursday, without holidays.", new("Friday", "busy Fridays"), new("Quiet-Friday", "quiet Fridays"))),
        new("holiday_ratio", "holidays", FeatureKind.Structural, "ratio",
            new("祝日の強さ", "祝日1日の税抜売上高を、祝日でない月曜から金曜1日のそれで割った値。", new("祝日に強い", "祝日に強く"), new("祝日に弱い", "祝日に弱く")),
            new("Holiday strength", "Net sales of a public holiday beside those of another Monday to Friday.", new("Holiday", "busy holidays"), new("Quiet-holiday", "quiet holidays"))),
        new("trend", "trend", FeatureKind.Outcome, "ratio",
            new("売上の伸び", "直近4週の1日あたり税抜売上高を、その前の4週のそれで割った値。", new("売上の伸びている", "売上が伸び"), new("売上の落ちている", "売上が落ち")),
            new("Trend", "Net sales of an open day of the last four weeks beside those of the four before.", new("Growing", "growing sales"), new("Declining", "falling sales"))),
    ];

    /// <summary>The share of a category of the company.</summary>
    public static FeatureDefinition Category(string category) => new(
        CategoryShare + category, "categories", FeatureKind.Structural, "ratio",
        new($"{category}の割合", $"税抜売上高に占める、部門「{category}」の割合。", new($"{category}の多い", $"{category}が多く"), new($"{category}の少ない", $"{category}が少なく")),
        new($"Share of {category}", $"Share of the category {category} in the net sales.", new(category, $"much {category}"), new($"Low-{category}", $"little {category}")));

    /// <summary>The definition of a name, also of a category's share; null for a name nobody gave.</summary>
    public static FeatureDefinition? Find(string name) => name.StartsWith(CategoryShare, StringComparison.Ordinal) ? Category(name[CategoryShare.Length..])
        : Common.FirstOrDefault(feature => feature.Name == name);

    private static FeatureDefinition Hours(string name, (string Name, string When) japanese, (string Name, string When) english, (string Naming, string Quiet) less) => new(
        name, "hours", FeatureKind.Structural, "ratio",
        new($"{japanese.Name}の割合", $"税抜売上高に占める、{japanese.When}の割合。", new($"{japanese.Name}に強い", $"{japanese.Name}に強く"), new($"{japanese.Name}に弱い", $"{japanese.Name}に弱く")),
        new($"{english.Name} share", $"Share of the net sales made {english.When}.", new(english.Name, $"busy {less.Quiet}"), new(less.Naming, $"quiet {less.Quiet}")));
}
