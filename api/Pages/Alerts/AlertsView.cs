using System.Globalization;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Sessions;

using RetailInsight.Api.Pages.Sheets;

namespace RetailInsight.Api.Pages.Alerts;

/// <summary>The page of alerts as HTML.</summary>
internal sealed class AlertsView(
    HttpContext context, PageRequest request, SessionUser user, IReadOnlyList<Incident> incidents, IReadOnlyList<AlertRule> rules, AlertForm form, bool mailOn, long? tested, DateTimeOffset now)
{
    private const int UsualMute = 7;

    private static readonly string[] Whys = ["corrected", "recovered", "complete", "rule"];

    private readonly AlertsWording _alerts = AlertsWording.Of(request.Words.Language);
    private readonly AlertWording _said = AlertWording.Of(request.Words.Language);
    private readonly AlertText _text = new(request.Words, request.Company.Currency);

    public Markup Render()
    {
        var open = incidents.Where(one => one.State is Incident.Open or Incident.Acknowledged).OrderBy(one => one.State == Incident.Acknowledged).ThenByDescending(one => one.OpenedAt).ToList();
        var held = incidents.Where(one => one.State == Incident.Held).ToList();
        return Markup.Of(
            $"""
            {PageFrame.Choice(request, PageLink.Alerts, null)}
            <div class="headline"><h1>{_alerts.Title}</h1>
            <ul class="state"><li class="{(open.Exists(one => one.State == Incident.Open) ? "bad" : "good")}">{FigureText.Say(_alerts.OpenCount, open.Count(one => one.State == Incident.Open))}</li><li class="{(held.Count > 0 ? "warn" : "good")}">{FigureText.Say(_alerts.HeldCount, held.Count)}</li></ul></div>
            {(mailOn ? Markup.Empty : Markup.Of($"""<p class="alert">{_alerts.MailOff}</p>"""))}
            {(tested is { } mails ? Markup.Of($"""<p class="alert" role="status">{FigureText.Say(_alerts.Tested, mails)}</p>""") : Markup.Empty)}
            <section class="card stores"><h2>{_alerts.OpenTitle}</h2>{(open.Count == 0 ? Markup.Of($"""<p class="lead">{_alerts.OpenNone}</p>""") : Markup.Of($"""<ul class="incidents">{open.Select(Item)}</ul>"""))}</section>
            {(held.Count == 0 ? Markup.Empty : Markup.Of($"""<section class="card stores"><h2>{_alerts.HeldTitle}</h2><ul class="incidents">{held.Select(Item)}</ul></section>"""))}
            {Closed()}
            <p class="note"><a href="{PageFiles.Address(AlertsPage.Files, "incidents.csv", $"?store={Uri.EscapeDataString(request.StoreCode)}")}" download>{_alerts.Title} <small>{ToolsWording.Of(request.Words).Csv}</small></a></p>
            {Rules()}
            {new AlertRuleForm(context, request, user, form).Render()}
            """);
    }

    private Markup Item(Incident one)
    {
        var test = one.Rule.Test;
        var changed = one.State != Incident.Held && one.FigureOpened != one.Figure
            ? Markup.Of($"""<p class="note">{FigureText.Say(_said.WasIs, _text.Value(test.Metric, one.FigureOpened, one.Currency), _text.Value(test.Metric, one.Figure, one.Currency))}</p>""") : Markup.Empty;
        var data = one.Gap == DataGap.None ? Markup.Of($"""<span class="good">{_said.Gaps[0]}</span>""") : Markup.Of($"""<span class="warn">{_said.Gaps[(int)one.Gap]}</span>""");
        var page = one.State == Incident.Held ? PageLink.Health : PageLink.Day;
        return Markup.Of(
            $"""
            <li class="{one.State}"><h3><bdi>{NameOf(one.Store)}</bdi> {(one.Subject.Length == 0 ? Markup.Empty : Markup.Of($"<bdi>{one.Subject}</bdi> "))}<time datetime="{one.Date:yyyy-MM-dd}">{FigureText.ShortDate(one.Date)} ({request.Words.Weekdays[(int)one.Date.DayOfWeek]})</time> <small><bdi>{one.Rule.Name}</bdi></small></h3>
            <p class="finding">{_text.Finding(test, one.Figure, one.Reference, one.Currency)}</p>{changed}
            <p class="note">{_text.Sentence(test)}</p>
            <p class="note">{data}{(one.Muted ? Markup.Of($""" <span class="warn">{_alerts.NotTold}</span>""") : Markup.Empty)}</p>
            {Answer(one)}
            <p><a href="{request.Address(page, one.Store, one.Date)}">{(page == PageLink.Day ? _alerts.Why : _alerts.DataPage)}</a></p></li>

            """);
    }

    private Markup Answer(Incident one) => one.State switch
    {
        Incident.Open => Markup.Of(
            $"""
            <form method="post" action="{Navigation.PathOf(PageLink.Alerts)}" class="act">{Layout.FormToken(context)}{Hidden("do", "acknowledge")}{Hidden("store", request.StoreCode)}{Hidden("alert", one.Id.ToString(CultureInfo.InvariantCulture))}
            <label>{_alerts.Note}<input name="note" maxlength="{AlertEndpoints.LongestNote}"></label><button>{_alerts.Acknowledge}</button></form>
            """),
        Incident.Acknowledged => Markup.Of(
            $"""<p class="note"><bdi>{FigureText.Say(_alerts.AcknowledgedBy, one.AcknowledgedBy, FigureText.Moment(Local(one.AcknowledgedAt!.Value)))}</bdi>{(one.Note is null ? Markup.Empty : Markup.Of($"<br><q>{one.Note}</q>"))}</p>"""),
        _ => Markup.Empty,
    };

    private Markup Closed()
    {
        var closed = incidents.Where(one => one.State == Incident.Closed).ToList();
        return closed.Count == 0 ? Markup.Empty : Markup.Of(
            $"""
            <section class="card stores"><h2>{_alerts.ClosedTitle}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_alerts.ClosedTitle}"><table>
            <thead><tr><th scope="col">{request.Words.Store}</th><th scope="col">{request.Words.Date}</th><th scope="col">{_alerts.NameLabel.Split('（', '(')[0]}</th><th scope="col">{_alerts.WasTitle}</th><th scope="col">{_alerts.IsTitle}</th><th scope="col">{_alerts.WhyTitle}</th></tr></thead>
            <tbody>{closed.Select(one => Markup.Of(
                $"""<tr><th scope="row"><bdi>{NameOf(one.Store)}</bdi>{(one.Subject.Length == 0 ? Markup.Empty : Markup.Of($" <bdi>{one.Subject}</bdi>"))}</th><td><a href="{request.Address(PageLink.Day, one.Store, one.Date)}">{FigureText.ShortDate(one.Date)}</a></td><td><bdi>{one.Rule.Name}</bdi></td><td>{(one.OpenedAt is null ? request.Words.Undefined : _text.Value(one.Rule.Test.Metric, one.FigureOpened, one.Currency))}</td><td>{_text.Value(one.Rule.Test.Metric, one.Figure, one.Currency)}</td><td>{_alerts.ClosedWhy[Math.Max(0, Array.IndexOf(Whys, one.ClosedWhy))]}</td></tr>"""))}</tbody></table></div></section>
            """);
    }

    private Markup Rules() => Markup.Of(
        $"""
        <section class="card stores"><h2>{_alerts.Rules}</h2>{(rules.Count == 0 ? Markup.Of($"""<p class="lead">{_alerts.RulesNone}</p>""") : Markup.Of($"""<ul class="incidents">{rules.Select(Rule)}</ul>"""))}</section>
        """);

    private Markup Rule(AlertRule rule)
    {
        var stores = rule.Stores is null ? _alerts.EveryStore : string.Join(_said.Separator, rule.Stores.Where(user.MaySee).Take(5).Select(NameOf)) + (rule.Stores.Count > 5 ? " …" : "");
        var acts = !rule.MayChange(user) ? Markup.Empty : Markup.Of(
            $"""<div class="acts"><a href="{request.Address(PageLink.Alerts, request.StoreCode, null)}&amp;rule={$"{rule.Id:N}"}#rule">{_alerts.Edit}</a>{Button(rule, "test", _alerts.Test)}{Button(rule, "remove", _alerts.Remove)}{(rule.IsMuted(now) ? Button(rule, "unmute", _alerts.Unmute) : Markup.Empty)}</div>{Mute(rule)}""");
        return Markup.Of(
            $"""
            <li><h3><bdi>{rule.Name}</bdi> <small>{(rule.Owner is null ? _alerts.OfChain : _alerts.Personal)}{(rule.Active ? "" : _said.Separator + _alerts.Stopped)}</small></h3>
            <p>{_text.Sentence(rule.Test)}</p><p class="note"><bdi>{stores}</bdi></p>{Muted(rule)}{acts}</li>

            """);
    }

    private Markup Muted(AlertRule rule) => rule is { Mute: { } mute } && rule.IsMuted(now)
        ? Markup.Of($"""<p class="note warn"><bdi>{FigureText.Say(_alerts.MutedUntil, FigureText.ShortDate(mute.Until), mute.By)}</bdi><br><q>{mute.Reason}</q></p>""") : Markup.Empty;

    private Markup Mute(AlertRule rule)
    {
        var today = AlertMute.Today(now, TimeZoneInfo.FindSystemTimeZoneById(request.Company.TimeZone));
        return rule.IsMuted(now) || !rule.Active ? Markup.Empty : Markup.Of(
            $"""
            <details><summary>{_alerts.Mute}</summary><p class="note">{_alerts.MuteNote}</p>
            <form method="post" action="{Navigation.PathOf(PageLink.Alerts)}" class="act">{Layout.FormToken(context)}{Hidden("do", "mute")}{Hidden("store", request.StoreCode)}{Hidden("rule", $"{rule.Id:N}")}
            <label>{_alerts.MuteUntil}<input type="date" name="until" value="{today.AddDays(UsualMute):yyyy-MM-dd}" min="{today:yyyy-MM-dd}" max="{today.AddDays(AlertMute.MostDays):yyyy-MM-dd}" required></label>
            <label>{_alerts.MuteReason}<input name="reason" maxlength="{AlertMute.LongestReason}" required></label><button>{_alerts.Mute}</button></form></details>
            """);
    }

    private Markup Button(AlertRule rule, string act, string name) => Markup.Of(
        $"""<form method="post" action="{Navigation.PathOf(PageLink.Alerts)}">{Layout.FormToken(context)}{Hidden("do", act)}{Hidden("store", request.StoreCode)}{Hidden("rule", $"{rule.Id:N}")}<button class="quiet">{name}</button></form>""");

    private static Markup Hidden(string name, string value) => Markup.Of($"""<input type="hidden" name="{name}" value="{value}">""");

    private string NameOf(string code) => request.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;

    private DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
}
