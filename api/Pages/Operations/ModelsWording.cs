namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the page of models.</summary>
internal sealed record ModelsWording
{
    public static ModelsWording Japanese { get; } = new()
    {
        Title = "モデル",
        Lead = "予測に使うモデルの台帳です。候補は、同じデータで今のモデルより良いことが続いたときだけ採用されます。",
        None = "まだモデルはありません。予測の再学習が終わると表示されます。",
        Registered = "登録 {0}件",
        Champion = "使用中",
        Challenger = "候補",
        Before = "ひとつ前",
        NoModel = "なし",
        Since = "{0} から",
        TrainedOn = "学習データ {0} {1}（{2}行）",
        Code = "コード {0}",
        Metric = "評価",
        Figure = "指標",
        Meaning = "意味",
        EvaluatedOn = "データ {0} {1} で評価しました（{2}）。",
        NotCompared = "使用中のモデルと候補を同じデータで評価したものは、まだありません。",
        Metrics = new Dictionary<string, string>
        {
            ["wape"] = "誤差の合計 ÷ 実績の合計。判定に使います。小さいほど良い",
            ["rmspe"] = "誤差率の二乗平均の平方根。小さいほど良い",
            ["mape"] = "誤差率の平均。小さいほど良い",
            ["bias"] = "予測の合計が実績の合計からどれだけずれたか。0に近いほど良い",
            ["coverage"] = "80%の範囲に実績が入った割合。0.8に近いほど良い",
            ["pinball_low"] = "範囲の下端の外れ方。小さいほど良い",
            ["pinball_median"] = "中央の外れ方。小さいほど良い",
            ["pinball_high"] = "範囲の上端の外れ方。小さいほど良い",
            ["total_mape"] = "全店合計の誤差率の平均。小さいほど良い",
            ["days"] = "評価した店舗・営業日の数",
        },
        MetricsOf = "{0} の評価",
        OnlyOperators = "戻せるのはデータ担当者と管理者です。",
        NoWayBack = "ひとつ前に使っていたモデルがないため、戻せません。",
        RollBack = "戻す",
        RollBackReason = "「{0}」に戻す理由",
        RollBackNote = "すぐに切り替わり、理由とともに監査に残ります。外したモデルは、あらためて候補としての試験を通らないと使われません。",
        RolledBack = "ひとつ前のモデルに戻しました。",
        Outdated = "表示したあとに、ほかの人か再学習がモデルを切り替えました。何もしていません。いまの状態を確かめてください。",
        Models = "登録されたモデル",
        ModelsOf = "{0} の登録されたモデル",
        Model = "モデル",
        File = "ファイル",
        Role = "役割",
        RegisteredAt = "登録",
        DataSet = "学習データ",
        CodeVersion = "コード",
        Error = "WAPE",
        ErrorNote = "WAPEは、そのモデルを評価した最新のデータでの値です。データが違うモデルどうしは比べられません。",
        Moves = "切り替えの記録",
        MovesOf = "{0} の切り替えの記録",
        What = "内容",
        FromTo = "前 → 後",
        Refused = "：見送り",
        Actions = new Dictionary<string, string> { ["challenge"] = "候補に選ぶ", ["withdraw"] = "候補から外す", ["promote"] = "採用", ["roll_back"] = "ひとつ前に戻す" },
        Refusals = new Dictionary<string, string>
        {
            ["champion_already"] = "すでに使用中です。",
            ["not_compared"] = "使用中のモデルと同じデータでの評価がありません。",
            ["metric_missing"] = "評価に {0} がありません。",
            ["worse"] = "{0} が {1} で、求められる {2} 以下ではありません。",
            ["outside_limit"] = "{0} が {1} で、許される範囲（{2} まで）の外です。",
            ["shadow_too_short"] = "候補になって {1} 日で、求められる {2} 日にも、評価の回数にも足りません。",
            ["no_predecessor"] = "ひとつ前に使っていたモデルがありません。",
        },
    };

