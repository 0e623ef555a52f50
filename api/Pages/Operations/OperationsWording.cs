using System.Collections.Frozen;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts all pages of operations share, and those of the grids and lists.</summary>
internal sealed record OperationsWording
{
    public static OperationsWording Japanese { get; } = new()
    {
        Title = "運用",
        Sections = ["実行", "一覧", "データの到着", "集計の版", "データの流れ", "遡及処理", "承認", "モデル", "操作の記録", "手動実行"],
        States = Named(
        [
            ("queued", "待機"), ("running", "実行中"), ("success", "成功"), ("failed", "失敗"), ("canceled", "中止"), ("waiting", "先行待ち"), ("ready", "順番待ち"),
            ("retry_wait", "再試行待ち"), ("upstream_failed", "先行の失敗"), ("skipped", "対象外"), ("deferred", "外部待ち"), ("awaiting_input", "確認待ち"), ("removed", "削除"),
            ("crashed", "異常終了"), ("released", "返却"), ("cleared", "やり直し"), ("planned", "未開始"), ("asked", "確認依頼"),
            ("pending", "未開始"), ("submitted", "実行中・順番待ち"), ("paused", "一時停止中"), ("done", "終了"), ("current", "最新"), ("stale", "要更新"), ("held", "固定中"),
            ("chosen", "対象"), ("source", "受信データ")
        ]),
        Dag = "DAG",
        AllDags = "すべてのDAG",
        State = "状態",
        AllStates = "すべての状態",
        Days = "日数",
        DayCount = "{0}日",
        LastDay = "最終日",
        BusinessDay = "営業日",
        GridTitle = "営業日ごとの最新の実行",
        GridNone = "この期間に当てはまる実行はありません。",
        CellSaid = "{0} {1}：{2}",
        CellRuns = "{0}回実行",
        Took = "所要 {0}",
        NextRun = "次回 {0}",
        IsPaused = "一時停止中",
        Running = "いま動いている実行",
        RunningNone = "動いている実行はありません。",
        Waiting = "待っている実行",
        WaitingNone = "待っている実行はありません。",
        Since = "{0} から",
        Progress = "タスク {1}件中 {0}件終了",
        ProgressFailed = "失敗 {0}件",
        Active = "実行中：{0}",
        More = "続きを見る",
        Times = "時刻は {0} です。",
        Run = "実行",
        Cause = "きっかけ",
        Causes = ["時刻", "データの変更", "手動", "遡及処理"],
        Created = "作成",
        Started = "開始",
        Duration = "所要",
        RunsTitle = "実行の一覧",
        RunsNone = "当てはまる実行はありません。",
        HealthTitle = "データの到着",
        HealthLead = "店舗ごと、営業日ごとに、届いたデータの状態を表します。日を選ぶと、その日の実行を表示します。",
        Arrivals = ["記録なし", "そろっている", "遅れて届いた", "一部欠けている", "届いていない"],
        HealthSaid = "{0}店舗 {1}日分（{2} ～ {3}）。{4}。数は下の表にあります。",
        HealthDaySaid = "{0}：{1}",
        HealthNone = "この期間のデータの記録はありません。",
        ByDay = "日ごとの数を表で見る",
        OfDay = "{0} のデータ",
        NotWhole = "そろっていない店舗",
        AllWhole = "記録のある店舗はすべてそろっています。",
        ActionsTitle = "操作の記録",
        ActionsNone = "操作の記録はありません。",
        At = "日時",
        Actor = "操作した人",
        Action = "操作",
        AllActions = "すべての操作",
        Tasks = "タスク",
        Reason = "理由",
        ActionNames = Named(
        [
            ("clear", "やり直し"), ("mark", "結果の記入"), ("cancel", "中止"), ("pause", "一時停止"), ("resume", "再開"), ("start", "手動実行"),
            ("undo", "取り消し"), ("approve", "承認"), ("refuse", "却下"), ("restore", "前の版に戻す"), ("release", "固定の解除"), ("backfill", "遡及処理"),
            ("pause_backfill", "遡及処理の一時停止"), ("resume_backfill", "遡及処理の再開"), ("cancel_backfill", "遡及処理の中止"), ("set_gate", "承認の条件の変更")
        ]),
        Undone = "取り消し済み",
        UndoTitle = "結果の記入を取り消す",
        UndoLead = "{0} が {1} に行った記入を取り消し、タスクを前の状態に戻します。記入のあとで実行が進んでいれば、何も行いません。",
        UndoRefused = "取り消せません。記入のあとで実行が進みました。",
        MarkedAs = "結果の記入（{0}）",
        TaskCount = "{0}件",
        Paused = "{0} は一時停止中です。",
        Settling = "{0} まで変更を集めています。",
        PartitionBusy = "実行 {0} が {1} を処理しています。",
        DagBusy = "{1} の実行 {0} が終わっていません。",
        RunLimit = "{2} が同時に動けるのは {1}件までで、いま {0}件が動いています。",
        SchedulerNext = "まもなくスケジューラが取り上げます。",
        Upstream = "{0} を待っています。",
        UpstreamMore = "{0} ほか {1}件を待っています。",
        Retry = "{1}回中 {0}回目が失敗しました（{2}）。次は {3} に始まります。",
        LooksAgain = "{0}。次に確かめるのは {1} です。",
        Approval = "承認を待っています：{0}",
        Past = "前の日の実行 {0} が成功していません。",
        PoolSmall = "{1}枠が必要ですが、プール {0} は {2}枠しかありません。広げるまで動きません。",
        PoolFull = "プール {0} は満杯です（{2}枠中 {1}枠を使用。最も長く使っているのは {3}）。",
        PoolClosed = "プール {0} には枠がありません。",
        NoWorker = "このタスクを実行できるワーカーが動いていません。",
        NoWarehouse = "ウェアハウスのファイルを開いているプロセスを待っています。いま動いているワーカーはウェアハウスに接続できません。",
        WorkersNext = "次の順番です。ワーカーの {1}枠がすべて使われています。",
        WorkersBefore = "先に {0}件あります。ワーカーの枠は {1} です。",
        Milliseconds = "{0}ミリ秒",
        Seconds = "{0}秒",
        Minutes = "{0}分{1:00}秒",
        Hours = "{0}時間{1:00}分",
    };

