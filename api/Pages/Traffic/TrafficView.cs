using System.Globalization;
using RetailInsight.Api.Charts;

namespace RetailInsight.Api.Pages.Traffic;

/// <summary>The page of traffic as HTML.</summary>
internal sealed class TrafficView(PageRequest request, TrafficModel model)
{
    private static readonly DayOfWeek[] Week =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    private readonly Wording _words = request.Words;
    private readonly TrafficWording _traffic = TrafficWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Traffic, model.To)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><span>{FigureText.Say(_traffic.Weeks, _text.LongDate(model.From), _text.LongDate(model.To))}</span></p>
        {State()}
        </div>
        {(model.Whole is null ? Markup.Of($"""<section class="card"><p>{_traffic.NoCounter}</p></section>""") : Body())}
        {EstimateCard.Render(request, model, _traffic)}
        """);

    private Markup Body() => Markup.Of(
        $"""
        {Chances()}
        <div class="charts">
        {Map("visitors", _traffic.Visitors, _traffic.VisitorsNote, cell => cell.Visitors, value => FigureText.Count(value))}
        {Map("conversion", _words.Conversion, _traffic.ConversionNote, cell => cell.Conversion, FigureText.Percent)}
        </div>
        {Staff()}
        """);

    // Only where somebody handed in hours; hours nobody was planned for and nobody worked are left out.
    private Markup Staff()
    {
        var known = model.Cells.Where(cell => cell.Value is { Planned: not null } or { Worked: not null })
            .OrderBy(cell => Array.IndexOf(Week, cell.Key.Weekday)).ThenBy(cell => cell.Key.Hour).ToList();
        string Hours(decimal? hours) => hours is { } value ? FigureText.Number(value, 1) : _words.Undefined;
        return known.Count == 0 ? Markup.Empty : Markup.Of(
            $"""
            <section class="card stores"><h2>{_traffic.Staff} <small>{_traffic.StaffNote}</small></h2><div class="scroll" tabindex="0" role="region" aria-label="{_traffic.Staff}"><table>
            <thead><tr><th scope="col">{_words.Hour}</th><th scope="col">{_traffic.Visitors}</th><th scope="col">{_traffic.Planned}</th><th scope="col">{_traffic.Worked}</th><th scope="col">{_traffic.PerStaffHour}</th></tr></thead>
            <tbody>{known.Select(cell => Markup.Of($"""<tr><th scope="row">{_words.Weekdays[(int)cell.Key.Weekday]} {_text.Hour(cell.Key.Hour)}</th><td>{(cell.Value.Visitors is { } visitors ? FigureText.Number(visitors, 1) : _words.Undefined)}</td><td>{Hours(cell.Value.Planned)}</td><td>{Hours(cell.Value.Worked)}</td><td>{Hours(cell.Value.VisitorsPerStaffHour)}</td></tr>"""))}</tbody></table></div></section>
            """);
    }

    private Markup State()
    {
        var items = new List<Markup>();
        if (model.Whole is { } whole)
        {
            items.Add(Markup.Of($"<li>{FigureText.Say(_traffic.Whole, FigureText.Count(whole.Visitors ?? 0), FigureText.Percent(whole.Conversion, _words.Undefined))}</li>"));
        }

        items.Add(DataStateItems.Render(request, model.Completeness));
        items.Add(model.Last.Render(_words));
        if (model.SilentHours > 0)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_traffic.Silent, model.SilentHours)}</li>"""));
        }

        return Markup.Of($"""<ul class="state">{items}</ul>""");
    }

    private Markup Chances()
    {
        var chances = model.Chances;
        var list = chances.Count == 0
            ? Markup.Of($"""<p class="lead">{_traffic.NoChance}</p>""")
            : Markup.Of($"""<ol class="chances">{chances.Select(Chance)}</ol><p class="note">{_traffic.ChanceNote}</p>""");
        return Markup.Of($"""<section class="card"><h2>{_traffic.Chances}</h2>{list}</section>""");
    }

    private Markup Chance(TrafficChance chance) => Markup.Of(
        $"""<li><b>{_words.Weekdays[(int)chance.Weekday]} {_text.Hour(chance.Hour)}</b> <span>{FigureText.Say(_traffic.Chance, FigureText.Count(chance.Cell.Visitors ?? 0), FigureText.Percent(chance.Cell.Conversion ?? 0), FigureText.Percent(model.Whole!.Conversion ?? 0))}</span> <b class="gain">{FigureText.Say(_traffic.Gain, _text.MoneyChange(chance.Potential))}</b></li>""");

    private Markup Map(string name, string title, string note, Func<TrafficCell, decimal?> figure, Func<decimal, string> write)
    {
        var hours = Enumerable.Range(model.FirstHour, model.LastHour - model.FirstHour + 1).ToList();
        var cells = Week.Select(weekday => (IReadOnlyList<HeatCell>)[.. hours.Select(hour => Cell(weekday, hour, figure, write))]).ToList();
        var weekdays = Week.Select(weekday => _words.Weekdays[(int)weekday]).ToList();
        var columns = hours.Select(hour => hour.ToString(CultureInfo.InvariantCulture)).ToList();
        var description = FigureText.Say(_traffic.MapDescription, title);
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{title} <small>{note}</small></h2></figcaption>
            {HeatMap.Draw(Canvas.Desk, name, columns, weekdays, cells, title, description)}
            {HeatMap.Draw(Canvas.Phone, name, columns, weekdays, cells, title, description)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><thead><tr><th scope="col">{_words.Hour}</th>{weekdays.Select(day => Markup.Of($"""<th scope="col">{day}</th>"""))}</tr></thead><tbody>
            {hours.Select((hour, index) => Markup.Of($"""<tr><th scope="row">{_text.Hour(hour)}</th>{cells.Select(row => Markup.Of($"<td>{row[index].Label}</td>"))}</tr>"""))}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private HeatCell Cell(DayOfWeek weekday, int hour, Func<TrafficCell, decimal?> figure, Func<decimal, string> write)
    {
        var name = $"{_words.Weekdays[(int)weekday]} {_text.Hour(hour)}";
        var cell = model.Cells.GetValueOrDefault((weekday, hour));
        return cell is not null && figure(cell) is { } value
            ? new HeatCell(value, write(value), $"{name}  {write(value)}  {FigureText.Say(_traffic.OfDays, cell.Days)}")
            : new HeatCell(null, _words.Undefined, $"{name}  {(cell is { Figures.Net: null } ? _words.NoData : _words.NoSignal)}");
    }
}
