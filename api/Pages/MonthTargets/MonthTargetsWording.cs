namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>The texts of month targets.</summary>
internal sealed record MonthTargetsWording
{
    public static MonthTargetsWording Japanese { get; } = new()
    {
        MonthName = "{0:yyyy年}{1}",
        Months = ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
        CardTitle = "{0}の目標",
        States = ["提案中", "確定", "変更後"],
        StoresWith = "{1}店舗中 {0}店舗の合計",
        SoFar = "{0} までの売上高",
        SoFarNone = "ここまでの売上高",
        Rest = "これからの見込み",
        MonthEnd = "月末の見込み",
        CompanyTotal = "全社の目標",
        Range = "{0} ～ {1}",
        RangeName = "見込みの幅",
        Expected = "見込み",
        RangeNote = "見込みは {0} までの実績によるものです。5回に4回はこの幅に入ります。",
        RangeNoteChain = "見込みは {0} までの実績によるものです。幅は全店舗の好不調が重なる場合で、いちばん広く見ています。",
        Unsure = "自店のデータがまだ40日に満たない店舗があり、見込みは目安です。",
        Reached = "目標を達成しました（{0} 上回っています）。",
        Missed = "目標に {0} 届きませんでした。",
        OddsIn = "達成の見通し：{0}（{1}）",
        OddsUnknown = "達成の見通しは、次の夜間計算のあとに出ます。",
        Odds = ["高い", "やや高い", "五分五分", "やや低い", "低い"],
        Chart = "目標までの道のり（売上高(税抜)の累計）",
        ChartDescription = "{0} の売上高(税抜)を足し上げた線と、目標、これからの見込みとその幅。数値は下の表にあります。",
        WhyTitle = "この目標の理由",
        Start = "いまのままで多くの月に届く水準 {0} から始めています（見込みは {1}）。",
        Lifted = "そこへ {0} を上乗せしています：{2}の伸びしろの {1} 分で、似た {3}店舗の上位4分の1との差によるものです。",
        NotLifted = "上乗せはありません。",
        BoundGap = "{0}：上位4分の1との差 {1} のうち、動かせる分です。",
        BoundImprovement = "{0}：差は {1} ありますが、1年で実際に伸びた店舗の実績を超えては求めていません。",
        BoundStanding = "{0}：差は {1} ありますが、毎年同じ差なので、店舗の条件とみて求めていません。",
        BoundQuarter = "{0}：すでに上位4分の1の水準にあり、維持が目標です。",
        BoundNoEvidence = "{0}：比べる店舗か期間が足りず、求めていません（1年分の履歴がそろうと計算します）。",
        NoPotential = "比べる店舗か履歴が足りないため、伸びしろは計算していません。",
        HeldByOdds = "達成の見込みが低くなりすぎないところで止めています。",
        CompanyAdded = "全社の目標に合わせて {0} を加えています。",
        CompanyTook = "全社の目標に合わせて {0} を減らしています。",
        RevisedBy = "{0} が変更しました：「{1}」。以下は変更前の計算です。",
        And = "・",
        Original = "もとの定義（グループ平均）：目標のある {0} 店舗日で {1}、実績 {2}、差 {3}。",
        OriginalNone = "もとの定義（グループ平均）の目標は、この月にはありません。",
        TooFar = "目標は今月と来月の分だけを作ります。この月の目標は前月に提案されます。",
        NotComputed = "見込みがまだ一度も計算されていません。毎晩の計算（日本時間 5時45分ごろ）のあとに目標が出ます。",
        Past = "この月には目標がありませんでした。目標はあとから作りません。",
        NoForecast = "この数週間の売上が少なく、先を見込めないため、目標はまだありません。売上がたまると夜間の計算で作られます。",
        NextNight = "今夜の計算で目標が提案されます。",
        OtherCurrency = "この通貨の目標はありません。",
        ToList = "店舗別の目標と方針を見る",
        ToVersions = "版の履歴と変更",
        Title = "月の目標",
        Lead = "目標は毎晩計算され、月の初めに確定します。確定した目標は、理由をつけて人だけが変更できます。",
        Show = "表示",
        MonthLabel = "月",
        StoreTable = "店舗別の目標",
        State = "状態",
        OddsColumn = "達成の見通し",
        Policy = "目標の方針",
        PolicyLead = "どこまで求めるかを決めます。次の夜間計算から、まだ始まっていない月の提案に反映されます。確定した目標は変わりません。",
        Ambition = "伸びしろのうち求める割合（%）",
        StartProbability = "伸びしろのない店舗が達成する確率（%）",
        LeastProbability = "これより達成しにくくはしない確率（%）",
        PolicyUsual = "標準の方針です。",
        ChangedBy = "{0} が {1} に変更。",
        Company = "全社の目標",
        CompanyLead = "店舗の合計をこの金額に合わせます。次の夜間計算から反映され、見込みの確かでない店舗ほど大きく動きます。空欄で取り消します。",
        Amount = "金額（{0}）",
        Save = "保存",
        Saved = "保存しました。次の夜間計算（日本時間 5時45分ごろ）から反映されます。",
        Wrong = "入力を確かめてください：割合は0〜100、下限は開始の確率以下、金額は通貨の最小単位までです。",
        Begun = "始まった月は変えられません。店舗の目標を理由をつけて変更してください。",
        Versions = "版の履歴",
        Version = "版",
        Target = "目標",
        Reason = "理由",
        Who = "決めた人",
        When = "日時",
        Computation = "計算",
        Revise = "目標を変更",
        ReviseLead = "過ぎた日の目標はそのままで、残りの日で分けなおします。変更は記録に残ります。",
        Revised = "目標を変更しました。",
        NotFrozen = "まだ提案です。月が始まると確定し、変更できます。",
        Over = "この月は終わりました。",
        NotAllowed = "変更は本部と管理者が行います。",
        Changed = "ほかの人が先に変更しました。最新の目標を確かめてください。",
        SetMeanwhile = "ほかの人が先に設定しました。いまの設定を確かめて、必要ならもう一度保存してください。",
        BelowPast = "過ぎた日の目標 {0} より小さくはできません。",
        ReasonNeeded = "理由を400文字までで書いてください。",
        Back = "目標の一覧へ",
    };

