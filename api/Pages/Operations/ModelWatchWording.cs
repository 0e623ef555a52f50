using RetailInsight.Core.Features;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The texts of the pages about models in use and what they were unsure of.</summary>
internal sealed record ModelWatchWording
{
    public static ModelWatchWording Japanese { get; } = new()
    {
        DriftTitle = "モデルの見守り",
        DriftLead = "公開した予測を、そのあとに来た実績と毎晩くらべます。偶然では説明できない悪化だけを知らせます。",
        DriftNone = "まだ見守っているモデルはありません。予測が公開され、実績が届くと翌朝ここに現れます。",
        Models = new Dictionary<string, string> { ["sales"] = "売上高(税抜)の予測", ["visitors"] = "来店客数の予測" },
        Verdicts = new Dictionary<string, string> { ["steady"] = "安定", ["watch"] = "注意", ["drifted"] = "悪化" },
        AsOf = "{0} 時点・{1}日分・予測 {2}件",
        Trained = "・学習は {0} まで",
        AllWell = "バックテストで約束した精度のままです。",
        Causes = new Dictionary<string, string>
        {
            ["error_above_backtest"] = "誤差がバックテストより {0} 大きく、偶然では説明できません。",
            ["error_sudden"] = "直近7日のうち6日以上で、誤差がバックテストの1.5倍を超えました（平均で {0} 大きい）。",
            ["error_rising"] = "誤差がバックテストより {0} 大きくなっています。偶然の分もありえます。",
            ["pinball_above_backtest"] = "予測と幅を合わせた外れ（ピンボール損失）がバックテストより {0} 大きく、偶然では説明できません。",
            ["pinball_rising"] = "予測と幅を合わせた外れがバックテストより {0} 大きくなっています。",
            ["expects_too_much"] = "予測が高すぎます（バックテストとの差 {0}）。",
            ["expects_too_little"] = "予測が低すぎます（バックテストとの差 {0}）。",
            ["leans_high"] = "予測がやや高めです（差 {0}）。",
            ["leans_low"] = "予測がやや低めです（差 {0}）。",
            ["ranges_too_narrow"] = "予測の幅に入らない日が多すぎます（約束との差 {0}）。",
            ["ranges_narrowing"] = "予測の幅に入らない日がやや多くなっています（約束との差 {0}）。",
            ["data_missing"] = "直近1週間の {1}店舗日のうち {2}店舗日の実績が届いていません。",
            ["inputs_moved"] = "学習のときから動いた特徴量：{3}",
            ["too_few_days"] = "実績とくらべられる日がまだ少ないため、判定していません（{4}日）。2週間必要です。",
            ["no_backtest"] = "このモデルにはバックテストの記録がありません。偏りと幅だけを見ています。",
        },
        AdviceRetrain = "早めの再学習を依頼しました。良くならないときは、悪くなり始めた日の販促・価格・営業時間・カウンターの変化を確かめてください。",
        AdviceCounters = "毎晩作り直されています。カウンターと確認待ちのケースを見てください。",
        AdviceData = "モデルより先に、実績が届かない理由を調べてください。「データの到着」で店舗がわかります。",
        AdviceInputs = "店舗や数字が変わっていないか見てください。誤差が変わらないあいだは何もしなくてかまいません。",
        AdviceWatch = "1週間後にもう一度見てください。確認待ちのケースで、自信のないところがわかります。",
        ErrorByWeek = "週ごとの誤差（帯はふだんの幅）",
        CoverageByWeek = "週ごとの、予測の幅に入った割合",
        AsTable = "表で見る",
        TableOf = "{0}の週ごとの数字",
        WeekTo = "週の終わり",
        Error = "誤差",
        Backtest = "バックテスト",
        Bias = "偏り",
        Coverage = "幅に入った割合",
        Pinball = "ピンボール損失",
        Forecasts = "予測の件数",
        ByLead = "何日先の予測か（直近4週間）",
        LeadsOf = "{0}の、何日先かによる数字",
        DaysAhead = "日先",
        Together = "合計",
        Inputs = "入力の変化（学習のときと今）",
        InputsLead = "PSI は店舗の分布がどれだけ動いたか、ずれは中央値の動きを学習時のばらつきで割ったものです。",
        Feature = "特徴量",
        Psi = "PSI",
        Limit = "限度",
        Shift = "ずれ",
        Stores = "店舗数",
        Picture = "図",
        PsiSaid = "{0} の PSI は {1}",
        Moved = "動いた",
        ReviewTitle = "確認待ちのケース",
        ReviewLead = "モデルが自信を持てなかったものです。何だったかを答えると、学習に使われます。「データの誤り」の日は学習から外れます。",
        ReviewNone = "確認を待っているケースはありません。",
        Reason = "理由",
        AllReasons = "すべて",
        CaseReasons = new Dictionary<string, string>
        {
            ["missed_range"] = "予測の幅から大きく外れた",
            ["wide_range"] = "予測の幅が広い",
            ["low_confidence"] = "履歴が短い",
            ["group_change"] = "グループが変わる",
            ["far_from_group"] = "どのグループからも遠い",
            ["fallback"] = "モデルが答えなかった質問",
            ["outside_training"] = "学習にない質問",
        },
        Subjects = new Dictionary<string, string> { ["net_sales"] = "売上高(税抜)", ["visitors"] = "来店客数", ["group"] = "店舗グループ" },
        Labels = new Dictionary<string, string> { ["right"] = "モデルが正しい", ["wrong"] = "モデルの誤り", ["data_fault"] = "データの誤り", ["known_event"] = "理由のわかっている出来事" },
        WhatWasIt = "何でしたか",
        Note = "メモ",
        Decide = "記録する",
        Decided = "記録しました。",
        NeedsLabel = "何だったかを選んでください。",
        Gone = "このケースはもう受け付けていません。何も行われていません。",
        Until = "{0} まで",
        Drawn = "抽選（確率 {0}）",
        MissedDetail = "実績 {0}、予測 {1}（幅 {2}～{3}）",
        RangeDetail = "予測 {0}（幅 {1}～{2}）",
        GroupDetail = "以前のグループ {0}、いまのグループ {1}、移りそうなグループ {2}",
        FarDetail = "グループ {0} の中心からの距離 {1}（ふつうは {2}）",
        FallbackDetail = "代わりの答えは {0}（{1}）",
        UnseenDetail = "モデルが知らないこと：{1}。答えは {0}",
        Whys = new Dictionary<string, string> { ["deadline"] = "時間切れ", ["busy"] = "混雑", ["failed"] = "エラー", ["no_runtime"] = "実行環境なし" },
        Unseen = new Dictionary<string, string>
        {
            ["store"] = "店舗",
            ["level"] = "店舗の水準",
            ["weekday"] = "曜日",
            ["promotion"] = "販促",
            ["day of the month"] = "月内の日",
            ["school holiday"] = "学校の休み",
            ["public holiday"] = "祝日",
            ["closed days"] = "休業日の前後",
            ["recent weeks"] = "最近の週",
            ["horizon"] = "検証より先の日",
        },
        DecidedLately = "最近の答え",
        DecidedNone = "まだ答えはありません。",
    };

