using System.Globalization;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Health;
using RetailInsight.Api.Pages.Devices;

namespace RetailInsight.Api.Pages.Health;

/// <summary>The page of data health as HTML: what to do first, two weeks at a glance, the registers, what changed.</summary>
internal sealed class HealthView(PageRequest request, HealthModel model)
{
    private const int MostTasks = 8;

    private readonly Wording _words = request.Words;
    private readonly HealthWording _health = HealthWording.Of(request.Words);
    private readonly DeclaredTable _declared = new(request, model);
    private readonly FigureText _text = new(request.Words, request.Company.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Health, model.Date)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><time datetime="{model.Date:yyyy-MM-dd}">{_text.LongDate(model.Date)}</time></p>
        {State()}
        </div>
        {Tasks()}
        {Grid()}
        {Registers()}
        {_declared.Render()}
        {Changes()}
        """);

    private Markup State() => model.Completeness.Total is null
        ? Markup.Of($"""<ul class="state"><li class="warn">{_health.NothingKnown}</li></ul>""")
        : Markup.Of($"""<ul class="state">{DataStateItems.Render(request, model.Completeness)}</ul>""");

    private Markup Tasks()
    {
        var tasks = model.Days.Where(day => day.Date == model.Date).SelectMany(TasksOf).Concat(model.Counters.Select(TaskOf)).OrderBy(task => task.Urgency).Take(MostTasks).Select(task => task.Item).ToList();
        var list = tasks.Count == 0 ? Markup.Of($"""<p class="lead">{_health.NothingToDo}</p>""") : Markup.Of($"""<ol class="chances">{tasks}</ol>""");
        return Markup.Of($"""<section class="card"><h2>{_health.ToDo}</h2>{list}</section>""");
    }

    private IEnumerable<(int Urgency, Markup Item)> TasksOf(HealthDay day)
    {
        var name = request.Store is null ? request.Stores.First(store => store.Code == day.Store).Name : "";
        (int, Markup) Task(int urgency, string what, string act) => (urgency, Markup.Of($"""<li><b><bdi>{name}</bdi> {what}</b> <span>{act}</span></li>"""));
        if (day.State == HealthState.Missing)
        {
            yield return Task(0, _health.NoReceipts, _health.NoReceiptsAct);
        }
        else if (day.RegistersReported < day.RegistersExpected)
        {
            yield return Task(1, FigureText.Say(_health.SilentRegisters, day.RegistersExpected - day.RegistersReported), _health.SilentRegistersAct);
        }

        if (day.MissingNumbers > 0)
        {
            yield return Task(2, FigureText.Say(_health.MissingNumbers, FigureText.Count(day.MissingNumbers)), _health.MissingNumbersAct);
        }

        foreach (var report in model.Declared.Where(report => (report.Store, report.Date) == (day.Store, day.Date) && _declared.Difference(report) is not (null or 0)))
        {
            var apart = new FigureText(_words, report.Currency).MoneyChange(_declared.Difference(report)!.Value);
            yield return Task(2, FigureText.Say(_health.ReportDiffers, apart), _health.ReportDiffersAct);
        }

        if (day.Coverage is { } coverage and < Kpis.Figures.EnoughMinutes)
        {
            yield return (3, Markup.Of($"""<li><b><bdi>{name}</bdi> {FigureText.Say(_words.CounterReceived, FigureText.Percent(coverage))}</b> <span>{_health.CounterAct} <a href="{DevicePages.Path}?store={Uri.EscapeDataString(day.Store)}">{DevicesWording.Of(_words).Title}</a></span></li>"""));
        }

        if (day.LateReceipts > 0)
        {
            yield return Task(4, FigureText.Say(_health.Late, FigureText.Count(day.LateReceipts)), _health.LateAct);
        }
    }

    // What is odd about a counter is for somebody to look at; no number is changed by it.
    private (int Urgency, Markup Item) TaskOf(CounterCase found)
    {
        var name = request.Store is null ? request.Stores.First(store => store.Code == found.Store).Name : "";
        return found.Device is null
            ? (2, Markup.Of($"""<li><b><bdi>{name}</bdi> {_health.ConversionOver}</b> <span>{_health.ConversionOverAct}</span></li>"""))
            : (3, Markup.Of($"""<li><b><bdi>{name}</bdi> {FigureText.Say(_health.CounterOdd, found.Device, DevicesWording.Of(_words).FindingNames[LineDay.FindingCodes.ToList().IndexOf(found.Code)])}</b> <span><a href="{DevicePages.Address(found.Device)}">{_health.CounterOddAct}</a></span></li>"""));
    }

    // A square a store and day: letters say what colours say.
    private Markup Grid()
    {
        var days = model.Days.ToDictionary(day => (day.Store, day.Date));
        return Markup.Of(
            $"""
            <section class="card stores"><h2>{_health.Grid}</h2><p class="note">{_health.GridNote}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{_health.Grid}"><table class="health">
            <thead><tr><th scope="col">{_words.Store}</th>{model.Dates.Select(date => Markup.Of($"""<th scope="col">{FigureText.ShortDate(date)}<br>{_text.Weekday(date)[..1]}</th>"""))}</tr></thead>
            <tbody>{request.Shown.Select(store => Markup.Of(
                $"""<tr><th scope="row"><a href="{request.Address(PageLink.Health, store.Code, model.Date)}"><bdi>{store.Name}</bdi></a></th>{model.Dates.Select(date => Cell(days.GetValueOrDefault((store.Code, date)), date, store.Code))}</tr>"""))}</tbody>
            </table></div></section>
            """);
    }

    private Markup Cell(HealthDay? day, DateOnly date, string store)
    {
        var state = day?.State ?? HealthState.Unknown;
        var (style, sign) = state switch { HealthState.Whole => ("whole", "○"), HealthState.Partial => ("partial", "△"), HealthState.Missing => ("missing", "×"), _ => ("unknown", "–") };
        var said = day is null ? _health.NothingKnown
            : $"{FigureText.Say(DataStateWording.Of(_words).Registers, day.RegistersReported, day.RegistersExpected)}{(day.Coverage is { } share ? " / " + FigureText.Say(_words.CounterReceived, FigureText.Percent(share)) : "")}{(day.MissingNumbers > 0 ? " / " + FigureText.Say(_health.MissingNumbers, day.MissingNumbers) : "")}";
        return Markup.Of($"""<td class="{style}"><a href="{request.Address(PageLink.Health, store, date)}" title="{FigureText.ShortDate(date)} {said}" aria-label="{FigureText.ShortDate(date)} {said}">{sign}</a></td>""");
    }

    private Markup Registers() => model.Registers.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_health.Registers}</h2><div class="scroll" tabindex="0" role="region" aria-label="{_health.Registers}"><table>
        <thead><tr><th scope="col">{_health.Register}</th><th scope="col">{_words.ReceiptsNote}</th><th scope="col">{_health.LastReceipt}</th><th scope="col">{_health.LastReceived}</th><th scope="col">{_health.Numbers}</th><th scope="col">{_health.Gaps}</th></tr></thead>
        <tbody>{model.Registers.Select(register => Markup.Of(
            $"""<tr><th scope="row"><bdi>{register.Terminal}</bdi></th><td>{(register.Receipts == 0 ? Markup.Of($"""<span class="down">{_words.NoData}</span>""") : Markup.Of($"{FigureText.Count(register.Receipts)}"))}</td><td>{Local(register.LastAt)}</td><td>{Local(register.LastReceivedAt)}</td><td>{Range(register)}</td><td>{FigureText.Count(register.MissingNumbers)}</td></tr>"""))}</tbody>
        </table></div></section>
        """);

    private Markup Changes() => model.Changes.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_words.Changes}</h2><p class="note">{_words.ChangesNote}</p>{ChangeTable.Render(model.Changes, request, _text)}</section>
        """);

    private string Local(DateTimeOffset? instant) => instant is { } at
        ? FigureText.Moment(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone))) : _words.Undefined;

    private string Range(RegisterDay register) => register is { FirstNumber: { } first, LastNumber: { } last }
        ? string.Create(CultureInfo.InvariantCulture, $"{first} – {last}") : _words.Undefined;
}
