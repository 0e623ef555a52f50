using RetailInsight.Api.Annotations;

namespace RetailInsight.Api.Pages.Notes;

/// <summary>The notes of a period, of a store or of all, by kind and by who sees them; every choice stands in the address.</summary>
internal static class NotesList
{
    private const string First = "from";
    private const string Kind = "kind";
    private const string Seen = "visibility";
    private const int UsualDays = 28;
    private const int MostDays = 400;

    public static FigurePage Page { get; } = new(PageLink.Notes, [First, Kind, Seen], ReadAsync);

    /// <summary>The list of the notes around a page's own days.</summary>
    /// <param name="request">The page's request.</param>
    /// <param name="from">First date.</param>
    /// <param name="to">Last date.</param>
    public static string Address(PageRequest request, DateOnly from, DateOnly to) => $"{request.Address(PageLink.Notes, request.StoreCode, to)}&{First}={from:yyyy-MM-dd}";

    private static async Task<PageContent?> ReadAsync(PageRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (kind, seen, asked) = (request.Query.Text(Kind), request.Query.Text(Seen), request.Query.Date(First));
        var to = (await LastDay.ReadAsync(request, request.Codes, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken)).Date;
        var from = asked ?? to.AddDays(1 - UsualDays);
        if (request.Query.Problem is not null || from > to || to.DayNumber - from.DayNumber >= MostDays || (kind is not null && !Annotation.Kinds.Contains(kind)) || (seen is not null && !Annotation.Visibilities.Contains(seen)))
        {
            return null;
        }

        var found = await request.Source.Annotations.ListAsync(request.User, request.Codes, from, to, kind, seen, cancellationToken);
        var isFull = found.Count == AnnotationRegister.MostListed;
        if (request.Reader is null)
        {
            found = found.FindAll(one => one.Visibility != Annotation.Personal);
        }

        var notes = new PageNotes(request, found, [], from, to);
        var words = NotesWording.Of(request.Words.Language);
        var main = Markup.Of(
            $"""
            {PageFrame.Choice(request, PageLink.Notes, null, Fields(words, from, to, kind, seen))}
            <div class="headline"><h1>{words.Title}</h1><ul class="state"><li>{FigureText.ShortDate(from)}–{FigureText.ShortDate(to)}</li><li>{FigureText.Say(words.Count, found.Count)}</li></ul></div>
            {(isFull ? Markup.Of($"""<p class="alert">{FigureText.Say(words.Full, AnnotationRegister.MostListed)}</p>""") : Markup.Empty)}
            {notes.RenderTable()}
            """);
        return new PageContent(words.Title, to, main, from) { Notes = notes };
    }

    private static Markup Fields(NotesWording words, DateOnly from, DateOnly to, string? kind, string? seen) => Markup.Of(
        $"""
        <label>{words.FromLabel}<input type="date" name="{First}" value="{from:yyyy-MM-dd}" required></label>
        <label>{words.ToLabel}<input type="date" name="date" value="{to:yyyy-MM-dd}" required></label>
        <label>{words.KindLabel}<select name="{Kind}">{Option("", words.Every, kind is null)}{Annotation.Kinds.Zip(words.Kinds, (word, name) => Option(word, name, kind == word))}</select></label>
        <label>{words.VisibilityLabel}<select name="{Seen}">{Option("", words.Every, seen is null)}{Annotation.Visibilities.Zip(words.Visibilities, (word, name) => Option(word, name, seen == word))}</select></label>
        """);

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
