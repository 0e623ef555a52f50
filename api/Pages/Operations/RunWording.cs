namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the pages about one run: what it is, its log, and what can be done to it.</summary>
internal sealed record RunWording
{
    public static RunWording Japanese { get; } = new()
    {
        Title = "実行 {0}",
        Partition = "対象日",
        Stores = "対象店舗",
        AllStores = "全店舗",
        StoreCount = "{0}店舗",
        Priority = "優先順位",
        Priorities = ["新しいデータ", "手動", "過去の修正", "遡及処理"],
        Version = "DAGの版",
        VersionOf = "版 {0}（{1} 作成）",
        VersionOld = "いまの版ではありません",
        Generation = "やり直し",
        Generations = "{0}回",
        Ended = "終了",
        Deadline = "期限",
        DeadlineExpected = "{0}（{1} に終わる見込み）",
        DeadlineAtRisk = "{0} ⚠ 間に合わない見込み（{1} 終了予想）",
        DeadlineMissed = "{0} ⚠ 期限を過ぎました",
        ByClock = "予定時刻（{0}）",
        ByChanges = "データの変更 {0}件",
        ByHand = "{0} が手動で開始",
        ByBackfill = "{0} の遡及処理",
        SamePartition = "同じ日の実行をすべて見る",
        Graph = "タスクのつながり",
        GraphSaid = "{0} のタスク {1}件を、先に動くものから左から右へ並べています。状態は下の表にあります。",
        MappedCount = "{1}件中 {0}件終了",
        Timeline = "時間の流れ",
        TimelineSaid = "{0} から {1} までの試行。点線は待ち時間です。数は下の表にあります。",
        TimelineMany = "{0}（{1}件）",
        TimelineWait = "待ち",
        TimelineCleared = "最後のやり直しより前の試行は表にあります。",
        TimelineNone = "まだ始まった試行はありません。",
        TrySaid = "{0}：{1}回目、{2}、{3}",
        Tries = "試行",
        TryOf = "{0} / {1}",
        LogOf = "{0} の{1}回目のログ（{2}）",
        Says = "説明",
        Keys = "{0} の内訳 {1}件を見る",
        KeysMore = "ほか {0}件は成功しています。",
        ChooseTask = "{0} を選ぶ",
        Act = "やり直し・結果の記入・中止",
        ActNote = "表でタスクを選びます。何も選ばなければすべてが対象です。次の画面で影響を確かめるまで、何も変わりません。",
        Do = "操作",
        Dos = ["やり直す", "成功とみなす", "失敗とみなす", "中止する"],
        Downstream = "後に続くタスクもやり直す",
        OnlyFailed = "失敗したものだけを対象にする",
        Reason = "理由",
        Preview = "影響を確かめる",
        History = "この実行への操作",
        Done = "操作を受け付けました。",
        StartedNow = "実行を登録しました。順番が来ると始まります。",
        BackToRun = "実行 {0} に戻る",
        Plans = ["やり直しの確認", "成功とみなす操作の確認", "失敗とみなす操作の確認", "中止の確認"],
        Effects =
        [
            "{0}件のタスクをもう一度実行します（選んだもの {1}件、後に続くもの {2}件）。",
            "{0}件のタスクを、実行せずに成功とみなします。その失敗のために動かなかったタスクは見直されます。",
            "{0}件のタスクを、実行せずに失敗とみなします。",
            "まだ終わっていない {0}件のタスクを中止します。",
        ],
        LosesWork = "うち {0}件はいま実行中で、途中の結果は書き込まれません。",
        NewTries = "これまでの試行は残り、それぞれ定義どおりの回数だけ新しく試せます。",
        Takes = "最近の実績では {0} ほどかかります（10回中9回は {1} 以内）。",
        RunsWait = "同じ日の実行 {0}件が待っています。",
        PlanNone = "対象になるタスクがありません。選び直してください。",
        PlanCancelNone = "まだ始まっていない実行を中止します。",
        PlanState = "いまの状態",
        PlanUntil = "この確認は {0} まで有効で、一度だけ使えます。",
        PlanApplied = "この操作はすでに行われました。",
        PlanExpired = "確認の期限が切れました。もう一度選び直してください。",
        NeedsReason = "理由を書いてください。",
        Apply = "実行する",
        Moved = "確認したあとで状態が変わりました",
        MovedLead = "何も行われていません。変わったタスクは次のとおりです。いまの状態での影響を確かめ直してください。",
        Then = "確認したとき",
        Now = "いま",
        NotTouched = "対象外",
        Anew = "やり直し済み",
        Start = "DAGを手動で実行する",
        StartLead = "営業日と店舗を選ぶと、順番が来しだい始まります。同じ日の実行が動いている間は待ちます。",
        StartStores = "店舗コード（空白かコンマで区切る。空欄は全店舗）",
        StartParameters = "{0}への指定（任意）",
        StartNotGiven = "指定しない",
        StartButton = "実行を登録",
        StartNone = "手動で実行できるDAGがありません。",
        WrongDag = "DAGを選んでください。",
        WrongDate = "営業日を正しく入れてください。",
        WrongStores = "次の店舗はありません：{0}",
        WrongOther = "登録できませんでした：{0}",
        Log = "ログ",
        LogNone = "まだ何も記録されていません。",
        LogReload = "読み込み直す",
        LogNext = "続きの行を見る",
        LogFirst = "最初の行から見る",
        LogGap = "… {0}行は書き込まれませんでした …",
        Level = "重大度",
        Levels = ["詳細", "詳細", "情報", "警告", "エラー", "重大"],
        Error = "エラー",
    };

