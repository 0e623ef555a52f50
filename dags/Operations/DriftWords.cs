using System.Globalization;

namespace RetailInsight.Dags.Operations;

/// <summary>What speaks against a model, and what to do, in English sentences for programs and logs.</summary>
internal static class DriftWords
{
    private const string Retrain = "A training was asked for. If its figures are no better, look for what changed on the first bad day: promotions, prices, opening hours, a counter.";

    public static IReadOnlyList<string> Reasons(ModelDrift model) => [.. model.Causes.Select(cause => Say(cause, model))];

    public static IReadOnlyList<string> Advice(ModelDrift model) =>
    [
        .. model.Causes.Select(cause => cause switch
        {
            { Verdict: "drifted" } when model.Model == "sales" => Retrain,
            { Verdict: "drifted" } => "It is fitted anew every night; look at the counters and at the cases to review.",
            { Code: "data_missing" } => "Find out why the figures did not come before judging the model; the page of data arrival says whose they are.",
            { Code: "inputs_moved" } => "Look whether stores or their figures changed. The forecast is fitted every night; nothing is to be done while its errors stay.",
            { Verdict: "watch" } => "Look again in a week; the cases to review say where it is unsure.",
            _ => "",
        }).Where(advice => advice.Length > 0).Distinct(),
    ];

    private static string Say(DriftCause cause, ModelDrift model) => cause.Code switch
    {
        "error_above_backtest" => $"The error is {Percent(cause.Figure)} above that of the backtest, by more than chance.",
        "error_sudden" => $"On six of the last seven days the error was more than half above that of the backtest: by {Percent(cause.Figure)} on average.",
        "error_rising" => $"The error is {Percent(cause.Figure)} above that of the backtest; chance may still be part of it.",
        "pinball_above_backtest" => $"Expectation and range together miss by {Percent(cause.Figure)} more than in the backtest, by more than chance.",
        "pinball_rising" => $"Expectation and range together miss by {Percent(cause.Figure)} more than in the backtest.",
        "expects_too_much" => $"Forecasts are too high: {Percent(cause.Figure)} above what came, beside the backtest.",
        "expects_too_little" => $"Forecasts are too low: {Percent(-cause.Figure)} below what came, beside the backtest.",
        "leans_high" => $"Forecasts lean high by {Percent(cause.Figure)}.",
        "leans_low" => $"Forecasts lean low by {Percent(-cause.Figure)}.",
        "ranges_too_narrow" => $"Too many days fall outside their range: {Percent(-cause.Figure)} more of them than promised.",
        "ranges_narrowing" => $"Somewhat more days fall outside their range than promised: {Percent(-cause.Figure)} of them.",
        "data_missing" => $"{model.MissingDays} of {model.ExpectedDays} store-days of the last week have no figures.",
        "inputs_moved" => $"Since the training these have moved: {string.Join(", ", cause.Subjects)}.",
        "too_few_days" => $"Forecasts of {model.Days} days can be held to what came; two weeks are needed.",
        "no_backtest" => "No backtest is registered of it; bias and ranges alone are judged.",
        _ => cause.Code,
    };

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
