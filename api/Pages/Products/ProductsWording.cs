namespace RetailInsight.Api.Pages.Products;

/// <summary>The texts of the page of products.</summary>
internal sealed record ProductsWording
{
    public static ProductsWording Japanese { get; } = new()
    {
        Title = "商品",
        Weeks = "{0} – {1}（4週間）",
        NoFigures = "この期間の商品別の売上はまだありません。",
        Classes = "ABC分析",
        ClassesNote = "売上高(税抜)の累計70 %までがA、90 %までがB",
        ClassNames = ["売上を支える商品", "中くらいの商品", "その他の商品"],
        Items = "{0}品目",
        ShareOfSales = "売上高(税抜)の {0}",
        Up = "伸びた商品",
        Down = "落ちた商品",
        MoversNote = "前の4週間との差",
        NothingBefore = "前の4週間のデータがないため、比べられません。",
        NoMover = "あてはまる商品はありません。",
        DaysBefore = "前の4週間のうちデータがあるのは {0}日分です。",
        Categories = "部門別",
        Category = "部門",
        NoCategory = "部門なし",
        Share = "構成比",
        Before = "前の4週間比",
        Pairs = "一緒に買われる商品",
        PairsNote = "同じレシートに{0}枚以上ある組",
        PairsOfOneStore = "店舗を選ぶと表示されます。",
        NoPairs = "{0}枚以上のレシートに一緒に現れた組はまだありません。毎晩集計します。",
        Together = "商品の組",
        Lift = "リフト",
        TopItems = "売上の大きい商品",
        Item = "商品",
        Class = "ABC",
        Cumulative = "累計構成比",
        Pieces = "点数",
        New = "新規",
        AndMore = "ほか {0}品目",
    };

    public static ProductsWording English { get; } = new()
    {
        Title = "Products",
        Weeks = "{0} – {1} (four weeks)",
        NoFigures = "There are no sales by product for this time yet.",
        Classes = "ABC classes",
        ClassesNote = "A up to 70 % of net sales added up, B up to 90 %",
        ClassNames = ["Items that carry the sales", "Items in the middle", "The rest"],
        Items = "{0} items",
        ShareOfSales = "{0} of net sales",
        Up = "Rising",
        Down = "Falling",
        MoversNote = "against the four weeks before",
        NothingBefore = "The four weeks before have no figures to compare with.",
        NoMover = "No item does.",
        DaysBefore = "Of the four weeks before, {0} days have figures.",
        Categories = "By category",
        Category = "Category",
        NoCategory = "No category",
        Share = "Share",
        Before = "Against four weeks before",
        Pairs = "Bought together",
        PairsNote = "on at least {0} receipts",
        PairsOfOneStore = "Choose a store to see them.",
        NoPairs = "No pair stands on {0} receipts yet. It is computed every night.",
        Together = "Items",
        Lift = "Lift",
        TopItems = "Items with most sales",
        Item = "Item",
        Class = "ABC",
        Cumulative = "Share added up",
        Pieces = "Pieces",
        New = "new",
        AndMore = "and {0} more items",
    };

    public required string Title { get; init; }

    public required string Weeks { get; init; }

    public required string NoFigures { get; init; }

    public required string Classes { get; init; }

    public required string ClassesNote { get; init; }

    /// <summary>By <see cref="Core.Calendar.AbcClass"/>.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    public required string Items { get; init; }

    public required string ShareOfSales { get; init; }

    public required string Up { get; init; }

    public required string Down { get; init; }

    public required string MoversNote { get; init; }

    public required string NothingBefore { get; init; }

    public required string NoMover { get; init; }

    public required string DaysBefore { get; init; }

    public required string Categories { get; init; }

    public required string Category { get; init; }

    public required string NoCategory { get; init; }

    public required string Share { get; init; }

    public required string Before { get; init; }

    public required string Pairs { get; init; }

    public required string PairsNote { get; init; }

    public required string PairsOfOneStore { get; init; }

    public required string NoPairs { get; init; }

    public required string Together { get; init; }

    public required string Lift { get; init; }

    public required string TopItems { get; init; }

    public required string Item { get; init; }

    public required string Class { get; init; }

    public required string Cumulative { get; init; }

    public required string Pieces { get; init; }

    public required string New { get; init; }

    public required string AndMore { get; init; }

    public static ProductsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