    public static OperationsWording English { get; } = new()
    {
        Title = "Operations",
        Sections = ["Grid", "Runs", "Data arrival", "Partitions", "Lineage", "Backfills", "Approvals", "Models", "Actions", "Run now"],
        States = Named(
        [
            ("queued", "Queued"), ("running", "Running"), ("success", "Succeeded"), ("failed", "Failed"), ("canceled", "Canceled"), ("waiting", "Waiting"), ("ready", "Ready"),
            ("retry_wait", "Retry due"), ("upstream_failed", "Upstream failed"), ("skipped", "Skipped"), ("deferred", "Deferred"), ("awaiting_input", "Awaiting input"), ("removed", "Removed"),
            ("crashed", "Crashed"), ("released", "Handed back"), ("cleared", "Cleared"), ("planned", "Not begun"), ("asked", "Asked"),
            ("pending", "To come"), ("submitted", "Under way"), ("paused", "Paused"), ("done", "Ended"), ("current", "Current"), ("stale", "Stale"), ("held", "Held"),
            ("chosen", "Chosen"), ("source", "Comes in")
        ]),
        Dag = "DAG",
        AllDags = "All DAGs",
        State = "State",
        AllStates = "All states",
        Days = "Days",
        DayCount = "{0} days",
        LastDay = "Last day",
        BusinessDay = "Business day",
        GridTitle = "Latest run by business day",
        GridNone = "No run of these days matches.",
        CellSaid = "{0} {1}: {2}",
        CellRuns = "{0} runs",
        Took = "took {0}",
        NextRun = "next {0}",
        IsPaused = "paused",
        Running = "Running now",
        RunningNone = "Nothing runs.",
        Waiting = "Waiting",
        WaitingNone = "Nothing waits.",
        Since = "since {0}",
        Progress = "{0} of {1} tasks ended",
        ProgressFailed = "{0} failed",
        Active = "Now: {0}",
        More = "More",
        Times = "Times are in {0}.",
        Run = "Run",
        Cause = "Cause",
        Causes = ["Clock", "Changed data", "By hand", "Backfill"],
        Created = "Created",
        Started = "Started",
        Duration = "Took",
        RunsTitle = "Runs",
        RunsNone = "No run matches.",
        HealthTitle = "Data arrival",
        HealthLead = "What has arrived of each store and business day. Choose a day to see its runs.",
        Arrivals = ["No record", "Complete", "Came late", "Something missing", "Never sent"],
        HealthSaid = "{0} stores, {1} days from {2} to {3}: {4}. The figures are in the table below.",
        HealthDaySaid = "{0}: {1}",
        HealthNone = "Nothing is on record of these days.",
        ByDay = "Show as a table by day",
        OfDay = "Data of {0}",
        NotWhole = "Stores that are not complete",
        AllWhole = "Every store on record is complete.",
        ActionsTitle = "Actions",
        ActionsNone = "Nobody has done anything yet.",
        At = "When",
        Actor = "Who",
        Action = "What",
        AllActions = "All actions",
        Tasks = "Tasks",
        Reason = "Why",
        ActionNames = Named(
        [
            ("clear", "Clear"), ("mark", "Mark"), ("cancel", "Cancel"), ("pause", "Pause"), ("resume", "Resume"), ("start", "Run now"),
            ("undo", "Undo"), ("approve", "Approve"), ("refuse", "Refuse"), ("restore", "Restore"), ("release", "Release"), ("backfill", "Backfill"),
            ("pause_backfill", "Pause backfill"), ("resume_backfill", "Resume backfill"), ("cancel_backfill", "Cancel backfill"), ("set_gate", "Change of what is asked about")
        ]),
        Undone = "undone",
        UndoTitle = "Undo a mark",
        UndoLead = "Takes back what {0} marked at {1}: the tasks stand as before. Nothing is done when the run has moved on since.",
        UndoRefused = "This cannot be undone: the run has moved on since the mark.",
        MarkedAs = "Mark as {0}",
        TaskCount = "{0}",
        Paused = "{0} is paused.",
        Settling = "It gathers changes until {0}.",
        PartitionBusy = "Run {0} works on {1}.",
        DagBusy = "Run {0} of {1} is not through.",
        RunLimit = "{0} of {1} runs of {2} are under way.",
        SchedulerNext = "The scheduler looks at it next.",
        Upstream = "It waits for {0}.",
        UpstreamMore = "It waits for {0} and {1} more.",
        Retry = "Try {0} of {1} failed ({2}); the next begins at {3}.",
        LooksAgain = "{0}; it looks again at {1}.",
        Approval = "It waits for somebody to say yes: {0}.",
        Past = "Run {0} of the day before has not ended well.",
        PoolSmall = "It needs {1} slots and pool {0} has {2}: it never runs unless that is raised.",
        PoolFull = "Pool {0} is full: {1} of {2} slots are taken, the longest by {3}.",
        PoolClosed = "Pool {0} has no slots.",
        NoWorker = "No living worker knows this task.",
        NoWarehouse = "It waits for the process that owns the warehouse file: no worker that lives reaches the warehouse.",
        WorkersNext = "It is next; all {1} slots of the workers are taken.",
        WorkersBefore = "{0} tasks go first; the workers have {1} slots.",
        Milliseconds = "{0} ms",
        Seconds = "{0} s",
        Minutes = "{0} min {1:00} s",
        Hours = "{0} h {1:00} min",
    };

