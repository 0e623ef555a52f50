using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the pages about what stands: partitions, their versions, and what is made of what.</summary>
internal sealed record PartitionWording
{
    public static PartitionWording Japanese { get; } = new()
    {
        Title = "集計の版",
        Lead = "集計ごと、店舗ごと、営業日ごとに、いま公開されている版が最新かどうかを表します。",
        Asset = "集計",
        MadeBy = "作るタスク",
        ComesIn = "受信データ",
        Partitions = "件数",
        Stale = "要更新",
        Held = "固定中",
        StaleSince = "最も古い変更",
        None = "この期間の集計はありません。",
        Store = "店舗",
        AllStores = "すべての店舗",
        WholeDay = "全店舗",
        GridTitle = "{0}：店舗と営業日",
        CellSaid = "{0} {1}：{2}（版 {3}）",
        StoresMore = "要更新・固定中の多い {0}店舗を表示しています。ほかの {1}店舗は店舗を選ぶと表示します。",
        OpenTitle = "要更新・固定中の集計",
        OpenNone = "すべて最新です。",
        OpenMore = "このほかにもあります。日数を減らすか、店舗を選んでください。",
        Since = "いつから",
        Why = "理由",
        DataCame = "データが届いた：{0}",
        DataMeanwhile = "計算している間にデータが届いた",
        AssetMoved = "{0} が変わった",
        Released = "{0} が固定を解除した",
        HeldBy = "{0} が固定しています。実行はこの集計を書き換えません。",
        StaleNow = "{0} から更新が必要です：{1}",
        Datasets = ["レシート", "入店者数", "来店者の行動"],
        VersionOf = "版 {0}",
        Stands = "公開中",
        Published = "公開",
        Checked = "最後の計算",
        Versions = "版の履歴",
        VersionsNone = "受信データの版は数だけを記録しています。",
        Reasons = ["データの変更", "予定時刻", "手動", "遡及処理", "前の版に戻す", "受信"],
        Changes = "変更 {0}件",
        Net = "売上高(税抜)",
        Receipts = "レジ客数",
        Visitors = "来店客数",
        MadeOf = "元にした版",
        InputVersion = "{0} 版 {1}",
        InputDays = "{0}（前 {1}日分を含む）",
        Delivery = "{0} {1}：レシート {2}件（{3}）",
        Deliveries = "届いたデータ",
        DeliveriesMore = "ほか {0}件",
        DeliveriesLater = "この版のあとに届いたデータ",
        Behind = "これを元にした集計",
        Restore = "この版に戻す",
        RestoreTitle = "前の版に戻す確認",
        RestoreEffect = "版 {1} の代わりに、版 {0} の内容を公開します。",
        RestoreHolds = "固定を解除するまで、新しいデータが届いてもこの集計は書き換えられません。",
        RestoreBehind = "これを元にした集計は計算し直されます：{0}",
        Figure = "項目",
        Now = "いま",
        Then = "戻したあと",
        Difference = "差",
        RestoreButton = "版を戻す",
        Release = "固定を解除する",
        ReleaseTitle = "固定を解除する確認",
        ReleaseEffect = "{0} による固定を解除し、いまのデータから計算し直します。",
        Refusals = ["この集計の前の版は保存していません。", "この集計はもうありません。", "その版がすでに公開中です。", "確認したあとで版が変わりました。もう一度選び直してください。", "その版の内容はもう保存していません。", "この集計を固定している人はいません。"],
        Restored = "版を戻しました。これを元にした集計は、実行の順番が来ると計算し直されます。",
        ReleasedNow = "固定を解除しました。実行の順番が来ると計算し直されます。",
        Back = "集計に戻る",
        OfDay = "この日の集計の版",
        Lineage = "データの流れ",
        LineageLead = "左が受信データ、右がそれを元にした集計です。選ぶと、その表と列の説明に移ります。",
        LineageSaid = "{0}件の集計とその元データ。左から右へ並べています。つながりは下にあります。",
        Column = "列",
        Unit = "単位",
        Meaning = "意味",
        Origin = "元になる列",
        OfTheRun = "実行の指定",
        ColumnsNotKnown = "列の説明がありません。どこから来るかは不明です。",
        Partition = "営業日と店舗",
        PartitionDay = "営業日",
        Cut = "分け方",
        SeePartitions = "版を見る",
    };