    public static RunWording English { get; } = new()
    {
        Title = "Run {0}",
        Partition = "Business day",
        Stores = "Stores",
        AllStores = "all stores",
        StoreCount = "{0} stores",
        Priority = "Priority",
        Priorities = ["Fresh data", "By hand", "Repair of old days", "Backfill"],
        Version = "Version of the DAG",
        VersionOf = "{0}, made {1}",
        VersionOld = "no longer the current one",
        Generation = "Cleared",
        Generations = "{0} times",
        Ended = "Ended",
        Deadline = "Due",
        DeadlineExpected = "{0} (expected to end {1})",
        DeadlineAtRisk = "{0} ⚠ likely to be late (expected {1})",
        DeadlineMissed = "{0} ⚠ was not through by then",
        ByClock = "By the clock ({0})",
        ByChanges = "changes of data: {0}",
        ByHand = "{0}, by hand",
        ByBackfill = "Backfill of {0}",
        SamePartition = "All runs of this day",
        Graph = "Graph",
        GraphSaid = "{1} tasks of {0} from left to right, what goes first at the left. Their states are in the table below.",
        MappedCount = "{0} of {1} ended",
        Timeline = "Timeline",
        TimelineSaid = "Tries from {0} to {1}; a dotted line is waiting. The figures are in the table below.",
        TimelineMany = "{0} ({1})",
        TimelineWait = "waiting",
        TimelineCleared = "Tries from before the last clear are in the table.",
        TimelineNone = "No try has begun yet.",
        TrySaid = "{0}: try {1}, {2}, {3}",
        Tries = "Tries",
        TryOf = "{0} / {1}",
        LogOf = "Log of try {1} of {0} ({2})",
        Says = "In words",
        Keys = "Show {1} of {0}",
        KeysMore = "The other {0} succeeded.",
        ChooseTask = "Choose {0}",
        Act = "Clear, mark or cancel",
        ActNote = "Choose tasks in the table; without a choice all of them are meant. Nothing changes before you have seen what it would touch.",
        Do = "What to do",
        Dos = ["Clear: run again", "Mark as succeeded", "Mark as failed", "Cancel"],
        Downstream = "Also everything behind them (clear)",
        OnlyFailed = "Only what failed",
        Reason = "Why",
        Preview = "See what it would touch",
        History = "Actions on this run",
        Done = "Done.",
        StartedNow = "The run is queued. It begins when its turn comes.",
        BackToRun = "Back to run {0}",
        Plans = ["Clear: what it would touch", "Mark as succeeded: what it would touch", "Mark as failed: what it would touch", "Cancel: what it would touch"],
        Effects =
        [
            "{0} tasks would run again: {1} that were chosen and {2} behind them.",
            "{0} tasks would count as succeeded without running. What did not run because of them is looked at again.",
            "{0} tasks would count as failed without running.",
            "{0} tasks that have not ended would never run.",
        ],
        LosesWork = "{0} of them run at this moment and write nothing any more.",
        NewTries = "Tries so far stay; each task gets as many new ones as its definition gives it.",
        Takes = "By what such tasks took lately this takes about {0}, nine times in ten less than {1}.",
        RunsWait = "{0} runs of the same day wait.",
        PlanNone = "No task would be touched. Choose others.",
        PlanCancelNone = "The run has not begun and never would.",
        PlanState = "Stands at",
        PlanUntil = "It can be applied once, until {0}.",
        PlanApplied = "This was applied already.",
        PlanExpired = "The time to apply this is over. Choose again.",
        NeedsReason = "Say why.",
        Apply = "Apply",
        Moved = "The run has moved on",
        MovedLead = "Nothing was done. These tasks have changed since; look again at what it would touch now.",
        Then = "Then",
        Now = "Now",
        NotTouched = "not touched",
        Anew = "cleared or marked since",
        Start = "Run a DAG now",
        StartLead = "For a business day and some stores. It begins when its turn comes, and waits while another run works on the same day.",
        StartStores = "Store codes (separated by spaces or commas; empty for all stores)",
        StartParameters = "For {0}, if you like",
        StartNotGiven = "not given",
        StartButton = "Queue the run",
        StartNone = "There is no DAG that can be run by hand.",
        WrongDag = "Choose a DAG.",
        WrongDate = "Give an existing business day.",
        WrongStores = "There is no such store: {0}",
        WrongOther = "The run was not queued: {0}",
        Log = "Log",
        LogNone = "Nothing has been logged yet.",
        LogReload = "Load again",
        LogNext = "Next lines",
        LogFirst = "From the first line",
        LogGap = "… {0} lines were not kept …",
        Level = "Level",
        Levels = ["trace", "debug", "info", "warning", "error", "critical"],
        Error = "Error",
    };

