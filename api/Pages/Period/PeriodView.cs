using System.Globalization;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Period;

/// <summary>A period as HTML.</summary>
internal sealed class PeriodView(PageRequest request, PeriodModel model, PageNotes? notes, Markup monthTarget)
{
    private readonly Wording _words = request.Words;
    private readonly PeriodWording _period = PeriodWording.Of(request.Words);
    private readonly ComparisonWording _comparison = ComparisonWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    private string Versus => _comparison.Names[(int)model.Choice];

    /// <summary>For the head of the document.</summary>
    public string Title => model.Grain == CalendarGrain.Month && model.Calendar.Periods.Pattern is null
        ? string.Create(CultureInfo.InvariantCulture, $"{model.From:yyyy-MM}")
        : string.Create(CultureInfo.InvariantCulture, $"{model.From:yyyy-MM-dd} – {(model.From.Year == model.To.Year ? model.To.ToString("MM-dd", CultureInfo.InvariantCulture) : model.To.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}");

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Period, model.Through ?? model.From, More())}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day">{Step(model.From.AddDays(-1), _period.Before, "prev", "‹")}<span>{Span()}</span>{Step(model.To.AddDays(1), _period.After, "next", "›")}</p>
        {State()}
        </div>
        {(model.Now is { } now ? Body(now) : Markup.Of($"""<section class="card"><p>{_period.NoFigures}</p></section>{monthTarget}"""))}
        {notes?.Render() ?? Markup.Empty}
        """);

    private Markup Body(Figures now)
    {
        var figures = CardFigure.Of(_words, _text);
        var elapsed = model.Elapsed.ToList();
        var target = model.Choice == PageComparison.Target;
        var compared = new CardComparison(
            model.ComparedNow, model.Then, (before, now) => SaidOf(before, now), target ? _comparison.NoTarget : _period.NoComparison);
        return Markup.Of(
            $"""
            <section class="figures" aria-label="{_words.KeyFigures}">{figures.Select((figure, index) => FigureCard.Render(
                figure, index == 0 ? "hero" : "", now, index == 0 && target ? Aim(now, compared) : compared, _words, [.. elapsed.Select(day => day.Total is { } total ? figure.Read(total.Figures) : null)], _words.Course,
                index == 0 ? Target() : Markup.Empty))}</section>
            {monthTarget}
            {Growth()}{Why()}
            {new PeriodCharts(request, model, notes).Render()}
            {new BreakdownView(model.Breakdown, _words, _text).Render()}
            {Stores()}
            """);
    }

    // Where days or stores are left out the part that is compared is told as well.
    private string SaidOf(string before, string now)
    {
        var versus = FigureText.Say(_comparison.Versus, Versus, before);
        return model.UnevenDays + model.PartlyComparedDays > 0 ? FigureText.Say(DataStateWording.Of(_words).ComparedPart, now, versus) : versus;
    }

    private Markup More() => Markup.Of(
        $"""
        <label>{_period.Grain}<select name="{Navigation.Grain}"><option value="{PeriodPage.DayWord}">{_period.Day}</option>{PeriodPage.Grains.Select((grain, at) => Markup.Of($"""<option value="{PeriodPage.WordOf(grain)}"{PageFrame.Selected(grain == model.Grain)}>{_period.Grains[at]}</option>"""))}</select></label>
        {ComparisonChoice.Field(model.Choice, _words)}
        """);

    private static IEnumerable<Markup> Options<T>(T[] values, Func<T, string> word, IReadOnlyList<string> names, T chosen) where T : struct, Enum =>
        values.Select((value, index) => Markup.Of($"""<option value="{word(value)}"{PageFrame.Selected(value.Equals(chosen))}>{names[index]}</option>"""));

    private Markup Step(DateOnly date, string name, string relation, string arrow) => Markup.Of(
        $"""<a class="step" href="{PeriodPage.Address(request.StoreCode, date, model.Grain, model.Choice)}" rel="{relation}" title="{name}" aria-label="{name}">{arrow}</a>""");

    // Months and years of the calendar go by their names; fiscal ones also say from when to when they run.
    private string Span()
    {
        var periods = model.Calendar.Periods;
        var days = $"{_text.LongDate(model.From)} – {_text.LongDate(model.To)}";
        return model.Grain switch
        {
            CalendarGrain.Month when periods.Pattern is null => string.Format(CultureInfo.InvariantCulture, _period.MonthName, model.From, _period.Months[model.From.Month - 1]),
            CalendarGrain.Quarter => $"{FigureText.Say(_period.QuarterName, periods.YearOf(model.From), periods.QuarterOf(model.From))}  {days}",
            CalendarGrain.Year => $"{FigureText.Say(_period.YearName, periods.YearOf(model.From))}  {days}",
            _ => days,
        };
    }

    private CardComparison Aim(Figures now, CardComparison compared) => model.Target is { } aim
        ? compared with { Now = now with { Net = Micros(model.Reached) }, Then = now with { Net = Micros(aim) } } : compared;

    private static long Micros(decimal amount) => Money.ToMicros(Math.Round(amount, 6, MidpointRounding.AwayFromZero));

    private Markup Growth() => model.Growth is { } growth && model.Grain != CalendarGrain.Week
        ? new GrowthCard(request, growth, ComparisonChoice.IsLastYear(model.Choice), new SameStoreRule(model.Calendar.SameStoreMonths)).Render()
        : model.Growth is { } week && request.Store is null && ComparisonChoice.IsLastYear(model.Choice)
            ? new GrowthCard(request, week, lastYear: true, new SameStoreRule(model.Calendar.SameStoreMonths)).Render() : Markup.Empty;

    private Markup State()
    {
        if (model.Through is not { } through)
        {
            return Markup.Empty;
        }

        var elapsed = model.Elapsed.ToList();
        var known = elapsed.Count(day => day.IsReported);
        var items = new List<Markup>
        {
            Markup.Of($"""<li class="{(known == elapsed.Count ? "good" : "warn")}">{FigureText.Say(_period.DaysKnown, elapsed.Count, known)}</li>"""), DataStateItems.Render(request, model.Completeness),
        };
        if (through < model.To)
        {
            items.Add(Markup.Of($"<li>{FigureText.Say(_period.Running, FigureText.ShortDate(through))}</li>"));
        }

        if (model.Compared is { } compared)
        {
            items.Add(new ComparisonText(_words, model.Calendar.Retail).OfPeriod(compared));
        }

        if (model.UntilHour is { } hour)
        {
            items.Add(Markup.Of($"<li>{FigureText.Say(_period.RunningDay, FigureText.ShortDate(through), hour)}</li>"));
        }

        if (model.Then is not null && model.UnevenDays > 0)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_period.Uneven, model.UnevenDays)}</li>"""));
        }

        if (model.Then is not null && model.PartlyComparedDays > 0)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_period.PartlyCompared, model.PartlyComparedDays)}</li>"""));
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

    private Markup Why()
    {
        if (model is not { ComparedNow: { NetSales: { } net } now, Then: { NetSales: { } before } then })
        {
            return Markup.Empty;
        }

        var amount = net - before;
        var sentence = FigureText.Say(
            amount > 0 ? _comparison.Up : amount < 0 ? _comparison.Down : _comparison.Same, Versus, _text.Amount(Math.Abs(amount)));
        return SalesTree.Render(then, now, sentence, _words, _text);
    }

    private Markup Stores() => model.Stores.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_words.StoreTable}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_words.StoreTable}"><table>
        <thead><tr><th scope="col">{_words.Store}</th><th scope="col">{_words.NetSales}</th><th scope="col">{Versus}</th><th scope="col">{_words.Visitors}</th><th scope="col">{_words.Conversion}</th><th scope="col">{_words.BasketValue}</th></tr></thead>
        <tbody>{model.Stores.Select(Store)}</tbody></table></div></section>
        """);

    private Markup Store((StoreTotal Now, StorePair? Pair) row)
    {
        var figures = row.Now.Figures;
        var name = request.Stores.First(store => store.Code == row.Now.Store).Name;
        var trend = Trend.Share(row.Pair?.Now.NetSales, row.Pair?.Then.NetSales, _words);
        var change = trend is null ? Markup.Of($"{_words.Undefined}") : Markup.Of($"""<span class="{trend.Style}"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span>""");
        return Markup.Of(
            $"""
            <tr><th scope="row"><a href="{PeriodPage.Address(row.Now.Store, model.From, model.Grain, model.Choice)}"><bdi>{name}</bdi></a></th><td>{_text.Amount(figures.NetSales, _words.NoData)}</td><td>{change}</td>{CountedCell.Visitors(figures, running: false, _words)}{CountedCell.Conversion(figures, running: false, _words)}<td>{_text.Amount(figures.BasketValue, _words.Undefined)}</td></tr>

            """);
    }
}
