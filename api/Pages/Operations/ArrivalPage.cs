using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Health;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What has arrived of every store on every day; each day leads to its runs.</summary>
internal static class ArrivalPage
{
    private const int UsualDays = 90;
    private const int MostLarge = 60;
    private static readonly int[] Spans = [28, UsualDays];
    private static readonly Arrival[] Kinds = [Arrival.Complete, Arrival.Late, Arrival.Missing, Arrival.NeverSent];

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, ["days", "date"], async (request, query, token) =>
        {
            // Of a day that is running nothing can have arrived whole.
            var (span, last) = (query.Whole("days") ?? UsualDays, query.Date("date") ?? request.Today.AddDays(-1));
            if (!Spans.Contains((int)span) || last is { Year: < 1900 or > 9990 })
            {
                return null;
            }

            var first = last.AddDays(1 - (int)span);
            var (stores, days) = await scope.ReadAsync(user.Tenant, async (read, patient) =>
            {
                var stores = await read.StoresAsync(user, patient);
                return (stores, await read.HealthAsync([.. stores.Select(store => store.Code)], first, last, patient));
            }, token);
            return request.Page(OperationsSection.Health, request.Words.HealthTitle, Render(request, stores, days, first, (int)span));
        }, cancellationToken);

    /// <summary>How many store-days there are of each kind.</summary>
    public static IReadOnlyList<(Arrival Kind, int Stores)> Counts(IReadOnlyCollection<HealthDay> days)
    {
        var counts = days.CountBy(Arrivals.Of).ToDictionary();
        return [.. Kinds.Select(kind => (kind, counts.GetValueOrDefault(kind)))];
    }

    private static Markup Render(OperationsRequest request, List<Store> stores, List<HealthDay> days, DateOnly first, int span)
    {
        var words = request.Words;
        return Markup.Of(
            $"""
            <h1>{words.HealthTitle}</h1>
            <form method="get" action="{OperationsPages.PathOf(OperationsSection.Health)}" class="choice" role="search">
            <label>{words.Days}<select name="days">{Spans.Select(one => OperationsRequest.Option(one.ToString(CultureInfo.InvariantCulture), FigureText.Say(words.DayCount, one), one == span))}</select></label>
            <label>{words.LastDay}<input type="date" name="date" value="{first.AddDays(span - 1):yyyy-MM-dd}" required></label>
            <button>{request.Common.Show}</button>
            </form>
            <section class="card"><p class="lead">{words.HealthLead}</p>{(days.Count == 0 ? Markup.Of($"""<p class="lead">{words.HealthNone}</p>""") : Grid(request, stores, days, first, span))}</section>
            """);
    }

    private static Markup Grid(OperationsRequest request, List<Store> stores, List<HealthDay> days, DateOnly first, int span)
    {
        var words = request.Words;
        var known = days.Select(day => day.Store).ToHashSet();
        var shown = stores.FindAll(store => known.Contains(store.Code));
        var rowOf = shown.Select((store, index) => (store.Code, index)).ToDictionary(pair => pair.Code, pair => pair.index);
        var cells = shown.Select(_ => new Arrival[span]).ToArray();
        var byDay = Enumerable.Range(0, span).Select(_ => new List<HealthDay>()).ToArray();
        foreach (var day in days)
        {
            var column = day.Date.DayNumber - first.DayNumber;
            cells[rowOf[day.Store]][column] = Arrivals.Of(day);
            byDay[column].Add(day);
        }

        var dates = Enumerable.Range(0, span).Select(first.AddDays).ToList();
        string Said(IReadOnlyCollection<HealthDay> some) => string.Join(" · ", Counts(some).Select(count => $"{words.Arrivals[(int)count.Kind]} {FigureText.Count(count.Stores)}"));
        var columns = dates.Select((date, index) => new ArrivalDay(
            date.DayOfWeek == DayOfWeek.Monday && index < span - 3 ? FigureText.ShortDate(date) : "", OperationsPages.DayAddress(date),
            FigureText.Say(words.HealthDaySaid, FigureText.ShortDate(date), Said(byDay[index])))).ToList();
        var isLarge = span <= Spans[0] && shown.Count <= MostLarge;
        var description = FigureText.Say(words.HealthSaid, shown.Count, span, FigureText.ShortDate(first), FigureText.ShortDate(dates[^1]), Said(days));
        return Markup.Of(
            $"""
            <ul class="legend">{Counts(days).Select(count => Markup.Of($"<li>{ArrivalGrid.Key(count.Kind)}{words.Arrivals[(int)count.Kind]} <b>{FigureText.Count(count.Stores)}</b></li>"))}</ul>
            <figure class="arrival">
            <div class="beside"><ol class="names{(isLarge ? " large" : "")}" aria-hidden="true">{shown.Select(store => Markup.Of($"<li>{store.Name}</li>"))}</ol>
            <div class="scroll newest" tabindex="0" role="region" aria-label="{words.HealthTitle}"><div>{ArrivalGrid.Draw(columns, cells, isLarge, words.HealthTitle, description)}</div></div></div>
            <details><summary>{words.ByDay}</summary><div class="scroll" tabindex="0" role="region" aria-label="{words.ByDay}"><table>
            <thead><tr><th scope="col">{words.BusinessDay}</th>{Kinds.Select(kind => Markup.Of($"""<th scope="col">{words.Arrivals[(int)kind]}</th>"""))}</tr></thead>
            <tbody>{dates.Select((date, index) => Markup.Of(
                $"""<tr><th scope="row"><a href="{OperationsPages.DayAddress(date)}">{FigureText.ShortDate(date)}</a></th>{Counts(byDay[index]).Select(count => Markup.Of($"<td>{FigureText.Count(count.Stores)}</td>"))}</tr>"""))}</tbody>
            </table></div></details></figure>
            """);
    }
}
