using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Notes;

/// <summary>Where annotations are written, changed and taken away; the list and pages with charts lead here and are led back to.</summary>
internal static class NotesPage
{
    /// <summary>The address.</summary>
    public const string Path = "/notes";

    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path + "/{note}", ShowAsync).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost(Path, PostAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>Where one is changed.</summary>
    /// <param name="one">Which.</param>
    /// <param name="back">Where the page leads back to.</param>
    public static string Address(Annotation one, string back) => $"{Path}/{one.Id:N}?return={Uri.EscapeDataString(back)}";

    private static async Task<IResult> ShowAsync(string note, HttpContext context, SessionUser user, AnnotationRegister register, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "return", "lang");
        return AnnotationEndpoints.Id(note) is { } id && await register.FindAsync(user, id, cancellationToken) is { } found && AnnotationRegister.MayChange(found, user)
            ? await FormAsync(context, user, NoteForm.Of(found), query.Text("return"), null, cancellationToken)
            : ErrorPage.Show(context, StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, AnnotationRegister register, TenantScope scope, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var fields = await context.Request.ReadFormAsync(cancellationToken);
        var back = fields["return"].ToString();
        var form = NoteForm.Read(fields);
        var before = form.Note.Length == 0 ? null : AnnotationEndpoints.Id(form.Note) is { } id ? await register.FindAsync(user, id, cancellationToken) : null;
        if (form.Note.Length > 0 && (before is null || !AnnotationRegister.MayChange(before, user)))
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (fields["do"] == "remove" && before is not null)
        {
            await register.RemoveAsync(context, user, before.Id, cancellationToken);
            return Results.LocalRedirect(LoginPage.SafeReturn(back));
        }

        var words = NotesWording.Of(Language.Choose(context).Language);
        var visible = await scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).Select(store => store.Code).ToHashSet(), cancellationToken);
        if (AnnotationEndpoints.Read(form.Request, user, visible, []) is not { } draft)
        {
            return await FormAsync(context, user, form, back, words.Fault, cancellationToken);
        }

        if (!AnnotationEndpoints.MayWrite(draft, user))
        {
            return await FormAsync(context, user, form, back, words.NotAllowed, cancellationToken);
        }

        var saved = before is null ? await register.CreateAsync(context, user, draft, cancellationToken) : await register.UpdateAsync(context, user, before.Id, draft, cancellationToken);
        return saved is null ? await FormAsync(context, user, form, back, words.NotAllowed, cancellationToken) : Results.LocalRedirect(LoginPage.SafeReturn(back));
    }

    private static async Task<IResult> FormAsync(HttpContext context, SessionUser user, NoteForm form, string? back, string? fault, CancellationToken cancellationToken)
    {
        var words = Language.Choose(context);
        var notes = NotesWording.Of(words.Language);
        var stores = await context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        var title = form.Note.Length > 0 ? notes.EditTitle : notes.Add;
        var address = LoginPage.SafeReturn(back);
        var remove = form.Note.Length == 0 ? Markup.Empty : Markup.Of(
            $"""<form method="post" action="{Path}">{Layout.FormToken(context)}<input type="hidden" name="do" value="remove"><input type="hidden" name="note" value="{form.Note}"><input type="hidden" name="return" value="{address}"><button class="quiet">{notes.Remove}</button></form>""");
        return Layout.Page(
            context, words, title,
            Markup.Of(
                $"""
                <section class="card stores"><h1>{title}</h1><p class="lead">{notes.Lead}</p>
                {(fault is null ? Markup.Empty : Markup.Of($"""<p class="alert" role="alert">{fault}</p>"""))}
                {form.Render(context, user, words, stores, address)}
                <div class="acts">{remove}<a href="{address}">{notes.Back}</a></div></section>
                """),
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }
}