    public required string Title { get; init; }

    public required string Partition { get; init; }

    public required string Stores { get; init; }

    public required string AllStores { get; init; }

    public required string StoreCount { get; init; }

    public required string Priority { get; init; }

    /// <summary>By class.</summary>
    public required IReadOnlyList<string> Priorities { get; init; }

    public required string Version { get; init; }

    public required string VersionOf { get; init; }

    public required string VersionOld { get; init; }

    public required string Generation { get; init; }

    public required string Generations { get; init; }

    public required string Ended { get; init; }

    public required string Deadline { get; init; }

    public required string DeadlineExpected { get; init; }

    public required string DeadlineAtRisk { get; init; }

    public required string DeadlineMissed { get; init; }

    public required string ByClock { get; init; }

    public required string ByChanges { get; init; }

    public required string ByHand { get; init; }

    public required string ByBackfill { get; init; }

    public required string SamePartition { get; init; }

    public required string Graph { get; init; }

    public required string GraphSaid { get; init; }

    public required string MappedCount { get; init; }

    public required string Timeline { get; init; }

    public required string TimelineSaid { get; init; }

    public required string TimelineMany { get; init; }

    public required string TimelineWait { get; init; }

    public required string TimelineCleared { get; init; }

    public required string TimelineNone { get; init; }

    public required string TrySaid { get; init; }

    public required string Tries { get; init; }

    public required string TryOf { get; init; }

    public required string LogOf { get; init; }

    public required string Says { get; init; }

    public required string Keys { get; init; }

    public required string KeysMore { get; init; }

    public required string ChooseTask { get; init; }

    public required string Act { get; init; }

    public required string ActNote { get; init; }

    public required string Do { get; init; }

    /// <summary>Clear, mark as succeeded, mark as failed, cancel.</summary>
    public required IReadOnlyList<string> Dos { get; init; }

    public required string Downstream { get; init; }

    public required string OnlyFailed { get; init; }

    public required string Reason { get; init; }

    public required string Preview { get; init; }

    public required string History { get; init; }

    public required string Done { get; init; }

    public required string StartedNow { get; init; }

    public required string BackToRun { get; init; }

    /// <summary>In the order of <see cref="Dos"/>.</summary>
    public required IReadOnlyList<string> Plans { get; init; }

    /// <summary>In the order of <see cref="Dos"/>; {0} is how many tasks, {1} how many were chosen, {2} how many stand behind those.</summary>
    public required IReadOnlyList<string> Effects { get; init; }

    public required string LosesWork { get; init; }

    public required string NewTries { get; init; }

    public required string Takes { get; init; }

    public required string RunsWait { get; init; }

    public required string PlanNone { get; init; }

    public required string PlanCancelNone { get; init; }

    public required string PlanState { get; init; }

    public required string PlanUntil { get; init; }

    public required string PlanApplied { get; init; }

    public required string PlanExpired { get; init; }

    public required string NeedsReason { get; init; }

    public required string Apply { get; init; }

    public required string Moved { get; init; }

    public required string MovedLead { get; init; }

    public required string Then { get; init; }

    public required string Now { get; init; }

    public required string NotTouched { get; init; }

    public required string Anew { get; init; }

    public required string Start { get; init; }

    public required string StartLead { get; init; }

    public required string StartStores { get; init; }

    public required string StartParameters { get; init; }

    public required string StartNotGiven { get; init; }

    public required string StartButton { get; init; }

    public required string StartNone { get; init; }

    public required string WrongDag { get; init; }

    public required string WrongDate { get; init; }

    public required string WrongStores { get; init; }

    public required string WrongOther { get; init; }

    public required string Log { get; init; }

    public required string LogNone { get; init; }

    public required string LogReload { get; init; }

    public required string LogNext { get; init; }

    public required string LogFirst { get; init; }

    public required string LogGap { get; init; }

    public required string Level { get; init; }

    /// <summary>By <see cref="LogLevel"/>.</summary>
    public required IReadOnlyList<string> Levels { get; init; }

    public required string Error { get; init; }

    public static RunWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
