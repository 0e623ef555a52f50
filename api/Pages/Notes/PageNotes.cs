using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Pages.Alerts;
using RetailInsight.Api.Pages.Sheets;

namespace RetailInsight.Api.Pages.Notes;

/// <summary>
/// Annotations and alerts of the time a page is about: as marks for its charts, as a list, as a table, and the form that adds one. Where the page
/// goes to others it holds nothing personal, no alerts and no form.
/// </summary>
internal sealed class PageNotes(PageRequest request, IReadOnlyList<Annotation> notes, IReadOnlyList<Incident> alerts, DateOnly first, DateOnly date)
{
    private const int MostAlerts = 50;
    private const int MostShown = 3;

    private readonly NotesWording _notes = NotesWording.Of(request.Words.Language);
    private readonly AlertsWording _alerts = AlertsWording.Of(request.Words.Language);
    private readonly AlertText _text = new(request.Words, request.Company.Currency);

    /// <summary>Reads what may be seen of a span of business dates by whoever the page is for.</summary>
    /// <param name="request">The page's store or chain, and its reader.</param>
    /// <param name="from">First business date.</param>
    /// <param name="to">Last business date; new annotations begin with it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PageNotes> ReadAsync(PageRequest request, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var (user, source) = (request.User, request.Source);
        var notes = await source.Annotations.ListAsync(user, request.Codes, from, to, cancellationToken);
        if (request.Reader is null)
        {
            return new PageNotes(request, notes.FindAll(one => one.Visibility != Annotation.Personal), [], from, to);
        }

