using RetailInsight.Api.Charts;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages.Period;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.StoreComparison;

/// <summary>The page of stores side by side as HTML.</summary>
internal sealed class StoreComparisonView(PageRequest request, StoreComparisonModel model)
{
    private readonly Wording _words = request.Words;
    private readonly StoreComparisonWording _stores = StoreComparisonWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {Form()}
        <div class="headline">
        <h1>{_stores.Title}</h1>
        <p class="day"><span>{Span()}</span></p>
        <ul class="state">{Running()}{DataStateItems.Render(request with { Store = null }, model.Completeness)}</ul>
        </div>
        {(model.Chosen.Count < StoreComparisonModel.Fewest ? Markup.Of($"""<section class="card"><p>{_stores.PickTwo}</p></section>""") : Markup.Of($"{Chart()}{Table()}"))}
        """);

    // Where the course falls at its end.
    private Markup Running() => model.Running is { } day
        ? Markup.Of($"""<li>{FigureText.Say(PeriodWording.Of(request.Words).Running, FigureText.ShortDate(day))}</li>""") : Markup.Empty;

    private string Span() => model.Span.Length == 1 ? _text.LongDate(model.Span.To) : $"{_text.LongDate(model.Span.From)} – {_text.LongDate(model.Span.To)}";

    private Markup Form()
    {
        var choice = model.Choice;
        return Markup.Of(
            $"""
            <form method="get" action="{Navigation.PathOf(PageLink.Stores)}" class="choice" role="search">
            <input type="hidden" name="store" value="{request.StoreCode}">{PageFrame.Along(request, PageLink.Stores)}
            <label>{_stores.Group}<select name="group"><option value="">{_stores.NoGroup}</option>{model.Groups.Select(group => Option(group.Key, GroupName(group), group.Key == choice.Group))}</select></label>
            <label>{_words.Date}<input type="date" name="date" value="{model.Span.To:yyyy-MM-dd}" required></label>
            <label>{_stores.Figure}<select name="metric">{StoreComparisonModel.Metrics.Select(id => Option(id, Name(id), id == choice.Metric))}</select></label>
            <label>{_stores.Grain}<select name="grain">{StoreComparisonPage.Grains.Select((word, at) => Option(word, _stores.Grains[at], at == (int)choice.Grain))}</select></label>
            <label>{_stores.Total}<select name="total">{StoreComparisonPage.Totals.Select((word, at) => Option(word, _stores.Totals[at], (at == 1) == choice.Average))}</select></label>
            <details class="pick"><summary>{FigureText.Say(_stores.Pick, model.Chosen.Count)}</summary><fieldset><legend>{_stores.PickLegend}</legend>{request.Stores.Select(Tick)}</fieldset></details>
            <button>{_words.Show}</button>
            </form>
            """);
    }

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");

    private Markup Tick(Store store)
    {
        var ticked = model.Choice.Group is null ? model.Chosen.Contains(store) : model.Choice.Picked.Contains(store.Code);
        return Markup.Of($"""<label><input type="checkbox" name="pick" value="{store.Code}"{(ticked ? Markup.Of($" checked") : Markup.Empty)}> <bdi>{store.Name}</bdi></label>""");
    }

    private string GroupName(StoreGroup group) => group.Kind switch
    {
        "area" => FigureText.Say(_stores.Area, group.Name),
        "format" => FigureText.Say(_stores.Format, group.Name),
        "prefecture" => FigureText.Say(_stores.Prefecture, group.Name),
        _ => FigureText.Say(_stores.Cluster, group.Name),
    };

    private Markup Chart()
    {
        if (model.Places.Count == 0)
        {
            return Markup.Of($"""<section class="card"><p>{_words.NoData}</p></section>""");
        }

        var title = FigureText.Say(_stores.Course, Name(model.Choice.Metric));
        var description = FigureText.Say(_stores.CourseDescription, Span());
        string Written(decimal value) => Axis(model.Choice.Metric, value);
        var drawn = IsRatio(model.Choice.Metric) ? [.. model.Lines.Select(line => line with { Values = [.. line.Values.Select(value => value * 100)] })] : model.Lines;
        var more = model.Chosen.Count <= LinesChart.Most ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(_stores.NotDrawn, model.Chosen.Count - LinesChart.Most)}</p>""");
        return Markup.Of(
            $"""
            <figure class="card wide">
            <figcaption><h2>{title}</h2></figcaption>
            {LinesChart.Draw(Canvas.Desk, model.Places, drawn, title, Name(model.Choice.Metric), description, Written)}
            {LinesChart.Draw(Canvas.Phone, model.Places, drawn, title, Name(model.Choice.Metric), description, Written)}
            {LinesChart.Legend(model.Lines)}{more}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><thead><tr><th scope="col">{_stores.Grain}</th>{model.Lines.Select(line => Markup.Of($"""<th scope="col"><bdi>{line.Name}</bdi></th>"""))}</tr></thead><tbody>
            {model.Places.Select((place, at) => Markup.Of($"""<tr><th scope="row">{place}</th>{model.Lines.Select(line => Markup.Of($"<td>{Value(model.Choice.Metric, line.Values[at])}</td>"))}</tr>"""))}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private Markup Table()
    {
        var rows = model.Chosen.Select(store => Markup.Of(
            $"""
            <tr><th scope="row"><a href="{request.Address(PageLink.Day, store.Code, model.Span.To)}"><bdi>{store.Name}</bdi></a></th>{StoreComparisonModel.Metrics.Select((id, at) => Cell(id, model.Rows.GetValueOrDefault(store.Code)?[at], model.Coverage.GetValueOrDefault(store.Code)))}</tr>

            """));
        return Markup.Of(
            $"""
            <section class="card stores"><h2>{_stores.Table}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_stores.Table}"><table>
            <thead><tr><th scope="col">{_words.Store}</th>{StoreComparisonModel.Metrics.Select(id => Markup.Of($"""<th scope="col">{Name(id)}</th>"""))}</tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr class="total"><th scope="row">{(model.Choice.Average ? _stores.Totals[1] : _stores.Totals[0])}</th>{StoreComparisonModel.Metrics.Select((id, at) => Markup.Of($"<td>{Value(id, Total(id, at))}</td>"))}</tr></tfoot></table></div>
            <p class="note">{(model.Choice.Average ? _stores.AverageNote : _stores.SumNote)}</p></section>
            """);
    }

    private Markup Cell(string id, decimal? value, decimal? coverage) => CountedCell.Render(
        Value(id, value), value is null || coverage is null or >= Kpis.Figures.EnoughMinutes || !MetricCatalogue.Find(id)!.RestsOnCounters, _words);

    // A ratio of many stores is the ratio of their sums, whichever of the two was asked for.
    private decimal? Total(string id, int at)
    {
        var counted = model.Rows.Values.Count(values => values[at] is not null);
        return model.Choice.Average && MetricCatalogue.Find(id)!.Additive && counted > 0 ? model.Whole?[at] / counted : model.Whole?[at];
    }

    private string Name(string id) => MetricCatalogue.Find(id)!.Name.In(_words.Language);

    private string Value(string id, decimal? value)
    {
        var metric = MetricCatalogue.Find(id)!;
        return value is not { } known ? metric.RestsOnCounters ? _words.NotCounted : metric.Additive ? _words.NoData : _words.Undefined
            : IsRatio(id) ? FigureText.Percent(known)
            : metric.IsMoney ? _text.Amount(known)
            : FigureText.Number(known, metric.Places ?? 0);
    }

    private static bool IsRatio(string id) => MetricCatalogue.Find(id)!.Unit == "ratio";

    // Ratios are drawn in percent: a scale has no ticks between whole numbers.
    private string Axis(string id, decimal value)
    {
        var metric = MetricCatalogue.Find(id)!;
        return IsRatio(id) ? $"{FigureText.Number(value, 0)}%" : metric.IsMoney ? _text.Brief(value) : FigureText.Number(value, value == Math.Truncate(value) ? 0 : 1);
    }
}
