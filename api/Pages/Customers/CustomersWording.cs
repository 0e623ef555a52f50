namespace RetailInsight.Api.Pages.Customers;

/// <summary>The texts of the page of customers.</summary>
internal sealed record CustomersWording
{
    public static CustomersWording Japanese { get; } = new()
    {
        Title = "会員のお客様",
        AsOf = "{0} までの365日を集計",
        Identified = "直近4週間のレシートのうち会員の分かるもの {0}",
        Nobody = "会員の分かるレシートがまだありません。会員番号を送るPOSのデータが届くと表示します。",
        Segments = "お客様の層",
        SegmentsNote = "最近の来店と来店回数の5分位による",
        Hidden = "{0}人未満の層と、引き算でその人数が分かる層は表示しません。2つの店舗を使うお客様は両方に数えます。",
        TooFew = "少人数",
        Shares = "人数の {0}・売上の {1}",
        Segment = "層",
        Customers = "人数",
        PerCustomer = "1人あたり",
        Visits = "来店回数",
        Names = ["優良", "常連", "新規・再来", "ときどき", "離れかけ", "休眠"],
        Hints = ["最近も来店し、回数も多い", "安定して来店", "最近来たが、まだ回数は少ない", "間があき、回数も少ない", "以前はよく来たが、最近は来ていない", "長く来ていない"],
    };

    public static CustomersWording English { get; } = new()
    {
        Title = "Known customers",
        AsOf = "365 days up to {0}",
        Identified = "{0} of the last four weeks’ receipts name a customer",
        Nobody = "No receipt names a customer yet. This page fills once registers send a customer number.",
        Segments = "Kinds of customers",
        SegmentsNote = "by fifths of recency and frequency",
        Hidden = "Kinds of fewer than {0} customers are not shown, nor one they could be told from by subtraction. A customer of two stores counts in both.",
        TooFew = "Too few",
        Shares = "{0} of customers, {1} of sales",
        Segment = "Kind",
        Customers = "Customers",
        PerCustomer = "Per customer",
        Visits = "Visits",
        Names = ["Best", "Regular", "New or back again", "Occasional", "Drifting away", "Lapsed"],
        Hints = ["Came lately, and often", "Come steadily", "Came lately, seldom so far", "Not lately, and seldom", "Came often, not lately", "Not for long"],
    };

    public required string Title { get; init; }

    public required string AsOf { get; init; }

    public required string Identified { get; init; }

    public required string Nobody { get; init; }

    public required string Segments { get; init; }

    public required string SegmentsNote { get; init; }

    public required string Hidden { get; init; }

    public required string TooFew { get; init; }

    /// <summary>{0} of customers, {1} of sales.</summary>
    public required string Shares { get; init; }

    public required string Segment { get; init; }

    public required string Customers { get; init; }

    public required string PerCustomer { get; init; }

    public required string Visits { get; init; }

    /// <summary>By <see cref="RetailInsight.Api.Customers.CustomerSegment"/>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<string> Hints { get; init; }

    public static CustomersWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
