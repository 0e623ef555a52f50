using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>How a month goes on to its target: what is asked and why, what was sold, what is still expected, and how likely it is. Says why where there is no target.</summary>
internal sealed class MonthTargetCard(PageRequest request, MonthOutlook outlook, IReadOnlyList<CompanyTarget> company, string currency)
{
    private readonly MonthTargetsWording _said = MonthTargetsWording.Of(request.Words);
    private readonly MonthTargetSentences _sentences = new(request.Words, new FigureText(request.Words, currency));
    private readonly FigureText _text = new(request.Words, currency);

    /// <summary>Reads and renders it.</summary>
    /// <param name="request">The page's request.</param>
    /// <param name="date">A date of the month.</param>
    /// <param name="now">The moment.</param>
    /// <param name="currency">Of the page's amounts.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<Markup> ReadAsync(PageRequest request, DateOnly date, DateTimeOffset now, string currency, CancellationToken cancellationToken)
    {
        var month = MonthOutlook.MonthOf(date);
        var outlook = await MonthOutlook.ReadAsync(request.Read, request.Shown, month, MonthTargetEndpoints.Today(request.Company, now), cancellationToken);
        var company = request.Store is null ? await request.Read.CompanyTargetsAsync(month, cancellationToken) : [];
        return new MonthTargetCard(request, outlook, company, currency).Render();
    }

    public Markup Render()
    {
        var title = FigureText.Say(_said.CardTitle, _sentences.Month(outlook.Month));
        return Markup.Of(
            $"""
            <section class="card month-target" id="month-target"><h2>{title} <small>{request.Words.TaxExcluded}</small></h2>
            {(outlook.Progress(outlook.Stores, currency) is { } progress ? Body(progress) : None())}
            </section>
            """);
    }

    // Of a chain the reason of most of its stores.
    private Markup None()
    {
        var reason = outlook.Stores.Where(store => store.Target is null).GroupBy(outlook.WhyNone).MaxBy(group => group.Count())?.Key;
        return Markup.Of($"""<p>{(reason is null ? _said.OtherCurrency : _sentences.WhyNone(reason))}</p>{Links()}""");
    }

    private Markup Body(MonthProgress progress)
    {
        var rest = progress is { Rest: { } expected, RestLow: { } low, RestHigh: { } high }
            ? Markup.Of($"""<div><dt>{_said.Rest}</dt><dd>{_text.Amount(expected)} <small>{FigureText.Say(_said.Range, _text.Amount(low), _text.Amount(high))}</small></dd></div>""") : Markup.Empty;
        var through = progress.Through is { } last ? FigureText.Say(_said.SoFar, FigureText.ShortDate(last)) : _said.SoFarNone;
        return Markup.Of(
            $"""
            <p class="value">{_text.Amount(progress.Target)} <small>{Standing(progress)}</small></p>
            <p class="odds">{_sentences.Odds(progress)}</p>
            <dl class="parts"><div><dt>{through}</dt><dd>{_text.Amount(progress.Sold)}{Share(progress)}</dd></div>{rest}{Final(progress)}{Company(progress)}</dl>
            {Notes(progress)}
            {Chart(progress)}
            {Why()}{Original()}{Links()}
            """);
    }

    private static Markup Share(MonthProgress progress) => progress.Target > 0 ? Markup.Of($" <small>{FigureText.Percent(progress.Sold / progress.Target)}</small>") : Markup.Empty;

    private Markup Final(MonthProgress progress) => progress.Final is not { } final ? Markup.Empty : Markup.Of(
        $"""<div><dt>{_said.MonthEnd}</dt><dd>{_text.Amount(final.Expected)} <small>{FigureText.Say(_said.Range, _text.Amount(final.Low), _text.Amount(final.High))}</small></dd></div>""");

    private string Standing(MonthProgress progress)
    {
        var aimed = outlook.Stores.Where(store => store.Target?.Currency == progress.Currency).ToList();
        return request.Store is not null ? _sentences.State(aimed[0].Target!.Latest.State) : FigureText.Say(_said.StoresWith, aimed.Count, outlook.Stores.Count);
    }

