namespace RetailInsight.Api.Pages.Alerts;

/// <summary>The texts of the page of alerts.</summary>
internal sealed record AlertsWording
{
    public static AlertsWording Japanese { get; } = new()
    {
        Title = "アラート",
        MailOff = "メールサーバーが未設定のため、メールは届きません。アラートはこの画面と連携先に表示されます。",
        OpenTitle = "対応が必要なアラート",
        OpenNone = "いま対応が必要なアラートはありません。",
        HeldTitle = "保留中（データがそろうのを待っています）",
        ClosedTitle = "最近終わったアラート",
        OpenCount = "未対応 {0}件",
        HeldCount = "保留 {0}件",
        Why = "なぜか見る",
        DataPage = "データの状態を見る",
        Acknowledge = "対応済みにする",
        AcknowledgedBy = "{0} が対応済み {1}",
        Note = "対応メモ",
        WasTitle = "知らせたとき",
        IsTitle = "いま",
        WhyTitle = "終わった理由",
        ClosedWhy = ["数字が訂正された", "比べる相手が変わった", "データがそろい、問題なかった", "ルールが止められた"],
        Rules = "ルール",
        RulesNone = "ルールはまだありません。下のフォームで作れます。",
        OfChain = "全社",
        Personal = "自分用",
        EveryStore = "全店舗それぞれ",
        Stopped = "停止中",
        Recipients = "メールの宛先（1行に1件、10件まで）",
        Edit = "編集",
        Test = "テスト送信",
        Tested = "テストを送りました（メール {0}通）。",
        Remove = "削除",
        NewRule = "新しいルール",
        EditRule = "ルールを編集",
        NameLabel = "名前（100文字まで）",
        ScopeLabel = "だれのルールか",
        StoresLabel = "店舗（選ばなければ全店舗）",
        MetricLabel = "指標",
        DirectionLabel = "向き",
        Directions = ["下回ったら", "上回ったら"],
        AgainstLabel = "何と比べるか",
        ThresholdLabel = "しきい値（％。固定の値と比べるときはその値、率は％）",
        UntilLabel = "1日のうちどこまで",
        WholeDay = "1日全体（閉店の1時間後に判定）",
        UntilHour = "{0}時まで（30分後に判定）",
        RegistersLabel = "レジがすべてそろったときだけ知らせる",
        CoverageLabel = "来店カウンタの充足率がこの％以上のときだけ（空欄可）",
        ActiveLabel = "有効",
        LanguageLabel = "メールの言語",
        Save = "保存",
        Cancel = "やめる",
        FaultsTitle = "次の項目を直してください：",
        FaultNames = ["名前は1〜100文字です。", "指標を選んでください。", "目標と比べられるのは、売上高(税抜)・客単価・買上点数・買上率の1日全体だけです。", "しきい値は数値です（％なら0より大きく1000以下）。", "この指標は時間帯では見られません。", "充足率は0〜100です。", "宛先のメールアドレスが正しくないか、許可されていないドメインか、10件を超えています。", "見られる店舗を選んでください。", "入力が正しくありません。"],
        LimitReached = "ルールの数が上限です。先にほかのルールを削除してください。",
        Mark = "アラート：{0} {1}",
        Mute = "一時的に止める",
        MuteNote = "止めている間、このルールはメールも連携先への通知も送りません。見つけたことはこの画面に残ります。",
        MuteUntil = "この日まで",
        MuteReason = "理由（200文字まで）",
        MutedUntil = "{0}まで通知を止めています（{1}）",
        Unmute = "通知を再開",
        NotTold = "通知を止めている間に見つかったため、だれにも知らせていません。",
    };

