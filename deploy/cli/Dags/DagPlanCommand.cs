using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags clear|mark|cancel|plan|apply|undo</c>: what would be touched first, then exactly that or nothing.</summary>
internal static class DagPlanCommand
{
    private static readonly string[] Kinds = ["clear", "mark", "cancel"];

    /// <summary>Plans, asks and applies.</summary>
    public static Command Act(CommandContext context, string kind, string description)
    {
        var selection = new PlanSelectionOptions();
        var (reason, wait) = (DagsCommand.ReasonOption(), DagRunCommand.WaitOption());
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command(kind, description) { reason, yes };
        selection.AddTo(command, kind);
        if (kind == "clear")
        {
            command.Add(wait);
        }

        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var input = context.Surroundings.Input;
            if (!parsed.GetValue(yes) && (report.AsJson || input is null))
            {
                throw CommandFailure.Usage("Nobody can be asked here. See what it touches with 'retail dags plan', then say --yes.");
            }

            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var plan = await MakeAsync(client, connection, selection.Run(parsed), selection.Body(parsed, kind), cancellationToken);
            var id = plan.GetProperty("plan_id").GetInt64();
            if (!report.AsJson)
            {
                Show(report, plan);
            }

            if (kind != "cancel" && plan.GetProperty("tasks").GetArrayLength() == 0)
            {
                if (report.AsJson)
                {
                    report.Document(plan);
                }

                report.Note("There is nothing to do.");
                return ExitCode.Done;
            }

            if (!parsed.GetValue(yes) && !await AgreesAsync(context.Surroundings, kind, cancellationToken))
            {
                report.Note($"Nothing was done. Until {DagsCommand.At(plan, "expires_at")} UTC: retail dags apply {id} --reason …");
                return ExitCode.NeedsAttention;
            }

            var told = parsed.GetValue(wait) ? DagRunCommand.EndedOf(await DagRunCommand.ReadAsync(client, connection, selection.Run(parsed), cancellationToken)) : [];
            var exit = await ApplyAsync(client, connection, $"plans/{id}/apply", parsed.GetRequiredValue(reason), report, !parsed.GetValue(wait), cancellationToken);
            if (exit != ExitCode.Done || !parsed.GetValue(wait))
            {
                return exit;
            }

            var now = DagRunCommand.EndedOf(await DagRunCommand.ReadAsync(client, connection, selection.Run(parsed), cancellationToken));
            told.IntersectWith(now);
            return await DagRunCommand.WaitAsync(client, connection, selection.Run(parsed), told, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    /// <summary>Plans alone.</summary>
    public static Command Plan(CommandContext context)
    {
        var kind = new Argument<string>("KIND") { Description = "clear, mark or cancel." };
        kind.AcceptOnlyFromAmong(Kinds);
        var selection = new PlanSelectionOptions();
        var command = new Command("plan", "Say what clearing, marking or canceling would touch and cost, and do nothing.") { kind };
        selection.AddTo(command, null);
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var plan = await MakeAsync(client, connection, selection.Run(parsed), selection.Body(parsed, parsed.GetRequiredValue(kind)), cancellationToken);
            if (report.AsJson)
            {
                report.Document(plan);
            }
            else
            {
                Show(report, plan);
                report.Note($"Until {DagsCommand.At(plan, "expires_at")} UTC: retail dags apply {Json.Cell(plan, "plan_id")} --reason …");
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Does what a plan says.</summary>
    public static Command Apply(CommandContext context) => Once(context, "apply", "PLAN", "Number of the plan.", "plans", "apply", "Do what a plan says. Exits 4 when its tasks have changed since.");

    /// <summary>Takes a mark back.</summary>
    public static Command Undo(CommandContext context) =>
        Once(context, "undo", "ACTION", "Number of the action, as retail dags actions shows it.", "actions", "undo", "Take a mark back. Exits 4 when something has changed since.");

    /// <summary>Has something done once, if the world still stands as it should.</summary>
    /// <returns>The answer; null when nothing was done: why, and the differences, have been reported.</returns>
    public static async Task<JsonElement?> DoAsync(RetryingClient client, Connection connection, string path, object body, Report report, CancellationToken cancellationToken)
    {
        using var response = await ApiCall.PostOnceAsync(client, connection, path, body, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            return await RetryingClient.ReadJsonAsync(response, cancellationToken);
        }

        var refusal = await RetryingClient.ReadJsonAsync(response, cancellationToken);
        var differences = Json.Members(refusal, "differences").Select(one => one.ToString()).ToList();
        if (report.AsJson)
        {
            report.Document(new { Error = new { Status = 409, Title = Json.Text(refusal, "title"), Detail = Json.Text(refusal, "detail"), Code = Json.Text(refusal, "code"), Differences = differences } });
        }
        else
        {
            report.Note($"Nothing was done: {Json.Text(refusal, "detail")}");
            differences.ForEach(report.Line);
        }

        return null;
    }

    private static Command Once(CommandContext context, string name, string argument, string help, string things, string verb, string description)
    {
        var number = new Argument<long>(argument) { Description = help };
        var reason = DagsCommand.ReasonOption();
        var command = new Command(name, description) { number, reason };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            return await ApplyAsync(client, connection, $"{things}/{parsed.GetValue(number)}/{verb}", parsed.GetRequiredValue(reason), report, true, cancellationToken);
        });
        return command;
    }

    private static Task<JsonElement> MakeAsync(RetryingClient client, Connection connection, long run, object body, CancellationToken cancellationToken) =>
        ApiCall.PostAsync(client, connection, $"{DagsCommand.Root}/runs/{run}/plans", body, cancellationToken);

    private static async Task<int> ApplyAsync(RetryingClient client, Connection connection, string path, string reason, Report report, bool shown, CancellationToken cancellationToken)
    {
        if (await DoAsync(client, connection, $"{DagsCommand.Root}/{path}", new { Reason = reason }, report, cancellationToken) is not { } done)
        {
            return ExitCode.Outdated;
        }

        var action = done.GetProperty("action");
        if (report.AsJson && shown)
        {
            report.Document(done);
        }
        else if (!report.AsJson)
        {
            Table(report, ["Task", "Key", "Was", "Is"], Json.Members(done, "changes").Select(one => (string[])[Json.Cell(one, "task"), Json.Cell(one, "key"), Json.Cell(one, "was"), Json.Cell(one, "is")]));
            report.Note($"Done: {Json.Cell(action, "kind")} of run {Json.Cell(action, "run_id")}, action {Json.Cell(action, "action_id")}.");
        }

        return ExitCode.Done;
    }

    private static async Task<bool> AgreesAsync(Surroundings surroundings, string kind, CancellationToken cancellationToken)
    {
        await surroundings.Error.WriteAsync($"Really {kind}? [y/N] ".AsMemory(), cancellationToken);
        await surroundings.Error.FlushAsync(cancellationToken);
        return (await surroundings.Input!.ReadLineAsync(cancellationToken))?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static void Show(Report report, JsonElement plan)
    {
        Table(report, ["Task", "Key", "State"], Json.Members(plan, "tasks").Select(task => (string[])[Json.Cell(task, "task"), Json.Cell(task, "key"), Json.Cell(task, "state")]));
        var estimate = plan.GetProperty("estimate");
        var waiting = Json.Members(estimate, "runs_waiting").Select(run => Json.Cell(run, "run_id")).ToList();
        report.Line($"Plan {Json.Cell(plan, "plan_id")}: {Json.Cell(plan, "kind")}{(Json.Text(plan, "as") is { } state ? $" as {state}" : "")} {(Json.Cell(estimate, "tasks") is "0" ? "no" : Json.Cell(estimate, "tasks"))} tasks of run {Json.Cell(plan, "run_id")} of {Json.Cell(plan, "dag_id")}."
            + (Seconds(estimate, "p50_seconds") is { } usual ? $" Lately that took {usual} s, in nine of ten cases at most {Seconds(estimate, "p90_seconds")} s." : "")
            + (waiting.Count == 0 ? "" : $" Run {string.Join(", ", waiting)} waits for the same partition."));
    }

    // What has not begun has no tasks yet.
    private static void Table(Report report, string[] columns, IEnumerable<string[]> rows)
    {
        if (rows.ToList() is { Count: > 0 } some)
        {
            report.Table(columns, some);
        }
    }

    private static string? Seconds(JsonElement estimate, string name) => estimate.GetProperty(name) is { ValueKind: JsonValueKind.Number } seconds ? seconds.GetRawText() : null;
}