    public static ModelWatchWording English { get; } = new()
    {
        DriftTitle = "Models in use",
        DriftLead = "Every night the forecasts that were published are held to what came. Only what chance cannot explain is told.",
        DriftNone = "No model is watched yet. Once forecasts are published and days have come, they appear here the morning after.",
        Models = new Dictionary<string, string> { ["sales"] = "Forecast of net sales", ["visitors"] = "Forecast of visitors" },
        Verdicts = new Dictionary<string, string> { ["steady"] = "steady", ["watch"] = "watch", ["drifted"] = "drifted" },
        AsOf = "as of {0} · {1} days · {2} forecasts",
        Trained = "· trained to {0}",
        AllWell = "It does what its backtest promised.",
        Causes = new Dictionary<string, string>
        {
            ["error_above_backtest"] = "The error is {0} above that of the backtest, by more than chance.",
            ["error_sudden"] = "On six of the last seven days the error was more than half above that of the backtest, by {0} on average.",
            ["error_rising"] = "The error is {0} above that of the backtest; chance may still be part of it.",
            ["pinball_above_backtest"] = "Expectation and range together (pinball loss) miss by {0} more than in the backtest, by more than chance.",
            ["pinball_rising"] = "Expectation and range together miss by {0} more than in the backtest.",
            ["expects_too_much"] = "Forecasts are too high: {0} beside the backtest.",
            ["expects_too_little"] = "Forecasts are too low: {0} beside the backtest.",
            ["leans_high"] = "Forecasts lean high by {0}.",
            ["leans_low"] = "Forecasts lean low by {0}.",
            ["ranges_too_narrow"] = "Too many days fall outside their range: {0} beside what was promised.",
            ["ranges_narrowing"] = "Somewhat more days fall outside their range: {0} beside what was promised.",
            ["data_missing"] = "Of {1} store-days of the last week {2} have no figures.",
            ["inputs_moved"] = "Moved since the training: {3}",
            ["too_few_days"] = "Too few days can be held to forecasts yet ({4}); two weeks are needed.",
            ["no_backtest"] = "No backtest is registered of it: bias and ranges alone are judged.",
        },
        AdviceRetrain = "An early training was asked for. If it does not help, look for what changed on the first bad day: promotions, prices, opening hours, a counter.",
        AdviceCounters = "It is fitted anew every night; look at the counters and at the cases to review.",
        AdviceData = "Before the model, find out why figures did not come: the page of data arrival says whose they are.",
        AdviceInputs = "Look whether stores or their figures changed. While the errors stay, nothing is to be done.",
        AdviceWatch = "Look again in a week; the cases to review say where it is unsure.",
        ErrorByWeek = "Error by week; the band is the usual range",
        CoverageByWeek = "Share of days within their range, by week",
        AsTable = "As a table",
        TableOf = "{0}: figures by week",
        WeekTo = "Week to",
        Error = "Error",
        Backtest = "Backtest",
        Bias = "Bias",
        Coverage = "Within range",
        Pinball = "Pinball loss",
        Forecasts = "Forecasts",
        ByLead = "By days ahead, last four weeks",
        LeadsOf = "{0}: figures by days ahead",
        DaysAhead = "Days ahead",
        Together = "Together",
        Inputs = "How inputs moved since the training",
        InputsLead = "PSI says how far the distribution over stores moved; the shift is that of the median in spreads of then.",
        Feature = "Feature",
        Psi = "PSI",
        Limit = "Limit",
        Shift = "Shift",
        Stores = "Stores",
        Picture = "Picture",
        PsiSaid = "PSI of {0}: {1}",
        Moved = "moved",
        ReviewTitle = "Cases to review",
        ReviewLead = "What models were unsure of. What you say is used in training; a day whose data are at fault is left out of it.",
        ReviewNone = "No case waits.",
        Reason = "Reason",
        AllReasons = "All",
        CaseReasons = new Dictionary<string, string>
        {
            ["missed_range"] = "far outside its range",
            ["wide_range"] = "wide range",
            ["low_confidence"] = "short history",
            ["group_change"] = "changes its group",
            ["far_from_group"] = "far from every group",
            ["fallback"] = "asked, and the model did not answer",
            ["outside_training"] = "asked outside of what was learnt",
        },
        Subjects = new Dictionary<string, string> { ["net_sales"] = "Net sales", ["visitors"] = "Visitors", ["group"] = "Store group" },
        Labels = new Dictionary<string, string> { ["right"] = "the model is right", ["wrong"] = "the model is wrong", ["data_fault"] = "the data are at fault", ["known_event"] = "a known event" },
        WhatWasIt = "What was it?",
        Note = "Note",
        Decide = "Record",
        Decided = "Recorded.",
        NeedsLabel = "Say what it was.",
        Gone = "This case is open no more. Nothing was done.",
        Until = "until {0}",
        Drawn = "drawn, chance {0}",
        MissedDetail = "{0} came, {1} was expected ({2} to {3})",
        RangeDetail = "{0} is expected ({1} to {2})",
        GroupDetail = "group before {0}, now {1}, may go to {2}",
        FarDetail = "{1} from the middle of group {0}, usually {2}",
        FallbackDetail = "{0} was answered in its place ({1})",
        UnseenDetail = "the model does not know: {1}; it answered {0}",
        Whys = new Dictionary<string, string> { ["deadline"] = "out of time", ["busy"] = "busy", ["failed"] = "it failed", ["no_runtime"] = "no runtime" },
        Unseen = new Dictionary<string, string>
        {
            ["store"] = "the store",
            ["level"] = "its level",
            ["weekday"] = "the weekday",
            ["promotion"] = "the promotion",
            ["day of the month"] = "the day of the month",
            ["school holiday"] = "the school holiday",
            ["public holiday"] = "the public holiday",
            ["closed days"] = "days beside closed days",
            ["recent weeks"] = "its last weeks",
            ["horizon"] = "a day farther ahead than it was tested",
        },
        DecidedLately = "Decided lately",
        DecidedNone = "Nothing has been decided yet.",
    };

