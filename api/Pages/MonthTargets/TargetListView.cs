using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>The targets of a month by store, and what head office asks, as HTML.</summary>
internal sealed class TargetListView(
    HttpContext context, SessionUser user, Wording words, Tenant tenant, MonthOutlook outlook, TargetPolicy policy, IReadOnlyList<CompanyTarget> company)
{
    private const int MonthsBack = 3;
    private const int MonthsAhead = 3;

    private readonly MonthTargetsWording _said = MonthTargetsWording.Of(words);
    private readonly MonthTargetSentences _sentences = new(words, new FigureText(words, tenant.Currency));

    /// <summary>For the head of the document.</summary>
    public string Title => $"{_said.Title} {_sentences.Month(outlook.Month)}";

    public Markup Render(TargetMessage? message) => Markup.Of(
        $"""
        <form class="choice" method="get" action="{TargetPages.Path}"><label>{_said.MonthLabel}<select name="month">{Months().Select(month => Option(month, month == outlook.Month))}</select></label><button>{_said.Show}</button></form>
        <div class="headline"><h1>{Title}</h1><p class="lead">{_said.Lead}</p></div>
        {message?.Render() ?? Markup.Empty}
        <section class="card stores"><h2>{_said.StoreTable}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_said.StoreTable}"><table>
        <thead><tr><th scope="col">{words.Store}</th><th scope="col">{_said.Target}</th><th scope="col">{_said.State}</th><th scope="col">{_said.SoFarNone}</th><th scope="col">{_said.MonthEnd}</th><th scope="col">{_said.OddsColumn}</th></tr></thead>
        <tbody>{outlook.Stores.Select(Row)}</tbody></table></div></section>
        {Forms()}
        """);

    private IEnumerable<DateOnly> Months()
    {
        var now = MonthOutlook.MonthOf(outlook.Today);
        return Enumerable.Range(-MonthsBack, MonthsBack + MonthsAhead + 1).Select(now.AddMonths).Append(outlook.Month).Distinct().Order();
    }

    private Markup Option(DateOnly month, bool chosen) => Markup.Of($"""<option value="{month:yyyy-MM}"{PageFrame.Selected(chosen)}>{_sentences.Month(month)}</option>""");

    private Markup Row(StoreMonth month)
    {
        var name = Markup.Of($"""<th scope="row"><a href="{TargetPages.Address(month.Store.Code, outlook.Month)}"><bdi>{month.Store.Name}</bdi></a></th>""");
        if (month.Target is not { } target || outlook.Progress([month]) is not { } progress)
        {
            return Markup.Of($"""<tr>{name}<td colspan="5" class="reason">{_sentences.WhyNone(outlook.WhyNone(month))}</td></tr>""");
        }

        var text = new FigureText(words, target.Currency);
        var end = progress.Final is { } final ? Markup.Of($"{text.Amount(final.Expected)} <small>{FigureText.Say(_said.Range, text.Amount(final.Low), text.Amount(final.High))}</small>") : Markup.Of($"{words.Undefined}");
        return Markup.Of(
            $"""
            <tr>{name}<td>{text.Amount(progress.Target)}</td><td>{_sentences.State(target.Latest.State)}</td><td>{text.Amount(progress.Sold)}</td><td>{end}</td><td class="reason">{new MonthTargetSentences(words, text).Odds(progress)}</td></tr>

            """);
    }

    private Markup Forms()
    {
        if (!Permissions.Allows(Permissions.SetTargets, user.Role))
        {
            return Markup.Empty;
        }

        var text = new FigureText(words, tenant.Currency);
        var sum = outlook.Progress(outlook.Stores, tenant.Currency)?.Target;
        var total = company.FirstOrDefault(one => one.Currency == tenant.Currency);
        var form = outlook.Month <= outlook.Today ? Markup.Of($"""<p class="note">{_said.Begun}</p>""") : Markup.Of(
            $"""
            <form method="post" action="{TargetPages.Path}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="company"><input type="hidden" name="month" value="{outlook.Month:yyyy-MM}">{Seen(TargetPolicyEndpoints.SetAt(company))}
            <label>{FigureText.Say(_said.Amount, tenant.Currency)}<input name="amount" value="{(total is null ? "" : Money.Format(total.Amount))}" inputmode="decimal" maxlength="20"></label>
            <div class="acts"><button>{_said.Save}</button></div></form>
            """);
        return Markup.Of(
            $"""
            <section class="card stores"><h2>{_said.Company} <small>{_sentences.Month(outlook.Month)}</small></h2><p class="lead">{_said.CompanyLead}</p>
            <dl class="parts"><div><dt>{_said.CompanyTotal}</dt><dd>{(total is null ? words.Undefined : text.Amount(Money.ToDecimal(total.Amount)))}</dd></div><div><dt>{_said.StoreTable}</dt><dd>{text.Amount(sum, words.Undefined)}</dd></div></dl>
            {form}{By(total?.ChangedBy, total?.ChangedAt)}</section>
            <section class="card stores"><h2>{_said.Policy}</h2><p class="lead">{_said.PolicyLead}</p>
            <form method="post" action="{TargetPages.Path}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="policy"><input type="hidden" name="month" value="{outlook.Month:yyyy-MM}">{Seen(policy.ChangedAt)}
            {Share("ambition", _said.Ambition, policy.Ambition)}{Share("start", _said.StartProbability, policy.StartProbability)}{Share("least", _said.LeastProbability, policy.LeastProbability)}
            <div class="acts"><button>{_said.Save}</button></div></form>
            {(policy.ChangedBy is null ? Markup.Of($"""<p class="note">{_said.PolicyUsual}</p>""") : By(policy.ChangedBy, policy.ChangedAt))}</section>
            """);
    }

    // Of two who change what both saw, the second is told.
    private static Markup Seen(DateTimeOffset? setAt) => Markup.Of($"""<input type="hidden" name="version" value="{TargetPolicyEndpoints.Version(setAt)}">""");

    private static Markup Share(string name, string label, decimal share) => Markup.Of(
        $"""<label>{label}<input name="{name}" value="{(share * 100).ToString("0.####", CultureInfo.InvariantCulture)}" inputmode="decimal" maxlength="6" required></label>""");

    private Markup By(string? who, DateTimeOffset? at) => who is null || at is not { } moment ? Markup.Empty
        : Markup.Of($"""<p class="note">{FigureText.Say(_said.ChangedBy, who, FigureText.ShortDate(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone)).DateTime)))}</p>""");
}