    public static MonthTargetsWording English { get; } = new()
    {
        MonthName = "{1} {0:yyyy}",
        Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        CardTitle = "Target of {0}",
        States = ["proposed", "frozen", "revised"],
        StoresWith = "{0} of {1} stores together",
        SoFar = "Sold through {0}",
        SoFarNone = "Sold so far",
        Rest = "Still expected",
        MonthEnd = "Expected at the end",
        CompanyTotal = "Company's total",
        Range = "{0} to {1}",
        RangeName = "Range",
        Expected = "Expected",
        RangeNote = "Expected as of {0}. Four such months in five fall into the range.",
        RangeNoteChain = "Expected as of {0}. The range takes all stores to have good and bad months together, the widest it can be.",
        Unsure = "A store has fewer than 40 days of its own: what is expected is a rough guide.",
        Reached = "Reached, and {0} above.",
        Missed = "Missed by {0}.",
        OddsIn = "Reaching it is {0} ({1}).",
        OddsUnknown = "How likely it is to be reached is known after the next night's computation.",
        Odds = ["likely", "more likely than not", "an even chance", "less likely than not", "unlikely"],
        Chart = "The way to the target: net sales added up",
        ChartDescription = "Net sales of {0} added up, the target, and what is still expected with its range. The numbers stand in the table below.",
        WhyTitle = "Why this target",
        Start = "It starts from {0}, a level most such months reach as the store works now ({1} are expected).",
        Lifted = "{0} is added: {1} of the potential in {2}, which is the gap to the best quarter of {3} stores like this one.",
        NotLifted = "Nothing is added.",
        BoundGap = "{0}: what can be moved of a gap of {1} to the best quarter.",
        BoundImprovement = "{0}: the gap is {1}, but no more is asked for than stores of the kind are seen to improve in a year.",
        BoundStanding = "{0}: the gap of {1} stands from year to year. It is taken for the store's circumstances and not asked for.",
        BoundQuarter = "{0}: already with the best quarter; it is to be held.",
        BoundNoEvidence = "{0}: too few stores or too short a history to say what can be moved, so nothing is asked for (a year is needed).",
        NoPotential = "There are too few stores or too short a history to estimate a potential.",
        HeldByOdds = "It ends where reaching it would become too unlikely.",
        CompanyAdded = "The company's total added {0}.",
        CompanyTook = "The company's total took {0}.",
        RevisedBy = "Changed by {0}: “{1}”. What follows is how it was computed before.",
        And = " and ",
        Original = "First definition, the mean of the group: {1} over the {0} store-days that have one, {2} reached, a gap of {3}.",
        OriginalNone = "There is no target of the first definition, the mean of the group, in this month.",
        TooFar = "Targets are made for this month and the next. One for this month is proposed the month before.",
        NotComputed = "The outlook has not been computed yet. There are targets after the nightly computation, about 5:45 in Japan.",
        Past = "There was no target for this month. None is made afterwards.",
        NoForecast = "There were too few sales in the last weeks to expect anything, so there is no target yet. Once there are, the nightly computation makes one.",
        NextNight = "A target is proposed with tonight's computation.",
        OtherCurrency = "There is no target in this currency.",
        ToList = "See the stores' targets and the policy",
        ToVersions = "Versions and changes",
        Title = "Month targets",
        Lead = "Targets are computed every night and frozen when their month begins. From then on only a person changes one, with a reason.",
        Show = "Show",
        MonthLabel = "Month",
        StoreTable = "Targets by store",
        State = "State",
        OddsColumn = "Outlook",
        Policy = "Target policy",
        PolicyLead = "How much is asked. It takes effect with the next nightly computation, on proposals of months that have not begun. Targets that are frozen stay.",
        Ambition = "Share of the potential asked for (%)",
        StartProbability = "Odds for a store without potential (%)",
        LeastProbability = "Never less likely than (%)",
        PolicyUsual = "The usual policy.",
        ChangedBy = "Set by {0} on {1}.",
        Company = "Company's total",
        CompanyLead = "The stores' targets are brought to this total with the next nightly computation; stores whose month is least certain move most. Leave it empty to take it back.",
        Amount = "Amount ({0})",
        Save = "Save",
        Saved = "Saved. It takes effect with the next nightly computation, about 5:45 in Japan.",
        Wrong = "Please check: shares are 0 to 100, the lowest odds not above those of the start, amounts in whole smallest units of the currency.",
        Begun = "A month that has begun is not changed. Change the stores' targets, each with a reason.",
        Versions = "Versions",
        Version = "Version",
        Target = "Target",
        Reason = "Reason",
        Who = "Decided by",
        When = "When",
        Computation = "computation",
        Revise = "Change the target",
        ReviseLead = "What was asked of days gone by stays; the days to come share the rest. The change is kept on record.",
        Revised = "The target was changed.",
        NotFrozen = "It is a proposal. It is frozen when the month begins and can be changed then.",
        Over = "The month is over.",
        NotAllowed = "Head office and administrators change targets.",
        Changed = "Somebody else changed it first. Please look at the target as it is now.",
        SetMeanwhile = "Somebody else set it first. Please look at what is set now, and save again if yours is still right.",
        BelowPast = "It cannot be less than the {0} asked of the days gone by.",
        ReasonNeeded = "Please give a reason in at most 400 characters.",
        Back = "To the list of targets",
    };

