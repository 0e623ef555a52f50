namespace RetailInsight.Api.Pages.StaffEntries;

/// <summary>The texts of the form for entries of staff.</summary>
internal sealed record StaffEntriesWording
{
    public static StaffEntriesWording Japanese { get; } = new()
    {
        Title = "従業員の出入り回数",
        Lead = "従業員が1日に入口のラインを内向きに通る回数を登録します。来店客数（計測値）は変わりません。推定客数からだけ差し引きます。最小と最大は、20日のうち19日が収まる幅です。",
        Rule = "登録",
        NewRule = "新しい登録",
        From = "適用開始日",
        To = "適用終了日（空欄は継続中）",
        PerDay = "1日の回数（平均）",
        AtLeast = "最小",
        AtMost = "最大",
        RemoveNote = "行を消すには、開始日と回数を空にして保存してください。",
        Save = "保存",
        Show = "表示",
        Saved = "保存しました。推定客数はすぐに変わります。",
        Conflict = "ほかの人が先に変更しました。内容を確かめて、もう一度保存してください。",
        WrongDates = "日付を確かめてください。終了日は開始日より前にできません。",
        WrongNumbers = "回数は「最小 ≦ 平均 ≦ 最大」で、100,000以下の整数にしてください。",
        WrongOverlap = "期間が重なっています。前の登録を前日で終わらせてください。",
        ToTraffic = "来店と買上率へ",
        ToDevices = "カウンタの一覧へ",
    };

    public static StaffEntriesWording English { get; } = new()
    {
        Title = "Entries of staff",
        Lead = "How often staff cross the entrance lines inwards on a day. Counted visitors are not changed by it; only the estimate of customers takes it off. Least and most hold on 19 days of 20.",
        Rule = "Rule",
        NewRule = "New rule",
        From = "From",
        To = "To (empty: still holds)",
        PerDay = "Entries a day, on average",
        AtLeast = "At least",
        AtMost = "At most",
        RemoveNote = "To remove a row, empty its first day and its number and save.",
        Save = "Save",
        Show = "Show",
        Saved = "Saved. Estimates follow at once.",
        Conflict = "Somebody else was faster. Look at what stands, and save again.",
        WrongDates = "Look at the dates: the last day is not before the first.",
        WrongNumbers = "Numbers are whole, up to 100,000, and least ≤ average ≤ most.",
        WrongOverlap = "Rules overlap: end the earlier one the day before.",
        ToTraffic = "To traffic",
        ToDevices = "To the counters",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string Rule { get; init; }

    public required string NewRule { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string PerDay { get; init; }

    public required string AtLeast { get; init; }

    public required string AtMost { get; init; }

    public required string RemoveNote { get; init; }

    public required string Save { get; init; }

    public required string Show { get; init; }

    public required string Saved { get; init; }

    public required string Conflict { get; init; }

    public required string WrongDates { get; init; }

    public required string WrongNumbers { get; init; }

    public required string WrongOverlap { get; init; }

    public required string ToTraffic { get; init; }

    public required string ToDevices { get; init; }

    public static StaffEntriesWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