    public required string Title { get; init; }

    /// <summary>By <see cref="OperationsSection"/>.</summary>
    public required IReadOnlyList<string> Sections { get; init; }

    /// <summary>Of runs, tasks and tries by their names in the database; planned is a task whose run has not begun.</summary>
    public required FrozenDictionary<string, string> States { get; init; }

    public required string Dag { get; init; }

    public required string AllDags { get; init; }

    public required string State { get; init; }

    public required string AllStates { get; init; }

    public required string Days { get; init; }

    public required string DayCount { get; init; }

    public required string LastDay { get; init; }

    public required string BusinessDay { get; init; }

    public required string GridTitle { get; init; }

    public required string GridNone { get; init; }

    public required string CellSaid { get; init; }

    public required string CellRuns { get; init; }

    public required string Took { get; init; }

    public required string NextRun { get; init; }

    public required string IsPaused { get; init; }

    public required string Running { get; init; }

    public required string RunningNone { get; init; }

    public required string Waiting { get; init; }

    public required string WaitingNone { get; init; }

    public required string Since { get; init; }

    public required string Progress { get; init; }

    public required string ProgressFailed { get; init; }

    public required string Active { get; init; }

    public required string More { get; init; }

    public required string Times { get; init; }

    public required string Run { get; init; }

