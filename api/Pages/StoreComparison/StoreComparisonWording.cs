namespace RetailInsight.Api.Pages.StoreComparison;

/// <summary>The texts of the page of stores side by side.</summary>
internal sealed record StoreComparisonWording
{
    public static StoreComparisonWording Japanese { get; } = new()
    {
        Title = "店舗比較",
        Group = "グループ",
        NoGroup = "自分で選ぶ",
        Area = "エリア: {0}",
        Format = "業態: {0}",
        Prefecture = "都道府県: {0}",
        Cluster = "似た店舗の組 {0}",
        Figure = "グラフの指標",
        Grain = "刻み",
        Grains = ["時間", "日", "週", "月"],
        Total = "まとめ方",
        Totals = ["合計", "1店あたりの平均"],
        Pick = "店舗を選ぶ({0}店を表示中)",
        PickLegend = "2店以上を選んでください",
        PickTwo = "店舗を2店以上選んでください。",
        Course = "{0}の推移",
        CourseDescription = "{0} の店舗ごとの線。数値は下の表にあります。",
        NotDrawn = "ほかの {0}店は表にだけ表示します。",
        Table = "店舗ごとの数値",
        SumNote = "比率の行は合計どうしの比で、比率の平均ではありません。",
        AverageNote = "金額と件数は数値のある店舗1店あたり。比率は合計どうしの比で、比率の平均ではありません。",
    };

    public static StoreComparisonWording English { get; } = new()
    {
        Title = "Stores side by side",
        Group = "Group",
        NoGroup = "My own choice",
        Area = "Area: {0}",
        Format = "Format: {0}",
        Prefecture = "Prefecture: {0}",
        Cluster = "Similar stores, group {0}",
        Figure = "Figure drawn",
        Grain = "By",
        Grains = ["Hour", "Day", "Week", "Month"],
        Total = "Last row",
        Totals = ["Sum", "Mean of a store"],
        Pick = "Choose stores ({0} shown)",
        PickLegend = "Tick two or more",
        PickTwo = "Choose two stores or more.",
        Course = "{0} over time",
        CourseDescription = "A line a store, {0}. The numbers stand in the table below.",
        NotDrawn = "{0} more stores stand in the table only.",
        Table = "Figures by store",
        SumNote = "Ratios are ratios of the sums, never means of ratios.",
        AverageNote = "Amounts and counts are per store that has them. Ratios are ratios of the sums, never means of ratios.",
    };

    public required string Title { get; init; }

    public required string Group { get; init; }

    public required string NoGroup { get; init; }

    public required string Area { get; init; }

    public required string Format { get; init; }

    public required string Prefecture { get; init; }

    public required string Cluster { get; init; }

    public required string Figure { get; init; }

    public required string Grain { get; init; }

    /// <summary>By <see cref="CourseGrain"/>.</summary>
    public required IReadOnlyList<string> Grains { get; init; }

    public required string Total { get; init; }

    /// <summary>Sum, then mean.</summary>
    public required IReadOnlyList<string> Totals { get; init; }

    public required string Pick { get; init; }

    public required string PickLegend { get; init; }

    public required string PickTwo { get; init; }

    public required string Course { get; init; }

    public required string CourseDescription { get; init; }

    public required string NotDrawn { get; init; }

    public required string Table { get; init; }

    public required string SumNote { get; init; }

    public required string AverageNote { get; init; }

    public static StoreComparisonWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
