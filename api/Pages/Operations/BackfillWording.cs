namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the pages about backfills.</summary>
internal sealed record BackfillWording
{
    public static BackfillWording Japanese { get; } = new()
    {
        Title = "遡及処理",
        Lead = "多くの日を計算し直します。新しいデータの処理がいつも先に進みます。",
        None = "遡及処理はまだありません。",
        New = "遡及処理を計画する",
        Name = "遡及処理 {0}",
        Span = "{0} ～ {1}",
        By = "{0} が {1} に開始",
        Progress = "{1}日中 {0}日終了",
        Counts = ["成功", "失敗", "実行中・順番待ち", "未開始", "中止"],
        CountSaid = "{0} {1}日",
        Selectors = ["まだ計算していない日", "失敗した日", "元データが変わった日", "データのあるすべての日"],
        SelectorNames = ["未計算", "失敗", "要更新", "すべて"],
        Orders = ["新しい日から", "古い日から", "古い日から1日ずつ（失敗したら止める）"],
        DaysFound = "{0}日",
        From = "最初の日",
        To = "最後の日",
        Stores = "店舗コード（空欄は全店舗）",
        Count = "日数を数える",
        What = "対象",
        Order = "順序",
        AtOnce = "同時に動かす数（1～{0}）",
        Preview = "影響を確かめる",
        WrongSpan = "最後の日は最初の日以降にしてください。",
        WrongNumber = "同時に動かす数は 1 から {0} の間で入れてください。",
        NoDags = "遡及処理ができるDAGはありません。",
        Plan = "遡及処理の確認",
        Effect = "{0} の {1}日分を計算し直します。",
        EffectNone = "対象の日がありません。条件を変えてください。",
        Facts = ["期間", "対象", "順序", "同時", "店舗", "タスク", "読む行", "所要時間（目安）", "10回中9回はこの時間以内"],
        StoresByDay = "日ごとの対象店舗を見る",
        WholeDay = "全店舗をまとめた集計だけ",
        Waiting = "いま {0}件の実行が待っています。それらが先に進みます。",
        WaitingNone = "いま待っている実行はありません。",
        Calendar = "対象の日",
        CalendarMore = "ほかの {0}日は下の表にあります。",
        Applied = "この計画はすでに実行されました。",
        Moved = "確認したあとで対象の日が変わりました",
        MovedLead = "何も行われていません。変わった日は次のとおりです。いまの計画を確かめ直してください。",
        NotConcerned = "対象外",
        Apply = "遡及処理を始める",
        Begun = "遡及処理を登録しました。順番が来ると始まります。",
        Changed = "操作を受け付けました。",
        Refused = "いまの状態ではこの操作はできません。",
        Act = "一時停止・再開・中止",
        Pause = "一時停止",
        Resume = "再開",
        ResumeFailed = "失敗した日をやり直す",
        Cancel = "残りを中止",
        ActNote = "一時停止しても、動いている実行は続きます。中止すると、まだ始まっていない日は行われません。",
        DaysTitle = "日ごとの状態",
        DayNote = "{0}：{1}",
        Back = "遡及処理の一覧へ",
    };

