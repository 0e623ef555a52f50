using RetailInsight.Api.Charts;
using RetailInsight.Api.Kpis;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The key figures: net sales large, beside it the figures it is made of.</summary>
internal sealed class KeyFigureCards(DayPageModel model, Wording words, FigureText text)
{
    public Markup Render(Figures figures)
    {
        var reference = figures.IsCounterReliable ? "" : words.ForReference;
        return Markup.Of(
            $"""
            <section class="figures" aria-label="{words.KeyFigures}">
            {Card("hero", words.NetSales, words.TaxExcluded, day => Money.ToDecimal(day.Net), text.Amount, false)}
            {Card("", words.Visitors, reference, day => day.Visitors, FigureText.Count, false, counted: true)}
            {Card("", words.Conversion, reference, day => day.Conversion, FigureText.Percent, true, counted: true)}
            {Card("", words.Receipts, words.ReceiptsNote, day => day.Receipts, FigureText.Count, false)}
            {Card("", words.BasketValue, "", day => day.BasketValue, text.Amount, false)}
            {Card("", words.ItemsPerReceipt, "", day => day.ItemsPerReceipt, value => FigureText.Number(value, 2), false)}
            {Card("", words.Coverage, words.CoverageNote, day => day.Coverage, FigureText.Percent, true)}
            </section>
            """);
    }

    private Markup Card(
        string style, string name, string note, Func<Figures, decimal?> figure, Func<decimal, string> write, bool points,
        bool counted = false)
    {
        var series = model.Days.Select(day => day.Figures is { } figures ? figure(figures) : null).ToList();
        var value = series[^1] is { } known
            ? Markup.Of($"""<p class="value">{write(known)}</p>""")
            : Markup.Of($"""<p class="value none">{words.NotCounted}</p>""");
        var small = note.Length == 0 ? Markup.Empty : Markup.Of($" <small>{note}</small>");
        return Markup.Of(
            $"""
            <article class="card kpi {style}"><h2>{name}{small}</h2>{value}{Versus(figure, write, points, counted)}{Spark(name, series, write)}</article>

            """);
    }

    // What rests on counters is not called better or worse while one of the days was counted in part.
    private Markup Versus(Func<Figures, decimal?> figure, Func<decimal, string> write, bool points, bool counted)
    {
        var (now, then, until) = model.Comparison;
        var before = then is null ? null : figure(then);
        var weekday = text.Weekday(model.Date);
        if (before is not { } known)
        {
            return Markup.Of($"""<p class="delta none">{FigureText.Say(words.NoComparison, weekday)}</p>""");
        }

        var current = now is null ? null : figure(now);
        var comparable = !counted || (now is { IsCounterReliable: true } && then is { IsCounterReliable: true });
        var trend = !comparable ? null : points ? Trend.Points(current, known, words) : Trend.Share(current, known, words);
        var change = trend is null
            ? Markup.Empty
            : Markup.Of($"""<span class="change"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span> """);
        var versus = until is { } hour
            ? FigureText.Say(words.VersusWeekdayUntil, weekday, write(known), hour, current is { } soFar ? write(soFar) : words.Undefined)
            : FigureText.Say(words.VersusWeekday, weekday, write(known));
        return Markup.Of($"""<p class="delta {trend?.Style ?? "none"}">{change}<span class="versus">{versus}</span></p>""");
    }

    private Markup Spark(string name, IReadOnlyList<decimal?> series, Func<decimal, string> write)
    {
        var known = series.Where(value => value is not null).ToList();
        return known.Count < 2
            ? Markup.Empty
            : Sparkline.Draw(series, FigureText.Say(words.LastDays, name, write(known.Min()!.Value), write(known.Max()!.Value)));
    }
}
