namespace RetailInsight.Api.Pages.Comparing;

/// <summary>The texts of growth.</summary>
internal sealed record GrowthWording
{
    public static GrowthWording Japanese { get; } = new()
    {
        Title = "売上高(税抜)の伸び",
        Whole = "終わった営業日 {0}日どうし",
        Raw = "全店",
        RawNote = "相手の売上高(税抜) {0}",
        Adjusted = "曜日調整後(全店)",
        AdjustedNote = "曜日の重みを付けた日数 {0} 対 {1}",
        NotAdjusted = "4週間分のデータがそろうと表示します",
        SameStores = "既存店",
        SameStoresNote = "{1}店中 {0}店を比較",
        Others = "既存店に入らない {0}店・今期から入る {1}店",
        Place = "区分",
        Why = "理由",
        Entered = "今期から対象",
        Left = "今期から対象外",
        Out = "対象外",
        NoLonger = "前の期間まで: {0}",
    };

    public static GrowthWording English { get; } = new()
    {
        Title = "Growth of net sales",
        Whole = "{0} whole trading days on each side",
        Raw = "All stores",
        RawNote = "then {0}",
        Adjusted = "All stores, trading days evened out",
        AdjustedNote = "{0} weighted days against {1}",
        NotAdjusted = "Needs four weeks of figures",
        SameStores = "Same stores",
        SameStoresNote = "{0} of {1} stores compared",
        Others = "{0} stores not among the same stores, {1} that entered",
        Place = "Place",
        Why = "Why",
        Entered = "entered",
        Left = "left",
        Out = "out",
        NoLonger = "until the period before: {0}",
    };

    public required string Title { get; init; }

    public required string Whole { get; init; }

    public required string Raw { get; init; }

    public required string RawNote { get; init; }

    public required string Adjusted { get; init; }

    public required string AdjustedNote { get; init; }

    public required string NotAdjusted { get; init; }

    public required string SameStores { get; init; }

    public required string SameStoresNote { get; init; }

    public required string Others { get; init; }

    public required string Place { get; init; }

    public required string Why { get; init; }

    public required string Entered { get; init; }

    public required string Left { get; init; }

    public required string Out { get; init; }

    public required string NoLonger { get; init; }

    public static GrowthWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