    public static PartitionWording English { get; } = new()
    {
        Title = "Partitions",
        Lead = "What stands of each store and business day, and whether it is up to date.",
        Asset = "Asset",
        MadeBy = "Made by",
        ComesIn = "comes in",
        Partitions = "Partitions",
        Stale = "Stale",
        Held = "Held",
        StaleSince = "Stale since",
        None = "Nothing stands of these days.",
        Store = "Store",
        AllStores = "All stores",
        WholeDay = "all stores together",
        GridTitle = "{0} by store and day",
        CellSaid = "{0} {1}: {2} (version {3})",
        StoresMore = "The {0} stores with most that is stale or held. Choose a store to see one of the other {1}.",
        OpenTitle = "Stale or held",
        OpenNone = "Everything is up to date.",
        OpenMore = "There are more: choose fewer days or one store.",
        Since = "Since",
        Why = "Because of",
        DataCame = "data came in: {0}",
        DataMeanwhile = "data came in while it was computed",
        AssetMoved = "{0} has changed",
        Released = "{0} released it",
        HeldBy = "{0} holds it: no run publishes here.",
        StaleNow = "Stale since {0}: {1}",
        Datasets = ["receipts", "people counts", "visitor events"],
        VersionOf = "Version {0}",
        Stands = "stands",
        Published = "Published",
        Checked = "Last computed",
        Versions = "Versions",
        VersionsNone = "Of what comes in only the number of the version is kept.",
        Reasons = ["Changed data", "Clock", "By hand", "Backfill", "Restored", "Received"],
        Changes = "changes: {0}",
        Net = "Net sales",
        Receipts = "Receipts",
        Visitors = "Visitors",
        MadeOf = "Made of",
        InputVersion = "{0} version {1}",
        InputDays = "{0} ({1} days before too)",
        Delivery = "{0} {1}: {2} receipts ({3})",
        Deliveries = "What had come",
        DeliveriesMore = "{0} more",
        DeliveriesLater = "Came after the version that stands",
        Behind = "What is made of it",
        Restore = "Restore",
        RestoreTitle = "Restore: what it would do",
        RestoreEffect = "What version {0} held would stand again instead of version {1}.",
        RestoreHolds = "It is held until it is released: no run publishes here meanwhile.",
        RestoreBehind = "What is made of it is computed again: {0}",
        Figure = "Figure",
        Now = "Now",
        Then = "Then",
        Difference = "Difference",
        RestoreButton = "Restore it",
        Release = "Release",
        ReleaseTitle = "Release: what it would do",
        ReleaseEffect = "What {0} holds is computed from the data there is now.",
        Refusals = ["Earlier versions of this are not kept.", "This does not stand any more.", "That version stands already.", "Another version stands by now. Look again and choose anew.", "What that version held is not kept any more.", "Nobody holds this."],
        Restored = "The version stands again. What is made of it is computed when the turn of its run has come.",
        ReleasedNow = "It is released and computed when the turn of its run has come.",
        Back = "Back to the partition",
        OfDay = "What stands of this day",
        Lineage = "Lineage",
        LineageLead = "What comes in stands at the left, what is made of it right of it. Choose one to get to its tables and columns.",
        LineageSaid = "{0} assets from left to right. What each is made of is told below.",
        Column = "Column",
        Unit = "Unit",
        Meaning = "Meaning",
        Origin = "Comes from",
        OfTheRun = "the run itself",
        ColumnsNotKnown = "No model describes its columns: where they come from is not known.",
        Partition = "store and business day",
        PartitionDay = "business day",
        Cut = "Cut by",
        SeePartitions = "See what stands",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string Asset { get; init; }

    public required string MadeBy { get; init; }

    public required string ComesIn { get; init; }

    public required string Partitions { get; init; }

    public required string Stale { get; init; }

    public required string Held { get; init; }

    public required string StaleSince { get; init; }

    public required string None { get; init; }

    public required string Store { get; init; }

    public required string AllStores { get; init; }

    public required string WholeDay { get; init; }

    public required string GridTitle { get; init; }

    public required string CellSaid { get; init; }

    public required string StoresMore { get; init; }

    public required string OpenTitle { get; init; }

    public required string OpenNone { get; init; }

    public required string OpenMore { get; init; }

    public required string Since { get; init; }

    public required string Why { get; init; }

    public required string DataCame { get; init; }

    public required string DataMeanwhile { get; init; }

    public required string AssetMoved { get; init; }

    public required string Released { get; init; }

    public required string HeldBy { get; init; }

    public required string StaleNow { get; init; }

    /// <summary>Receipts, people counts.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    public required string VersionOf { get; init; }

    public required string Stands { get; init; }

    public required string Published { get; init; }

    public required string Checked { get; init; }

    public required string Versions { get; init; }

    public required string VersionsNone { get; init; }

    /// <summary>Asset, scheduled, manual, backfill, restored, received.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    public required string Changes { get; init; }

    public required string Net { get; init; }

    public required string Receipts { get; init; }

    public required string Visitors { get; init; }

    public required string MadeOf { get; init; }

    public required string InputVersion { get; init; }

    public required string InputDays { get; init; }

    public required string Delivery { get; init; }

    public required string Deliveries { get; init; }

    public required string DeliveriesMore { get; init; }

    public required string DeliveriesLater { get; init; }

    public required string Behind { get; init; }

    public required string Restore { get; init; }

    public required string RestoreTitle { get; init; }

    public required string RestoreEffect { get; init; }

    public required string RestoreHolds { get; init; }

    public required string RestoreBehind { get; init; }

    public required string Figure { get; init; }

    public required string Now { get; init; }

    public required string Then { get; init; }

    public required string Difference { get; init; }

    public required string RestoreButton { get; init; }

    public required string Release { get; init; }

    public required string ReleaseTitle { get; init; }

    public required string ReleaseEffect { get; init; }

    /// <summary>By <see cref="RestoreRefusal"/>.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    public required string Restored { get; init; }

    public required string ReleasedNow { get; init; }

    public required string Back { get; init; }

    public required string OfDay { get; init; }

    public required string Lineage { get; init; }

    public required string LineageLead { get; init; }

    public required string LineageSaid { get; init; }

    public required string Column { get; init; }

    public required string Unit { get; init; }

    public required string Meaning { get; init; }

    public required string Origin { get; init; }

    public required string OfTheRun { get; init; }

    public required string ColumnsNotKnown { get; init; }

    public required string Partition { get; init; }

    public required string PartitionDay { get; init; }

    public required string Cut { get; init; }

    public required string SeePartitions { get; init; }

    public static PartitionWording Of(Wording words) => words.Language == "en" ? English : Japanese;

    /// <summary>Why nothing was done; null where something was.</summary>
    public string? RefusedBy(RestoreRefusal? refusal) => refusal is { } why ? Refusals[(int)why] : null;
}
