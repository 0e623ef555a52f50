using RetailInsight.Api.Alerts;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages.Alerts;

/// <summary>The form a rule is made and changed with, in plain words.</summary>
internal sealed class AlertRuleForm(HttpContext context, PageRequest request, SessionUser user, AlertForm form)
{
    private static readonly string[] FaultOrder = ["name", "metric", "against", "threshold", "until_hour", "minimum_coverage", "recipients", "stores"];

    private readonly AlertsWording _alerts = AlertsWording.Of(request.Words.Language);

    private AlertRuleRequest Values => form.Request;

    public Markup Render()
    {
        var open = form.Rule.Length > 0 || form.Faults.Count > 0;
        return Markup.Of(
            $"""
            <section class="card stores" id="rule"><details{(open ? Markup.Of($" open") : Markup.Empty)}><summary><h2>{(form.Rule.Length > 0 ? _alerts.EditRule : _alerts.NewRule)}</h2></summary>
            {Faults()}
            <form method="post" action="{Navigation.PathOf(PageLink.Alerts)}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="save"><input type="hidden" name="rule" value="{form.Rule}"><input type="hidden" name="store" value="{request.StoreCode}">
            <label>{_alerts.NameLabel}<input name="name" value="{Values.Name}" required maxlength="{AlertRuleReader.LongestName}"></label>
            {Scope()}
            <label>{_alerts.MetricLabel}<select name="metric">{AlertTest.Metrics.Select(metric => Option(metric.Id, metric.Name.In(request.Words.Language), Values.Metric == metric.Id))}</select></label>
            <label>{_alerts.DirectionLabel}<select name="direction">{AlertTest.Directions.Zip(_alerts.Directions, (word, name) => Option(word, name, Values.Direction == word))}</select></label>
            <label>{_alerts.AgainstLabel}<select name="against">{AlertTest.References.Zip(AlertWording.Of(request.Words.Language).References, (word, name) => Option(word, name, Values.Against == word))}</select></label>
            <label>{_alerts.ThresholdLabel}<input name="threshold" value="{form.Threshold}" inputmode="decimal" required maxlength="20"></label>
            <label>{_alerts.UntilLabel}<select name="until_hour">{Option("", _alerts.WholeDay, Values.UntilHour is null)}{Enumerable.Range(1, 30).Select(hour => Option(hour.ToString(System.Globalization.CultureInfo.InvariantCulture), FigureText.Say(_alerts.UntilHour, hour), Values.UntilHour == hour))}</select></label>
            <label>{_alerts.StoresLabel}<select name="stores" multiple size="5">{request.Stores.Select(store => Option(store.Code, store.Name, Values.Stores?.Contains(store.Code) == true))}</select></label>
            <label class="check"><input type="checkbox" name="registers_complete"{Checked(Values.RegistersComplete)}>{_alerts.RegistersLabel}</label>
            <label>{_alerts.CoverageLabel}<input name="minimum_coverage" value="{Values.MinimumCoverage}" inputmode="decimal" maxlength="8"></label>
            <label class="wide">{_alerts.Recipients}<textarea name="recipients" rows="3" maxlength="3000" spellcheck="false" autocapitalize="none">{string.Join('\n', Values.Recipients ?? [])}</textarea></label>
            <label>{_alerts.LanguageLabel}<select name="language">{Option("ja", "日本語", Values.Language == "ja")}{Option("en", "English", Values.Language == "en")}</select></label>
            <label class="check"><input type="checkbox" name="active"{Checked(Values.Active)}>{_alerts.ActiveLabel}</label>
            <div class="acts"><button>{_alerts.Save}</button>{(form.Rule.Length > 0 ? Markup.Of($"""<a href="{request.Address(PageLink.Alerts, request.StoreCode, null)}">{_alerts.Cancel}</a>""") : Markup.Empty)}</div>
            </form></details></section>
            """);
    }

    // Whose a rule is stays as it is.
    private Markup Scope() => form.Rule.Length > 0 || !AlertRule.MayMakeForChain(user) ? Markup.Empty : Markup.Of(
        $"""<label>{_alerts.ScopeLabel}<select name="scope">{Option("chain", _alerts.OfChain, Values.Scope == "chain")}{Option("personal", _alerts.Personal, Values.Scope != "chain")}</select></label>""");

    private Markup Faults()
    {
        if (form.Faults.Count == 0)
        {
            return Markup.Empty;
        }

        var said = form.Faults.Select(fault => fault == "limit" ? _alerts.LimitReached : _alerts.FaultNames[Array.IndexOf(FaultOrder, fault) is var at and >= 0 ? at : FaultOrder.Length]).Distinct();
        return Markup.Of($"""<div class="alert" role="alert"><p>{_alerts.FaultsTitle}</p><ul>{said.Select(one => Markup.Of($"<li>{one}</li>"))}</ul></div>""");
    }

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");

    private static Markup Checked(bool on) => on ? Markup.Of($" checked") : Markup.Empty;
}
