namespace RetailInsight.Api.Pages.StoreGroups;

/// <summary>The texts of the page of groups.</summary>
internal sealed record StoreGroupsWording
{
    public static StoreGroupsWording Japanese { get; } = new()
    {
        Title = "店舗グループ",
        AsOf = "{0}までの8週間の売れ方で分けています",
        None = "まだグループはありません。1日の集計が終わるたびに、直近8週間の売れ方から分けます。",
        NoneOfStore = "この店舗は、直近8週間のデータが足りないため、まだどのグループにも入っていません。",
        OfCurrency = "{0}の店舗",
        Belongs = "{0}。ほかに{1}店舗が入っています。",
        ToPeers = "この店舗にいちばん近い店舗を見る",
        Picture = "店舗の地図",
        PictureLead = "近くにある店舗ほど、売れ方が似ています。",
        PictureSaid = "{0}店舗を{1}つのグループに色と形で分けて示した散布図です。内容は下の表と同じです。",
        PointSaid = "{0}：{1}",
        Axes = ["右へ行くほど", "上へ行くほど"],
        MoreOf = "{0}が大きい",
        LessOf = "{0}が小さい",
        DifferIn = "{0}が違う",
        AxisShare = "{0}（店舗の違いの{1}を表します）",
        Comma = "、",
        And = "・",
        AreaNote = "薄い円は、グループの半数の店舗が入る範囲です。",
        Group = "グループ",
        Groups = "グループの特徴と店舗",
        Members = "グループの店舗",
        GroupNumber = "グループ{0}",
        Named = "{0}：{1}",
        StoreCount = "{0}店舗",
        Times = "{0}：全店の中央値の{1}倍",
        Higher = "{0}：多くの店舗より大きい",
        Lower = "{0}：多くの店舗より小さい",
        LikeOthers = "目立った違いはありません。",
        TooSmall = "店舗が少ないため、特徴は表示しません。",
        Hidden = "ほか{0}店舗",
        Candidate = "{0}は、次回も同じ結果なら「{1}」へ移ります。",
        WhyTitle = "グループの数の理由",
        Reasons = new Dictionary<string, string>
        {
            ["too_few_points"] = "店舗が6店舗に満たないため、分けずに1つのグループにしています。",
            ["nothing_stable"] = "どの数に分けても安定しないため、1つのグループにしています。店舗は切れ目なくつながっていて、無理に分けると、日が変わるだけで入るグループが変わってしまいます。比べる相手には「似た店舗」のいちばん近い店舗をお使いください。",
            ["better_silhouette_unstable"] = "{0}つに分けています。{1}つのほうがはっきり分かれますが（{2}、{0}つでは{3}）、安定度が{4}しかなく、日が変わると店舗が入れ替わってしまうため使いません。",
            ["best_silhouette_stable"] = "{0}つに分けています。店舗がいちばんはっきり分かれ（{3}）、店舗を入れ替えて試しても同じグループが見つかります。",
        },
        Numbers = "グループの数ごとの安定度",
        NumbersSaid = "{0}つから{1}つまでに分けた場合の安定度の棒グラフです。線は必要な0.6です。",
        NumbersNote = "安定度は、店舗を無作為に選び直して200回分け直し、同じグループがどれだけ見つかったかです（0〜1、下の一致度と再現度の小さいほう）。線の0.6に届かない数は使いません。",
        NumberSaid = "{0}：{1}、{2}",
        GroupCount = "{0}つ",
        NumberOf = "グループの数",
        Stability = "安定度",
        Silhouette = "分かれ方のはっきり度",
        Agreement = "分け方の一致度（ARI）",
        Jaccard = "最も弱いグループの再現度（Jaccard）",
        Judgement = "判定",
        IsStable = "安定",
        IsUnstable = "不安定",
        Chosen = "・採用",
    };

