namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the page about what waits for somebody to say yes.</summary>
internal sealed record ApprovalWording
{
    public static ApprovalWording Japanese { get; } = new()
    {
        Title = "承認",
        Lead = "公開中の数字が大きく変わるとき、タスクはここで答えを待ちます。答えるまで、いまの数字がそのまま残ります。",
        None = "答えを待っているものはありません。",
        Gate = "売上高(税抜)・レジ客数・来店客数が {0}‰ より大きく変わる、{1}日前以前の日を確認します。",
        GateNone = "確認の条件は設定されていません。",
        Asked = "{0} から待っています",
        Summary = "{0}店舗の数字が変わります（売上高(税抜)の合計 {1} → {2}、差 {3}）。",
        Concerned = "影響する集計：{0}",
        Store = "店舗",
        Figure = "項目",
        Figures = ["売上高(税抜)", "レジ客数", "来店客数"],
        Was = "いま",
        Is = "変更後",
        Difference = "差",
        Bar = "変化",
        BarSaid = "{0} {1}：{2}",
        More = "差の小さいほかの {0}件は省いています。",
        Yes = "承認して公開する",
        No = "却下する",
        After = "承認すると計算し直し、内容が同じなら公開します。違っていれば、もう一度たずねます。却下するとタスクは失敗し、いまの数字が残ります。",
        OnlyApprovers = "答えられるのは本部と管理者です。",
        Answered = "最近の答え",
        AnsweredNone = "まだ答えはありません。",
        Answers = ["承認", "却下"],
        Approved = "承認しました。計算し直してから公開されます。",
        Refused = "却下しました。いまの数字が残ります。",
        Gone = "この質問はもう待っていません。何も行われていません。",
        Answer = "答え",
    };

    public static ApprovalWording English { get; } = new()
    {
        Title = "Approvals",
        Lead = "Where figures that stand would change much, a task waits here for an answer. Until then they stay as they are.",
        None = "Nothing waits for an answer.",
        Gate = "Asked when net sales, receipts or visitors of a store change by more than {0} per mille, of days {1} or more days back.",
        GateNone = "Nobody is asked at present: no condition is set.",
        Asked = "waits since {0}",
        Summary = "The figures of {0} stores would change: net sales of all of them {1} → {2}, {3}.",
        Concerned = "Concerned: {0}",
        Store = "Store",
        Figure = "Figure",
        Figures = ["Net sales", "Receipts", "Visitors"],
        Was = "Was",
        Is = "Would be",
        Difference = "Difference",
        Bar = "Change",
        BarSaid = "{0} {1}: {2}",
        More = "{0} more with smaller differences are left out.",
        Yes = "Approve and publish",
        No = "Refuse",
        After = "After a yes it is computed again and published if it is still the same; if not, it is asked anew. After a no the task has failed and what stands stays.",
        OnlyApprovers = "Head office and administrators answer.",
        Answered = "Answered lately",
        AnsweredNone = "Nothing has been answered yet.",
        Answers = ["approved", "refused"],
        Approved = "Approved. It is computed again and published.",
        Refused = "Refused. What stands stays.",
        Gone = "This question does not wait any more. Nothing was done.",
        Answer = "Answer",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string None { get; init; }

    public required string Gate { get; init; }

    public required string GateNone { get; init; }

    public required string Asked { get; init; }

    public required string Summary { get; init; }

    public required string Concerned { get; init; }

    public required string Store { get; init; }

    public required string Figure { get; init; }

    /// <summary>Net sales, receipts, visitors.</summary>
    public required IReadOnlyList<string> Figures { get; init; }

    public required string Was { get; init; }

    public required string Is { get; init; }

    public required string Difference { get; init; }

    public required string Bar { get; init; }

    public required string BarSaid { get; init; }

    public required string More { get; init; }

    public required string Yes { get; init; }

    public required string No { get; init; }

    public required string After { get; init; }

    public required string OnlyApprovers { get; init; }

    public required string Answered { get; init; }

    public required string AnsweredNone { get; init; }

    /// <summary>Yes, no.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    public required string Approved { get; init; }

    public required string Refused { get; init; }

    public required string Gone { get; init; }

    public required string Answer { get; init; }

    public static ApprovalWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
