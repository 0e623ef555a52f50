using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags …</c>: see what the DAG engine does, and do by hand what has to be done.</summary>
internal static class DagsCommand
{
    /// <summary>Whose demo login is taken: who may both see and change runs.</summary>
    public const string Role = "data_engineer";

    /// <summary>Root of the operations API.</summary>
    public const string Root = "/v1/ops";

    private const int MostVersions = 5;

    public static Command Create(CommandContext context) => new Command("dags", "See DAGs and their runs; start, clear, mark and cancel them. Needs a login of head office to look, of a data engineer or administrator to change.")
    {
        List(context),
        Show(context),
        Runs(context),
        DagRunCommand.Create(context),
        DagPlanCommand.Act(context, "clear", "Have tasks of a run run again: shows what it touches, asks, and does exactly that."),
        DagPlanCommand.Act(context, "mark", "Count tasks as succeeded or failed although they did not: shows what it touches, asks, and does exactly that."),
        DagPlanCommand.Act(context, "cancel", "End a run or some of its tasks: shows what it touches, asks, and does exactly that."),
        DagPlanCommand.Plan(context),
        DagPlanCommand.Apply(context),
        DagPlanCommand.Undo(context),
        DagBackfillCommand.Create(context),
        DagApprovalsCommand.Create(context),
        DagPartitionsCommand.List(context),
        DagPartitionsCommand.Restore(context),
        DagPartitionsCommand.Release(context),
        DagPartitionsCommand.Lineage(context),
        Switch(context, "pause", "Let nothing of a DAG begin; what runs goes on. Of operators of the platform alone."),
        Switch(context, "resume", "Let a DAG go on. Of operators of the platform alone."),
        DagLogsCommand.Create(context),
        Why(context),
        Actions(context),
        Queue(context),
    };

    /// <summary>The number of a run.</summary>
    public static Argument<long> RunArgument() => new("RUN") { Description = "Number of the run." };

    /// <summary>Why something is done.</summary>
    public static Option<string> ReasonOption() => new("--reason") { Description = "Why; is kept in the record.", HelpName = "TEXT", Required = true };

    /// <summary>Which of a mapped task.</summary>
    public static Option<string?> KeyOption() => new("--map-key") { Description = "Which of a mapped task. Without, the first that has not ended.", HelpName = "KEY" };

