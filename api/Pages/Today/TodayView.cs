using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Notes;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Today;

/// <summary>The page of today as HTML: where we stand, hour by hour, what comes.</summary>
internal sealed class TodayView(PageRequest request, TodayModel model, PageNotes? notes, Markup target)
{
    private const decimal Steady = 0.02m;
    private const int StaleMinutes = 30;
    private const int HoursAhead = 4;

    private readonly Wording _words = request.Words;
    private readonly TodayWording _today = TodayWording.Of(request.Words);
    private readonly FigureText _text = new(request.Words, model.Currency);

    public Markup Render() => Markup.Of(
        $"""
        {PageFrame.Choice(request, PageLink.Today, null)}
        <div class="headline">
        <h1><bdi>{request.StoreName}</bdi></h1>
        <p class="day"><time datetime="{model.Date:yyyy-MM-dd}">{_text.LongDate(model.Date)}</time></p>
        {State()}
        </div>
        {notes?.Alerts() ?? Markup.Empty}
        <section class="figures now" aria-label="{_today.Title}">{SoFar()}{Outlook()}</section>
        <div class="charts">{Chart()}{Next()}</div>
        {target}
        {notes?.Render() ?? Markup.Empty}
        """);

    private Markup State()
    {
        var phase = model.Phase switch { DayPhase.BeforeOpening => _today.BeforeOpening, DayPhase.Open => _today.Open, _ => _today.Closed };
        var items = new List<Markup> { Markup.Of($"<li>{phase}</li>") };
        items.Add(model.SoFar?.Net is not null && model.AsOf is { } at
            ? Markup.Of($"""<li class="good"><time datetime="{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{FigureText.Say(_today.AsOf, DateOnly.FromDateTime(at.DateTime) == model.Date ? Clock(at) : FigureText.Moment(at))}</time></li>""")
            : Markup.Of($"""<li class="{(model.Phase == DayPhase.Open ? "bad" : "warn")}">{_today.NoFigures}</li>"""));
        if (model.AsOf is not null && model.Phase == DayPhase.Open && model.Minute - model.AsOfMinute > StaleMinutes)
        {
            items.Add(Markup.Of($"""<li class="warn">{FigureText.Say(_today.Stale, model.Minute - model.AsOfMinute)}</li>"""));
        }

        items.Add(DataStateItems.Render(request, model.Completeness, model.Known));
        if (request.Store is null && model.Reported > 0)
        {
            items.Add(Markup.Of($"""<li class="{(model.Reported == request.Stores.Count ? "good" : "warn")}">{FigureText.Say(_today.StoresReported, model.Reported, request.Stores.Count)}</li>"""));
        }

        return Markup.Of($"""<ul class="state">{items}</ul>""");
    }

    private Markup SoFar()
    {
        if (model.SoFar is not { Net: { } net } figures)
        {
            return Markup.Of($"""<article class="card kpi hero"><h2>{_today.SoFar} <small>{_words.TaxExcluded}</small></h2><p class="value none">{_words.NoData}</p><p class="delta none">{_today.NoFiguresYet}</p>{TypicalNote()}</article>""");
        }

        var expected = model.Alike.NetBy(model.AsOfMinute);
        return Markup.Of(
            $"""
            <article class="card kpi hero"><h2>{_today.SoFar} <small>{_words.TaxExcluded}</small></h2>
            <p class="value">{_text.Amount(Money.ToDecimal(net))}</p>
            {Pace(net, expected)}
            <dl class="parts"><div><dt>{_words.Receipts}</dt><dd>{FigureText.Count(figures.Receipts, _words.NoData)}</dd></div><div><dt>{_words.BasketValue}</dt><dd>{(figures.BasketValue is { } basket ? _text.Amount(basket) : _words.Undefined)}</dd></div><div><dt>{_words.Visitors}</dt><dd>{(figures.Visitors is { } visitors ? FigureText.Count(visitors) : _words.NotCounted)}</dd></div><div><dt>{_words.Conversion}</dt><dd>{(figures.Conversion is { } ratio ? FigureText.Percent(ratio) : _words.Undefined)}</dd></div></dl>
            {TypicalNote()}</article>
            """);
    }

