using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail omission list|show|confirm|dismiss</c>: receipts a later file of a feed that replaces no longer contains.</summary>
internal static class OmissionCommand
{
    private const string Root = "/v1/omissions";

    public static Command Create(CommandContext context) => new("omission", "See what a resent file left out, and decide whether it is gone.")
    {
        List(context), Show(context), Confirm(context), Dismiss(context),
    };

    private static Command List(CommandContext context)
    {
        var (feed, store) = (Feed(), new Option<string?>("--store") { Description = "Store code.", HelpName = "STORE" });
        var state = new Option<string>("--state") { Description = "open, confirmed, dismissed or settled.", HelpName = "STATE", DefaultValueFactory = _ => "open" };
        var command = new Command("list", "List store-days with receipts, rows and amount left out, newest first. Exit code 1 while there are any.") { feed, store, state };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var query = $"?state={Uri.EscapeDataString(parsed.GetRequiredValue(state))}"
                + (parsed.GetValue(feed) is { } name ? $"&feed={Uri.EscapeDataString(name)}" : "") + (parsed.GetValue(store) is { } code ? $"&store={Uri.EscapeDataString(code)}" : "");
            var found = new List<JsonElement>();
            foreach (var (_, key) in parsed.GetValue(feed) is { } one ? [(null, connection.KeyFor(one))] : connection.AllKeys())
            {
                await foreach (var page in client.PagesAsync(new Uri(connection.Gateway, Root + query), key, cancellationToken))
                {
                    found.AddRange(Json.Members(page, "items"));
                }
            }

            if (report.AsJson)
            {
                report.Document(new { Items = found });
            }
            else
            {
                Table(report, found);
            }

            return found.Count == 0 ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var (id, feed) = (Id(), Feed());
        var command = new Command("show", "Show the receipts of one.") { id, feed };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            Show(report, await GatewayCall.SendAsync(client, connection, GatewayCall.KeyOf(connection, parsed.GetValue(feed)), HttpMethod.Get, PathOf(parsed.GetValue(id)), null, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Confirm(CommandContext context)
    {
        var (id, feed) = (Id(), Feed());
        var command = new Command("confirm", "Withdraw the receipts: they are gone. retail quarantine undo takes it back. Needs a key of an operator.") { id, feed };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var key = GatewayCall.KeyOf(connection, parsed.GetValue(feed));
            var opened = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Post, PathOf(parsed.GetValue(id)) + "/confirm", null, cancellationToken);
            return await QuarantineCommand.FollowAsync(client, connection, key, opened, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    private static Command Dismiss(CommandContext context)
    {
        var (id, feed) = (Id(), Feed());
        var command = new Command("dismiss", "Let the receipts stay although the file no longer has them. Needs a key of an operator.") { id, feed };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var key = GatewayCall.KeyOf(connection, parsed.GetValue(feed));
            Show(report, await GatewayCall.SendAsync(client, connection, key, HttpMethod.Post, PathOf(parsed.GetValue(id)) + "/dismiss", null, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(Report report, JsonElement omission)
    {
        if (report.AsJson)
        {
            report.Document(omission);
            return;
        }

        Table(report, [omission]);
        report.Table(
            ["Register", "Number", "At", ">Gross", "Came in"],
            Json.Members(omission, "omitted").Select(one => (string[])
                [Json.Cell(one, "terminal"), Json.Cell(one, "receipt_number"), Json.Cell(one, "occurred_at"), Json.Cell(one, "gross"), Json.Cell(one, "receipt_id")]));
        report.Note(Json.Cell(omission, "text"));
    }

    private static void Table(Report report, IEnumerable<JsonElement> omissions) => report.Table(
        ["Omission", "Feed", "Store", "Date", ">Receipts", ">Rows", ">Gross", "Currency", "State", "Left out by"],
        omissions.Select(one => (string[])
        [
            Json.Cell(one, "id"), Json.Cell(one, "feed"), Json.Cell(one, "store"), Json.Cell(one, "business_date"), Json.Cell(one, "receipts"), Json.Cell(one, "rows"),
            Json.Cell(one, "gross"), Json.Cell(one, "currency"), Json.Cell(one, "state"), Json.Cell(one, "receipt_id"),
        ]));

    private static string PathOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{id}");

    private static Argument<long> Id() => new("OMISSION") { Description = "Its number." };

    private static Option<string?> Feed() => new("--feed") { Description = "The feed, which says which key to use.", HelpName = "FEED" };
}
