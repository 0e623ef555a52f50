using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A week or a month as HTML.</summary>
internal sealed class PeriodView(PageRequest request, PeriodModel model, PageNotes notes)
{
    private readonly Wording _words = request.Words;
    private readonly PeriodWording _period = PeriodWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    /// <summary>For the head of the document.</summary>
    public string Title => model.Grain == PeriodGrain.Month
        ? string.Create(CultureInfo.InvariantCulture, $"{model.From:yyyy-MM}")
        : string.Create(CultureInfo.InvariantCulture, $"{model.From:yyyy-MM-dd} – {model.To:MM-dd}");

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Period, model.Through ?? model.From, More())}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day">{Step(model.From.AddDays(-1), _period.Before, "prev", "‹")}<span>{Span()}</span>{Step(model.To.AddDays(1), _period.After, "next", "›")}</p>
        {State()}
        </div>
        {(model.Now is { } now ? Body(now) : Markup.Of($"""<section class="card"><p>{_period.NoFigures}</p></section>"""))}
        {notes.Render()}
        """);

    private Markup Body(Figures now)
    {
        var figures = CardFigure.Of(_words, _text);
        var elapsed = model.Elapsed.ToList();
        var compared = new CardComparison(now, model.Then, (before, _) => FigureText.Say(_period.Versus[(int)model.Comparison], before), _period.NoComparison);
        return Markup.Of(
            $"""
            <section class="figures" aria-label="{_words.KeyFigures}">{figures.Select((figure, index) => FigureCard.Render(
                figure, index == 0 ? "hero" : "", now, compared, _words, [.. elapsed.Select(day => day.Total is { } total ? figure.Read(total.Figures) : null)], _words.Course,
                index == 0 ? Target() : Markup.Empty))}</section>
            {Why(now)}
            <div class="charts">{Chart()}{RunningTotal()}</div>
            {Stores()}
            """);
    }

    private Markup More() => Markup.Of(
        $"""
        <label>{_period.Grain}<select name="grain">{Options(Enum.GetValues<PeriodGrain>(), PeriodPage.WordOf, _period.Grains, model.Grain)}</select></label>
        <label>{_period.Comparison}<select name="compare">{Options(Enum.GetValues<PeriodComparison>(), PeriodPage.WordOf, _period.Comparisons, model.Comparison)}</select></label>
        """);

    private static IEnumerable<Markup> Options<T>(T[] values, Func<T, string> word, IReadOnlyList<string> names, T chosen) where T : struct, Enum =>
        values.Select((value, index) => Markup.Of($"""<option value="{word(value)}"{PageFrame.Selected(value.Equals(chosen))}>{names[index]}</option>"""));

    private Markup Step(DateOnly date, string name, string relation, string arrow) => Markup.Of(
        $"""<a class="step" href="{PeriodPage.Address(request.StoreCode, date, model.Grain, model.Comparison)}" rel="{relation}" title="{name}" aria-label="{name}">{arrow}</a>""");

    private string Span() => model.Grain == PeriodGrain.Month
        ? string.Format(CultureInfo.InvariantCulture, _period.MonthName, model.From, _period.Months[model.From.Month - 1])
        : $"{_text.LongDate(model.From)} – {_text.LongDate(model.To)}";

    private Markup State()
    {
        if (model.Through is not { } through)
        {
            return Markup.Empty;
        }

        var elapsed = model.Elapsed.ToList();
        var known = elapsed.Count(day => day.Total is not null);
        var items = new List<Markup>
        {
            Markup.Of($"""<li class="{(known == elapsed.Count ? "good" : "warn")}">{FigureText.Say(_period.DaysKnown, elapsed.Count, known)}</li>"""),
        };
        if (through < model.To)
        {
            items.Add(Markup.Of($"<li>{FigureText.Say(_period.Running, FigureText.ShortDate(through))}</li>"));
        }

        if (model.Then is not null && model.UnevenDays > 0)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_period.Uneven, model.UnevenDays)}</li>"""));
        }

        if (model.Now is { IsCounterReliable: false, Coverage: { } coverage })
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_words.CounterReceived, FigureText.Percent(coverage))}</li>"""));
        }

        return Markup.Of($"""<ul class="state">{items}</ul>""");
    }

    private Markup Target()
    {
        if (model.Target is not { } target || target <= 0)
        {
            return Markup.Of($"""<p class="note">{_period.NoTarget}</p>""");
        }

        var share = model.Reached / target;
        var most = Math.Max(model.Reached, target) * 1.1m;
        double Place(decimal value) => (double)(Math.Max(0, value) / most) * 240;
        var rest = target - model.Reached;
        return Markup.Of(
            $"""
            <div class="goal"><p><b>{FigureText.Percent(share)}</b> {_words.TargetShare}</p>
            <svg class="bullet" viewBox="0 0 240 16" preserveAspectRatio="none" role="img" aria-label="{FigureText.Say(_words.BulletLabel, _words.NetSales, _text.Amount(model.Reached), _text.Amount(target))}"><rect class="track" width="240" height="8" y="4" rx="4"/><rect class="actual" width="{Place(model.Reached)}" height="8" y="4" rx="4"/><rect class="mean" x="{Place(target) - 1.5}" width="3" height="16" rx="1.5"/></svg>
            <p class="note">{FigureText.Say(rest > 0 ? _period.BelowTarget : _period.AboveTarget, _text.Amount(target), _text.Amount(Math.Abs(rest)))} {_period.TargetNote}</p></div>
            """);
    }

    private Markup Why(Figures now)
    {
        if (model.Then is not { } then)
        {
            return Markup.Empty;
        }

        var amount = Money.ToDecimal(now.Net - then.Net);
        var sentence = FigureText.Say(
            amount > 0 ? _period.Up : amount < 0 ? _period.Down : _period.Same, _period.Comparisons[(int)model.Comparison], _text.Amount(Math.Abs(amount)));
        return SalesTree.Render(then, now, sentence, _words, _text);
    }

    private Markup Chart()
    {
        var marks = model.Days.Select(day => new DayMark(
            day.Total is { } total ? Money.ToDecimal(total.Figures.Net) : null,
            day.Date == model.Through,
            day.Date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
            day.Date.Day.ToString(CultureInfo.InvariantCulture),
            _text.Weekday(day.Date)[..1],
            Navigation.Address(PageLink.Day, request.StoreCode, day.Date),
            Note(day),
            day.Compared is { } before ? Money.ToDecimal(before.Figures.Net) : null,
            model.Through is null || day.Date > model.Through)
        { Notes = notes.On(day.Date) }).ToList();
        var description = FigureText.Say(_period.ChartDescription, _text.LongDate(model.From), _text.LongDate(model.To), _period.Comparisons[(int)model.Comparison]);
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{_period.Chart} <small>{FigureText.Say(_period.LineIs, _period.Comparisons[(int)model.Comparison])}</small></h2></figcaption>
            {TrendChart.Draw(Canvas.Desk, marks, _period.Chart, _words.NetSales, description, _text.Brief)}
            {TrendChart.Draw(Canvas.Phone, marks, _period.Chart, _words.NetSales, description, _text.Brief)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_period.Chart}"><table><thead><tr><th scope="col">{_words.Date}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_period.Comparisons[(int)model.Comparison]}</th><th scope="col">{_words.Target}</th><th scope="col">{_words.Receipts}</th><th scope="col">{_words.Visitors}</th><th scope="col">{_words.Conversion}</th></tr></thead><tbody>
            {model.Days.Select(Row)}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private Markup RunningTotal()
    {
        var (now, compared, target) = (0m, 0m, 0m);
        var marks = model.Days.Select(day =>
        {
            now += day.Total is { } total ? Money.ToDecimal(total.Figures.Net) : 0;
            compared += day.Compared is { } before ? Money.ToDecimal(before.Figures.Net) : 0;
            target += day.Target ?? 0;
            return new RunningMark(
                day.Date.Day.ToString(CultureInfo.InvariantCulture), day.Date <= model.Through ? now : null, model.Then is null ? null : compared,
                day.Date <= model.Through && target > 0 ? target : null);
        }).ToList();
        var words = new RunningTotalWords(_period.RunningTotal, _words.NetSales, _period.Comparisons[(int)model.Comparison], _words.Target);
        var description = FigureText.Say(_period.RunningTotalDescription, _text.LongDate(model.From), _text.LongDate(model.To));
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{_period.RunningTotal}</h2></figcaption>
            {RunningTotalChart.Draw(Canvas.Desk, marks, words, description, _text.Brief)}
            {RunningTotalChart.Draw(Canvas.Phone, marks, words, description, _text.Brief)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_period.RunningTotal}"><table><thead><tr><th scope="col">{_words.Date}</th><th scope="col">{words.Now}</th><th scope="col">{words.Compared}</th><th scope="col">{words.Target}</th></tr></thead><tbody>
            {marks.Select(mark => Markup.Of($"""<tr><th scope="row">{mark.Label}</th><td>{Shown(mark.Now)}</td><td>{Shown(mark.Compared)}</td><td>{Shown(mark.Target)}</td></tr>"""))}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private string Shown(decimal? amount) => amount is { } known ? _text.Amount(known) : _words.Undefined;

    private string Note(PeriodDay day) => string.Join("  ", new[]
    {
        _text.LongDate(day.Date),
        day.Total is { } total ? _text.Amount(Money.ToDecimal(total.Figures.Net)) : day.Date > model.Through ? null : _words.NoData,
        day.Compared is { } before ? $"{_period.Comparisons[(int)model.Comparison]} {_text.Amount(Money.ToDecimal(before.Figures.Net))}" : null,
    }.OfType<string>());

    private Markup Row(PeriodDay day)
    {
        var figures = day.Total?.Figures;
        var net = figures is not null ? _text.Amount(Money.ToDecimal(figures.Net)) : day.Date > model.Through ? _words.Undefined : _words.NoData;
        return Markup.Of(
            $"""
            <tr><th scope="row">{FigureText.ShortDate(day.Date)} ({_text.Weekday(day.Date)})</th><td>{net}</td><td>{(day.Compared is { } before ? _text.Amount(Money.ToDecimal(before.Figures.Net)) : _words.Undefined)}</td><td>{(day.Target is { } target ? _text.Amount(target) : _words.Undefined)}</td><td>{(figures is null ? _words.Undefined : FigureText.Count(figures.Receipts))}</td><td>{(figures?.Visitors is { } visitors ? FigureText.Count(visitors) : _words.Undefined)}</td><td>{(figures?.Conversion is { } ratio ? FigureText.Percent(ratio) : _words.Undefined)}</td></tr>

            """);
    }

    private Markup Stores() => model.Stores.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_words.StoreTable}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_words.StoreTable}"><table>
        <thead><tr><th scope="col">{_words.Store}</th><th scope="col">{_words.NetSales}</th><th scope="col">{_period.Comparisons[(int)model.Comparison]}</th><th scope="col">{_words.Visitors}</th><th scope="col">{_words.Conversion}</th><th scope="col">{_words.BasketValue}</th></tr></thead>
        <tbody>{model.Stores.Select(Store)}</tbody></table></div></section>
        """);

    private Markup Store((StoreTotal Now, StoreTotal? Then) row)
    {
        var figures = row.Now.Figures;
        var name = request.Stores.First(store => store.Code == row.Now.Store).Name;
        var trend = Trend.Share(Money.ToDecimal(figures.Net), row.Then is { } then ? Money.ToDecimal(then.Figures.Net) : null, _words);
        var change = trend is null ? Markup.Of($"{_words.Undefined}") : Markup.Of($"""<span class="{trend.Style}"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span>""");
        return Markup.Of(
            $"""
            <tr><th scope="row"><a href="{PeriodPage.Address(row.Now.Store, model.From, model.Grain, model.Comparison)}"><bdi>{name}</bdi></a></th><td>{_text.Amount(Money.ToDecimal(figures.Net))}</td><td>{change}</td><td>{(figures.Visitors is { } visitors ? FigureText.Count(visitors) : _words.NotCounted)}</td><td>{(figures.Conversion is { } ratio ? FigureText.Percent(ratio) : _words.Undefined)}</td><td>{(figures.BasketValue is { } basket ? _text.Amount(basket) : _words.Undefined)}</td></tr>

            """);
    }
}
