namespace RetailInsight.Api.Pages.Today;

/// <summary>The texts of the page of today.</summary>
internal sealed record TodayWording
{
    public static TodayWording Japanese { get; } = new()
    {
        Title = "きょう",
        SoFar = "ここまでの売上高(税抜)",
        ExpectedByNow = "{0}のふだんの水準は {1}",
        Ahead = "ふだんより {0} 先行",
        Behind = "ふだんより {0} 遅れ",
        Even = "ふだんどおり",
        Outlook = "閉店時の見込み",
        OutlookValue = "{0} 前後",
        OutlookNote = "残りの時間帯はふだんどおりとし、きょうの勢いを一日の経過分だけ加味しています。ふだんの一日は {0}。",
        Typical = "ふだん",
        TypicalSameWeekday = "「ふだん」は直近8週の{0}曜 {1}日分の中央値です。",
        TypicalSameKind = "「ふだん」は直近4週の{0} {1}日分の中央値です（同じ曜日が3日そろうまで）。",
        TypicalHolidays = "きょうは祝日のため、「ふだん」は直近8週の日曜・祝日 {0}日分の中央値です。",
        TypicalOfReported = "きょう売上の届いた {0}店舗どうしで比べています。",
        WorkingDays = "平日",
        Weekends = "土日",
        NoTypical = "比べられる過去の日がまだありません。同じ曜日または同じ種類の日のデータがたまると、ここに水準が出ます。",
        Chart = "時間帯別の売上高(税抜)：きょうとふだん",
        ChartDescription = "{0} 時点。棒がきょう、線がふだん、点線の棒はこれからの時間帯のふだんの水準です。数値は下の表にあります。",
        Actual = "きょう",
        ToCome = "これから",
        Next = "これからの時間帯",
        NextLead = "ふだんの水準です。",
        Busiest = "来店がいちばん多いのは{0}台、{1}人前後の見込みです。",
        ExpectedVisitors = "来店客数",
        ExpectedReceipts = "レジ客数",
        ExpectedNet = "売上高(税抜)",
        BeforeOpening = "開店前です",
        Open = "営業中",
        Closed = "きょうの営業は終わりました",
        NoFigures = "きょうのデータはまだ届いていません",
        NoFiguresYet = "きょうの売上はまだ集計されていません。届きしだい、ふだんの水準と並べて表示します。",
        AsOf = "{0} 時点の集計",
        Stale = "最後の集計から {0} 分たっています。以後の売上はまだ含みません",
        StoresReported = "{1}店舗中 {0}店舗から受信",
        WholeDay = "きょうの結果と理由を見る",
    };

    public static TodayWording English { get; } = new()
    {
        Title = "Today",
        SoFar = "Net sales so far",
        ExpectedByNow = "Usual by {0}: {1}",
        Ahead = "{0} ahead of usual",
        Behind = "{0} behind usual",
        Even = "As usual",
        Outlook = "Expected at closing",
        OutlookValue = "about {0}",
        OutlookNote = "The hours to come as usual, carried by today's pace as far as the day has shown one. A usual day brings {0}.",
        Typical = "Usual",
        TypicalSameWeekday = "“Usual” is the median of {1} {0}s of the last eight weeks.",
        TypicalSameKind = "“Usual” is the median of {1} {0} of the last four weeks, until there are three of the same weekday.",
        TypicalHolidays = "Today is a holiday: “Usual” is the median of {0} Sundays and holidays of the last eight weeks.",
        TypicalOfReported = "Measured by the {0} stores that have reported today.",
        WorkingDays = "working days",
        Weekends = "weekend days",
        NoTypical = "There are no earlier days to compare with yet. Once days of the same weekday or kind have figures, their level stands here.",
        Chart = "Net sales by hour: today and usual",
        ChartDescription = "As of {0}. Bars are today, lines are usual, dotted bars are the usual level of hours to come. The numbers stand in the table below.",
        Actual = "Today",
        ToCome = "To come",
        Next = "The next hours",
        NextLead = "Usual levels.",
        Busiest = "Most visitors are expected from {0}: about {1}.",
        ExpectedVisitors = "Visitors",
        ExpectedReceipts = "Receipts",
        ExpectedNet = "Net sales",
        BeforeOpening = "Before opening",
        Open = "Open",
        Closed = "Closed for today",
        NoFigures = "No figures of today yet",
        NoFiguresYet = "Today's sales have not been computed yet. They appear here beside the usual level as soon as they arrive.",
        AsOf = "Computed at {0}",
        Stale = "The last figures are {0} minutes old; later sales are not in them",
        StoresReported = "{0} of {1} stores reporting",
        WholeDay = "See today's results and why",
    };

    public required string Title { get; init; }

    public required string SoFar { get; init; }

    public required string ExpectedByNow { get; init; }

    public required string Ahead { get; init; }

    public required string Behind { get; init; }

    public required string Even { get; init; }

    public required string Outlook { get; init; }

    public required string OutlookValue { get; init; }

    public required string OutlookNote { get; init; }

    public required string Typical { get; init; }

    public required string TypicalSameWeekday { get; init; }

    public required string TypicalSameKind { get; init; }

    /// <summary>{0} is how many days.</summary>
    public required string TypicalHolidays { get; init; }

    /// <summary>{0} is how many stores.</summary>
    public required string TypicalOfReported { get; init; }

    public required string WorkingDays { get; init; }

    public required string Weekends { get; init; }

    public required string NoTypical { get; init; }

    public required string Chart { get; init; }

    public required string ChartDescription { get; init; }

    public required string Actual { get; init; }

    public required string ToCome { get; init; }

    public required string Next { get; init; }

    public required string NextLead { get; init; }

    public required string Busiest { get; init; }

    public required string ExpectedVisitors { get; init; }

    public required string ExpectedReceipts { get; init; }

    public required string ExpectedNet { get; init; }

    public required string BeforeOpening { get; init; }

    public required string Open { get; init; }

    public required string Closed { get; init; }

    public required string NoFigures { get; init; }

    public required string NoFiguresYet { get; init; }

    public required string AsOf { get; init; }

    public required string Stale { get; init; }

    public required string StoresReported { get; init; }

    public required string WholeDay { get; init; }

    public static TodayWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
