using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Morning;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages.Morning;

/// <summary>The own subscription to the morning sheet, and the sheet as it would be sent.</summary>
internal static class MorningPages
{
    private const int UsualHour = 7;
    private static readonly string[] Languages = ["ja", "en"];

    public static void MapMorning(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/morning", (HttpContext context, SessionUser user, MorningRegister register, MailOutbox outbox, TenantScope scope, CancellationToken cancellationToken) =>
            ShowAsync(context, user, register, outbox, scope, Markup.Empty, StatusCodes.Status200OK, cancellationToken)).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost("/morning", SaveAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
        routes.MapPost("/morning/stop", StopAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();
        routes.MapGet("/morning/preview", PreviewAsync).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, MorningRegister register, MailOutbox outbox, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var (mail, store, language) = (form["mail"].ToString().Trim(), form["store"].ToString(), form["language"].ToString());
        var stores = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        if (!int.TryParse(form["hour"], NumberStyles.None, CultureInfo.InvariantCulture, out var hour) || !MorningSubscription.Hours.Contains(hour) || !Languages.Contains(language)
            || (store != PageFrame.Chain && !stores.Exists(one => one.Code == store)))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = MorningWording.Of(Language.Choose(context));
        if (MailAddressRule.Refuse(mail, outbox.RecipientDomains) is not null)
        {
            return await ShowAsync(context, user, register, outbox, scope, People.AccountPage.Alert(words.WrongMail), StatusCodes.Status400BadRequest, cancellationToken);
        }

        await register.SaveAsync(context, user, new MorningSubscription(user.Tenant, user.Login, mail, store, hour, language), cancellationToken);
        return await ShowAsync(context, user, register, outbox, scope, Good(words.Saved), StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> StopAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, MorningRegister register, MailOutbox outbox, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is null)
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        await register.StopAsync(context, user, cancellationToken);
        return await ShowAsync(context, user, register, outbox, scope, Good(MorningWording.Of(Language.Choose(context)).Stopped), StatusCodes.Status200OK, cancellationToken);
    }

    private static Task<IResult> PreviewAsync(HttpContext context, SessionUser user, PageSource source, TimeProvider clock, CancellationToken cancellationToken)
    {
        var words = Language.Choose(context);
        return PageFrame.AskAsync(
            user, source, new QueryParameters(context, PageFrame.Takes([])), words, status => ErrorPage.Show(context, status),
            async (request, token) =>
            {
                var local = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
                var model = await MorningModel.ReadAsync(request with { Date = request.Date ?? DateOnly.FromDateTime(local.DateTime).AddDays(-1) }, token);
                var sheet = new MorningSheet(model, Navigation.Address(PageLink.Day, request.StoreCode, model.Date), null);
                return Layout.Page(context, words, sheet.Subject, Markup.Of($"""<h1>{sheet.Subject}</h1><p><a href="/morning">{MorningWording.Of(words).Title}</a></p>{sheet.Render()}"""));
            },
            cancellationToken);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, MorningRegister register, MailOutbox outbox, TenantScope scope, Markup above, int status, CancellationToken cancellationToken)
    {
        var common = Language.Choose(context);
        var words = MorningWording.Of(common);
        var own = await register.FindAsync(user, cancellationToken);
        var stores = await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken);
        var off = outbox.IsOn ? Markup.Empty : Markup.Of($"""<p class="alert">{words.MailOff}</p>""");
        var state = own is null ? words.NotSubscribed : FigureText.Say(words.Subscribed, own.Mail, own.Hour);
        var stop = own is null ? Markup.Empty : Markup.Of($"""<form method="post" action="/morning/stop" class="row">{Layout.FormToken(context)}<button class="danger">{words.Stop}</button></form>""");
        Markup Option(string value, string name, bool chosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(chosen)}>{name}</option>""");
        return Layout.Page(
            context, common, words.Title,
            Markup.Of(
                $"""
                <div class="medium"><h1>{words.Title}</h1><p class="lead">{words.Lead}</p>{off}{above}
                <section class="card"><p>{state}</p>{stop}<form method="post" action="/morning" class="stack">{Layout.FormToken(context)}
                <label>{words.Mail}<input type="email" name="mail" value="{own?.Mail}" required maxlength="254" autocomplete="email"></label>
                <label>{words.Stores}<select name="store">{Option(PageFrame.Chain, common.AllStores, own is null || own.Store == PageFrame.Chain)}{stores.Select(store => Option(store.Code, store.Name, own?.Store == store.Code))}</select></label>
                <label>{words.Hour}<select name="hour">{MorningSubscription.Hours.Select(hour => Option(hour.ToString(CultureInfo.InvariantCulture), FigureText.Say(words.HourValue, hour), hour == (own?.Hour ?? UsualHour)))}</select></label>
                <label>{words.LanguageName}<select name="language">{Languages.Select((code, at) => Option(code, words.Languages[at], code == (own?.Language ?? common.Language)))}</select></label>
                <button>{words.Subscribe}</button></form><p class="note">{words.Note}</p><p class="row"><a href="/morning/preview?store={own?.Store ?? PageFrame.Chain}">{words.Preview}</a></p></section></div>
                """),
            status);
    }

    private static Markup Good(string text) => Markup.Of($"""<p class="good-news" role="status">{text}</p>""");
}
