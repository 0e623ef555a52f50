using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Pages.People;

/// <summary>The form about one person, and the link that opens the first password.</summary>
internal static class PersonForm
{
    private static readonly string[] Languages = ["ja", "en"];

    /// <param name="context">The request.</param>
    /// <param name="user">Who manages.</param>
    /// <param name="stores">The stores there are.</param>
    /// <param name="person">The person as it is; null for one who is to be invited.</param>
    /// <param name="draft">What the fields hold.</param>
    /// <param name="above">What became of the last attempt.</param>
    /// <param name="status">HTTP status.</param>
    public static IResult Show(
        HttpContext context, SessionUser user, IReadOnlyList<Store> stores, UserView? person, PersonDraft draft, Markup above, int status = StatusCodes.Status200OK)
    {
        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        var title = person?.DisplayName ?? words.Invite;
        var roles = Role.All.Where(role => Permissions.MayManage(user.Role, role) || role == draft.Role);
        var head = person is null
            ? Markup.Of($"""<label>{words.Name}<input name="name" value="{draft.Name}" required maxlength="64" pattern="[a-z0-9][a-z0-9._\-]*" autocapitalize="none" spellcheck="false" autocomplete="off"></label>""")
            : Markup.Of($"""<input type="hidden" name="version" value="{person.Version.ToString(CultureInfo.InvariantCulture)}">""");
        var disabled = person is null ? Markup.Empty : Markup.Of($"""<label class="check"><input type="checkbox" name="disabled" value="yes"{Checked(draft.Disabled)}>{words.DisabledLabel}</label>""");
        return Layout.Page(
            context, common, title,
            Markup.Of(
                $"""
                <div class="medium"><p><a href="/people">{words.Back}</a></p><h1><bdi>{title}</bdi></h1>{Facts(person, common, words)}{above}
                <section class="card"><form method="post" action="{(person is null ? "/people" : PeoplePages.Address(person.Login))}" class="stack">{Layout.FormToken(context)}{head}
                <label>{words.DisplayName}<input name="display_name" value="{draft.DisplayName}" required maxlength="{UserRules.LongestName}" autocomplete="off"></label>
                <label>{words.Role}<select name="role">{roles.Select(role => Markup.Of($"""<option value="{role}"{PageFrame.Selected(role == draft.Role)}>{words.RoleName(role)}</option>"""))}</select></label>
                <fieldset class="checks"><legend>{words.Stores}</legend>{stores.Select(store => Markup.Of($"""<label class="check"><input type="checkbox" name="store" value="{store.Code}"{Checked(draft.Stores.Contains(store.Code))}><bdi>{store.Name}</bdi></label>"""))}</fieldset>
                <p class="note">{words.StoresNote}</p>
                <label>{words.Vendor}<input name="vendor" value="{draft.Vendor}" maxlength="100" autocomplete="off"></label>
                <label>{words.LanguageName}<select name="language">{Languages.Select((code, at) => Markup.Of($"""<option value="{code}"{PageFrame.Selected(code == draft.Language)}>{words.Languages[at]}</option>"""))}</select></label>
                {disabled}<button>{(person is null ? words.Invite : words.Save)}</button></form></section>{Acts(context, person, words)}</div>
                """),
            status);
    }

    /// <summary>The one time the link to a first password is shown.</summary>
    public static IResult ShowLink(HttpContext context, UserWithToken made)
    {
        var common = Language.Choose(context);
        var words = PeopleWording.Of(common);
        return Layout.Page(
            context, common, words.LinkReady,
            Markup.Of(
                $"""
                <div class="medium"><h1>{words.LinkReady}</h1><section class="card good-news" role="status"><label>{words.Address}<input class="address" value="{WelcomePage.Address(context, made)}" readonly></label>
                <p class="note">{FigureText.Say(words.LinkNote, made.User.DisplayName)}</p></section><p><a href="/people">{words.Back}</a></p></div>
                """));
    }

    /// <summary>Whether a person can sign in.</summary>
    public static string StateOf(UserView person, PeopleWording words) => person.Disabled ? words.Disabled : person.HasPassword ? words.Active : words.Invited;

    /// <summary>The fields at fault in the reader's language.</summary>
    public static string Said(IReadOnlyList<ParameterFault> faults, PeopleWording words) => FigureText.Say(
        words.WrongFields, string.Join(" / ", faults.Select(fault => fault.Parameter switch
        {
            "name" => words.Name,
            "display_name" => words.DisplayName,
            "role" => words.Role,
            "stores" => words.Stores,
            "vendor" => words.Vendor,
            _ => words.LanguageName,
        }).Distinct()));

    private static Markup Facts(UserView? person, Wording common, PeopleWording words) => person is null ? Markup.Empty : Markup.Of(
        $"""<dl class="parts"><div><dt>{common.Login}</dt><dd><bdi>{person.Login}</bdi></dd></div><div><dt>{words.State}</dt><dd>{StateOf(person, words)}</dd></div></dl>""");

    private static Markup Acts(HttpContext context, UserView? person, PeopleWording words)
    {
        if (person is null)
        {
            return Markup.Empty;
        }

        Markup Act(string verb, string label) => Markup.Of($"""<form method="post" action="{PeoplePages.Address(person.Login)}/{verb}">{Layout.FormToken(context)}<button class="danger">{label}</button></form>""");
        return Markup.Of($"""<section class="card"><div class="row">{Act("sign-out", words.EndSessions)}{Act("reset", words.Reset)}</div></section>""");
    }

    private static Markup Checked(bool chosen) => chosen ? Markup.Of($" checked") : Markup.Empty;
}

/// <summary>What the fields of the form hold.</summary>
internal sealed record PersonDraft(string Name, string DisplayName, string Role, IReadOnlyList<string> Stores, string Vendor, string Language, bool Disabled)
{
    public static PersonDraft Empty { get; } = new("", "", Access.Role.StoreManager, [], "", "ja", false);

    /// <summary>As a request to make the person; no store chosen is every store for whoever may see them all.</summary>
    public UserRequest Request => new(Name, DisplayName, Role, Chosen, Vendor.Length == 0 ? null : Vendor, Language);

    /// <summary>As a request to change the person.</summary>
    public UserChange Change => new(DisplayName, Role, Chosen, Vendor.Length == 0 ? null : Vendor, Language, Disabled);

    private List<string>? Chosen => Stores.Count == 0 ? null : [.. Stores];

    public static PersonDraft Of(IFormCollection form) => new(
        Text(form, "name"), Text(form, "display_name"), Text(form, "role"), [.. form["store"].OfType<string>().Select(Audit.AuditEntry.Storable)], Text(form, "vendor"), Text(form, "language"),
        form["disabled"] == "yes");

    public static PersonDraft Of(UserView person) =>
        new("", person.DisplayName, person.Role, person.Stores ?? [], person.Vendor ?? "", person.Language, person.Disabled);

    // As the database can hold it, so that a form with half a character in it is an answer and no fault of ours.
    private static string Text(IFormCollection form, string name) => Audit.AuditEntry.Storable(form[name].ToString().Trim());
}
