using RetailInsight.Api.Access;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>A store's target of a month with its versions, and the form that changes it, as HTML.</summary>
internal sealed class StoreTargetView(HttpContext context, SessionUser user, Wording words, MonthOutlook outlook, IFormCollection? filled)
{
    private readonly MonthTargetsWording _said = MonthTargetsWording.Of(words);
    private readonly StoreMonth _month = outlook.Stores[0];
    private readonly FigureText _text = new(words, outlook.Stores[0].Target?.Currency ?? "JPY");

    private MonthTargetSentences Sentences => new(words, _text);

    /// <summary>For the head of the document.</summary>
    public string Title => FigureText.Say(_said.CardTitle, Sentences.Month(outlook.Month));

    public Markup Render(TargetMessage? message) => Markup.Of(
        $"""
        <div class="headline"><h1><bdi>{_month.Store.Name}</bdi></h1><p class="day"><span>{Title}</span></p></div>
        {message?.Render() ?? Markup.Empty}
        {(_month.Target is { } target && outlook.Progress([_month]) is { } progress ? Body(target, progress) : Markup.Of($"""<section class="card"><p>{Sentences.WhyNone(outlook.WhyNone(_month))}</p></section>"""))}
        <p><a class="next" href="{TargetPages.Address(outlook.Month)}">{_said.Back}</a></p>
        """);

    private Markup Body(MonthTarget target, MonthProgress progress) => Markup.Of(
        $"""
        <section class="card month-target"><h2>{_said.Target} <small>{words.TaxExcluded}</small></h2><p class="value">{_text.Amount(progress.Target)} <small>{Sentences.State(target.Latest.State)}</small></p>
        <p class="odds">{Sentences.Odds(progress)}</p>
        <h3>{_said.WhyTitle}</h3><ul class="reasons">{Sentences.Why(target.Latest).Select(sentence => Markup.Of($"<li>{sentence}</li>"))}</ul></section>
        {Form(target)}
        <section class="card stores"><h2>{_said.Versions}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_said.Versions}"><table>
        <thead><tr><th scope="col">{_said.Version}</th><th scope="col">{_said.Target}</th><th scope="col">{_said.State}</th><th scope="col">{_said.Who}</th><th scope="col">{_said.When}</th><th scope="col">{_said.Reason}</th></tr></thead>
        <tbody>{target.Versions.Reverse().Select(Row)}</tbody></table></div></section>
        """);

    private Markup Row(TargetVersion version) => Markup.Of(
        $"""
        <tr><th scope="row">{version.Number}</th><td>{_text.Amount(Money.ToDecimal(version.Amount))}</td><td>{Sentences.State(version.State)}</td><td><bdi>{(version.State == TargetVersion.Revised ? version.DecidedBy : _said.Computation)}</bdi></td><td>{FigureText.Moment(TimeZoneInfo.ConvertTime(version.DecidedAt, TimeZoneInfo.FindSystemTimeZoneById(_month.Store.TimeZone)))}</td><td class="reason">{version.Reason ?? words.Undefined}</td></tr>

        """);

    private Markup Form(MonthTarget target)
    {
        var refusal = !Permissions.Allows(Permissions.SetTargets, user.Role) ? _said.NotAllowed
            : outlook.Today >= outlook.Month.AddMonths(1) ? _said.Over
            : target.Latest.State == TargetVersion.Proposed ? _said.NotFrozen : null;
        return refusal is not null
            ? Markup.Of($"""<section class="card"><h2>{_said.Revise}</h2><p class="note">{refusal}</p></section>""")
            : Markup.Of(
                $"""
                <section class="card stores"><h2>{_said.Revise}</h2><p class="lead">{_said.ReviseLead}</p>
                <form method="post" action="/targets/store" class="fields">{Layout.FormToken(context)}{FormEffect.Key()}<input type="hidden" name="store" value="{_month.Store.Code}"><input type="hidden" name="month" value="{outlook.Month:yyyy-MM}"><input type="hidden" name="version" value="{target.Latest.Number}">
                <label>{FigureText.Say(_said.Amount, target.Currency)}<input name="amount" value="{filled?["amount"].ToString() ?? Money.Format(target.Latest.Amount)}" inputmode="decimal" maxlength="20" required></label>
                <label class="wide">{_said.Reason}<input name="reason" value="{filled?["reason"].ToString() ?? ""}" maxlength="{TargetRegister.LongestReason}" required></label>
                <div class="acts"><button>{_said.Save}</button></div></form></section>
                """);
    }
}