    public static ModelsWording English { get; } = new()
    {
        Title = "Models",
        Lead = "The record of the models that forecast. A challenger is used only after it did better than the champion on the same data, long enough.",
        None = "There are no models yet. They appear when forecasts have been retrained.",
        Registered = "{0} registered",
        Champion = "Champion",
        Challenger = "Challenger",
        Before = "One before",
        NoModel = "None",
        Since = "since {0}",
        TrainedOn = "Trained on {0} {1} ({2} rows)",
        Code = "code {0}",
        Metric = "Evaluation",
        Figure = "Metric",
        Meaning = "Meaning",
        EvaluatedOn = "On the data set {0} {1}, at {2}.",
        NotCompared = "Champion and challenger were not evaluated on the same data yet.",
        Metrics = new Dictionary<string, string>
        {
            ["wape"] = "sum of errors ÷ sum of actuals; decides; smaller is better",
            ["rmspe"] = "root mean square of relative errors; smaller is better",
            ["mape"] = "mean relative error; smaller is better",
            ["bias"] = "how far the sum of the forecasts is off the sum of the actuals; near 0 is better",
            ["coverage"] = "share of actuals within the 80 % range; near 0.8 is better",
            ["pinball_low"] = "loss of the lower end of the range; smaller is better",
            ["pinball_median"] = "loss of its middle; smaller is better",
            ["pinball_high"] = "loss of its upper end; smaller is better",
            ["total_mape"] = "mean relative error of the sum of all stores; smaller is better",
            ["days"] = "store-days that were evaluated",
        },
        MetricsOf = "Evaluation of {0}",
        OnlyOperators = "Data engineers and administrators may roll back.",
        NoWayBack = "There was no champion before this one to go back to.",
        RollBack = "Roll back",
        RollBackReason = "Why go back to “{0}”",
        RollBackNote = "It takes effect at once and stays in the audit with its reason. The model that was left comes back through a trial as challenger alone.",
        RolledBack = "The champion before is champion again.",
        Outdated = "Somebody else or a retraining moved the champion since this page was shown. Nothing was done; look at how it stands now.",
        Models = "Registered models",
        ModelsOf = "Registered models of {0}",
        Model = "Model",
        File = "File",
        Role = "Role",
        RegisteredAt = "Registered",
        DataSet = "Trained on",
        CodeVersion = "Code",
        Error = "WAPE",
        ErrorNote = "WAPE is that on the newest data the model was evaluated on; models on other data cannot be compared by it.",
        Moves = "Record of moves",
        MovesOf = "Record of moves of {0}",
        What = "What",
        FromTo = "From → to",
        Refused = ": refused",
        Actions = new Dictionary<string, string> { ["challenge"] = "Made challenger", ["withdraw"] = "Challenger withdrawn", ["promote"] = "Promoted", ["roll_back"] = "Rolled back" },
        Refusals = new Dictionary<string, string>
        {
            ["champion_already"] = "It is the champion already.",
            ["not_compared"] = "It was not evaluated on the same data as the champion.",
            ["metric_missing"] = "The evaluation has no {0}.",
            ["worse"] = "{0} is {1}; at most {2} is asked for.",
            ["outside_limit"] = "{0} is {1}, outside what is allowed (to {2}).",
            ["shadow_too_short"] = "Challenger for {1} of the {2} days asked for, and evaluated too seldom.",
            ["no_predecessor"] = "There was no champion before this one.",
        },
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string None { get; init; }

    public required string Registered { get; init; }

    public required string Champion { get; init; }

    public required string Challenger { get; init; }

    public required string Before { get; init; }

    public required string NoModel { get; init; }

    public required string Since { get; init; }

    public required string TrainedOn { get; init; }

    public required string Code { get; init; }

    public required string Metric { get; init; }

    public required string Figure { get; init; }

    public required string Meaning { get; init; }

    public required string EvaluatedOn { get; init; }

    public required string NotCompared { get; init; }

    /// <summary>What a metric means, by its name.</summary>
    public required IReadOnlyDictionary<string, string> Metrics { get; init; }

    public required string MetricsOf { get; init; }

    public required string OnlyOperators { get; init; }

    public required string NoWayBack { get; init; }

    public required string RollBack { get; init; }

    public required string RollBackReason { get; init; }

    public required string RollBackNote { get; init; }

    public required string RolledBack { get; init; }

    public required string Outdated { get; init; }

    public required string Models { get; init; }

    public required string ModelsOf { get; init; }

    public required string Model { get; init; }

    public required string File { get; init; }

    public required string Role { get; init; }

    public required string RegisteredAt { get; init; }

    public required string DataSet { get; init; }

    public required string CodeVersion { get; init; }

    public required string Error { get; init; }

    public required string ErrorNote { get; init; }

    public required string Moves { get; init; }

    public required string MovesOf { get; init; }

    public required string What { get; init; }

    public required string FromTo { get; init; }

    public required string Refused { get; init; }

    /// <summary>By action.</summary>
    public required IReadOnlyDictionary<string, string> Actions { get; init; }

    /// <summary>By code: 0 the metric, 1 what was found, 2 what is wanted.</summary>
    public required IReadOnlyDictionary<string, string> Refusals { get; init; }

    public static ModelsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