    public static BackfillWording English { get; } = new()
    {
        Title = "Backfills",
        Lead = "Many days computed again, a few at a time. Fresh data always goes first.",
        None = "There has been no backfill.",
        New = "Plan a backfill",
        Name = "Backfill {0}",
        Span = "{0} to {1}",
        By = "{0}, {1}",
        Progress = "{0} of {1} days ended",
        Counts = ["Succeeded", "Failed", "Under way", "To come", "Given up"],
        CountSaid = "{0} {1}",
        Selectors = ["Missing: there is data and nothing was computed", "Failed: the latest run did not end well", "Stale: what it is made of has changed", "All days there is data of"],
        SelectorNames = ["missing", "failed", "stale", "all"],
        Orders = ["The latest day first", "The first day first", "One after the other from the first day; a failure pauses it"],
        DaysFound = "{0} days",
        From = "First day",
        To = "Last day",
        Stores = "Store codes (empty for all)",
        Count = "Count the days",
        What = "Which days",
        Order = "Order",
        AtOnce = "Runs at once (1 to {0})",
        Preview = "See what it would do",
        WrongSpan = "The last day must not be before the first.",
        WrongNumber = "Give 1 to {0} runs at once.",
        NoDags = "No DAG can be backfilled.",
        Plan = "Backfill: what it would do",
        Effect = "{1} days of {0} would be computed.",
        EffectNone = "No day would be computed. Choose others.",
        Facts = ["Days", "Which", "Order", "At once", "Stores", "Tasks", "Rows read", "Likely time", "Nine times in ten within"],
        StoresByDay = "Show the stores of each day",
        WholeDay = "only what stands for all stores together",
        Waiting = "{0} runs wait at this moment. They all go first.",
        WaitingNone = "No run waits at this moment.",
        Calendar = "Days chosen",
        CalendarMore = "{0} more days stand in the table below.",
        Applied = "This plan was applied already.",
        Moved = "The days stand otherwise now",
        MovedLead = "Nothing was done. These days have changed since; look again at what it would do now.",
        NotConcerned = "not concerned",
        Apply = "Start the backfill",
        Begun = "The backfill is queued. Its runs begin when their turn comes.",
        Changed = "Done.",
        Refused = "This cannot be done as the backfill stands.",
        Act = "Pause, resume or cancel",
        Pause = "Pause",
        Resume = "Resume",
        ResumeFailed = "Run failed days again",
        Cancel = "Cancel the rest",
        ActNote = "What runs goes on while it is paused. Canceling gives up the days that have not begun.",
        DaysTitle = "Day by day",
        DayNote = "{0}: {1}",
        Back = "All backfills",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string None { get; init; }

    public required string New { get; init; }

    public required string Name { get; init; }

    public required string Span { get; init; }

    public required string By { get; init; }

    public required string Progress { get; init; }

    /// <summary>Through, failed, under way, not begun, given up.</summary>
    public required IReadOnlyList<string> Counts { get; init; }

    public required string CountSaid { get; init; }

    /// <summary>By selector.</summary>
    public required IReadOnlyList<string> Selectors { get; init; }

    /// <summary>By selector, in a word.</summary>
    public required IReadOnlyList<string> SelectorNames { get; init; }

    /// <summary>By order.</summary>
    public required IReadOnlyList<string> Orders { get; init; }

    public required string DaysFound { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string Stores { get; init; }

    public required string Count { get; init; }

    public required string What { get; init; }

    public required string Order { get; init; }

    public required string AtOnce { get; init; }

    public required string Preview { get; init; }

    public required string WrongSpan { get; init; }

    public required string WrongNumber { get; init; }

    public required string NoDags { get; init; }

    public required string Plan { get; init; }

    public required string Effect { get; init; }

    public required string EffectNone { get; init; }

    /// <summary>Span, selector, order, at once, stores, tasks, rows, likely time, time at worst.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    public required string StoresByDay { get; init; }

    public required string WholeDay { get; init; }

    public required string Waiting { get; init; }

    public required string WaitingNone { get; init; }

    public required string Calendar { get; init; }

    public required string CalendarMore { get; init; }

    public required string Applied { get; init; }

    public required string Moved { get; init; }

    public required string MovedLead { get; init; }

    public required string NotConcerned { get; init; }

    public required string Apply { get; init; }

    public required string Begun { get; init; }

    public required string Changed { get; init; }

    public required string Refused { get; init; }

    public required string Act { get; init; }

    public required string Pause { get; init; }

    public required string Resume { get; init; }

    public required string ResumeFailed { get; init; }

    public required string Cancel { get; init; }

    public required string ActNote { get; init; }

    public required string DaysTitle { get; init; }

    public required string DayNote { get; init; }

    public required string Back { get; init; }

    public static BackfillWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