    public static StoreGroupsWording English { get; } = new()
    {
        Title = "Store groups",
        AsOf = "Divided by how they sold in the eight weeks to {0}",
        None = "There are no groups yet. Stores are divided by how they sold in the last eight weeks whenever a day has been counted.",
        NoneOfStore = "The store is in no group yet: there are too few figures of it in the last eight weeks.",
        OfCurrency = "Stores in {0}",
        Belongs = "{0}. Other stores in it: {1}.",
        ToPeers = "The stores nearest to this one",
        Picture = "Map of the stores",
        PictureLead = "Stores that lie near each other sell alike.",
        PictureSaid = "A scatter of {0} stores in {1} groups, told apart by colour and shape; the table below says the same.",
        PointSaid = "{0}: {1}",
        Axes = ["Further right", "Further up"],
        MoreOf = "higher: {0}",
        LessOf = "lower: {0}",
        DifferIn = "differs: {0}",
        AxisShare = "{0} ({1} of the differences between stores)",
        Comma = "; ",
        And = ", ",
        AreaNote = "Half of a group’s stores lie within its pale circle.",
        Group = "Group",
        Groups = "What each group is like, and its stores",
        Members = "Stores of the groups",
        GroupNumber = "Group {0}",
        Named = "{0}: {1}",
        StoreCount = "Stores: {0}",
        Times = "{0}: {1} times the median of all stores",
        Higher = "{0}: more than most stores",
        Lower = "{0}: less than most stores",
        LikeOthers = "It stands out in nothing.",
        TooSmall = "Too few stores to tell what they are like.",
        Hidden = "and {0} more",
        Candidate = "{0} moves to “{1}” if the next comparison says so too.",
        WhyTitle = "Why so many groups",
        Reasons = new Dictionary<string, string>
        {
            ["too_few_points"] = "With fewer than six stores nothing is divided: all are one group.",
            ["nothing_stable"] = "All stores are one group, because no division is stable. They pass into each other without a gap; cut anyway, stores would change groups from one day to the next. Compare with the nearest stores of the page Peers instead.",
            ["better_silhouette_unstable"] = "There are {0} groups. {1} would separate the stores more clearly ({2} instead of {3}), but with a stability of only {4} they would trade stores from one day to the next.",
            ["best_silhouette_stable"] = "There are {0} groups. No other number separates the stores more clearly ({3}), and the same groups are found again when stores are drawn anew.",
        },
        Numbers = "Stability by number of groups",
        NumbersSaid = "Bars of the stability of {0} to {1} groups; the line is the 0.6 that is asked for.",
        NumbersNote = "Stability: stores are drawn at random and divided again 200 times; how much of the groups is found again (0 to 1, the lower of agreement and recovery below). A number that stays under the line at 0.6 is not used.",
        NumberSaid = "{0}: {1}, {2}",
        GroupCount = "{0} groups",
        NumberOf = "Groups",
        Stability = "Stability",
        Silhouette = "Clearness (silhouette)",
        Agreement = "Agreement (ARI)",
        Jaccard = "Recovery of the weakest (Jaccard)",
        Judgement = "Verdict",
        IsStable = "stable",
        IsUnstable = "unstable",
        Chosen = ", used",
    };

    public required string Title { get; init; }

    public required string AsOf { get; init; }

    public required string None { get; init; }

    public required string NoneOfStore { get; init; }

    public required string OfCurrency { get; init; }

    public required string Belongs { get; init; }

    public required string ToPeers { get; init; }

    public required string Picture { get; init; }

    public required string PictureLead { get; init; }

    public required string PictureSaid { get; init; }

    public required string PointSaid { get; init; }

    /// <summary>To the right, upwards.</summary>
    public required IReadOnlyList<string> Axes { get; init; }

    public required string MoreOf { get; init; }

    public required string LessOf { get; init; }

    public required string DifferIn { get; init; }

    public required string AxisShare { get; init; }

    public required string Comma { get; init; }

    public required string And { get; init; }

    public required string AreaNote { get; init; }

    public required string Group { get; init; }

    public required string Groups { get; init; }

    public required string Members { get; init; }

    public required string GroupNumber { get; init; }

    public required string Named { get; init; }

    public required string StoreCount { get; init; }

    public required string Times { get; init; }

    public required string Higher { get; init; }

    public required string Lower { get; init; }

    public required string LikeOthers { get; init; }

    public required string TooSmall { get; init; }

    public required string Hidden { get; init; }

    public required string Candidate { get; init; }

    public required string WhyTitle { get; init; }

    /// <summary>By why there are so many: 0 the number, 1 the number with the clearest groups, 2 how clear those are, 3 how clear the chosen are, 4 how stable the clearest.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    public required string Numbers { get; init; }

    public required string NumbersSaid { get; init; }

    public required string NumbersNote { get; init; }

    public required string NumberSaid { get; init; }

    public required string GroupCount { get; init; }

    public required string NumberOf { get; init; }

    public required string Stability { get; init; }

    public required string Silhouette { get; init; }

    public required string Agreement { get; init; }

    public required string Jaccard { get; init; }

    public required string Judgement { get; init; }

    public required string IsStable { get; init; }

    public required string IsUnstable { get; init; }

    public required string Chosen { get; init; }

    public static StoreGroupsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
