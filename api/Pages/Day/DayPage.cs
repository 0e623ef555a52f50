using System.Globalization;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages;

/// <summary>The first page of a store's day: are we winning, and why. Store and date stand in the address.</summary>
internal static class DayPage
{
    /// <summary>The store parameter's word for the whole chain.</summary>
    public const string Chain = "all";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        routes.MapLogin();
        routes.MapGet("/", ShowAsync).RequireAuthorization().ExcludeFromDescription();
    }

    /// <summary>The address of a page. <paramref name="store"/> is a code or <see cref="Chain"/>.</summary>
    public static string Address(string store, DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"/?store={Uri.EscapeDataString(store)}&date={date:yyyy-MM-dd}");

    private static Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, TenantScope scope, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, "store", "date", "lang");
        var code = query.Text("store");
        var date = query.Date("date");

        // The first and last weeks of the calendar have no trend to draw around them.
        if (query.Problem is not null || date is { Year: < 1900 or > 9998 })
        {
            return Task.FromResult(ErrorPage.Show(context, StatusCodes.Status400BadRequest));
        }

        return scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var words = Language.Choose(context);
            var stores = await read.StoresAsync(user, token);
            if (stores.Count == 0)
            {
                return Layout.Page(context, words, words.KeyFigures, Markup.Of($"""<section class="narrow card"><p>{words.NoStore}</p></section>"""));
            }

            var store = code == Chain ? null : stores.Find(one => code is null || one.Code == code);
            if (code is not (null or Chain) && store is null)
            {
                return ErrorPage.Show(context, StatusCodes.Status404NotFound);
            }

            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var model = await DayPageModel.ReadAsync(read, stores, store, date, today, token);
            context.Response.Headers.CacheControl = "private, no-cache";
            return Layout.Page(context, words, $"{store?.Name ?? words.AllStores} {model.Date:yyyy-MM-dd}", new DayPageView(model, words).Render());
        }, cancellationToken);
    }
}