    public static AlertsWording English { get; } = new()
    {
        Title = "Alerts",
        MailOff = "No mail server is configured: alerts appear on this page and go to webhooks, but no mail is sent.",
        OpenTitle = "Alerts to look at",
        OpenNone = "There is nothing to look at.",
        HeldTitle = "Held until the data is complete",
        ClosedTitle = "Alerts that are over",
        OpenCount = "{0} open",
        HeldCount = "{0} held",
        Why = "See why",
        DataPage = "See the data",
        Acknowledge = "Acknowledge",
        AcknowledgedBy = "Acknowledged by {0}, {1}",
        Note = "Note",
        WasTitle = "When told",
        IsTitle = "Now",
        WhyTitle = "Why it is over",
        ClosedWhy = ["the figure was corrected", "what it is compared with changed", "the data came in, and all was well", "its rule was stopped"],
        Rules = "Rules",
        RulesNone = "There are no rules yet. Make one below.",
        OfChain = "Chain",
        Personal = "Personal",
        EveryStore = "Every store, each by itself",
        Stopped = "stopped",
        Recipients = "Mail goes to (one address a line, at most 10)",
        Edit = "Edit",
        Test = "Send a test",
        Tested = "A test is on its way ({0} mails).",
        Remove = "Remove",
        NewRule = "New rule",
        EditRule = "Edit the rule",
        NameLabel = "Name (at most 100 characters)",
        ScopeLabel = "Whose rule",
        StoresLabel = "Stores (none chosen: every one)",
        MetricLabel = "Figure",
        DirectionLabel = "Direction",
        Directions = ["falls below", "rises above"],
        AgainstLabel = "Compared with",
        ThresholdLabel = "Threshold (percent; against a fixed value the value itself, ratios in percent)",
        UntilLabel = "How much of the day",
        WholeDay = "The whole day (judged an hour after closing)",
        UntilHour = "Until {0}:00 (judged half an hour later)",
        RegistersLabel = "Tell me only when all registers reported",
        CoverageLabel = "Only with this percentage of the counter minutes (may be empty)",
        ActiveLabel = "Active",
        LanguageLabel = "Language of the mails",
        Save = "Save",
        Cancel = "Cancel",
        FaultsTitle = "Please mend:",
        FaultNames = ["The name has 1 to 100 characters.", "Choose a figure.", "Only net sales, basket value, items per receipt and conversion of whole days have a target.", "The threshold is a number; in percent above 0 and at most 1000.", "This figure does not exist by hour.", "The percentage is 0 to 100.", "An address is wrong, of a domain that is not allowed, or there are more than 10.", "Choose stores you may see.", "Something is wrong."],
        LimitReached = "There are as many rules as may be. Remove one first.",
        Mark = "Alert: {0}, {1}",
        Mute = "Mute",
        MuteNote = "While it is muted the rule sends no mail and calls no webhook. What it finds stays on this page.",
        MuteUntil = "Until the end of",
        MuteReason = "Reason (at most 200 characters)",
        MutedUntil = "Muted until the end of {0} by {1}",
        Unmute = "Let it speak again",
        NotTold = "Found while the rule was muted: nobody was told.",
    };

    public required string Title { get; init; }

    public required string MailOff { get; init; }

    public required string OpenTitle { get; init; }

    public required string OpenNone { get; init; }

    public required string HeldTitle { get; init; }

    public required string ClosedTitle { get; init; }

    public required string OpenCount { get; init; }

    public required string HeldCount { get; init; }

    public required string Why { get; init; }

    public required string DataPage { get; init; }

    public required string Acknowledge { get; init; }

    public required string AcknowledgedBy { get; init; }

    public required string Note { get; init; }

    public required string WasTitle { get; init; }

    public required string IsTitle { get; init; }

    public required string WhyTitle { get; init; }

    /// <summary>corrected, recovered, complete, rule.</summary>
    public required IReadOnlyList<string> ClosedWhy { get; init; }

    public required string Rules { get; init; }

    public required string RulesNone { get; init; }

    public required string OfChain { get; init; }

    public required string Personal { get; init; }

    public required string EveryStore { get; init; }

    public required string Stopped { get; init; }

    public required string Recipients { get; init; }

    public required string Edit { get; init; }

    public required string Test { get; init; }

    public required string Tested { get; init; }

    public required string Remove { get; init; }

    public required string NewRule { get; init; }

    public required string EditRule { get; init; }

    public required string NameLabel { get; init; }

    public required string ScopeLabel { get; init; }

    public required string StoresLabel { get; init; }

    public required string MetricLabel { get; init; }

    public required string DirectionLabel { get; init; }

    public required IReadOnlyList<string> Directions { get; init; }

    public required string AgainstLabel { get; init; }

    public required string ThresholdLabel { get; init; }

    public required string UntilLabel { get; init; }

    public required string WholeDay { get; init; }

    public required string UntilHour { get; init; }

    public required string RegistersLabel { get; init; }

    public required string CoverageLabel { get; init; }

    public required string ActiveLabel { get; init; }

    public required string LanguageLabel { get; init; }

    public required string Save { get; init; }

    public required string Cancel { get; init; }

    public required string FaultsTitle { get; init; }

    /// <summary>By name, metric, against, threshold, until_hour, minimum_coverage, recipients, stores, anything else.</summary>
    public required IReadOnlyList<string> FaultNames { get; init; }

    public required string LimitReached { get; init; }

    public required string Mark { get; init; }

    public required string Mute { get; init; }

    public required string MuteNote { get; init; }

    public required string MuteUntil { get; init; }

    public required string MuteReason { get; init; }

    public required string MutedUntil { get; init; }

    public required string Unmute { get; init; }

    public required string NotTold { get; init; }

    public static AlertsWording Of(string language) => language == "en" ? English : Japanese;
}