        var alerts = await source.Incidents.ListAsync(
            user, new IncidentFilter([Incident.Open, Incident.Acknowledged], request.Codes, from, to, Limit: MostAlerts), cancellationToken);
        return new PageNotes(request, notes, alerts, from, to);
    }

    /// <summary>The marks of a span of business dates.</summary>
    public IReadOnlyList<ChartNote> Within(DateOnly first, DateOnly last) =>
        [.. alerts.Where(one => first <= one.Date && one.Date <= last).Select(Mark), .. notes.Where(one => one.From <= last && first <= one.To).Select(Mark)];

    /// <summary>The marks of a business date.</summary>
    public IReadOnlyList<ChartNote> On(DateOnly day) => Within(day, day);

    /// <summary>The marks of an hour of a business date; what is about the whole day marks none of its hours.</summary>
    public IReadOnlyList<ChartNote> In(DateOnly day, int hour) =>
    [
        .. alerts.Where(one => one.Date == day && one.Rule.Test.UntilHour == hour + 1).Select(Mark),
        .. notes.Where(one => one.FromHour is not null && one.IsIn(day, hour)).Select(Mark),
    ];

    /// <summary>The alerts of the page's last date, each leading to the page of alerts.</summary>
    public Markup Alerts()
    {
        var today = alerts.Where(one => one.Date == date).Take(MostShown).ToList();
        return today.Count == 0 ? Markup.Empty : Markup.Of(
            $"""<ul class="alert">{today.Select(one => Markup.Of($"""<li><a href="{request.Address(PageLink.Alerts, request.StoreCode, null)}"><bdi>{(request.Store is null ? NameOf(one.Store) + " " : "")}{Said(one)}</bdi></a></li>"""))}</ul>""");
    }

    /// <summary>The list, and the form where somebody reads the page who may write.</summary>
    public Markup Render()
    {
        if (request.Reader is null && notes.Count == 0)
        {
            return Markup.Empty;
        }

        var back = request.Query.AddressWithout("seen");
        var list = notes.Count == 0 ? Markup.Of($"""<p class="lead">{_notes.None}</p>""") : Markup.Of($"""<ul class="notes">{notes.Select(one => Item(one, back))}</ul>""");
        var more = request.Reader is null ? Markup.Empty : Markup.Of($"""<p class="note"><a href="{NotesList.Address(request, first, date)}">{_notes.List}</a></p>""");
        return Markup.Of($"""<section class="card stores"><h2>{_notes.Title} <small>{_notes.Lead}</small></h2>{list}{more}{Form(back)}</section>""");
    }

    /// <summary>As the table of a page of its own, the latest first.</summary>
    public Markup RenderTable()
    {
        var back = request.Query.AddressWithout("seen");
        var table = notes.Count == 0 ? Markup.Of($"""<p class="lead">{_notes.None}</p>""") : Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{_notes.Title}"><table>
            <thead><tr><th scope="col">{request.Words.Date}</th><th scope="col" class="left">{_notes.Text}</th><th scope="col" class="left">{_notes.VisibilityLabel}</th><th scope="col" class="left">{_notes.Author}</th>{(request.Reader is null ? Markup.Empty : Markup.Of($"""<th scope="col">{_notes.Edit}</th>"""))}</tr></thead>
            <tbody>{notes.Reverse().Select(one => Row(one, back))}</tbody></table></div>
            """);
        return Markup.Of($"""<section class="card stores"><p class="lead">{_notes.Lead}</p>{table}{Form(back)}</section>""");
    }

    /// <summary>As a file, without what is personal.</summary>
    public SheetTable Table() => SheetTable.Of("notes", _notes.Title, Others,
    [
        new("from", one => one.From), new("to", one => one.To), new("hour", one => Hours(one)), new("store", one => one.Store ?? PageFrame.Chain),
        new("store_name", one => one.Store is { } store ? NameOf(store) : request.Words.AllStores), new("note_kind", one => KindOf(one)), new("note", one => one.Text),
    ]);

    /// <summary>What a row about a business date says of it, without what is personal; empty where nothing was noted.</summary>
    public string TextOf(DateOnly day) => string.Join("; ", Others.Where(one => one.IsOn(day)).Select(one => Said(one)));

    /// <summary>Each note as when, what and where, without what is personal.</summary>
    public IEnumerable<(string When, string What, string Where)> Lines() => Others.Select(one => ($"{Days(one)} {Hours(one)}".Trim(), Said(one), Where(one)));

    private IEnumerable<Annotation> Others => notes.Where(one => one.Visibility != Annotation.Personal);

    private Markup Form(string back) => request.Reader is not { } reader ? Markup.Empty : Markup.Of(
        $"""<details><summary>{_notes.Add}</summary>{NoteForm.Empty(reader.User, request.Store?.Code, date).Render(reader.Context, reader.User, request.Words, request.Stores, back)}</details>""");

    private Markup Edit(Annotation one, string back) => request.Reader is not { } reader || !AnnotationRegister.MayChange(one, reader.User) ? Markup.Empty : Markup.Of(
        $"""<a href="{NotesPage.Address(one, back)}" aria-label="{_notes.Edit} {KindOf(one)} {Days(one)}">{_notes.Edit}</a>""");

    private Markup Row(Annotation one, string back)
    {
        var days = Markup.Of($"""<time datetime="{one.From:yyyy-MM-dd}">{(one.From.Year == date.Year ? "" : $"{one.From.Year}/")}{Days(one)}</time> {Hours(one)}""");
        var when = request.Reader is null ? days : Markup.Of($"""<a href="{request.Address(PageLink.Day, one.Store ?? request.StoreCode, one.From)}">{days}</a>""");
        var edit = request.Reader is null ? Markup.Empty : Markup.Of($"<td>{Edit(one, back)}</td>");
        var where = one is { Visibility: Annotation.Personal, Store: not null } ? FigureText.Say(_notes.By, Where(one), _notes.ScopeNames[0]) : Where(one);
        return Markup.Of(
            $"""<tr><th scope="row">{when}</th><td class="left text"><b>{KindOf(one)}</b> <bdi>{one.Text}</bdi></td><td class="left"><bdi>{where}</bdi></td><td class="left"><bdi>{one.Owner}</bdi></td>{edit}</tr>""");
    }

    private Markup Item(Annotation one, string back)
    {
        var edit = Markup.Of($" {Edit(one, back)}");
        return Markup.Of($"""<li><b>{KindOf(one)}</b> <time datetime="{one.From:yyyy-MM-dd}">{Days(one)} {Hours(one)}</time> <bdi>{one.Text}</bdi> <small><bdi>{FigureText.Say(_notes.By, Where(one), one.Owner)}</bdi></small>{edit}</li>""");
    }

    private string Where(Annotation one) => one.Visibility == "chain" || one.Store is null ? _notes.ScopeNames[Array.IndexOf(Annotation.Visibilities, one.Visibility)] : NameOf(one.Store);

    private static string Days(Annotation one) => one.From == one.To ? FigureText.ShortDate(one.From) : $"{FigureText.ShortDate(one.From)}–{FigureText.ShortDate(one.To)}";

    private string Said(Annotation one) => string.Join(' ', new[] { Hours(one), KindOf(one), one.Text }.Where(part => part.Length > 0));

    private ChartNote Mark(Annotation one) => new(
        _notes.Signs[Array.IndexOf(Annotation.Kinds, one.Kind)], Said(one));

    private ChartNote Mark(Incident one) => new("!", FigureText.Say(_alerts.Mark, one.Rule.Name, _text.Finding(one.Rule.Test, one.Figure, one.Reference, one.Currency)), Alert: true);

    private string Said(Incident one) => FigureText.Say(_alerts.Mark, one.Rule.Name, _text.Finding(one.Rule.Test, one.Figure, one.Reference, one.Currency));

    private string KindOf(Annotation one) => _notes.Kinds[Array.IndexOf(Annotation.Kinds, one.Kind)];

    private string Hours(Annotation one) => one is { FromHour: { } from, ToHour: { } to } ? FigureText.Say(_notes.Hours, from, to) : "";

    private string NameOf(string code) => request.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;
}