    /// <summary>An instant as people read it, UTC; empty where there is none.</summary>
    public static string At(JsonElement holder, string name) => Json.Text(holder, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the DAGs.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var dags = await ApiCall.GetAsync(client, connection, $"{Root}/dags", cancellationToken);
            Show(report, dags, () => report.Table(
                ["DAG", "Schedule", "Time zone", "Next run (UTC)", "Paused", ">Queued", ">Running"],
                Json.Members(dags, "items").Select(dag => (string[])[Json.Cell(dag, "dag_id"), Json.Cell(dag, "schedule"), Json.Cell(dag, "time_zone"), At(dag, "next_run_after"), Paused(dag), Json.Cell(dag, "queued"), Json.Cell(dag, "running")])));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = new Argument<string>("DAG") { Description = "The DAG." };
        var compare = new Option<string?>("--compare") { Description = "Say what is different between two versions.", HelpName = "OLDER..NEWER" };
        var command = new Command("show", "Show a DAG: its tasks, what waits for what, and its versions.") { name, compare };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var address = $"{Root}/dags/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}";
            if (parsed.GetValue(compare) is { } versions)
            {
                var difference = await ApiCall.GetAsync(client, connection, $"{address}/versions/{Uri.EscapeDataString(versions)}", cancellationToken);
                Show(report, difference, () => report.Table(["Change", "Task", "Field", "Was", "Is"], Differences(difference)));
                return ExitCode.Done;
            }

            var found = await ApiCall.GetAsync(client, connection, address, cancellationToken);
            Show(report, found, () =>
            {
                report.Table(
                    ["Task", "Waits for", "Rule", "Mapped by", "Pool", "Needs", ">Tries", ">Timeout s"],
                    Json.Members(found.GetProperty("dag").GetProperty("spec"), "tasks").Select(task => (string[])
                        [Json.Cell(task, "id"), string.Join(", ", Json.Members(task, "upstreams")), Json.Cell(task, "rule"), Json.Cell(task, "map"), Json.Cell(task, "pool"), Json.Cell(task, "needs"), Json.Cell(task, "max_tries"), Json.Cell(task, "timeout_seconds")]));
                if (Json.Members(found.GetProperty("dag").GetProperty("spec"), "parameters").ToList() is { Count: > 0 } parameters)
                {
                    report.Table(
                        ["Parameter", "Value", "What it does"],
                        parameters.Select(parameter => (string[])[Json.Cell(parameter, "name"), string.Join(" | ", Json.Members(parameter, "choices").Select(choice => choice.ToString()).DefaultIfEmpty(Json.Cell(parameter, "kind"))), Json.Cell(parameter, "description")]));
                }

                report.Table(
                    [">Version", "Since (UTC)", ""],
                    Json.Members(found, "versions").Take(MostVersions).Select(version => (string[])[Json.Cell(version, "version"), At(version, "created_at"), version.GetProperty("current").GetBoolean() ? "current" : ""]));
            });
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string[]> Differences(JsonElement found)
    {
        string[] Edge(string change, JsonElement edge) => [change, Json.Cell(edge, "downstream"), edge.GetProperty("by_key").GetBoolean() ? "waits by key for" : "waits for", "", Json.Cell(edge, "upstream")];
        return Json.Members(found, "tasks_added").Select(task => (string[])["task added", task.ToString(), "", "", ""])
            .Concat(Json.Members(found, "tasks_removed").Select(task => (string[])["task removed", task.ToString(), "", "", ""]))
            .Concat(Json.Members(found, "fields_changed").Select(change => (string[])["changed", Json.Cell(change, "task"), Json.Cell(change, "field"), change.GetProperty("was").ToString(), change.GetProperty("is").ToString()]))
            .Concat(Json.Members(found, "edges_added").Select(edge => Edge("edge added", edge)))
            .Concat(Json.Members(found, "edges_removed").Select(edge => Edge("edge removed", edge)));
    }

    private static Command Runs(CommandContext context)
    {
        var dag = new Option<string?>("--dag") { Description = "Only of this DAG.", HelpName = "DAG" };
        var state = new Option<string?>("--state") { Description = "queued, running, success, failed or canceled.", HelpName = "STATE" };
        var (before, limit) = (BeforeOption(), LimitOption());
        var command = new Command("runs", "List runs, newest first.") { dag, state, before, limit };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var page = await ApiCall.GetAsync(
                client, connection, ApiCall.Address($"{Root}/runs", ("dag", parsed.GetValue(dag)), ("state", parsed.GetValue(state)), ("before", parsed.GetValue(before)), ("limit", parsed.GetValue(limit))), cancellationToken);
            Show(report, page, () => report.Table(
                [">Run", "DAG", "Type", "Partition", "State", "Created (UTC)", "Ended (UTC)"],
                Json.Members(page, "items").Select(run => (string[])
                    [Json.Cell(run, "run_id"), Json.Cell(run, "dag_id"), Json.Cell(run, "run_type"), Json.Cell(run, "partition_key"), Json.Cell(run, "state"), At(run, "created_at"), At(run, "ended_at")])));
            More(report, page);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Switch(CommandContext context, string name, string description)
    {
        var dag = new Argument<string>("DAG") { Description = "The DAG." };
        var reason = ReasonOption();
        var command = new Command(name, description) { dag, reason };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var done = await ApiCall.PostAsync(client, connection, $"{Root}/dags/{Uri.EscapeDataString(parsed.GetRequiredValue(dag))}/{name}", new { Reason = parsed.GetRequiredValue(reason) }, cancellationToken);
            Show(report, done, () => report.Line($"{Json.Cell(done, "dag_id")} is {(done.GetProperty("paused").GetBoolean() ? "paused" : "not paused")}{(Json.Cell(done, "action_id") is { Length: > 0 } action ? $" (action {action})" : ", as it was")}."));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Why(CommandContext context)
    {
        var (run, task, key) = (RunArgument(), new Argument<string>("TASK") { Description = "The task." }, KeyOption());
        var command = new Command("why", "Say in one sentence why a task is not running.") { run, task, key };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var found = await ApiCall.GetAsync(
                client, connection, ApiCall.Address($"{Root}/runs/{parsed.GetValue(run)}/tasks/{Uri.EscapeDataString(parsed.GetRequiredValue(task))}/why", ("key", parsed.GetValue(key))), cancellationToken);
            Show(report, found, () => report.Line(Json.Cell(found, "sentence")));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Actions(CommandContext context)
    {
        var dag = new Option<string?>("--dag") { Description = "Only of this DAG.", HelpName = "DAG" };
        var run = new Option<long?>("--run") { Description = "Only of this run.", HelpName = "RUN" };
        var actor = new Option<string?>("--actor") { Description = "Only of this person.", HelpName = "LOGIN" };
        var (before, limit) = (BeforeOption(), LimitOption());
        var command = new Command("actions", "List what people did by hand, newest first.") { dag, run, actor, before, limit };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var address = ApiCall.Address(
                $"{Root}/actions", ("dag", parsed.GetValue(dag)), ("run", parsed.GetValue(run)), ("actor", parsed.GetValue(actor)), ("before", parsed.GetValue(before)), ("limit", parsed.GetValue(limit)));
            var page = await ApiCall.GetAsync(client, connection, address, cancellationToken);
            Show(report, page, () => report.Table(
                [">Action", "At (UTC)", "Actor", "Kind", "DAG", ">Run", ">Tasks", ">Undoes", "Reason"],
                Json.Members(page, "items").Select(one => (string[])
                    [Json.Cell(one, "action_id"), At(one, "at"), Json.Cell(one, "actor"), Json.Cell(one, "kind"), Json.Cell(one, "dag_id"), Json.Cell(one, "run_id"), Json.Cell(one, "tasks"), Json.Cell(one, "undoes"), Json.Cell(one, "reason")])));
            More(report, page);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Queue(CommandContext context)
    {
        var command = new Command("queue", "Show what waits for slots, by pool, and the workers that live.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            var found = await ApiCall.GetAsync(client, connection, $"{Root}/queue", cancellationToken);
            Show(report, found, () =>
            {
                report.Table(
                    ["Pool", ">Slots", ">Taken", ">Running", ">Waiting", "Since (UTC)"],
                    Json.Members(found, "pools").Select(pool => (string[])
                        [Json.Cell(pool, "pool"), Json.Cell(pool, "slots") is { Length: > 0 } slots ? slots : "no limit", Json.Cell(pool, "leased"), Json.Cell(pool, "running"), Json.Cell(pool, "waiting"), At(pool, "waiting_since")]));
                report.Table(
                    [">Worker", "Host", "State", ">Capacity", ">Running", "Heartbeat (UTC)"],
                    Json.Members(found, "workers").Select(one => (string[])[Json.Cell(one, "session"), Json.Cell(one, "host"), Json.Cell(one, "state"), Json.Cell(one, "capacity"), Json.Cell(one, "running"), At(one, "heartbeat_at")]));
            });
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<long?> BeforeOption() => new("--before") { Description = "Only older than this number.", HelpName = "N" };

    private static Option<int> LimitOption() => new("--limit") { Description = "At most so many, 1 to 1000.", HelpName = "N", DefaultValueFactory = _ => 50 };

    private static string Paused(JsonElement dag) => dag.GetProperty("paused").GetBoolean() ? "yes" : "";

    private static void More(Report report, JsonElement page)
    {
        if (Json.Cell(page, "before") is { Length: > 0 } before)
        {
            report.Note($"There are older ones: --before {before}");
        }
    }

    /// <summary>Shows an answer as it is, or as people read it.</summary>
    public static void Show(Report report, object document, Action people)
    {
        if (report.AsJson)
        {
            report.Document(document);
        }
        else
        {
            people();
        }
    }
}