    private Markup Pace(long net, decimal expected)
    {
        if (expected <= 0)
        {
            return Markup.Empty;
        }

        var share = (net - expected) / expected;
        var (style, arrow, said) = Math.Abs(share) < Steady ? ("flat", "→", _today.Even)
            : share > 0 ? ("up", "▲", FigureText.Say(_today.Ahead, FigureText.Percent(share))) : ("down", "▼", FigureText.Say(_today.Behind, FigureText.Percent(-share)));
        var usual = FigureText.Say(_today.ExpectedByNow, Minute(Math.Min(model.AsOfMinute, model.ClosesMinute)), _text.Amount(InUnits(expected)));
        return Markup.Of($"""<p class="delta {style}"><span class="change"><span aria-hidden="true">{arrow}</span> {said}</span><span class="versus">{usual}</span></p>""");
    }

    private Markup Outlook()
    {
        if (model.SoFar?.Net is not { } net || model.Phase != DayPhase.Open || model.Alike.Outlook(net, model.AsOfMinute) is not { } outlook)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <article class="card kpi"><h2>{_today.Outlook}</h2><p class="value">{FigureText.Say(_today.OutlookValue, _text.Amount(InUnits(outlook)))}</p>
            {Bullet(net, outlook)}<p class="delta none">{FigureText.Say(_today.OutlookNote, _text.Amount(InUnits(model.Alike.Net)))}</p></article>
            """);
    }

    // What is in, what is expected, and a mark at a usual day, on one scale from zero.
    private Markup Bullet(long net, decimal outlook)
    {
        var most = Math.Max(outlook, model.Alike.Net) * 1.08m;
        double Place(decimal value) => (double)(Math.Max(0, value) / most) * 240;
        return Markup.Of(
            $"""<svg class="bullet" viewBox="0 0 240 16" preserveAspectRatio="none" role="img" aria-label="{FigureText.Say(_words.BulletLabel, _today.Outlook, _text.Amount(InUnits(outlook)), _text.Amount(InUnits(model.Alike.Net)))}"><rect class="track" width="240" height="8" y="4" rx="4"/><rect class="outlook" width="{Place(outlook)}" height="8" y="4" rx="4"/><rect class="actual" width="{Place(net)}" height="8" y="4" rx="4"/><rect class="mean" x="{Place(model.Alike.Net) - 1.5}" width="3" height="16" rx="1.5"/></svg>""");
    }

    private Markup TypicalNote()
    {
        var typical = model.Alike;
        var note = typical.Days.Count == 0 ? _today.NoTypical
            : typical.Kind switch
            {
                TypicalKind.SameWeekday => FigureText.Say(_today.TypicalSameWeekday, _text.Weekday(model.Date), typical.Days.Count),
                TypicalKind.Holidays => FigureText.Say(_today.TypicalHolidays, typical.Days.Count),
                TypicalKind.Weekends => FigureText.Say(_today.TypicalSameKind, _today.Weekends, typical.Days.Count),
                _ => FigureText.Say(_today.TypicalSameKind, _today.WorkingDays, typical.Days.Count),
            };
        if (model.IsPartial)
        {
            note += " " + FigureText.Say(_today.TypicalOfReported, model.Reported);
        }

        return Markup.Of($"""<p class="note">{note}</p>""");
    }

    private Markup Chart()
    {
        var marks = Marks();
        if (marks.Count == 0)
        {
            return Markup.Empty;
        }

        var words = new ProgressChartWords(_today.Chart, _today.Actual, _today.Typical, _today.ToCome, _words.NoSignal, _words.HourUnit);
        var description = FigureText.Say(_today.ChartDescription, Minute(Math.Min(model.AsOfMinute, model.ClosesMinute)));
        return Markup.Of(
            $"""
            <figure class="card">
            <figcaption><h2>{_today.Chart}</h2></figcaption>
            {ProgressChart.Draw(Canvas.Desk, marks, words, description, _text.Brief)}
            {ProgressChart.Draw(Canvas.Phone, marks, words, description, _text.Brief)}
            <details><summary>{_words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{_today.Chart}"><table><thead><tr><th scope="col">{_words.Hour}</th><th scope="col">{_today.Actual}</th><th scope="col">{_today.Typical}</th><th scope="col">{_words.Receipts}</th><th scope="col">{_words.Visitors}</th></tr></thead><tbody>
            {marks.Select(Row)}
            </tbody></table></div></details>
            </figure>
            """);
    }

    private List<ProgressMark> Marks()
    {
        var typical = model.Alike.Hours.ToDictionary(hour => hour.Hour);
        var first = Math.Min(model.OpensMinute / 60, model.Hours.Keys.Concat(typical.Where(hour => hour.Value.Net != 0).Select(hour => hour.Key)).DefaultIfEmpty(47).Min());
        var last = Math.Max((model.ClosesMinute - 1) / 60, model.Hours.Keys.DefaultIfEmpty(0).Max());
        return [.. Enumerable.Range(first, last - first + 1).Select(hour =>
        {
            var usual = typical.GetValueOrDefault(hour);
            var known = model.Hours.GetValueOrDefault(hour);
            var upTo = model.AsOf is null ? model.Minute : model.AsOfMinute;
            var isWhole = (hour + 1) * 60 <= upTo;

            // An hour that began a moment ago and has no receipt yet is not silent.
            var state = known?.Net is null ? isWhole ? HourState.Silent : HourState.ToCome : hour * 60 >= upTo ? HourState.ToCome : isWhole ? HourState.Done : HourState.Running;
            return new ProgressMark(hour, state, known?.NetSales, usual is null ? null : InUnits(usual.Net), Note(hour, known, usual)) { Notes = notes?.In(model.Date, hour) ?? [] };
        })];
    }

    private string Note(int hour, Figures? known, TypicalHour? usual) => string.Join("  ", new[]
    {
        _text.Hour(hour),
        known?.NetSales is { } net ? $"{_today.Actual} {_text.Amount(net)}" : null,
        usual is null ? null : $"{_today.Typical} {_text.Amount(InUnits(usual.Net))}",
    }.OfType<string>());

    private Markup Row(ProgressMark mark)
    {
        var figures = mark.State == HourState.ToCome ? null : model.Hours.GetValueOrDefault(mark.Hour);
        var actual = figures?.NetSales is { } net ? _text.Amount(net) : mark.State == HourState.Silent ? _words.NoData : _words.Undefined;
        return Markup.Of(
            $"""
            <tr><th scope="row">{_text.Hour(mark.Hour)}</th><td>{actual}</td><td>{(mark.Typical is { } usual ? _text.Amount(usual) : _words.Undefined)}</td><td>{FigureText.Count(figures?.Receipts, _words.Undefined)}</td><td>{FigureText.Count(figures?.Visitors, _words.Undefined)}</td></tr>

            """);
    }

    private Markup Next()
    {
        var start = Math.Max(model.Minute, model.OpensMinute) / 60;
        var ahead = model.Typical.Hours.Where(hour => hour.Hour >= start && hour.Hour * 60 < model.ClosesMinute).ToList();
        if (ahead.Count == 0 || model.Phase == DayPhase.Closed)
        {
            return Markup.Of($"""<section class="card"><h2>{_today.Closed}</h2><p class="lead"><a class="next" href="{request.Address(PageLink.Day, request.StoreCode, model.Date)}">{_today.WholeDay}</a></p></section>""");
        }

        var busiest = ahead.MaxBy(hour => hour.Visitors ?? -1)!;
        var advice = busiest.Visitors is { } most and > 0
            ? Markup.Of($"""<p class="lead">{FigureText.Say(_today.Busiest, _text.Hour(busiest.Hour), FigureText.Count(most))}</p>""")
            : Markup.Empty;
        return Markup.Of(
            $"""
            <section class="card"><h2>{_today.Next} <small>{_today.NextLead}</small></h2>{advice}
            <div class="scroll" tabindex="0" role="region" aria-label="{_today.Next}"><table><thead><tr><th scope="col">{_words.Hour}</th><th scope="col">{_today.ExpectedVisitors}</th><th scope="col">{_today.ExpectedReceipts}</th><th scope="col">{_today.ExpectedNet}</th></tr></thead><tbody>
            {ahead.Take(HoursAhead).Select(hour => Markup.Of($"""<tr><th scope="row">{_text.Hour(hour.Hour)}</th><td>{(hour.Visitors is { } visitors ? FigureText.Count(visitors) : _words.NotCounted)}</td><td>{FigureText.Count(hour.Receipts)}</td><td>{_text.Amount(InUnits(hour.Net))}</td></tr>"""))}
            </tbody></table></div></section>
            """);
    }

    private static decimal InUnits(decimal micros) => micros / Money.MicrosPerUnit;

    private static string Clock(DateTimeOffset local) => local.ToString("HH:mm", CultureInfo.InvariantCulture);

    // 25:30 is half past one of the night that still belongs to the day.
    private static string Minute(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60}:{minute % 60:00}");
}
