using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Breakdowns;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Api.Stores;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The day page as HTML: choice, state of the data, key figures, why, charts, targets or stores, definitions.</summary>
internal sealed class DayPageView(PageRequest request, DayPageModel model, PageNotes? notes)
{
    private readonly Wording _words = request.Words;
    private readonly FigureText _text = new(request.Words, model.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Day, model.Date, ComparisonChoice.Field(model.Comparison.Choice, _words))}
        <div class="headline">
        <h1><bdi>{model.Store?.Name ?? _words.AllStores}</bdi></h1>
        <p class="day">{Step(-1, _words.DayBefore, "prev", "‹")}<time datetime="{model.Date:yyyy-MM-dd}">{_text.LongDate(model.Date)}</time>{Step(1, _words.DayAfter, "next", "›")}</p>
        {State()}
        </div>
        {notes?.Alerts() ?? Markup.Empty}
        {(model.Figures is { } figures ? Body(figures) : Markup.Of($"""<section class="card"><p>{(model.Latest is null ? _words.NoDataAnywhere : _words.NoData)}</p></section>"""))}
        {notes?.Render() ?? Markup.Empty}
        {Definitions()}
        """);

    private Markup Body(Figures figures) => Markup.Of(
        $"""
        {new KeyFigureCards(model, _words, _text).Render(figures)}
        {Why()}
        <div class="charts">{new DayCharts(request, model, _text, notes).Render()}</div>
        {new BreakdownView(model.Breakdown, _words, _text).Render()}
        {(model.Store is null ? new StoreTable(request, model, _text).Render() : new TargetBlock(model, _words, _text).Render(figures))}
        """);

    private Markup Why()
    {
        return model.Comparison is { Now: { NetSales: { } net } now, Then: { NetSales: { } before } then }
            ? SalesTree.Render(then, now, new DayComparisonWords(model, _words, _text).Change(net - before), _words, _text)
            : Markup.Empty;
    }

    private Markup Step(int days, string name, string relation, string arrow) => Markup.Of(
        $"""<a class="step" href="{request.Address(PageLink.Day, request.StoreCode, model.Date.AddDays(days))}" rel="{relation}" title="{name}" aria-label="{name}">{arrow}</a>""");

    private Markup State()
    {
        var items = new List<Markup> { DataStateItems.Render(request, model.Completeness, model.Known) };
        if (model.Figures is not { } figures)
        {
            return Markup.Of($"""<ul class="state">{items}</ul>""");
        }

        if (new DayComparisonWords(model, _words, _text).Reason is { Length: > 0 } reason)
        {
            items.Add(Markup.Of($"<li>{reason}</li>"));
        }

        if (model.Comparison is { LeavesOut: true, Stores: { } stores })
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(DataStateWording.Of(_words).Alike, stores.Both, stores.Now, stores.Then)}</li>"""));
        }

        if (SilentHours() is { Length: > 0 } silent && figures.Visitors is not null)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_words.CounterSilentHours, silent)}</li>"""));
        }

        if (model.IsRunning)
        {
            items.Add(Markup.Of($"<li>{_words.DayRunning}</li>"));
        }

        if (model.Store is null)
        {
            var (reported, expected) = (model.Rows.Count(row => row.Figures.Net is not null), model.Stores.Count - model.OtherCurrencies);
            items.Add(Markup.Of($"""<li class="{(reported < expected ? "warn" : "good")}">{FigureText.Say(_words.StoresReported, reported, expected)}</li>"""));
        }
        else if (figures.Net is null)
        {
            items.Add(Markup.Of($"""<li class="bad">{_words.SalesUnknown}</li>"""));
        }

        if (model.OtherCurrencies > 0)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_words.OtherCurrencies, model.OtherCurrencies)}</li>"""));
        }

        if (model.ComputedAt is { } instant)
        {
            items.Add(Markup.Of($"""<li><time datetime="{instant.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{FigureText.Say(_words.AsOf, FigureText.Moment(model.Local(instant)))}</time></li>"""));
        }

        return Markup.Of($"""<ul class="state">{items}</ul>""");
    }

    // 12時–14時: neighbouring silent hours are one stretch, named by where it starts and where it ends.
    private string SilentHours()
    {
        var silent = model.PastHours.Where(slot => DayCharts.StateOf(slot) == Charts.CounterState.Silent).Select(slot => slot.Hour).ToList();
        var stretches = silent.Where(hour => !silent.Contains(hour - 1))
            .Select(start => (start, end: Enumerable.Range(start, 48).First(hour => !silent.Contains(hour))));
        return string.Join(_words.Language == "ja" ? "、" : ", ", stretches.Select(stretch => $"{_text.Hour(stretch.start)}–{_text.Hour(stretch.end)}"));
    }

    private Markup Definitions() => Markup.Of(
        $"""
        <details class="definitions"><summary>{_words.Definitions}</summary><dl>
        {_words.DefinitionList.Select(entry => Markup.Of($"<div><dt>{entry.Term}</dt><dd>{entry.Meaning}</dd></div>"))}
        </dl></details>
        """);
}
