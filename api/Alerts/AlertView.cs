using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Alerts;

/// <summary>A rule to be made, or as it is to be from now on.</summary>
internal sealed record AlertRuleRequest(
    [property: Description("1 to 100 characters.")] string Name,
    [property: Description("Id of the catalogue; one that exists by store and day, with until_hour by hour too. Or device_silence (minutes a report is overdue, above) or device_coverage (below, 0 to 1), each device by itself.")] string Metric,
    [property: Description("below or above.")] string Direction,
    [property: Description("value, weekday (the same weekday a week before), expected (the median of that weekday in eight weeks) or target.")] string Against,
    [property: Description("Decimal string: in the unit of the metric against value; percent of the reference otherwise, above 0.")] string Threshold,
    [property: Description("1 to 48: full hours of the business date that count, evaluated half an hour later. Absent is the whole day, evaluated an hour after closing.")] int? UntilHour = null,
    [property: Description("chain (head office and administrators; tells webhooks too) or personal. Cannot be changed later.")] string Scope = "personal",
    [property: Description("Store codes; absent is every store you may see, each by itself.")] List<string>? Stores = null,
    [property: Description("Fire only when every expected register reported and no receipt number is missing; what would fire otherwise is held.")] bool RegistersComplete = true,
    [property: Description("Fire only with this percentage of the counter minutes, 0 to 100. Absent is 90 for metrics of visitors, and not looked at for others.")] string? MinimumCoverage = null,
    [property: Description("Up to 10 mail addresses.")] List<string>? Recipients = null,
    [property: Description("ja or en: of the mails. Absent is your own.")] string? Language = null,
    [property: Description("false stops the rule and closes what it opened.")] bool Active = true);

/// <summary>A rule.</summary>
internal sealed record AlertRuleView(
    string Id, string Name, string Metric, string Direction, string Against, string Threshold, int? UntilHour, string Scope, IReadOnlyList<string>? Stores, bool RegistersComplete,
    string? MinimumCoverage, IReadOnlyList<string> Recipients, string Language, bool Active,
    [property: Description("First business date it speaks of.")] DateOnly Since,
    [property: Description("Whether you may change it.")] bool Yours,
    [property: Description("Last day it sends nothing, as the company's clock has it; null when it is not muted, and of the past when it was.")] DateOnly? MutedUntil, string? MutedBy, string? MutedReason)
{
    public static AlertRuleView Of(AlertRule rule, Sessions.SessionUser user) => new(
        $"{rule.Id:N}", rule.Name, rule.Test.Metric, rule.Test.Direction, rule.Test.Against, Plain(rule.Test.Threshold)!, rule.Test.UntilHour, rule.Owner is null ? "chain" : "personal", rule.Stores,
        rule.Test.RegistersComplete, Plain(rule.Test.MinimumCoverage), rule.MayChange(user) ? rule.Recipients : [], rule.Language, rule.Active, rule.Since, rule.MayChange(user),
        rule.Mute?.Until, rule.Mute?.By, rule.Mute?.Reason);

    private static string? Plain(decimal? value) => value?.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>The rules a person may see.</summary>
internal sealed record AlertRuleList(
    IReadOnlyList<AlertRuleView> Items,
    [property: Description("Whether a mail server is configured; without one alerts are on the page and go to webhooks only.")] bool MailOn);

/// <summary>What the test of a rule did.</summary>
internal sealed record AlertTestAnswer(
    [property: Description("Mails on their way.")] int Mails,
    [property: Description("Whether a mail server is configured.")] bool MailOn);

/// <summary>What a person says about an alert.</summary>
internal sealed record AlertAcknowledgement([property: Description("At most 500 characters.")] string Note = "");

/// <summary>An alert. Values are decimal strings in the unit of the metric.</summary>
internal sealed record AlertView(
    string Id, string RuleId, string Rule, string Metric, string Store,
    [property: Description("The device it is about; null where it is about the store.")] string? Device,
    DateOnly BusinessDate,
    [property: Description("held (it would fire, but the data is incomplete), open, acknowledged or closed.")] string State,
    [property: Description("What the data lacks now: none, no_data, registers, coverage, compared_day or not_arrived.")] string DataGap,
    string? Figure,
    [property: Description("What it is compared with; null for a fixed value.")] string? Reference,
    string? Currency,
    [property: Description("The figure people were told of; another than figure when data was corrected since.")] string? FigureWhenOpened,
    string? ReferenceWhenOpened, DateTimeOffset Since, DateTimeOffset? OpenedAt, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt, string? Note, DateTimeOffset? ClosedAt,
    [property: Description("corrected (the figure changed), recovered (what it is compared with did), complete (a held one was none) or rule (its rule was stopped); null until closed.")] string? ClosedWhy,
    [property: Description("Whether it opened while its rule was muted, so that nobody was told.")] bool Muted,
    [property: Description("The page that explains the figure.")] string Page)
{
    public static AlertView Of(Incident found)
    {
        var metric = AlertTest.MetricOf(found.Rule.Test.Metric);
        return new AlertView(
            found.Id.ToString(CultureInfo.InvariantCulture), $"{found.Rule.Id:N}", found.Rule.Name, metric.Id, found.Store, found.Subject.Length == 0 ? null : found.Subject, found.Date, found.State, Incident.WordOf(found.Gap),
            MetricValue.Write(found.Figure, metric), MetricValue.Write(found.Reference, metric), found.Currency, MetricValue.Write(found.FigureOpened, metric), MetricValue.Write(found.ReferenceOpened, metric),
            found.Since, found.OpenedAt, found.AcknowledgedBy, found.AcknowledgedAt, found.Note, found.ClosedAt, found.ClosedWhy, found.Muted, Pages.Navigation.Address(Pages.PageLink.Day, found.Store, found.Date));
    }
}

/// <summary>Alerts, the latest first.</summary>
internal sealed record AlertList(IReadOnlyList<AlertView> Items, [property: Description("Send as before to read on; null on the last page.")] string? NextBefore);