    public required string DriftTitle { get; init; }

    public required string DriftLead { get; init; }

    public required string DriftNone { get; init; }

    public required IReadOnlyDictionary<string, string> Models { get; init; }

    public required IReadOnlyDictionary<string, string> Verdicts { get; init; }

    public required string AsOf { get; init; }

    public required string Trained { get; init; }

    public required string AllWell { get; init; }

    public required IReadOnlyDictionary<string, string> Causes { get; init; }

    public required string AdviceRetrain { get; init; }

    public required string AdviceCounters { get; init; }

    public required string AdviceData { get; init; }

    public required string AdviceInputs { get; init; }

    public required string AdviceWatch { get; init; }

    public required string ErrorByWeek { get; init; }

    public required string CoverageByWeek { get; init; }

    public required string AsTable { get; init; }

    public required string TableOf { get; init; }

    public required string WeekTo { get; init; }

    public required string Error { get; init; }

    public required string Backtest { get; init; }

    public required string Bias { get; init; }

    public required string Coverage { get; init; }

    public required string Pinball { get; init; }

    public required string Forecasts { get; init; }

    public required string ByLead { get; init; }

    public required string LeadsOf { get; init; }

    public required string DaysAhead { get; init; }

    public required string Together { get; init; }

    public required string Inputs { get; init; }

