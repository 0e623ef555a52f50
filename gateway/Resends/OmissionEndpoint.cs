using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.OpenApi;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Quarantine;

namespace RetailInsight.Gateway.Resends;

/// <summary>Omissions over HTTP: every key reads those of its feeds and stores, operators decide.</summary>
internal sealed class OmissionEndpoint(OmissionRegister register, ReplayEndpoint replays)
{
    /// <summary>What each state asks for, or what was decided.</summary>
    private static readonly Dictionary<string, (string English, string Japanese)> Texts = new(StringComparer.Ordinal)
    {
        ["open"] = (
            "The newest file no longer contains these receipts. They still count. Confirm that they are gone, and they are withdrawn; dismiss it, and they stay.",
            "新しいファイルにこれらのレシートが含まれていません。今は集計に残っています。確定すると取り下げ、却下すると残します。"),
        ["confirmed"] = ("Withdrawn by an operator. The withdrawal can be undone.", "運用者が取り下げました。取り消しできます。"),
        ["dismissed"] = ("An operator decided that the receipts stay.", "運用者が残すと決定しました。"),
        ["settled"] = ("A later file was compared in place of this one.", "より新しいファイルで改めて比較しました。"),
    };

    /// <summary><c>GET /v1/omissions</c>, newest first.</summary>
    public async Task<IResult> ListAsync(string? feed, string? store, string? state, string? cursor, int? limit, HttpContext context)
    {
        if (state is not null && !Texts.ContainsKey(state))
        {
            throw new BadHttpRequestException("state is open, confirmed, dismissed or settled.");
        }

        var size = Page.Limit(limit);
        var found = await register.ListAsync(Caller.Of(context), feed, store, state, Page.After(cursor)?.Sort ?? long.MaxValue, size, TextFor(context), context.RequestAborted);
        var more = found.Count > size;
        return TypedResults.Json(new OmissionPage([.. found.Take(size)], more ? Page.Cursor(found[size - 1].Id) : null), GatewayJson.Plain.OmissionPage);
    }

    /// <summary><c>GET /v1/omissions/{id}</c>, with the receipts.</summary>
    public async Task<IResult> GetAsync(long id, HttpContext context) =>
        await register.FindAsync(Caller.Of(context), id, TextFor(context), context.RequestAborted) is { } found ? TypedResults.Json(found, GatewayJson.Plain.Omission) : Unknown();

    /// <summary><c>POST /v1/omissions/{id}/confirm</c>: withdraws the receipts; a second time follows the first.</summary>
    public async Task<IResult> ConfirmAsync(long id, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (await RefusalAsync(caller, id, "confirmed", context) is { } refusal)
        {
            return refusal;
        }

        var opened = await register.ConfirmAsync(caller, id, context.RequestAborted)
            ?? (await register.FindAsync(caller, id, TextFor(context), context.RequestAborted))!.ReplayId;
        return opened is { } withdrawal ? await replays.FollowAsync(caller, withdrawal, context) : Decided("settled");
    }

    /// <summary><c>POST /v1/omissions/{id}/dismiss</c>: the receipts stay.</summary>
    public async Task<IResult> DismissAsync(long id, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (await RefusalAsync(caller, id, "dismissed", context) is { } refusal)
        {
            return refusal;
        }

        await register.DismissAsync(caller, id, context.RequestAborted);
        return await GetAsync(id, context);
    }

    private async Task<IResult?> RefusalAsync(Caller caller, long id, string wanted, HttpContext context)
    {
        if (!caller.IsOperator)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "operator_only", "The key is no operator's", "What becomes of receipts a later file no longer contains is decided with a key of an operator. Nothing was changed.");
        }

        return await register.FindAsync(caller, id, TextFor(context), context.RequestAborted) is not { } found ? Unknown()
            : found.State == "open" || found.State == wanted ? null : Decided(found.State);
    }

    private static Func<string, string> TextFor(HttpContext context)
    {
        var japanese = ReasonTexts.Answer(context);
        return state => japanese ? Texts[state].Japanese : Texts[state].English;
    }

    private static Problem Decided(string state) => Problem.Of(
        StatusCodes.Status409Conflict, "omission_decided", "Decided already", $"It is {state}. A withdrawal is undone with /v1/quarantine/replays/{{id}}/undo. Nothing was changed.");

    private static Problem Unknown() => Problem.Of(StatusCodes.Status404NotFound, "omission_unknown", "Unknown omission", "There is no omission of that number.");
}

/// <summary>The services and addresses of what resends leave out.</summary>
internal static class ResendRoutes
{
    /// <summary>Registers reading and deciding.</summary>
    public static void AddResends(this IServiceCollection services) => services.AddSingleton<OmissionRegister>().AddSingleton<OmissionEndpoint>();

    /// <summary>Maps <c>/omissions</c>.</summary>
    public static void MapResends(this RouteGroupBuilder v1)
    {
        v1.MapGet(
                "/omissions",
                (string? feed, string? store, string? state, string? cursor, int? limit, OmissionEndpoint endpoint, HttpContext context) =>
                    endpoint.ListAsync(feed, store, state, cursor, limit, context))
            .Describe("Receipts that a later file of a feed that replaces no longer contains", typeof(OmissionPage), StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden);
        v1.MapGet("/omissions/{id:long}", (long id, OmissionEndpoint endpoint, HttpContext context) => endpoint.GetAsync(id, context))
            .Describe("An omission with its receipts", typeof(Omission), StatusCodes.Status404NotFound);
        var confirm = v1.MapPost("/omissions/{id:long}/confirm", (long id, OmissionEndpoint endpoint, HttpContext context) => endpoint.ConfirmAsync(id, context));
        confirm.Produces<ReplayView>(StatusCodes.Status202Accepted);
        confirm.Describe("Withdraw receipts that are gone", typeof(ReplayView), StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        v1.MapPost("/omissions/{id:long}/dismiss", (long id, OmissionEndpoint endpoint, HttpContext context) => endpoint.DismissAsync(id, context))
            .Describe("Let receipts stay that a later file no longer contains", typeof(Omission), StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }
}
