using RetailInsight.Api.Charts;
using RetailInsight.Api.Pages.Notes;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The charts of a day, each with the same figures as a table.</summary>
internal sealed class DayCharts(PageRequest request, DayPageModel model, FigureText text, PageNotes? notes)
{
    private readonly Wording words = request.Words;

    public Markup Render() => Markup.Of($"{Hours()}{Days()}");

    /// <summary>Hours of a store with counters are silent also when nothing at all was published for them.</summary>
    public static CounterState StateOf(HourSlot slot) => slot.Figures switch
    {
        null => slot.Open ? CounterState.Silent : CounterState.NotExpected,
        { ExpectedMinutes: 0 } => CounterState.NotExpected,
        { Visitors: null } => CounterState.Silent,
        { } figures => figures.ObservedMinutes < figures.ExpectedMinutes ? CounterState.Partial : CounterState.Complete,
    };

    private Markup Hours()
    {
        if (model.Hours.Count == 0)
        {
            return Markup.Empty;
        }

        var past = model.PastHours.ToList();
        var peak = past.MaxBy(slot => NetOf(slot) ?? 0)!;
        var description = FigureText.Say(words.ByHourDescription, text.LongDate(model.Date), peak.Hour, text.Amount(NetOf(peak), words.NoData));
        var marks = past.Select(slot => new HourMark(
            slot.Hour, NetOf(slot), slot.Figures?.Receipts ?? 0, slot.Figures?.Visitors, StateOf(slot), Note(slot))
        { Notes = notes?.In(model.Date, slot.Hour) ?? [] }).ToList();
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{words.ByHour}</h2></figcaption>
            {HourChart.Draw(Canvas.Desk, marks, words.HourChart, description, text.Brief)}
            {HourChart.Draw(Canvas.Phone, marks, words.HourChart, description, text.Brief)}
            <details><summary>{words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{words.ByHour}"><table><thead><tr><th scope="col">{words.Hour}</th><th scope="col">{words.NetSales}</th><th scope="col">{words.Receipts}</th><th scope="col">{words.Visitors}</th><th scope="col">{words.Conversion}</th></tr></thead><tbody>
            {past.Select(HourRow)}
            </tbody></table></div></details>
            </figure>
            """);
    }

    // An hour without a row sold nothing where registers reported at all.
    private decimal? NetOf(HourSlot slot) => slot.Figures is { } figures ? figures.NetSales : model.Figures?.Net is null ? null : 0;

    private string Receipts(HourSlot slot) => FigureText.Count(NetOf(slot) is null ? null : slot.Figures?.Receipts ?? 0, words.NoData);

    private string Note(HourSlot slot) =>
        $"{text.Hour(slot.Hour)}  {words.NetSales} {text.Amount(NetOf(slot), words.NoData)} / {words.Receipts} {Receipts(slot)} / {words.Visitors} {Visitors(slot)}";

    private string Visitors(HourSlot slot) => StateOf(slot) switch
    {
        CounterState.Silent => words.NoSignal,
        CounterState.Partial => $"{FigureText.Count(slot.Figures!.Visitors!.Value)} ({words.PartSignal})",
        _ => slot.Figures?.Visitors is { } known ? FigureText.Count(known) : words.Undefined,
    };

    private Markup HourRow(HourSlot slot) => Markup.Of(
        $"""
        <tr><th scope="row">{text.Hour(slot.Hour)}</th><td>{text.Amount(NetOf(slot), words.NoData)}</td><td>{Receipts(slot)}</td><td>{Visitors(slot)}</td><td>{FigureText.Percent(slot.Figures?.Conversion, words.Undefined)}</td></tr>

        """);

    private Markup Days()
    {
        var store = model.Store?.Code ?? PageFrame.Chain;
        var marks = model.Days.Select(day => new DayMark(
            day.Figures?.NetSales,
            day.Date == model.Date,
            day.Date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
            day.Date.Day.ToString(System.Globalization.CultureInfo.InvariantCulture),
            text.Weekday(day.Date)[..1],
            request.Address(PageLink.Day, store, day.Date),
            $"{text.LongDate(day.Date)} {text.Amount(day.Figures?.NetSales, words.NoData)}")
        { Notes = notes?.On(day.Date) ?? [] }).ToList();
        var description = FigureText.Say(words.TrendDescription, text.LongDate(model.Days[0].Date), text.LongDate(model.Date));
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{words.Trend}</h2></figcaption>
            {TrendChart.Draw(Canvas.Desk, marks, words.Trend, words.NetSales, description, text.Brief)}
            {TrendChart.Draw(Canvas.Phone, marks, words.Trend, words.NetSales, description, text.Brief)}
            <details><summary>{words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{words.Trend}"><table><thead><tr><th scope="col">{words.Date}</th><th scope="col">{words.NetSales}</th><th scope="col">{words.Receipts}</th><th scope="col">{words.Visitors}</th><th scope="col">{words.Conversion}</th></tr></thead><tbody>
            {model.Days.Select(day => DayRow(day.Date, day.Figures))}
            </tbody></table></div></details>
            </figure>
            """);
    }

    // The same way a bar leads, for fingers: bars of a month are narrower than they are.
    private Markup Link(DateOnly date) => Markup.Of(
        $"""<a href="{request.Address(PageLink.Day, model.Store?.Code ?? PageFrame.Chain, date)}">{FigureText.ShortDate(date)} ({text.Weekday(date)})</a>""");

    private Markup DayRow(DateOnly date, RetailInsight.Api.Kpis.Figures? figures) => figures is null
        ? Markup.Of($"""<tr><th scope="row">{Link(date)}</th><td>{words.NoData}</td><td></td><td></td><td></td></tr>""")
        : Markup.Of(
            $"""
            <tr><th scope="row">{Link(date)}</th><td>{text.Amount(figures.NetSales, words.NoData)}</td><td>{FigureText.Count(figures.Receipts, words.NoData)}</td><td>{FigureText.Count(figures.Visitors, words.NotCounted)}</td><td>{FigureText.Percent(figures.Conversion, words.Undefined)}</td></tr>

            """);
}
