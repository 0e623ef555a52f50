using System.CommandLine;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail quarantine list|show|preview|replay|undo</c>.</summary>
internal static class QuarantineCommand
{
    private const string Root = "/v1/quarantine";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context) => new Command("quarantine", "See what is held back and why; preview, replay and undo its release.")
    {
        List(context),
        Show(context),
        Open(context, "preview", "previews", "Say what a replay would change, without changing it."),
        Open(context, "replay", "replays", "Land held receipts by the newest profile and master. Safe to repeat: nothing is counted twice."),
        Undo(context),
    };

    private static Command List(CommandContext context)
    {
        var scope = new ScopeOptions();
        var state = new Option<string?>("--state") { Description = "open, replayed, resolved or discarded. Default open.", HelpName = "STATE", DefaultValueFactory = _ => "open" };
        var causes = new Option<bool>("--causes") { Description = "One line a cause instead of one a receipt." };
        var command = new Command("list", "List what is held back, newest first.") { state, causes };
        scope.AddTo(command, items: false);
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var byCause = parsed.GetValue(causes);
            var query = byCause ? scope.FeedQuery(parsed) : scope.Query(parsed, ("state", parsed.GetValue(state)));
            var found = new List<JsonElement>();
            foreach (var (_, key) in scope.Feed(parsed) is { } feed ? [(null, connection.KeyFor(feed))] : connection.AllKeys())
            {
                await foreach (var page in client.PagesAsync(new Uri(connection.Gateway, $"{Root}{(byCause ? "/causes" : "")}{query}"), key, cancellationToken))
                {
                    found.AddRange(Json.Members(page, "items"));
                }
            }

            if (report.AsJson)
            {
                report.Document(new { Items = found });
            }
            else if (byCause)
            {
                report.Table(
                    ["Feed", "Reason", "Field", ">Items", ">Payloads", ">Rows", ">At risk", "Fix"],
                    found.Select(one => new[] { Json.Cell(one, "feed"), Json.Cell(one, "reason"), Json.Cell(one, "field"), Json.Cell(one, "items"), Json.Cell(one, "payloads"), Json.Cell(one, "rows"), Json.Cell(one, "money_at_risk"), Json.Cell(one, "fix") }));
            }
            else
            {
                report.Table(
                    ["Item", "Feed", "Reason", "Field", "Key", ">Row", "Store", "Date", ">At risk", "Detail"],
                    found.Select(one => new[] { Json.Cell(one, "id"), Json.Cell(one, "feed"), Json.Cell(one, "reason"), Json.Cell(one, "field"), Json.Cell(one, "key"), Json.Cell(one, "row"), Json.Cell(one, "store"), Json.Cell(one, "business_date"), Json.Cell(one, "money_at_risk"), Json.Cell(one, "detail") }));
            }

            return found.Count == 0 ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var item = new Argument<long>("ITEM") { Description = "Number of the item." };
        var feed = FeedOption();
        var command = new Command("show", "Show one item with the bytes it was read from.") { item, feed };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var found = await GatewayCall.SendAsync(client, connection, GatewayCall.KeyOf(connection, parsed.GetValue(feed)), HttpMethod.Get, $"{Root}/{parsed.GetValue(item)}", null, cancellationToken);
            if (report.AsJson)
            {
                report.Document(found);
            }
            else
            {
                var held = found.GetProperty("item");
                report.Table(["", ""], [.. held.EnumerateObject().Where(one => one.Name != "reasons").Select(one => new[] { one.Name, Json.Cell(held, one.Name) }), ["bytes", Json.Cell(found, "raw_text")]]);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Open(CommandContext context, string name, string path, string description)
    {
        var scope = new ScopeOptions();
        var command = new Command(name, description);
        scope.AddTo(command, items: true);
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var body = scope.Body(parsed);
            var key = GatewayCall.KeyOf(connection, scope.Feed(parsed));
            var opened = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Post, $"{Root}/{path}", body, cancellationToken);
            return await FollowAsync(client, connection, key, opened, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    private static Command Undo(CommandContext context)
    {
        var replay = new Argument<long>("REPLAY") { Description = "Number of the replay." };
        var feed = FeedOption();
        var command = new Command("undo", "Take a replay back: what it brought in is withdrawn, its items are held again.") { replay, feed };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var key = GatewayCall.KeyOf(connection, parsed.GetValue(feed));
            var opened = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Post, $"{Root}/replays/{parsed.GetValue(replay)}/undo", new { }, cancellationToken);
            return await FollowAsync(client, connection, key, opened, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    /// <summary>Waits for a preview, replay, undo or withdrawal to be done and shows what it changed.</summary>
    public static async Task<int> FollowAsync(
        RetryingClient client, Connection connection, string key, JsonElement replay, Report report, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (Json.Text(replay, "state") != "done")
        {
            report.Note($"{Json.Cell(replay, "payloads_done")} of {Json.Cell(replay, "payloads")} payloads");
            await Task.Delay(Look, clock, cancellationToken);
            replay = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Get, $"{Root}/replays/{Json.Cell(replay, "id")}", null, cancellationToken);
        }

        if (report.AsJson)
        {
            report.Document(replay);
        }
        else
        {
            report.Table(
                ["Effect", "Store", "Date", "Reason", "Field", ">Receipts", ">Rows", ">Net", ">Tax", ">Gross", "Currency"],
                Json.Members(replay, "effects").Select(one => (string[])
                    [Json.Cell(one, "effect"), Json.Cell(one, "store"), Json.Cell(one, "business_date"), Json.Cell(one, "reason"), Json.Cell(one, "field"), Json.Cell(one, "receipts"), Json.Cell(one, "rows"), Json.Cell(one, "net"), Json.Cell(one, "tax"), Json.Cell(one, "gross"), Json.Cell(one, "currency")]));
            report.Note($"{Json.Cell(replay, "kind")} {Json.Cell(replay, "id")}: {Json.Cell(replay, "items")} items in {Json.Cell(replay, "payloads")} payloads; {Json.Cell(replay, "outcomes")}");
        }

        var outcomes = replay.GetProperty("outcomes");
        return outcomes.TryGetProperty("held", out _) || outcomes.TryGetProperty("not_read", out _) || replay.GetProperty("payloads_failed").GetInt32() > 0
            ? ExitCode.NeedsAttention
            : ExitCode.Done;
    }

    private static Option<string?> FeedOption() => new("--feed") { Description = "The feed, which says which key to use.", HelpName = "FEED" };
}
