using System.Globalization;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Alerts;

/// <summary>Writes rules and what they found as sentences, the same in mails and on pages.</summary>
/// <param name="words">Language.</param>
/// <param name="currency">Of amounts that name none: fixed values of rules.</param>
internal sealed class AlertText(Wording words, string currency)
{
    private readonly AlertWording _alerts = AlertWording.Of(words.Language);

    /// <summary>The rule in a sentence.</summary>
    public string Sentence(AlertTest test)
    {
        var metric = AlertTest.MetricOf(test.Metric);
        var name = metric.Name.In(words.Language);
        if (DeviceMetrics.IsOf(test))
        {
            return FigureText.Say(test.Direction == AlertTest.Below ? _alerts.BelowValue : _alerts.AboveValue, name, Value(metric, test.Threshold, null));
        }

        var subject = test.UntilHour is { } hour ? FigureText.Say(_alerts.UntilHour, name, hour) : FigureText.Say(_alerts.WholeDay, name);
        var below = test.Direction == AlertTest.Below;
        var sentence = test.Against == AlertTest.Value
            ? FigureText.Say(below ? _alerts.BelowValue : _alerts.AboveValue, subject, Value(metric, test.Threshold, null))
            : FigureText.Say(below ? _alerts.BelowReference : _alerts.AboveReference, subject, Percent(test.Threshold), ReferenceOf(test));
        var conditions = new List<string> { sentence };
        if (test.RegistersComplete)
        {
            conditions.Add(_alerts.OnlyRegisters);
        }

        if (test.MinimumCoverage is { } least)
        {
            conditions.Add(FigureText.Say(_alerts.OnlyCoverage, Plain(least)));
        }

        return string.Join(_alerts.Separator, conditions);
    }

    /// <summary>A figure beside what it is compared with and the change.</summary>
    public string Finding(AlertTest test, decimal? figure, decimal? reference, string? unit)
    {
        var metric = AlertTest.MetricOf(test.Metric);
        if (figure is not { } now)
        {
            return _alerts.NoFigure;
        }

        return test.Against == AlertTest.Value ? FigureText.Say(_alerts.VersusValue, Value(metric, now, unit), Value(metric, test.Threshold, unit))
            : reference is { } then and > 0
            ? FigureText.Say(_alerts.Versus, Value(metric, now, unit), Value(metric, then, unit), ReferenceOf(test), (now > then ? "+" : "") + FigureText.Percent((now - then) / then))
            : Value(metric, now, unit);
    }

    /// <summary>A value of a metric; the words for none where there is none.</summary>
    public string Value(string metric, decimal? value, string? unit) => value is { } known ? Value(AlertTest.MetricOf(metric), known, unit) : _alerts.NoFigure;

    private string ReferenceOf(AlertTest test) => _alerts.References[Array.IndexOf(AlertTest.References, test.Against)];

    private string Value(Metric metric, decimal value, string? unit) => metric switch
    {
        { IsMoney: true } => new FigureText(words, unit ?? currency).Amount(value),
        { Unit: "ratio" } => FigureText.Percent(value),
        { Places: { } places } => FigureText.Number(value, places),
        _ => FigureText.Count(value),
    };

    private static string Percent(decimal percent) => Plain(percent) + "%";

    private static string Plain(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