    /// <summary>{0} is the first of the month, {1} its name.</summary>
    public required string MonthName { get; init; }

    public required IReadOnlyList<string> Months { get; init; }

    public required string CardTitle { get; init; }

    /// <summary>Of proposed, frozen, revised.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>{0} of {1} stores.</summary>
    public required string StoresWith { get; init; }

    public required string SoFar { get; init; }

    public required string SoFarNone { get; init; }

    public required string Rest { get; init; }

    public required string MonthEnd { get; init; }

    public required string CompanyTotal { get; init; }

    public required string Range { get; init; }

    public required string RangeName { get; init; }

    public required string Expected { get; init; }

    public required string RangeNote { get; init; }

    public required string RangeNoteChain { get; init; }

    public required string Unsure { get; init; }

    public required string Reached { get; init; }

    public required string Missed { get; init; }

    /// <summary>{0} is a word of <see cref="Odds"/>, {1} a percentage.</summary>
    public required string OddsIn { get; init; }

    public required string OddsUnknown { get; init; }

    /// <summary>From likely to unlikely.</summary>
    public required IReadOnlyList<string> Odds { get; init; }

    public required string Chart { get; init; }

    public required string ChartDescription { get; init; }

    public required string WhyTitle { get; init; }

    /// <summary>{0} is the start, {1} what is expected.</summary>
    public required string Start { get; init; }