    public required string InputsLead { get; init; }

    public required string Feature { get; init; }

    public required string Psi { get; init; }

    public required string Limit { get; init; }

    public required string Shift { get; init; }

    public required string Stores { get; init; }

    public required string Picture { get; init; }

    public required string PsiSaid { get; init; }

    public required string Moved { get; init; }

    public required string ReviewTitle { get; init; }

    public required string ReviewLead { get; init; }

    public required string ReviewNone { get; init; }

    public required string Reason { get; init; }

    public required string AllReasons { get; init; }

    public required IReadOnlyDictionary<string, string> CaseReasons { get; init; }

    public required IReadOnlyDictionary<string, string> Subjects { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string WhatWasIt { get; init; }

    public required string Note { get; init; }

    public required string Decide { get; init; }

    public required string Decided { get; init; }

    public required string NeedsLabel { get; init; }

    public required string Gone { get; init; }

    public required string Until { get; init; }

    public required string Drawn { get; init; }

    public required string MissedDetail { get; init; }

    public required string RangeDetail { get; init; }

    public required string GroupDetail { get; init; }

    public required string FarDetail { get; init; }

    public required string FallbackDetail { get; init; }

    public required string UnseenDetail { get; init; }

    public required IReadOnlyDictionary<string, string> Whys { get; init; }

    public required IReadOnlyDictionary<string, string> Unseen { get; init; }

    public required string DecidedLately { get; init; }

    public required string DecidedNone { get; init; }

    /// <summary>A feature as people call it.</summary>
    public string FeatureName(string feature) => FeatureDefinitions.Find(feature)?.In(ReferenceEquals(this, English) ? "en" : "ja").Name ?? feature;

    public static ModelWatchWording Of(Wording words) => words.Language == "en" ? English : Japanese;

    /// <summary>What speaks against a model.</summary>
    public string Say(DriftCause cause, ModelDrift model) => Causes.TryGetValue(cause.Code, out var sentence)
        ? FigureText.Say(sentence, FigureText.Percent((decimal)cause.Figure), model.ExpectedDays, model.MissingDays, string.Join(", ", cause.Subjects.Select(FeatureName)), model.Days) : cause.Code;

    /// <summary>What to do; empty where nothing is.</summary>
    public string AdviceOf(ModelDrift model) =>
        model.Causes.Any(cause => cause.Verdict == "drifted") ? model.Model == "sales" ? AdviceRetrain : AdviceCounters
        : model.Causes.Any(cause => cause.Code == "data_missing") ? AdviceData
        : model.Causes.Any(cause => cause.Code == "inputs_moved") ? AdviceInputs
        : model.Causes.Any(cause => cause.Verdict == "watch") ? AdviceWatch : "";
}
