using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using RetailInsight.Api.Access;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>The targets of a month by store with what head office asks, and the target of one store with its versions; forms for whoever may set targets.</summary>
internal static class TargetPages
{
    /// <summary>The address of the list.</summary>
    public const string Path = "/targets";

    private const string StorePath = Path + "/store";
    private const string Saved = "saved";

    public static void MapTargetPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).RequireAuthorization().ExcludeFromDescription();
        routes.MapGet(StorePath, StoreAsync).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost(Path, SetAsync).RequireAuthorization(Permissions.SetTargets).WithMetadata(new CountedCall()).ExcludeFromDescription();
        routes.MapPost(StorePath, ReviseAsync).RequireAuthorization(Permissions.SetTargets).WithMetadata(new CountedCall()).ExcludeFromDescription();
    }

    /// <summary>The list of a month.</summary>
    public static string Address(DateOnly month) => $"{Path}?month={month:yyyy-MM}";

    /// <summary>A store's target of a month.</summary>
    public static string Address(string store, DateOnly month) => $"{StorePath}?store={Uri.EscapeDataString(store)}&month={month:yyyy-MM}";

    private static Task<IResult> ListAsync(HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "month", Saved, "lang");
        var words = MonthTargetsWording.Of(Language.Choose(context));
        var month = MonthTargetEndpoints.Month(query.Text("month"));
        return query.Problem is not null || (month is null && query.Text("month") is not null)
            ? Task.FromResult(ErrorPage.Show(context, StatusCodes.Status400BadRequest))
            : ShowListAsync(context, user, scope, clock, month, query.Text(Saved) is null ? null : new TargetMessage(words.Saved, IsGood: true), cancellationToken);
    }

    private static Task<IResult> ShowListAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, DateOnly? asked, TargetMessage? message, CancellationToken cancellationToken) => scope.ReadAsync(user.Tenant, async (read, token) =>
    {
        var company = await read.CompanyAsync(token);
        var today = MonthTargetEndpoints.Today(company, clock.GetUtcNow());
        var month = asked ?? MonthOutlook.MonthOf(today);
        var outlook = await MonthOutlook.ReadAsync(read, await read.StoresAsync(user, token), month, today, token);
        var view = new TargetListView(context, user, Language.Choose(context), company, outlook, await read.TargetPolicyAsync(token), await read.CompanyTargetsAsync(month, token));
        return Layout.Page(context, Language.Choose(context), view.Title, view.Render(message), message?.Status ?? StatusCodes.Status200OK);
    }, cancellationToken);

    private static Task<IResult> StoreAsync(HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "store", "month", Saved, "lang");
        var words = MonthTargetsWording.Of(Language.Choose(context));
        return MonthTargetEndpoints.Month(query.Text("month")) is { } month && query.Text("store") is { } store && query.Problem is null
            ? ShowStoreAsync(context, user, scope, clock, store, month, null, query.Text(Saved) is null ? null : new TargetMessage(words.Revised, IsGood: true), cancellationToken)
            : Task.FromResult(ErrorPage.Show(context, StatusCodes.Status404NotFound));
    }

    private static Task<IResult> ShowStoreAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, string store, DateOnly month, IFormCollection? filled, TargetMessage? message, CancellationToken cancellationToken) =>
        scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            if ((await read.StoresAsync(user, token)).Find(one => one.Code == store) is not { } shop)
            {
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
            }

            var outlook = await MonthOutlook.ReadAsync(read, [shop], month, MonthTargetEndpoints.Today(shop, clock.GetUtcNow()), token);
            var view = new StoreTargetView(context, user, Language.Choose(context), outlook, filled);
            return Layout.Page(context, Language.Choose(context), view.Title, view.Render(message), message?.Status ?? StatusCodes.Status200OK);
        }, cancellationToken);

    private static async Task<IResult> SetAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, TargetRegister register, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form || MonthTargetEndpoints.Month(form["month"]) is not { } month
            || !TargetPolicyEndpoints.ReadVersion(form["version"], out var seen))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var words = MonthTargetsWording.Of(Language.Choose(context));
        Task<IResult> AgainAsync(TargetMessage message) => ShowListAsync(context, user, scope, clock, month, message, cancellationToken);
        if (form["do"] == "policy")
        {
            if (TargetPolicyEndpoints.Read(new TargetPolicyRequest(Share(form["ambition"]), Share(form["start"]), Share(form["least"])), user, register.Now(), []) is not { } policy)
            {
                return await AgainAsync(new TargetMessage(words.Wrong));
            }

            return await register.SetPolicyAsync(context, user, seen, policy, cancellationToken) ? Results.LocalRedirect($"{Address(month)}&{Saved}=1")
                : await AgainAsync(new TargetMessage(words.SetMeanwhile, Status: StatusCodes.Status409Conflict));
        }

        var company = await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken);
        if (month <= MonthTargetEndpoints.Today(company, clock.GetUtcNow()))
        {
            return await AgainAsync(new TargetMessage(words.Begun, Status: StatusCodes.Status409Conflict));
        }

        var amount = Digits(form["amount"]);
        if (TargetPolicyEndpoints.Read(new CompanyTargetRequest(amount.Length == 0 ? [] : [new(company.Currency, amount)]), []) is not { } totals)
        {
            return await AgainAsync(new TargetMessage(words.Wrong));
        }

        // The form is about the company's own currency; totals in others stay.
        var others = (await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyTargetsAsync(month, token), cancellationToken)).Where(one => one.Currency != company.Currency);
        return await register.SetCompanyAsync(context, user, month, seen, [.. others.Select(one => new Money(one.Amount, one.Currency)), .. totals], cancellationToken) is not null
            ? Results.LocalRedirect($"{Address(month)}&{Saved}=1")
            : await AgainAsync(new TargetMessage(words.SetMeanwhile, Status: StatusCodes.Status409Conflict));
    }

    private static async Task<IResult> ReviseAsync(
        HttpContext context, SessionUser user, IAntiforgery antiforgery, TargetRegister register, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await PostedForm.ReadAsync(context, antiforgery, cancellationToken) is not { } form || MonthTargetEndpoints.Month(form["month"]) is not { } month
            || !int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        var store = form["store"].ToString();
        if ((await scope.ReadAsync(user.Tenant, (read, token) => read.StoresAsync(user, token), cancellationToken)).Find(one => one.Code == store) is not { } shop)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var words = MonthTargetsWording.Of(Language.Choose(context));
        Task<IResult> AgainAsync(TargetMessage message) => ShowStoreAsync(context, user, scope, clock, store, month, form, message, cancellationToken);
        var reason = form["reason"].ToString().Trim();
        if (reason.Length is 0 or > TargetRegister.LongestReason)
        {
            return await AgainAsync(new TargetMessage(words.ReasonNeeded));
        }

        return await FormEffect.OnceAsync(context, user, form, async _ =>
        {
            var location = $"{Address(store, month)}&{Saved}=1";
            var revision = new TargetRevision(store, month, Digits(form["amount"]), version, AuditEntry.Storable(reason), MonthTargetEndpoints.Today(shop, clock.GetUtcNow()));
            var outcome = await register.ReviseAsync(context, user, revision, location, cancellationToken);
            return outcome.Refusal switch
            {
                null => Results.LocalRedirect(location),
                "unknown" => ErrorPage.Show(context, StatusCodes.Status404NotFound),
                "changed" => await AgainAsync(new TargetMessage(words.Changed, Status: StatusCodes.Status409Conflict)),
                "proposed" => await AgainAsync(new TargetMessage(words.NotFrozen, Status: StatusCodes.Status409Conflict)),
                "over" => await AgainAsync(new TargetMessage(words.Over, Status: StatusCodes.Status409Conflict)),
                "below_past" => await AgainAsync(new TargetMessage(FigureText.Say(words.BelowPast, Money.Format(outcome.Least)))),
                _ => await AgainAsync(new TargetMessage(words.Wrong)),
            };
        }, cancellationToken);
    }

    // People write thousands with commas, and Japanese keyboards wide digits.
    private static string Digits(string? text) => new([.. (text ?? "").Normalize(System.Text.NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter) && letter is not (',' or '¥' or '\\'))]);

    private static string Share(string? percent) => decimal.TryParse(Digits(percent), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
        ? (share / 100).ToString(CultureInfo.InvariantCulture) : "";
}

/// <summary>What a page says about what was sent.</summary>
internal sealed record TargetMessage(string Text, bool IsGood = false, int Status = StatusCodes.Status400BadRequest)
{
    /// <summary>Of the answer.</summary>
    public int Status { get; } = IsGood ? StatusCodes.Status200OK : Status;

    public Markup Render() => IsGood ? Markup.Of($"""<p class="good-news" role="status">{Text}</p>""") : Markup.Of($"""<p class="alert" role="alert">{Text}</p>""");
}