    /// <summary>{0} is the lift, {1} the ambition, {2} figures, {3} how many peers.</summary>
    public required string Lifted { get; init; }

    public required string NotLifted { get; init; }

    /// <summary>{0} is a figure, {1} the gap to the best quarter; so of the next four.</summary>
    public required string BoundGap { get; init; }

    public required string BoundImprovement { get; init; }

    public required string BoundStanding { get; init; }

    public required string BoundQuarter { get; init; }

    public required string BoundNoEvidence { get; init; }

    public required string NoPotential { get; init; }

    public required string HeldByOdds { get; init; }

    public required string CompanyAdded { get; init; }

    public required string CompanyTook { get; init; }

    /// <summary>{0} is who, {1} the reason.</summary>
    public required string RevisedBy { get; init; }

    public required string And { get; init; }

    /// <summary>{0} store-days, {1} target, {2} reached, {3} gap.</summary>
    public required string Original { get; init; }

    public required string OriginalNone { get; init; }

    public required string TooFar { get; init; }

    public required string NotComputed { get; init; }

    public required string Past { get; init; }

    public required string NoForecast { get; init; }

    public required string NextNight { get; init; }

    public required string OtherCurrency { get; init; }

    public required string ToList { get; init; }

    public required string ToVersions { get; init; }

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string Show { get; init; }

    public required string MonthLabel { get; init; }

    public required string StoreTable { get; init; }

    public required string State { get; init; }

    public required string OddsColumn { get; init; }

    public required string Policy { get; init; }

    public required string PolicyLead { get; init; }

    public required string Ambition { get; init; }

    public required string StartProbability { get; init; }

    public required string LeastProbability { get; init; }

    public required string PolicyUsual { get; init; }

    /// <summary>{0} is who, {1} the day.</summary>
    public required string ChangedBy { get; init; }

    public required string Company { get; init; }

    public required string CompanyLead { get; init; }

    public required string Amount { get; init; }

    public required string Save { get; init; }

    public required string Saved { get; init; }

    public required string Wrong { get; init; }

    public required string Begun { get; init; }

    public required string Versions { get; init; }

    public required string Version { get; init; }

    public required string Target { get; init; }

    public required string Reason { get; init; }

    public required string Who { get; init; }

    public required string When { get; init; }

    public required string Computation { get; init; }

    public required string Revise { get; init; }

    public required string ReviseLead { get; init; }

    public required string Revised { get; init; }

    public required string NotFrozen { get; init; }

    public required string Over { get; init; }

    public required string NotAllowed { get; init; }

    public required string Changed { get; init; }

    public required string SetMeanwhile { get; init; }

    public required string BelowPast { get; init; }

    public required string ReasonNeeded { get; init; }

    public required string Back { get; init; }

    public static MonthTargetsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
