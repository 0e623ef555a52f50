using System.CommandLine;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail feed create|list|show|change|retire</c>: what a vendor pushes to, and through which profile it is read.</summary>
internal static class FeedCommand
{
    private const string Root = "/v1/feeds";

    public static Command Create(CommandContext context) => new("feed", "Make, list, change and retire feeds. Changes need a key of an operator.")
    {
        Make(context), List(context), Show(context), Change(context), Retire(context),
    };

    private static Command Make(CommandContext context)
    {
        var (name, profile, resend) = (Name(), Profile(required: true), Resend());
        var vendor = new Option<string?>("--vendor") { Description = "Who pushes. Default: the vendor of the profile.", HelpName = "VENDOR" };
        var command = new Command("create", "Make a feed. Safe to repeat; a retired feed of the same vendor is opened again.") { name, profile, vendor, resend };
        context.OnRun(command, (parsed, connection, client, report, cancellationToken) => ChangeAsync(
            connection,
            client,
            report,
            HttpMethod.Post,
            Root,
            Body(("feed", parsed.GetValue(name)), ("profile", parsed.GetValue(profile)), ("vendor", parsed.GetValue(vendor)), ("resend", parsed.GetValue(resend))),
            cancellationToken));
        return command;
    }

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List feeds: with a key of an operator all of the tenant, else those of the key.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            var found = new List<(string Tenant, JsonElement Feed)>();
            foreach (var (tenant, key) in connection.AllKeys())
            {
                var page = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Get, Root, null, cancellationToken);
                found.AddRange(Json.Members(page, "items").Select(feed => (tenant ?? "", feed)));
            }

            var feeds = found.DistinctBy(one => (one.Tenant, Json.Cell(one.Feed, "feed"))).ToList();
            if (report.AsJson)
            {
                report.Document(new { Items = feeds.Select(one => one.Feed) });
            }
            else
            {
                Table(report, feeds.Select(one => one.Feed));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = Name();
        var command = new Command("show", "Show a feed and what was done to it, by whom.") { name };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            Show(report, await GatewayCall.SendAsync(client, connection, KeyOf(connection, parsed.GetRequiredValue(name)), HttpMethod.Get, PathOf(parsed.GetRequiredValue(name)), null, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Change(CommandContext context)
    {
        var (name, profile, resend) = (Name(), Profile(required: false), Resend());
        var command = new Command("change", "Have a feed read by another profile, or say otherwise what a resend means.") { name, profile, resend };
        context.OnRun(command, (parsed, connection, client, report, cancellationToken) => ChangeAsync(
            connection,
            client,
            report,
            HttpMethod.Patch,
            PathOf(parsed.GetRequiredValue(name)),
            Body(("profile", parsed.GetValue(profile)), ("resend", parsed.GetValue(resend))),
            cancellationToken));
        return command;
    }

    private static Command Retire(CommandContext context)
    {
        var name = Name();
        var command = new Command("retire", "Retire a feed: it takes nothing more; what came stays. Within five seconds every gateway knows.") { name };
        context.OnRun(command, (parsed, connection, client, report, cancellationToken) =>
            ChangeAsync(connection, client, report, HttpMethod.Post, PathOf(parsed.GetRequiredValue(name)) + "/retire", null, cancellationToken));
        return command;
    }

    private static async Task<int> ChangeAsync(
        Connection connection, RetryingClient client, Report report, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        Show(report, await GatewayCall.SendAsync(client, connection, GatewayCall.KeyOf(connection, null), method, path, body, cancellationToken));
        return ExitCode.Done;
    }

    private static void Show(Report report, JsonElement feed)
    {
        if (report.AsJson)
        {
            report.Document(feed);
            return;
        }

        Table(report, [feed]);
        report.Table(
            ["At", "By", "Action", "What"],
            Json.Members(feed, "changes").Select(one => (string[])[Json.Cell(one, "at"), Json.Cell(one, "actor"), Json.Cell(one, "action"), Json.Cell(one, "detail")]));
    }

    private static void Table(Report report, IEnumerable<JsonElement> feeds) => report.Table(
        ["Feed", "Vendor", "Profile", ">Version", "Content", "Resend", "State"],
        feeds.Select(one => (string[])
            [Json.Cell(one, "feed"), Json.Cell(one, "vendor"), Json.Cell(one, "profile"), Json.Cell(one, "profile_version"), Json.Cell(one, "content"), Json.Cell(one, "resend"), Json.Cell(one, "state")]));

    // A feed that the demo has a key of is shown by that key; any other by the only key there is.
    private static string KeyOf(Connection connection, string feed) =>
        connection.Key ?? connection.GatewayTenants.SelectMany(tenant => tenant.Keys).FirstOrDefault(key => key.Feeds.Contains(feed))?.Key ?? GatewayCall.KeyOf(connection, null);

    private static Dictionary<string, string> Body(params (string Name, string? Value)[] members) =>
        members.Where(member => member.Value is not null).ToDictionary(member => member.Name, member => member.Value!);

    private static string PathOf(string feed) => $"{Root}/{Uri.EscapeDataString(feed)}";

    private static Argument<string> Name() => new("FEED") { Description = "Name of the feed." };

    private static Option<string?> Profile(bool required) =>
        new("--profile") { Description = "Profile it is read by: retail profile list.", HelpName = "PROFILE", Required = required };

    private static Option<string?> Resend() => new("--resend")
    {
        Description = "What sending a store-day again means: append (further receipts, the default), delta (changes only), replace (the file is the whole set of its store-days).",
        HelpName = "MODE",
    };
}
