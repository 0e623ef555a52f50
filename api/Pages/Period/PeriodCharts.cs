using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Period;

/// <summary>The charts of a period, each with the same figures as a table.</summary>
internal sealed class PeriodCharts(PageRequest request, PeriodModel model, PageNotes? notes)
{
    private readonly Wording _words = request.Words;
    private readonly PeriodWording _period = PeriodWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);
    private readonly IReadOnlyList<PeriodBar> _bars = model.Bars;
    private readonly string _versus = ComparisonWording.Of(request.Words).Names[(int)model.Choice];

    public Markup Render() => Markup.Of($"""<div class="charts">{Chart()}{RunningTotal()}</div>""");

    private bool ByDay => model.Grain is CalendarGrain.Week or CalendarGrain.Month;

    // What the line across a bar stands for: the target where that was chosen, else the other days.
    private decimal? Line(PeriodBar bar) => model.Choice == PageComparison.Target ? bar.Target : bar.Compared is { } net ? Money.ToDecimal(net) : null;

    private Markup Chart()
    {
        var marks = _bars.Select(bar => new DayMark(
            bar.Net is { } net ? Money.ToDecimal(net) : null,
            ByDay ? bar.Span.From == model.Through : bar.Span.Contains(model.Through ?? bar.Span.To),
            ByDay && (bar.Span.From.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || model.Calendar.Holidays.IsHoliday(bar.Span.From)),
            Label(bar),
            ByDay ? _text.Weekday(bar.Span.From)[..1] : "",
            Address(bar),
            Note(bar),
            Line(bar),
            model.Through is null || bar.Span.From > model.Through)
        { Notes = notes?.Within(bar.Span.From, bar.Span.To) ?? [], Partial = bar.Net is not null && bar.IsPartial }).ToList();
        var title = ByDay ? _period.Chart : model.Grain == CalendarGrain.Quarter ? _period.ChartByWeek : _period.ChartByMonth;
        var description = FigureText.Say(_period.ChartDescription, _text.LongDate(model.From), _text.LongDate(model.To), _versus);
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{title} <small>{FigureText.Say(_period.LineIs, _versus)}</small></h2></figcaption>
            {TrendChart.Draw(Canvas.Desk, marks, title, _words.NetSales, description, _text.Brief)}
            {TrendChart.Draw(Canvas.Phone, marks, title, _words.NetSales, description, _text.Brief)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><thead><tr><th scope="col">{_words.Date}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_versus}</th><th scope="col">{_words.Target}</th><th scope="col">{_words.Receipts}</th><th scope="col">{_words.Visitors}</th><th scope="col">{_words.Conversion}</th></tr></thead><tbody>
            {_bars.Select(Row)}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private Markup RunningTotal()
    {
        var (now, compared, target) = (0m, 0m, 0m);
        var marks = _bars.Select(bar =>
        {
            now += bar.Net is { } net ? Money.ToDecimal(net) : 0;
            compared += bar.Compared is { } before ? Money.ToDecimal(before) : 0;
            target += bar.Target ?? 0;
            var isKnown = bar.Span.From <= model.Through;

            // A day without figures adds nothing that could be known: the line goes on with the next one that has some.
            return new RunningMark(Label(bar), bar.Net is null ? null : now, model.Then is null ? null : compared, isKnown && target > 0 ? target : null);
        }).ToList();
        var words = new RunningTotalWords(_period.RunningTotal, _words.NetSales, _versus, _words.Target);
        var description = FigureText.Say(_period.RunningTotalDescription, _text.LongDate(model.From), _text.LongDate(model.To));
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{_period.RunningTotal}</h2></figcaption>
            {RunningTotalChart.Draw(Canvas.Desk, marks, words, description, _text.Brief)}
            {RunningTotalChart.Draw(Canvas.Phone, marks, words, description, _text.Brief)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_period.RunningTotal}"><table><thead><tr><th scope="col">{_words.Date}</th><th scope="col">{words.Now}</th><th scope="col">{words.Compared}</th><th scope="col">{words.Target}</th></tr></thead><tbody>
            {marks.Zip(_bars, (mark, bar) => Markup.Of($"""<tr><th scope="row">{mark.Label}</th><td>{_text.Amount(mark.Now, bar.Span.From <= model.Through ? _words.NoData : _words.Undefined)}</td><td>{Shown(mark.Compared)}</td><td>{Shown(mark.Target)}</td></tr>"""))}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private string Label(PeriodBar bar) => ByDay ? bar.Span.From.Day.ToString(CultureInfo.InvariantCulture)
        : model.Grain == CalendarGrain.Year && model.Calendar.Periods.Pattern is null ? bar.Span.From.Month.ToString(CultureInfo.InvariantCulture)
        : FigureText.ShortDate(bar.Span.From);

    private string Address(PeriodBar bar) => ByDay
        ? request.Address(PageLink.Day, request.StoreCode, bar.Span.From)
        : PeriodPage.Address(request.StoreCode, bar.Span.From, model.Grain == CalendarGrain.Quarter ? CalendarGrain.Week : CalendarGrain.Month, model.Choice);

    private string Name(PeriodBar bar) => bar.Span.Length == 1 ? _text.LongDate(bar.Span.From) : $"{_text.LongDate(bar.Span.From)} – {_text.LongDate(bar.Span.To)}";

    private string Shown(decimal? amount) => amount is { } known ? _text.Amount(known) : _words.Undefined;

    private string Part(PeriodBar bar)
    {
        var said = DataStateWording.Of(_words);
        return FigureText.Say(request.Store is null && bar.Span.Length == 1 ? said.PartStores : said.PartStoreDays, bar.StoreDays, bar.StoreDaysExpected);
    }

    private string Note(PeriodBar bar) => string.Join("  ", new[]
    {
        Name(bar),
        bar.Net is { } net ? _text.Amount(Money.ToDecimal(net)) : bar.Span.From > model.Through ? null : _words.NoData,
        bar.Net is not null && bar.IsPartial ? Part(bar) : null,
        Line(bar) is { } before ? $"{_versus} {_text.Amount(before)}" : null,
    }.OfType<string>());

    private Markup Row(PeriodBar bar)
    {
        var figures = bar.Figures;
        var net = figures?.NetSales is { } sold ? _text.Amount(sold) : bar.Span.From > model.Through ? _words.Undefined : _words.NoData;
        var name = bar.Span.Length == 1 ? $"{FigureText.ShortDate(bar.Span.From)} ({_text.Weekday(bar.Span.From)})" : $"{FigureText.ShortDate(bar.Span.From)} – {FigureText.ShortDate(bar.Span.To)}";
        var part = bar.Net is not null && bar.IsPartial ? Markup.Of($" <small>{Part(bar)}</small>") : Markup.Empty;
        var compared = bar.Compared is { } before ? Money.ToDecimal(before) : (decimal?)null;
        return Markup.Of(
            $"""
            <tr><th scope="row"><a href="{Address(bar)}">{name}</a></th><td>{net}{part}</td><td>{Shown(compared)}</td><td>{Shown(bar.Target)}</td><td>{FigureText.Count(figures?.Receipts, _words.Undefined)}</td><td>{FigureText.Count(figures?.Visitors, _words.Undefined)}</td><td>{FigureText.Percent(figures?.Conversion, _words.Undefined)}</td></tr>

            """);
    }
}
