using Microsoft.AspNetCore.Mvc;
using RetailInsight.Gateway.Masters;
using RetailInsight.Gateway.OpenApi;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The services and addresses of the quarantine.</summary>
internal static class QuarantineRoutes
{
    private static readonly int[] OfLists = [StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden];

    /// <summary>Registers reading, replaying and the worker.</summary>
    public static void AddQuarantine(this IServiceCollection services)
    {
        services.AddSingleton<QuarantineEndpoint>().AddSingleton<ReplayEndpoint>().AddSingleton<MasterGapsEndpoint>().AddSingleton<MasterPushEndpoint>();
        services.AddSingleton<ReplaySignal>().AddSingleton<ReplayLedger>().AddSingleton<LaterPayloads>().AddSingleton<ReplayStep>();
        services.AddSingleton<ReplayWorker>().AddHostedService(provider => provider.GetRequiredService<ReplayWorker>());
    }

    /// <summary>Maps <c>/quarantine</c> and <c>/masters</c>.</summary>
    public static void MapQuarantine(this RouteGroupBuilder v1)
    {
        v1.MapGet(
                "/quarantine",
                (string? feed, string? reason, string? field, string? state, string? store, [FromQuery(Name = "store_as_sent")] string? storeAsSent,
                    [FromQuery(Name = "receipt_id")] string? receiptId, DateOnly? from, DateOnly? to, string? cursor, int? limit, QuarantineEndpoint endpoint, HttpContext context) =>
                    endpoint.ListAsync(
                        new ReplayScope { Feed = feed, Reason = reason, Field = field, Store = store, StoreAsSent = storeAsSent, ReceiptId = receiptId, From = from, To = to },
                        state,
                        cursor,
                        limit,
                        context))
            .Describe("Receipts held back, newest first", typeof(QuarantinePage), OfLists);
        v1.MapGet("/quarantine/{id:long}", (long id, QuarantineEndpoint endpoint, HttpContext context) => endpoint.ShowAsync(id, context))
            .Describe("A receipt held back, with the bytes it was read from", typeof(QuarantineItem), StatusCodes.Status404NotFound);
        v1.MapGet("/quarantine/causes", (string? feed, QuarantineEndpoint endpoint, HttpContext context) => endpoint.CausesAsync(feed, context))
            .Describe("What is held back, one line a cause", typeof(CausePage), OfLists);
        v1.MapGet("/quarantine/reasons", (HttpContext context) => QuarantineEndpoint.Reasons(context))
            .Describe("The closed list of reason codes", typeof(ReasonList));
        v1.MapGet("/quarantine/states", (HttpContext context) => QuarantineEndpoint.StateList(context))
            .Describe("The closed list of states of what is held", typeof(StateList));
        v1.MapGet("/quarantine/waiting", (string? feed, MasterGapsEndpoint endpoint, HttpContext context) => endpoint.WaitingAsync(feed, context))
            .Describe("Voids that came before what they take back", typeof(WaitingPage), OfLists);
        v1.MapGet("/masters/unmapped", (string? feed, MasterGapsEndpoint endpoint, HttpContext context) => endpoint.UnmappedAsync(feed, context))
            .Describe("Registers and store codes the master does not know", typeof(UnmappedPage), OfLists);
        v1.MapGet("/masters/pushes/{receiptId}", (string receiptId, MasterPushEndpoint endpoint, HttpContext context) => endpoint.GetAsync(receiptId, context))
            .Describe("What a pushed register master changed and let in", typeof(MasterPush), StatusCodes.Status404NotFound);
        v1.MapPost("/quarantine/previews", (ReplayEndpoint endpoint, HttpContext context) => endpoint.OpenAsync("preview", context))
            .DescribeReplay("Say what a replay would change, without changing it");
        v1.MapPost("/quarantine/replays", (ReplayEndpoint endpoint, HttpContext context) => endpoint.OpenAsync("replay", context))
            .DescribeReplay("Land held receipts by the newest profile and master");
        v1.MapGet("/quarantine/replays", (string? cursor, int? limit, ReplayEndpoint endpoint, HttpContext context) => endpoint.ListAsync(cursor, limit, context))
            .Describe("Previews, replays, releases and undos, newest first", typeof(ReplayPage), StatusCodes.Status400BadRequest);
        v1.MapGet("/quarantine/replays/{id:long}", (long id, ReplayEndpoint endpoint, HttpContext context) => endpoint.GetAsync(id, context))
            .Describe("A preview, replay, release or undo and what it changes", typeof(ReplayView), StatusCodes.Status404NotFound);
        v1.MapPost("/quarantine/replays/{id:long}/undo", (long id, ReplayEndpoint endpoint, HttpContext context) => endpoint.UndoAsync(id, context))
            .Describe("Take a replay back", typeof(ReplayView), StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static void DescribeReplay(this RouteHandlerBuilder endpoint, string summary)
    {
        endpoint.Produces<ReplayView>(StatusCodes.Status202Accepted).Accepts<ReplayScope>("application/json");
        endpoint.Describe(summary, typeof(ReplayView), StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden);
    }
}
