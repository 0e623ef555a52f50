using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags partitions|restore|release|lineage</c>: what stands, what stood before and why, and of what it is made.</summary>
internal static class DagPartitionsCommand
{
    private const int DefaultDays = 14;
    private const int LongestCause = 80;

    public static Command List(CommandContext context)
    {
        var (asset, date, store) = (AssetArgument(), DateArgument(), StoreOption());
        date.Arity = ArgumentArity.ZeroOrOne;
        var from = CommandContext.Date("--from", $"Without DATE: first trading day; default {DefaultDays} days up to --to.", false);
        var to = CommandContext.Date("--to", "Without DATE: last trading day; default today, UTC.", false);
        var stale = new Option<bool>("--stale") { Description = "Without DATE: only what is stale." };
        var command = new Command("partitions", "Show what stands of an asset; of one day (and store) every version: was, is and why.") { asset, date, store, from, to, stale };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            (string, object?)[] whose = [("store", parsed.GetValue(store)), ("tenant", parsed.GetValue(context.Connection.Tenant))];
            if (parsed.GetValue(date) is { } day)
            {
                var found = await ApiCall.GetAsync(client, connection, ApiCall.Address(Partition(parsed.GetRequiredValue(asset), day), whose), cancellationToken);
                DagsCommand.Show(report, found, () => Versions(report, found));
                return ExitCode.Done;
            }

            var last = parsed.GetValue(to) ?? DateOnly.FromDateTime(context.Surroundings.Clock.GetUtcNow().UtcDateTime);
            var first = parsed.GetValue(from) ?? last.AddDays(1 - DefaultDays);
            (string, object?)[] which = [("from", Text(first)), ("to", Text(last)), ("asset", parsed.GetRequiredValue(asset)), ("stale", parsed.GetValue(stale) ? "true" : null), .. whose];
            var page = await ApiCall.GetAsync(client, connection, ApiCall.Address($"{DagsCommand.Root}/partitions", which), cancellationToken);
            DagsCommand.Show(report, page, () => report.Table(
                ["Day", "Store", ">Version", "Published (UTC)", "Stale since (UTC)", "Held by", "Figures"],
                Json.Members(page, "items").Select(one => (string[])
                    [Json.Cell(one, "business_date"), Json.Cell(one, "store"), Json.Cell(one, "version"), DagsCommand.At(one, "published_at"), DagsCommand.At(one, "stale_since"), Json.Cell(one, "pinned_by"), Json.Cell(one, "kpi")])));
            if (page.GetProperty("truncated").GetBoolean())
            {
                report.Note("There is more: ask for fewer days.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    public static Command Restore(CommandContext context)
    {
        var version = new Argument<long>("VERSION") { Description = "Which version is to stand again, as retail dags partitions shows it." };
        return Change(context, "restore", "Let an earlier version stand again and hold it against new runs until it is released.", version);
    }

    public static Command Release(CommandContext context) => Change(context, "release", "Let runs publish a held partition again and compute it from what there is now.", null);

    public static Command Lineage(CommandContext context)
    {
        var asset = AssetArgument();
        asset.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("lineage", "Show what is made of what; of one asset what is before and behind it, and its columns.") { asset };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var found = await ApiCall.ListAsync(client, connection, $"{DagsCommand.Root}/lineage", cancellationToken);
            var all = found.EnumerateArray().ToList();
            if (parsed.GetValue(asset) is not { } name)
            {
                DagsCommand.Show(report, found, () => Assets(report, all));
                return ExitCode.Done;
            }

            if (all.Find(one => Json.Text(one, "asset") == name) is not { ValueKind: JsonValueKind.Object } wanted)
            {
                throw new CommandFailure(ExitCode.NeedsAttention, new ServerProblem(null, "Unknown", $"There is no asset '{name}'; there are {string.Join(", ", all.Select(one => Json.Cell(one, "asset")))}.", null, null));
            }

            var related = Related(all, name);
            DagsCommand.Show(report, related, () =>
            {
                Assets(report, related);
                report.Table(
                    ["Table", "Column", "Unit", "Made of", "Description"],
                    Json.Members(wanted, "tables").SelectMany(table => Json.Members(table, "columns").Select(column => (string[])
                        [Json.Cell(table, "table"), Json.Cell(column, "name"), Json.Cell(column, "unit"), string.Join(", ", Json.Members(column, "made_of")), Json.Cell(column, "description")])));
            });
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Change(CommandContext context, string verb, string description, Argument<long>? version)
    {
        var (asset, date, store, reason) = (AssetArgument(), DateArgument(), StoreOption(), DagsCommand.ReasonOption());
        var command = new Command(verb, description) { asset, date };
        var expected = new Option<long?>("--expected") { Description = "Which version must stand, as it was seen; nothing is done when it is another.", HelpName = "VERSION" };
        if (version is not null)
        {
            command.Add(version);
            command.Add(expected);
        }

        command.Add(store);
        command.Add(reason);
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var (why, whose, which) = (parsed.GetRequiredValue(reason), parsed.GetValue(context.Connection.Tenant), parsed.GetValue(store));
            object body = version is null ? new { Reason = why, Store = which, Tenant = whose } : new { Reason = why, Version = parsed.GetValue(version), Store = which, Tenant = whose, ExpectedVersion = parsed.GetValue(expected) };
            var address = $"{Partition(parsed.GetRequiredValue(asset), parsed.GetValue(date)!.Value)}/{verb}";
            if (await DagPlanCommand.DoAsync(client, connection, address, body, report, cancellationToken) is not { } done)
            {
                return ExitCode.Outdated;
            }

            DagsCommand.Show(report, done, () => report.Line($"Version {Json.Cell(done, "version")} stands; run {Json.Cell(done, "run_id")} computes what is made of it."));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Versions(Report report, JsonElement found)
    {
        var (partition, versions) = (found.GetProperty("partition"), Json.Members(found, "versions").ToList());

        // What a version replaced is the next older one.
        report.Table(
            [">Version", "Published (UTC)", "Why", ">Run", "Was", "Is"],
            versions.Select((version, at) => (string[])
                [Json.Cell(version, "version"), DagsCommand.At(version, "published_at"), Why(version), Json.Cell(version, "run_id"), at + 1 < versions.Count ? Json.Cell(versions[at + 1], "kpi") : "", Json.Cell(version, "kpi")]));
        if (DagsCommand.At(partition, "stale_since") is { Length: > 0 } since)
        {
            report.Line($"It is stale since {since} UTC: {Json.Cell(partition, "stale_cause")}");
        }

        if (Json.Text(partition, "pinned_by") is { } holder)
        {
            report.Line($"{holder} holds it: retail dags release lets runs publish it again.");
        }
    }

    private static string Why(JsonElement version)
    {
        var text = $"{Json.Cell(version, "reason")} {Json.Cell(version, "cause")}".Trim();
        return text.Length > LongestCause ? text[..LongestCause] + "…" : text;
    }

    private static void Assets(Report report, IEnumerable<JsonElement> assets) => report.Table(
        ["Asset", "Cut by", "Made by", "Made of", "Tables"],
        assets.Select(one => (string[])
            [Json.Cell(one, "asset"), Json.Cell(one, "grain"), Json.Text(one, "dag_id") is { } dag ? $"{dag}/{Json.Cell(one, "task_id")}" : "data that comes in", string.Join(", ", Json.Members(one, "upstreams").Select(Upstream)), string.Join(", ", Json.Members(one, "tables").Select(table => Json.Cell(table, "table")))]));

    private static string Upstream(JsonElement upstream) => Json.Cell(upstream, "asset") + (Json.Cell(upstream, "days_before") is not "0" and var days ? $" ({days} days before)" : "");

    // An asset with all before and all behind it.
    private static List<JsonElement> Related(List<JsonElement> all, string asset)
    {
        var edges = all.SelectMany(one => Json.Members(one, "upstreams").Select(upstream => (Before: Json.Cell(upstream, "asset"), Behind: Json.Cell(one, "asset")))).ToList();
        HashSet<string> Reached(Func<string, IEnumerable<string>> next)
        {
            var (seen, open) = (new HashSet<string>(StringComparer.Ordinal) { asset }, new Queue<string>([asset]));
            while (open.TryDequeue(out var one))
            {
                foreach (var further in next(one).Where(seen.Add))
                {
                    open.Enqueue(further);
                }
            }

            return seen;
        }

        var related = Reached(one => edges.Where(edge => edge.Behind == one).Select(edge => edge.Before));
        related.UnionWith(Reached(one => edges.Where(edge => edge.Before == one).Select(edge => edge.Behind)));
        return [.. all.Where(one => related.Contains(Json.Cell(one, "asset")))];
    }

    private static string Partition(string asset, DateOnly date) => $"{DagsCommand.Root}/partitions/{Uri.EscapeDataString(asset)}/{Text(date)}";

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Argument<string> AssetArgument() => new("ASSET") { Description = "The asset, as retail dags lineage lists them." };

    private static Argument<DateOnly?> DateArgument()
    {
        var argument = new Argument<DateOnly?>("DATE") { Description = "The trading day, YYYY-MM-DD." };
        argument.CustomParser = result =>
        {
            if (result.Tokens.Count == 0)
            {
                return null;
            }

            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return date;
            }

            result.AddError($"DATE: '{result.Tokens[0].Value}' is no date of the form YYYY-MM-DD.");
            return null;
        };
        return argument;
    }

    private static Option<string?> StoreOption() => new("--store") { Description = "Store code, for what is cut by store.", HelpName = "STORE" };
}
