using RetailInsight.Api.Peers;

namespace RetailInsight.Api.Pages.Peers;

/// <summary>The texts of the page of peers.</summary>
internal sealed record PeersWording
{
    public static PeersWording Japanese { get; } = new()
    {
        Title = "似た店舗",
        Weeks = "{0} – {1}（4週間）",
        ChooseStore = "店舗を選ぶと、売り方の似た店舗の中での位置が表示されます。",
        NoGroup = "似た店舗が3店舗に満たないため、比べられません。店舗やデータが増えると表示されます。",
        Standing = "似た店舗の中での位置",
        Lead = "売り方の似た {0}店舗と比べています。帯は中央の半数、縦線は中央値、丸がこの店舗です。",
        Figures = ["売上高(税抜)（1日）", "来店客数（1日）", "買上率", "客単価", "買上点数"],
        Rank = "{1}店舗中 {0}位",
        Middle = "中央値 {0}、中央の半数 {1} – {2}",
        Gain = "中央値なら1日 {0}",
        AtMedian = "中央値以上",
        GainNote = "「中央値なら」は、ほかの指標がいまのままのときの1日あたりの売上高(税抜)の差です。立地などの違いは含みません。",
        StripLabel = "{0}：この店舗 {1}、中央値 {2}",
        Named = "似た店舗の一覧",
        Nearest = "いちばん近い10店舗",
        NearestLead = "店舗の規模・時間帯・曜日・部門の構成が近い順です。買上率や客単価のように、店舗の努力で変わるものでは選んでいません。",
        Alike = "似ている点",
        Unlike = "いちばん違う点",
        Distance = "距離",
        Overall = "全体のバランス",
        NoneMuch = "大きな違いなし",
        Unnamed = "ほかの店舗（店舗名は表示できません）",
        DistanceNote = "距離は、店舗どうしのふつうの違いを1としたときの違いの大きさです。小さいほど似ています。",
        ToGroups = "店舗グループの地図で見る",
        ToBenchmarks = "同業他社との比較",
        Comma = "、",
    };

    public static PeersWording English { get; } = new()
    {
        Title = "Peers",
        Weeks = "{0} – {1} (four weeks)",
        ChooseStore = "Choose a store to see where it stands among stores that sell alike.",
        NoGroup = "There are fewer than three similar stores to compare with. They appear here with more stores or figures.",
        Standing = "Where the store stands",
        Lead = "Compared with {0} stores that sell alike. The band is the middle half, the line the median, the dot this store.",
        Figures = ["Net sales a day", "Visitors a day", "Conversion", "Basket value", "Items per receipt"],
        Rank = "{0} of {1}",
        Middle = "Median {0}, middle half {1} – {2}",
        Gain = "{0} a day at the median",
        AtMedian = "At or above the median",
        GainNote = "“At the median” is the difference in net sales a day while the other figures stay as they are. Location and the like are not in it.",
        StripLabel = "{0}: this store {1}, median {2}",
        Named = "Similar stores",
        Nearest = "The ten nearest stores",
        NearestLead = "By size, hours, weekdays and categories, nearest first. What people in a store can move, such as conversion and basket value, plays no part.",
        Alike = "Alike in",
        Unlike = "Differs most in",
        Distance = "Distance",
        Overall = "its whole profile",
        NoneMuch = "nothing much",
        Unnamed = "Another store (its name is not yours to see)",
        DistanceNote = "Distance: how far two stores are apart when the usual difference between stores is 1. Smaller is more alike.",
        ToGroups = "The map of all store groups",
        ToBenchmarks = "Beside other companies",
        Comma = ", ",
    };

    public required string Title { get; init; }

    public required string Weeks { get; init; }

    public required string ChooseStore { get; init; }

    public required string NoGroup { get; init; }

    public required string Standing { get; init; }

    public required string Lead { get; init; }

    /// <summary>By <see cref="PeerFigure"/>.</summary>
    public required IReadOnlyList<string> Figures { get; init; }

    public required string Rank { get; init; }

    public required string Middle { get; init; }

    public required string Gain { get; init; }

    public required string AtMedian { get; init; }

    public required string GainNote { get; init; }

    public required string StripLabel { get; init; }

    public required string Named { get; init; }

    public required string Nearest { get; init; }

    public required string NearestLead { get; init; }

    public required string Alike { get; init; }

    public required string Unlike { get; init; }

    public required string Distance { get; init; }

    public required string Overall { get; init; }

    public required string NoneMuch { get; init; }

    public required string Unnamed { get; init; }

    public required string DistanceNote { get; init; }

    public required string ToGroups { get; init; }

    public required string ToBenchmarks { get; init; }

    public required string Comma { get; init; }

    public static PeersWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
