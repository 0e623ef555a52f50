namespace RetailInsight.Api.Pages.Period;

/// <summary>The texts of the page of a period.</summary>
internal sealed record PeriodWording
{
    public static PeriodWording Japanese { get; } = new()
    {
        Grain = "期間",
        Day = "日",
        Grains = ["週", "月", "四半期", "年"],
        QuarterName = "{0}年 第{1}四半期",
        YearName = "{0}年",
        RunningDay = "{0} は営業中のため {1}時までを比べています",
        ChartByWeek = "週別の売上高(税抜)",
        ChartByMonth = "月別の売上高(税抜)",
        NoComparison = "比べる期間のデータなし",
        Before = "前の期間",
        After = "次の期間",
        MonthName = "{0:yyyy年}{1}",
        Months = ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
        DaysKnown = "{0}日中 {1}日のデータあり",
        Running = "{0} まで（途中）",
        Uneven = "片方にしか売上のない {0}日は比べていません",
        PartlyCompared = "{0}日は店舗がそろわないため、両方に売上のある店舗どうしで比べています",
        NoFigures = "この期間のデータはまだありません。",
        NoTarget = "この期間の目標はありません。",
        BelowTarget = "ここまでの目標 {0} まであと {1}。",
        AboveTarget = "ここまでの目標 {0} を {1} 上回っています。",
        TargetNote = "目標は、目標のある日について似た店舗の平均を足したものです。",
        Chart = "日別の売上高(税抜)",
        LineIs = "横線は{0}",
        RunningTotal = "売上高(税抜)の累計",
        RunningTotalDescription = "{0} から {1} までの売上高(税抜)を足し上げた線。数値は下の表にあります。",
        ChartDescription = "{0} から {1} まで。棒がこの期間、横線が{2}。日を選ぶとその日を表示します。数値は下の表にあります。",
    };

    public static PeriodWording English { get; } = new()
    {
        Grain = "Period",
        Day = "Day",
        Grains = ["Week", "Month", "Quarter", "Year"],
        QuarterName = "Quarter {1} of {0}",
        YearName = "Year {0}",
        RunningDay = "{0} still runs and is compared until {1}:00",
        ChartByWeek = "Net sales by week",
        ChartByMonth = "Net sales by month",
        NoComparison = "No figures to compare with",
        Before = "Period before",
        After = "Next period",
        MonthName = "{1} {0:yyyy}",
        Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        DaysKnown = "Figures for {1} of {0} days",
        Running = "Through {0}, still running",
        Uneven = "{0} days with sales on one side only are not compared",
        PartlyCompared = "On {0} days not all stores have sales on both sides: those that have are compared",
        NoFigures = "There are no figures for this period yet.",
        NoTarget = "This period has no target.",
        BelowTarget = "{1} to go to the target so far of {0}.",
        AboveTarget = "{1} above the target so far of {0}.",
        TargetNote = "The target adds up the mean of similar stores over the days that have one.",
        Chart = "Net sales by day",
        LineIs = "line: {0}",
        RunningTotal = "Net sales added up",
        RunningTotalDescription = "Net sales added up from {0} to {1}. The numbers stand in the table below.",
        ChartDescription = "From {0} to {1}. Bars are this period, lines: {2}. Choose a day to see it. The numbers stand in the table below.",
    };

    public required string Grain { get; init; }

    public required string Day { get; init; }

    /// <summary>By the place of the grain in <see cref="PeriodPage.Grains"/>.</summary>
    public required IReadOnlyList<string> Grains { get; init; }

    /// <summary>{0} is the year, {1} the quarter.</summary>
    public required string QuarterName { get; init; }

    public required string YearName { get; init; }

    /// <summary>{0} is the day, {1} the hour.</summary>
    public required string RunningDay { get; init; }

    public required string ChartByWeek { get; init; }

    public required string ChartByMonth { get; init; }

    public required string NoComparison { get; init; }

    public required string Before { get; init; }

    public required string After { get; init; }

    /// <summary>{0} is the first of the month, {1} its name.</summary>
    public required string MonthName { get; init; }

    public required IReadOnlyList<string> Months { get; init; }

    public required string DaysKnown { get; init; }

    public required string Running { get; init; }

    public required string Uneven { get; init; }

    /// <summary>{0} is how many days.</summary>
    public required string PartlyCompared { get; init; }

    public required string NoFigures { get; init; }

    public required string NoTarget { get; init; }

    public required string BelowTarget { get; init; }

    public required string AboveTarget { get; init; }

    public required string TargetNote { get; init; }

    public required string Chart { get; init; }

    public required string LineIs { get; init; }

    public required string RunningTotal { get; init; }

    public required string RunningTotalDescription { get; init; }

    public required string ChartDescription { get; init; }

    public static PeriodWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
