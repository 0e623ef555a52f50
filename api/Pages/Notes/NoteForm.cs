using System.Globalization;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.Notes;

/// <summary>The form of an annotation as it was filled in.</summary>
/// <param name="Request">As written.</param>
/// <param name="Note">Id of the one that is edited; empty for a new one.</param>
internal sealed record NoteForm(AnnotationRequest Request, string Note)
{
    /// <summary>A new one of a day of a store, or of the chain.</summary>
    public static NoteForm Empty(SessionUser user, string? store, DateOnly date) => new(
        new AnnotationRequest("rain", Iso(date), Iso(date), store is not null ? "store" : AlertRule.MayMakeForChain(user) ? "chain" : "personal", "", store), "");

    /// <summary>One as it is.</summary>
    public static NoteForm Of(Annotation one) => new(new AnnotationRequest(one.Kind, Iso(one.From), Iso(one.To), one.Visibility, one.Text, one.Store, one.FromHour, one.ToHour), $"{one.Id:N}");

    /// <summary>What somebody filled in. An hour that is no number is one that is refused.</summary>
    public static NoteForm Read(IFormCollection form)
    {
        string Field(string name) => form[name].ToString().Trim();
        int? Hour(string name) => Field(name) is not { Length: > 0 } text ? null : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) ? hour : 99;
        var store = Field("store") is { Length: > 0 } code && Field("visibility") != "chain" ? code : null;
        var to = Field("to") is { Length: > 0 } last ? last : Field("from");
        return new NoteForm(new AnnotationRequest(Field("kind"), Field("from"), to, Field("visibility"), Field("text"), store, Hour("from_hour"), Hour("to_hour")), Field("note"));
    }

    /// <summary>The fields, posted to the page of notes.</summary>
    public Markup Render(HttpContext context, SessionUser user, Wording words, IReadOnlyList<Store> stores, string back)
    {
        var notes = NotesWording.Of(words.Language);
        var visibilities = Annotation.Visibilities.Zip(notes.Visibilities).Where(one => one.First != "chain" || AlertRule.MayMakeForChain(user));
        return Markup.Of(
            $"""
            <form method="post" action="{NotesPage.Path}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="save"><input type="hidden" name="note" value="{Note}"><input type="hidden" name="return" value="{back}">
            <label>{notes.KindLabel}<select name="kind">{Annotation.Kinds.Zip(notes.Kinds, (word, name) => Option(word, name, Request.Kind == word))}</select></label>
            <label>{notes.VisibilityLabel}<select name="visibility">{visibilities.Select(one => Option(one.First, one.Second, Request.Visibility == one.First))}</select></label>
            <label>{words.Store}<select name="store">{Option("", words.AllStores, Request.Store is null)}{stores.Select(store => Option(store.Code, store.Name, Request.Store == store.Code))}</select></label>
            <label class="wide">{notes.TextLabel}<input name="text" value="{Request.Text}" maxlength="{AnnotationEndpoints.LongestText}"></label>
            <label>{notes.FromLabel}<input type="date" name="from" value="{Request.From}" required></label>
            <label>{notes.ToLabel}<input type="date" name="to" value="{Request.To}"></label>
            <label>{notes.FromHourLabel}<input name="from_hour" value="{Written(Request.FromHour)}" inputmode="numeric" maxlength="2"></label>
            <label>{notes.ToHourLabel}<input name="to_hour" value="{Written(Request.ToHour)}" inputmode="numeric" maxlength="2"></label>
            <div class="acts"><button>{notes.Save}</button></div></form>
            """);
    }

    private static string Written(int? hour) => hour?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
}