    public required string Cause { get; init; }

    /// <summary>Clock, changed data, by hand, backfill.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    public required string Created { get; init; }

    public required string Started { get; init; }

    public required string Duration { get; init; }

    public required string RunsTitle { get; init; }

    public required string RunsNone { get; init; }

    public required string HealthTitle { get; init; }

    public required string HealthLead { get; init; }

    /// <summary>By <see cref="Api.Health.Arrival"/>.</summary>
    public required IReadOnlyList<string> Arrivals { get; init; }

    public required string HealthSaid { get; init; }

    public required string HealthDaySaid { get; init; }

    public required string HealthNone { get; init; }

    public required string ByDay { get; init; }

    public required string OfDay { get; init; }

    public required string NotWhole { get; init; }

    public required string AllWhole { get; init; }

    public required string ActionsTitle { get; init; }

    public required string ActionsNone { get; init; }

    public required string At { get; init; }

    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string AllActions { get; init; }

    public required string Tasks { get; init; }

    public required string Reason { get; init; }

    /// <summary>By what the record calls them.</summary>
    public required FrozenDictionary<string, string> ActionNames { get; init; }

    public required string Undone { get; init; }

    public required string UndoTitle { get; init; }

    public required string UndoLead { get; init; }

    public required string UndoRefused { get; init; }

    public required string MarkedAs { get; init; }

    public required string TaskCount { get; init; }

    public required string Paused { get; init; }

    public required string Settling { get; init; }

    public required string PartitionBusy { get; init; }

    public required string DagBusy { get; init; }

    public required string RunLimit { get; init; }

    public required string SchedulerNext { get; init; }

    public required string Upstream { get; init; }

    public required string UpstreamMore { get; init; }

    public required string Retry { get; init; }

    public required string LooksAgain { get; init; }

    public required string Approval { get; init; }

    public required string Past { get; init; }

    public required string PoolSmall { get; init; }

    public required string PoolFull { get; init; }

    public required string PoolClosed { get; init; }

    public required string NoWorker { get; init; }

    public required string NoWarehouse { get; init; }

    public required string WorkersNext { get; init; }

    public required string WorkersBefore { get; init; }

    public required string Milliseconds { get; init; }

    public required string Seconds { get; init; }

    public required string Minutes { get; init; }

    public required string Hours { get; init; }

    private static FrozenDictionary<string, string> Named(IEnumerable<(string Key, string Name)> names) => names.ToFrozenDictionary(one => one.Key, one => one.Name);

    public static OperationsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
