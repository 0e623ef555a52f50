using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags run DAG</c>: starts a run by hand and, where asked to, waits for its end.</summary>
internal static class DagRunCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly string[] Ended = ["success", "failed", "upstream_failed", "skipped", "canceled"];

    public static Command Create(CommandContext context)
    {
        var dag = new Argument<string>("DAG") { Description = "The DAG." };
        var date = CommandContext.Date("--date", "The trading day, for a DAG that works on days.", false);
        var stores = new Option<string[]>("--stores") { Description = "Only these stores. Without, all of them.", HelpName = "STORE", AllowMultipleArgumentsPerToken = true };
        var set = new Option<string[]>("--set") { Description = "A parameter of the DAG; retail dags show lists them.", HelpName = "NAME=VALUE" };
        set.Validators.Add(given =>
        {
            foreach (var token in given.Tokens.Select(token => token.Value).Where(text => text.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                given.AddError($"--set '{token}' is no NAME=VALUE.");
            }
        });
        var wait = WaitOption();
        var command = new Command("run", "Queue a run by hand. --tenant says whose day where the login is of no tenant.") { dag, date, stores, set, wait };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var body = new
            {
                Tenant = parsed.GetValue(context.Connection.Tenant),
                BusinessDate = parsed.GetValue(date)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Stores = parsed.GetValue(stores) is { Length: > 0 } named ? named : null,
                Parameters = parsed.GetValue(set) is { Length: > 0 } given ? given.Select(text => text.Split('=', 2)).GroupBy(pair => pair[0]).ToDictionary(same => same.Key, same => same.Last()[1]) : null,
            };
            var made = await ApiCall.PostAsync(client, connection, $"{DagsCommand.Root}/dags/{Uri.EscapeDataString(parsed.GetRequiredValue(dag))}/runs", body, cancellationToken);
            var run = made.GetProperty("run").GetProperty("run_id").GetInt64();
            if (parsed.GetValue(wait))
            {
                report.Note($"Run {run} is queued.");
                return await WaitAsync(client, connection, run, [], report, context.Surroundings.Clock, cancellationToken);
            }

            if (report.AsJson)
            {
                report.Document(made);
            }
            else
            {
                report.Line($"Run {run} is queued.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Whether to wait for the end of the run.</summary>
    public static Option<bool> WaitOption() => new("--wait") { Description = "Wait until the run has ended, and say as its tasks do. Exits 1 when it does not succeed." };

    /// <summary>A run with its tasks.</summary>
    public static Task<JsonElement> ReadAsync(RetryingClient client, Connection connection, long run, CancellationToken cancellationToken) =>
        ApiCall.GetAsync(client, connection, $"{DagsCommand.Root}/runs/{run}", cancellationToken);

    /// <summary>The places of the tasks that have ended, in the order of the answer.</summary>
    public static HashSet<int> EndedOf(JsonElement found) => [.. Json.Members(found, "tasks").Index().Where(task => Ended.Contains(Json.Text(task.Item, "state"))).Select(task => task.Index)];

    /// <summary>Waits for the end of a run and tells of each task that ends meanwhile.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="connection">Where.</param>
    /// <param name="run">The run.</param>
    /// <param name="told">Tasks that had ended before.</param>
    /// <param name="report">Where it is said.</param>
    /// <param name="clock">Clock of the pauses.</param>
    /// <param name="cancellationToken">Ends the wait; the run goes on.</param>
    public static async Task<int> WaitAsync(RetryingClient client, Connection connection, long run, HashSet<int> told, Report report, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await ReadAsync(client, connection, run, cancellationToken);
            var ended = EndedOf(found);
            foreach (var task in Json.Members(found, "tasks").Index().Where(task => ended.Contains(task.Index) && told.Add(task.Index)).Select(task => task.Item))
            {
                report.Note($"{Json.Cell(task, "task_id")} {Json.Cell(task, "state")}{Took(task)}{(Json.Cell(task, "reason") is { Length: > 0 } reason ? $": {reason.Split('\n')[0]}" : "")}");
            }

            // A task that was cleared meanwhile may end once more.
            told.IntersectWith(ended);
            var state = Json.Text(found.GetProperty("run"), "state");
            if (state is "queued" or "running")
            {
                await Task.Delay(Look, clock, cancellationToken);
                continue;
            }

            if (report.AsJson)
            {
                report.Document(found);
            }
            else
            {
                report.Line($"Run {run}: {state}.");
            }

            return state == "success" ? ExitCode.Done : ExitCode.NeedsAttention;
        }
    }

    private static string Took(JsonElement task) =>
        Json.Text(task, "started_at") is { } from && Json.Text(task, "ended_at") is { } to
        && DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, out var started) && DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, out var ended)
            ? string.Create(CultureInfo.InvariantCulture, $" after {(ended - started).TotalSeconds:0.0} s") : "";
}
