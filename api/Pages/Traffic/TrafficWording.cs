namespace RetailInsight.Api.Pages.Traffic;

/// <summary>The texts of the page of traffic.</summary>
internal sealed record TrafficWording
{
    public static TrafficWording Japanese { get; } = new()
    {
        Title = "来店と買上率",
        Weeks = "{0} – {1}（4週間）",
        NoCounter = "この期間に来店カウンタのデータがありません。カウンタのない店舗では、この画面は表示できません。",
        Whole = "来店 {0}人、買上率 {1}",
        Silent = "受信が9割に満たない {0}時間分は集計に入れていません",
        Visitors = "来店客数",
        VisitorsNote = "曜日と時間帯ごとの平均（1時間）",
        ConversionNote = "曜日と時間帯ごと。レシートは来店より遅れるため、隣の時間帯と合わせて見てください",
        MapDescription = "{0}を曜日と時間帯で表した図。色が濃いほど大きい値、斜線はデータなし。数値は下の表にあります。",
        OfDays = "{0}日分",
        Staff = "来店と人時",
        StaffNote = "曜日と時間帯ごとの平均。勤務時間の登録がある時間帯だけ",
        Planned = "計画の人時",
        Worked = "実績の人時",
        PerStaffHour = "人時あたり来店客数",
        Chances = "まず見直したい時間帯",
        Chance = "平均 {0}人来店、買上率 {1}（全体 {2}）",
        Gain = "全体並みなら1回 {0}",
        NoChance = "来店が多いのに買上率が低い時間帯は見当たりません。",
        ChanceNote = "来店の多い上位4分の1の時間帯のうち、買上率が全体の9割に満たないもの。人員・レジ・品切れを確かめる手がかりで、増収の約束ではありません。",
        Estimate = "推定客数",
        EstimateNote = "計測値とは別の推定。ほかの画面の来店客数は計測値のままです",
        EstimateUnknown = "従業員の出入りも手計測による補正も登録されていないため、推定客数は表示できません。",
        EstimateLead = "計測 {0}人のうち、お客様は約 {1}人（{2}–{3}人）",
        StaffByRule = "従業員の出入り {0}回（店舗に登録した1日の回数による）",
        StaffByDevices = "従業員の出入り {0}回（機器の判定による）",
        StaffUnknown = "{1}店舗日のうち {0}店舗日は従業員の出入りが不明なため、全員をお客様とみなしています",
        Calibrated = "計測値の {0} は、手計測で補正したラインのもの",
        NotCalibrated = "手計測による補正は登録されていません",
        EstimatedConversion = "お客様に対する買上率は約 {0}（{1}–{2}）",
        Counted = "計測値",
        Between = "推定の幅（95%）",
        StaffEntries = "従業員の出入り回数を登録",
    };

    public static TrafficWording English { get; } = new()
    {
        Title = "Traffic",
        Weeks = "{0} – {1} (four weeks)",
        NoCounter = "No door counter delivered anything in this time. Stores without a counter have nothing to show here.",
        Whole = "{0} visitors, conversion {1}",
        Silent = "{0} hours with less than nine tenths of their minutes are left out",
        Visitors = "Visitors",
        VisitorsNote = "Mean an hour, by weekday and hour",
        ConversionNote = "By weekday and hour. Receipts lag entry: read an hour with its neighbours",
        MapDescription = "{0} by weekday and hour. Darker is more, hatched is no data. The numbers stand in the table below.",
        OfDays = "of {0} days",
        Staff = "Visitors and staff",
        StaffNote = "Means by weekday and hour, where staff hours were handed in",
        Planned = "Staff hours planned",
        Worked = "Staff hours worked",
        PerStaffHour = "Visitors per staff hour",
        Chances = "Hours worth a look first",
        Chance = "{0} visitors on average, conversion {1} (overall {2})",
        Gain = "{0} each time if as overall",
        NoChance = "No busy hour converts clearly less than the whole.",
        ChanceNote = "Of the quarter of hours with most visitors, those that convert less than nine tenths of the whole. A lead to look at staff, checkouts and shelves, not a promise.",
        Estimate = "Estimated customers",
        EstimateNote = "Beside the count: visitors of other pages stay as counted",
        EstimateUnknown = "Neither entries of staff nor counts by hand are noted, so nothing can be estimated.",
        EstimateLead = "Of {0} counted, about {1} were customers ({2}–{3})",
        StaffByRule = "{0} entries of staff, by the number a day noted for the store",
        StaffByDevices = "{0} entries of staff, as the devices tell",
        StaffUnknown = "On {0} of {1} store-days nothing is known of staff: everybody is taken for a customer",
        Calibrated = "{0} of the count is of lines that were counted by hand",
        NotCalibrated = "No line was counted by hand",
        EstimatedConversion = "Conversion of customers about {0} ({1}–{2})",
        Counted = "Counted",
        Between = "95 % range",
        StaffEntries = "Note how often staff enter",
    };

    public required string Title { get; init; }

    public required string Weeks { get; init; }

    public required string NoCounter { get; init; }

    public required string Whole { get; init; }

    public required string Silent { get; init; }

    public required string Visitors { get; init; }

    public required string VisitorsNote { get; init; }

    public required string ConversionNote { get; init; }

    public required string MapDescription { get; init; }

    public required string OfDays { get; init; }

    public required string Staff { get; init; }

    public required string StaffNote { get; init; }

    public required string Planned { get; init; }

    public required string Worked { get; init; }

    public required string PerStaffHour { get; init; }

    public required string Chances { get; init; }

    public required string Chance { get; init; }

    public required string Gain { get; init; }

    public required string NoChance { get; init; }

    public required string ChanceNote { get; init; }

    public required string Estimate { get; init; }

    public required string EstimateNote { get; init; }

    public required string EstimateUnknown { get; init; }

    public required string EstimateLead { get; init; }

    public required string StaffByRule { get; init; }

    public required string StaffByDevices { get; init; }

    public required string StaffUnknown { get; init; }

    public required string Calibrated { get; init; }

    public required string NotCalibrated { get; init; }

    public required string EstimatedConversion { get; init; }

    public required string Counted { get; init; }

    public required string Between { get; init; }

    public required string StaffEntries { get; init; }

    public static TrafficWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