    private Markup Company(MonthProgress progress) => company.FirstOrDefault(one => one.Currency == progress.Currency) is not { } total ? Markup.Empty
        : Markup.Of($"""<div><dt>{_said.CompanyTotal}</dt><dd>{_text.Amount(Core.Canon.Money.ToDecimal(total.Amount))}</dd></div>""");

    private Markup Notes(MonthProgress progress)
    {
        var notes = new List<string>();
        if (progress.Final is not null && outlook.AsOf is { } asOf)
        {
            notes.Add(FigureText.Say(request.Store is null ? _said.RangeNoteChain : _said.RangeNote, FigureText.ShortDate(asOf)));
        }

        if (progress.IsUnsure)
        {
            notes.Add(_said.Unsure);
        }

        return notes.Count == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{string.Join(" ", notes)}</p>""");
    }

    private Markup Chart(MonthProgress progress)
    {
        // The range begins where the figures end.
        var marks = progress.Days.Select(day => new RunningMark(day.Date.Day.ToString(CultureInfo.InvariantCulture), day.Sold, null, day.Asked)
        {
            Coming = day is { Low: { } low, Expected: { } expected, High: { } high } ? (low, expected, high)
                : day.Sold is { } sold && day.Date == progress.Days.LastOrDefault(one => one.Sold is not null && one.Expected is null)?.Date && progress.Final is not null ? (sold, sold, sold) : null,
        }).ToList();
        var words = new RunningTotalWords(_said.Chart, request.Words.NetSales, "", request.Words.Target) { Coming = (_said.Expected, _said.RangeName), Id = "month-target" };
        var description = FigureText.Say(_said.ChartDescription, _sentences.Month(progress.Month));
        return Markup.Of(
            $"""
            <figure><figcaption><h3>{_said.Chart}</h3></figcaption>
            {RunningTotalChart.Draw(Canvas.Desk, marks, words, description, _text.Brief)}
            {RunningTotalChart.Draw(Canvas.Phone, marks, words, description, _text.Brief)}
            <details><summary>{request.Words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_said.Chart}"><table><thead><tr><th scope="col">{request.Words.Date}</th><th scope="col">{request.Words.NetSales}</th><th scope="col">{request.Words.Target}</th><th scope="col">{_said.Expected}</th><th scope="col">{_said.RangeName}</th></tr></thead><tbody>
            {progress.Days.Select(Row)}
            </tbody></table></div></details></figure>
            """);
    }

    private Markup Row(ProgressDay day) => Markup.Of(
        $"""
        <tr><th scope="row">{FigureText.ShortDate(day.Date)} ({_text.Weekday(day.Date)})</th><td>{_text.Amount(day.Sold, request.Words.Undefined)}</td><td>{_text.Amount(day.Asked)}</td><td>{_text.Amount(day.Expected, request.Words.Undefined)}</td><td>{(day is { Low: { } low, High: { } high } ? FigureText.Say(_said.Range, _text.Amount(low), _text.Amount(high)) : request.Words.Undefined)}</td></tr>

        """);

    private Markup Why() => request.Store is null || outlook.Stores[0].Target is not { } target ? Markup.Empty : Markup.Of(
        $"""<h3>{_said.WhyTitle}</h3><ul class="reasons">{_sentences.Why(target.Latest).Select(sentence => Markup.Of($"<li>{sentence}</li>"))}</ul>""");

    private Markup Original()
    {
        var days = outlook.Stores.SelectMany(store => store.Original.Values).ToList();
        var (target, actual) = (days.Sum(day => day.Target), days.Sum(day => day.Actual));
        return Markup.Of($"""<p class="note">{(days.Count == 0 ? _said.OriginalNone : FigureText.Say(_said.Original, days.Count, _text.Amount(target), _text.Amount(actual), _text.Amount(target - actual)))}</p>""");
    }

    private Markup Links()
    {
        var address = request.Store is { } store ? TargetPages.Address(store.Code, outlook.Month) : TargetPages.Address(outlook.Month);
        return Markup.Of($"""<p><a class="next" href="{address}">{(request.Store is null ? _said.ToList : _said.ToVersions)}</a></p>""");
    }
}
