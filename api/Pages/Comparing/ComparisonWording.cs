namespace RetailInsight.Api.Pages.Comparing;

/// <summary>The texts of comparisons.</summary>
internal sealed record ComparisonWording
{
    public static ComparisonWording Japanese { get; } = new()
    {
        Label = "比べる相手",
        Names = ["同じ曜日(直前の週)", "直前の同じ日数", "前年の同じ曜日(祝日は同じ祝日)", "前年の同じ日付", "目標"],
        With = "比べる相手: {0} — {1}",
        Span = "{0} 〜 {1}",
        WeekBefore = "1週前の同じ曜日",
        WeeksBefore = "{0}週前の同じ曜日",
        DayBefore = "前日",
        DaysBefore = "{0}日前",
        SameDate = "前年の同じ日付",
        NearestDate = "前年に2月29日がないため28日",
        SameWeekday = "前年の同じ曜日",
        SameHoliday = "同じ祝日({0})",
        NearbyWeekday = "前年の同じ曜日は祝日({0})のため、近くの平常の同じ曜日",
        NothingAlike = "前年の同じ曜日。片方だけが祝日({0})です",
        OtherIsHoliday = "。比べる日は祝日({0})です",
        DayIsHoliday = "。この日は祝日({0})です",
        BothAreHolidays = "。どちらも祝日({0})です",
        MovedDay = "{0} は {1} と比較: {2}",
        MoreMoved = "ほかに {0}日、相手を置き換えています",
        Versus = "{0} {1}",
        VersusUntil = "{0} の{1}時まで {2}(この日は {3})",
        None = "比べる日のデータなし",
        Target = "目標 {0}",
        TargetOfWholeDay = "1日の目標 {0}(まだ営業中)",
        NoTarget = "この指標の目標なし",
        Up = "{0}より {1} 増えました。",
        Down = "{0}より {1} 減りました。",
        Same = "{0}と同額です(差 {1})。",
    };

    public static ComparisonWording English { get; } = new()
    {
        Label = "Compared with",
        Names = ["Same weekdays, the weeks before", "As many days directly before", "Same weekdays last year, holidays alike", "Same dates last year", "Target"],
        With = "Compared with {0}: {1}",
        Span = "{0} – {1}",
        WeekBefore = "the same weekday a week before",
        WeeksBefore = "the same weekdays {0} weeks before",
        DayBefore = "the day before",
        DaysBefore = "{0} days before",
        SameDate = "the same date last year",
        NearestDate = "the 28th, for last year had no 29 February",
        SameWeekday = "the same weekday last year",
        SameHoliday = "also a holiday ({0})",
        NearbyWeekday = "the nearest usual one, for the same weekday last year was a holiday ({0})",
        NothingAlike = "the same weekday last year; only one of the two is a holiday ({0})",
        OtherIsHoliday = ". It was a holiday ({0})",
        DayIsHoliday = ". This day is a holiday ({0})",
        BothAreHolidays = ". Both are holidays ({0})",
        MovedDay = "{0} is compared with {1}: {2}",
        MoreMoved = "{0} more days have another partner",
        Versus = "{0}: {1}",
        VersusUntil = "{0} until {1}:00: {2} (this day {3})",
        None = "No figures to compare with",
        Target = "target {0}",
        TargetOfWholeDay = "target of the whole day {0}, still open",
        NoTarget = "No target for this figure",
        Up = "{1} more than {0}.",
        Down = "{1} less than {0}.",
        Same = "The same as {0} (difference {1}).",
    };

    public required string Label { get; init; }

    /// <summary>By <see cref="PageComparison"/>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string With { get; init; }

    public required string Span { get; init; }

    public required string WeekBefore { get; init; }

    public required string WeeksBefore { get; init; }

    public required string DayBefore { get; init; }

    public required string DaysBefore { get; init; }

    public required string SameDate { get; init; }

    public required string NearestDate { get; init; }

    public required string SameWeekday { get; init; }

    public required string SameHoliday { get; init; }

    public required string NearbyWeekday { get; init; }

    public required string NothingAlike { get; init; }

    public required string OtherIsHoliday { get; init; }

    public required string DayIsHoliday { get; init; }

    public required string BothAreHolidays { get; init; }

    public required string MovedDay { get; init; }

    public required string MoreMoved { get; init; }

    /// <summary>{0} is what is compared with, {1} its figure.</summary>
    public required string Versus { get; init; }

    /// <summary>{0} is the day compared with, {1} the hour, {2} its figure, {3} the figure of the day shown.</summary>
    public required string VersusUntil { get; init; }

    public required string None { get; init; }

    public required string Target { get; init; }

    public required string TargetOfWholeDay { get; init; }

    public required string NoTarget { get; init; }

    public required string Up { get; init; }

    public required string Down { get; init; }

    public required string Same { get; init; }

    public static ComparisonWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
