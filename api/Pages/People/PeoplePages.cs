using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.People;

/// <summary>The people of the company for whoever manages them: who there is, invite, rights, shut out, end sessions. The rules are those of <c>/v1/users</c>.</summary>
internal static class PeoplePages
{
    private const int PageSize = 100;

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/people").RequireAuthorization(Permissions.People).ExcludeFromDescription();
        group.MapGet("", ListAsync);
        group.MapGet("/new", async (HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken) => PersonForm.Show(
            context, user, await StoresAsync(scope, user, cancellationToken), null, PersonDraft.Empty, Markup.Empty));
        group.MapPost("", CreateAsync);
        group.MapGet("/{login}", ShowAsync);
        group.MapPost("/{login}", ChangeAsync);
        group.MapPost("/{login}/reset", ResetAsync);
        group.MapPost("/{login}/sign-out", SignOutAsync);
    }

    /// <summary>The address of a person.</summary>
    public static string Address(string login) => $"/people/{Uri.EscapeDataString(login)}";

    private static async Task<IResult> ListAsync(HttpContext context, SessionUser user, UserRegister people, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "after", "lang");
        var after = query.Text("after") ?? "";
        if (query.Problem is not null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        var found = await people.ListAsync(user, Audit.AuditEntry.Storable(after), PageSize + 1, cancellationToken);
        var more = found.Count <= PageSize ? Markup.Empty : Markup.Of($"""<p><a href="/people?after={Uri.EscapeDataString(found[PageSize - 1].Login)}">{words.More}</a></p>""");
        return Layout.Page(
            context, common, words.Title,
            Markup.Of(
                $"""
                <h1>{words.Title}</h1><p class="row"><a href="/people/new">{words.Invite}</a></p>
                <section class="card stores"><div class="scroll" tabindex="0" role="region" aria-label="{words.Title}"><table>
                <thead><tr><th scope="col">{words.DisplayName}</th><th scope="col" class="left">{common.Login}</th><th scope="col" class="left">{words.Role}</th><th scope="col" class="left">{words.Stores}</th><th scope="col">{words.State}</th></tr></thead>
                <tbody>{found.Take(PageSize).Select(person => Row(person, common, words))}</tbody></table></div>{more}</section>
                """));
    }

    private static Markup Row(UserView person, Wording common, PeopleWording words)
    {
        var stores = person.Vendor ?? (person.Stores is null ? common.AllStores : string.Join(", ", person.Stores));
        return Markup.Of(
            $"""<tr><th scope="row"><a href="{Address(person.Login)}"><bdi>{person.DisplayName}</bdi></a></th><td class="left"><bdi>{person.Login}</bdi></td><td class="left">{words.RoleName(person.Role)}</td><td class="left">{stores}</td><td>{PersonForm.StateOf(person, words)}</td></tr>""");
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = PeopleWording.Of(Language.Choose(context));
        var stores = await StoresAsync(scope, user, cancellationToken);
        var draft = PersonDraft.Of(form);
        IResult Again(string fault, int status) => PersonForm.Show(context, user, stores, null, draft, AccountPage.Alert(fault), status);
        var faults = await UserRules.FaultsAsync(user, people, draft.Request, cancellationToken);
        if (faults.Count > 0)
        {
            return Again(PersonForm.Said(faults, words), StatusCodes.Status400BadRequest);
        }

        return !Permissions.MayManage(user.Role, draft.Role) ? Again(words.AboveYours, StatusCodes.Status403Forbidden)
            : await people.CreateAsync(context, user, draft.Request, cancellationToken) is { } made ? PersonForm.ShowLink(context, made)
            : Again(words.Taken, StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ShowAsync(string login, HttpContext context, SessionUser user, UserRegister people, TenantScope scope, CancellationToken cancellationToken) =>
        await people.FindAsync(user, login, cancellationToken) is { } found
            ? PersonForm.Show(context, user, await StoresAsync(scope, user, cancellationToken), found, PersonDraft.Of(found), Markup.Empty)
            : ErrorPage.Show(context, StatusCodes.Status404NotFound);

    private static async Task<IResult> ChangeAsync(
        string login, HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, UserDirectory users, TenantScope scope, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        if (await people.FindAsync(user, login, cancellationToken) is not { } before)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        if (form is null || !long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = PeopleWording.Of(Language.Choose(context));
        var stores = await StoresAsync(scope, user, cancellationToken);
        var draft = PersonDraft.Of(form);
        IResult Again(string fault, int status) => PersonForm.Show(context, user, stores, before, draft, AccountPage.Alert(fault), status);
        var faults = await UserRules.FaultsAsync(user, people, draft.Change, cancellationToken);
        if (faults.Count > 0)
        {
            return Again(PersonForm.Said(faults, words), StatusCodes.Status400BadRequest);
        }

        if (!Permissions.MayManage(user.Role, before.Role) || !Permissions.MayManage(user.Role, draft.Role))
        {
            return Again(words.AboveYours, StatusCodes.Status403Forbidden);
        }

        if (UserRules.ShutsOutOneself(user, before, draft.Change))
        {
            return Again(words.NotOneself, StatusCodes.Status409Conflict);
        }

        if (version != before.Version || await people.ChangeAsync(context, user, before, draft.Change, cancellationToken) is not { } now)
        {
            return PersonForm.Show(context, user, stores, before, PersonDraft.Of(before), AccountPage.Alert(words.Conflict), StatusCodes.Status409Conflict);
        }

        users.Forget(login);
        return PersonForm.Show(context, user, stores, now, PersonDraft.Of(now), Good(words.Saved));
    }

    private static async Task<IResult> ResetAsync(
        string login, HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(login, context, user, antiforgery, people, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var reset = await people.ResetAsync(context, user, login, cancellationToken);
        users.Forget(login);
        return reset is null ? ErrorPage.Show(context, StatusCodes.Status404NotFound) : PersonForm.ShowLink(context, reset);
    }

    private static async Task<IResult> SignOutAsync(
        string login, HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, UserDirectory users, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(login, context, user, antiforgery, people, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var now = await people.SignOutAsync(context, user, login, cancellationToken);
        users.Forget(login);
        var words = PeopleWording.Of(Language.Choose(context));
        return now is null ? ErrorPage.Show(context, StatusCodes.Status404NotFound)
            : PersonForm.Show(context, user, await StoresAsync(scope, user, cancellationToken), now, PersonDraft.Of(now), Good(words.SessionsEnded));
    }

    private static async Task<IResult?> RefusalAsync(
        string login, HttpContext context, SessionUser user, IAntiforgery antiforgery, UserRegister people, CancellationToken cancellationToken)
    {
        var form = await PostedForm.ReadAsync(context, antiforgery, cancellationToken);
        return await people.FindAsync(user, login, cancellationToken) is not { } found ? ErrorPage.Show(context, StatusCodes.Status404NotFound)
            : form is null ? ErrorPage.Show(context, StatusCodes.Status400BadRequest)
            : Permissions.MayManage(user.Role, found.Role) ? null
            : ErrorPage.Show(context, StatusCodes.Status403Forbidden);
    }

    private static Task<List<Store>> StoresAsync(TenantScope scope, SessionUser user, CancellationToken cancellationToken) =>
        scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);

    private static Markup Good(string text) => Markup.Of($"""<p class="good-news" role="status">{text}</p>""");
}
