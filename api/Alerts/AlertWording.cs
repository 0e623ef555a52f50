namespace RetailInsight.Api.Alerts;

/// <summary>What alerts say, in mails as on pages.</summary>
internal sealed record AlertWording
{
    public static AlertWording Japanese { get; } = new()
    {
        WholeDay = "1日の{0}",
        UntilHour = "{1}時までの{0}",
        BelowValue = "{0}が {1} を下回ったとき",
        AboveValue = "{0}が {1} を上回ったとき",
        BelowReference = "{0}が{2}より {1} を超えて低いとき",
        AboveReference = "{0}が{2}より {1} を超えて高いとき",
        References = ["固定の値", "前週の同じ曜日", "いつもの同じ曜日（8週間の中央値）", "目標"],
        OnlyRegisters = "レジがすべてそろったときだけ",
        OnlyCoverage = "来店カウンタの充足率が {0}% 以上のときだけ",
        Separator = "・",
        Versus = "{0}（{2} {1}、{3}）",
        VersusValue = "{0}（基準 {1}）",
        NoFigure = "数字なし",
        Gaps = ["データはそろっています", "保留：この日の売上がまだ届いていません", "保留：レジのデータがそろっていません", "保留：来店カウンタの受信が足りません", "保留：比べる日のデータがそろっていません", "保留：この時刻より後のデータがまだ届いていません"],
        OpenedOne = "【アラート】{0} {1} {2}",
        OpenedMany = "【アラート】{0} {1}件",
        ClosedOne = "【解消】{0} {1} {2}",
        ClosedMany = "【解消】{0} {1}件",
        Condition = "条件：{0}",
        WasIs = "知らせたとき {0} → いま {1}",
        More = "ほか {0}件",
        Explains = "なぜか：{0}",
        Answer = "対応を記録する：{0}",
        TestSubject = "【テスト】{0}",
        TestText = "これはテストです。この宛先に次の条件のアラートが届きます。",
        Notes = "メモ：{0}",
    };

    public static AlertWording English { get; } = new()
    {
        WholeDay = "{0} of the day",
        UntilHour = "{0} until {1}:00",
        BelowValue = "{0} below {1}",
        AboveValue = "{0} above {1}",
        BelowReference = "{0} more than {1} below {2}",
        AboveReference = "{0} more than {1} above {2}",
        References = ["a fixed value", "the same weekday of the week before", "what this weekday usually brings (median of eight weeks)", "the target"],
        OnlyRegisters = "only when all registers reported",
        OnlyCoverage = "only with {0} % of the counter minutes",
        Separator = "; ",
        Versus = "{0} ({2}: {1}, {3})",
        VersusValue = "{0} (limit {1})",
        NoFigure = "no figure",
        Gaps = ["The data is complete", "Held: no sales of the day have arrived yet", "Held: data of the registers is incomplete", "Held: the door counters sent too little", "Held: the data of the day compared with is incomplete", "Held: nothing has arrived since that hour"],
        OpenedOne = "Alert: {0}, {1}, {2}",
        OpenedMany = "Alert: {0}, {1} store-days",
        ClosedOne = "Over: {0}, {1}, {2}",
        ClosedMany = "Over: {0}, {1} store-days",
        Condition = "Rule: {0}",
        WasIs = "{0} when told, {1} now",
        More = "and {0} more",
        Explains = "Why: {0}",
        Answer = "Acknowledge: {0}",
        TestSubject = "Test: {0}",
        TestText = "This is a test. Alerts of this rule will reach this address.",
        Notes = "Notes: {0}",
    };

    public required string WholeDay { get; init; }

    public required string UntilHour { get; init; }

    public required string BelowValue { get; init; }

    public required string AboveValue { get; init; }

    public required string BelowReference { get; init; }

    public required string AboveReference { get; init; }

    /// <summary>By the order of <see cref="AlertTest.References"/>.</summary>
    public required IReadOnlyList<string> References { get; init; }

    public required string OnlyRegisters { get; init; }

    public required string OnlyCoverage { get; init; }

    public required string Separator { get; init; }

    public required string Versus { get; init; }

    public required string VersusValue { get; init; }

    public required string NoFigure { get; init; }

    /// <summary>By <see cref="DataGap"/>.</summary>
    public required IReadOnlyList<string> Gaps { get; init; }

    public required string OpenedOne { get; init; }

    public required string OpenedMany { get; init; }

    public required string ClosedOne { get; init; }

    public required string ClosedMany { get; init; }

    public required string Condition { get; init; }

    public required string WasIs { get; init; }

    public required string More { get; init; }

    public required string Explains { get; init; }

    public required string Answer { get; init; }

    public required string TestSubject { get; init; }

    public required string TestText { get; init; }

    public required string Notes { get; init; }

    public static AlertWording Of(string language) => language == "en" ? English : Japanese;
}
