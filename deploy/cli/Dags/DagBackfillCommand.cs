using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags backfill plan|apply|list|show|pause|resume|cancel</c>: many days computed again, a few at a time.</summary>
internal static class DagBackfillCommand
{
    private const string Backfills = DagsCommand.Root + "/backfills";
    private const int DaysShown = 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context) => new("backfill", "Compute many days of a DAG again: plan, apply, watch.")
    {
        Plan(context),
        Apply(context),
        List(context),
        Show(context),
        Change(context, "pause", "Let no more runs of it begin; what runs goes on."),
        Change(context, "resume", "Let it go on."),
        Change(context, "cancel", "Give up what has not begun."),
    };

    private static Command Plan(CommandContext context)
    {
        var dag = new Argument<string>("DAG") { Description = "The DAG; its runs work on a trading day." };
        var from = CommandContext.Date("--from", "First trading day.", true);
        var to = CommandContext.Date("--to", "Last trading day.", true);
        var selector = new Option<string>("--select") { Description = "Which of these days: missing, failed, stale or all.", HelpName = "WHICH", DefaultValueFactory = _ => "missing" };
        var order = new Option<string>("--order") { Description = "newest_first, oldest_first, or sequential: each when the one before has ended well.", HelpName = "ORDER", DefaultValueFactory = _ => "newest_first" };
        var most = new Option<int>("--runs") { Description = "How many runs at once, 1 to 16; sequential has one.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var stores = new Option<string[]>("--stores") { Description = "Only these stores. Without, all of them.", HelpName = "STORE", AllowMultipleArgumentsPerToken = true };
        selector.AcceptOnlyFromAmong("missing", "failed", "stale", "all");
        order.AcceptOnlyFromAmong("newest_first", "oldest_first", "sequential");
        var command = new Command("plan", "Say which days would be computed again and what that would cost, and do nothing.") { dag, from, to, selector, order, most, stores };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var body = new
            {
                Dag = parsed.GetRequiredValue(dag),
                From = parsed.GetRequiredValue(from),
                To = parsed.GetRequiredValue(to),
                Selector = parsed.GetRequiredValue(selector),
                Order = parsed.GetRequiredValue(order),
                MaxActiveRuns = parsed.GetValue(most),
                Stores = parsed.GetValue(stores) is { Length: > 0 } named ? named : null,
                Tenant = parsed.GetValue(context.Connection.Tenant),
            };
            var plan = await ApiCall.PostAsync(client, connection, $"{Backfills}/plans", body, cancellationToken);
            DagsCommand.Show(report, plan, () => Describe(report, plan));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Apply(CommandContext context)
    {
        var plan = new Argument<long>("PLAN") { Description = "Number of the plan." };
        var (reason, wait) = (DagsCommand.ReasonOption(), WaitOption());
        var command = new Command("apply", "Make the backfill a plan describes. Exits 4 when its days stand otherwise by now.") { plan, reason, wait };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            if (await DagPlanCommand.DoAsync(client, connection, $"{Backfills}/plans/{parsed.GetValue(plan)}/apply", new { Reason = parsed.GetRequiredValue(reason) }, report, cancellationToken) is not { } made)
            {
                return ExitCode.Outdated;
            }

            report.Note($"Backfill {Json.Cell(made, "backfill_id")} has begun.");
            return await ShownAsync(made, parsed.GetValue(wait), client, connection, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 200.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List backfills, newest first.") { limit };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var found = await ApiCall.ListAsync(client, connection, ApiCall.Address(Backfills, ("limit", parsed.GetValue(limit))), cancellationToken);
            DagsCommand.Show(report, found, () => Table(report, [.. found.EnumerateArray()]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var (number, wait) = (NumberArgument(), WaitOption());
        var command = new Command("show", "Show how a backfill stands.") { number, wait };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var found = await ApiCall.GetAsync(client, connection, $"{Backfills}/{parsed.GetValue(number)}", cancellationToken);
            return await ShownAsync(found, parsed.GetValue(wait), client, connection, report, context.Surroundings.Clock, cancellationToken);
        });
        return command;
    }

    private static Command Change(CommandContext context, string verb, string description)
    {
        var (number, reason) = (NumberArgument(), DagsCommand.ReasonOption());
        var again = new Option<bool>("--failed-again") { Description = "Give days that failed another run." };
        var command = new Command(verb, description) { number, reason };
        if (verb == "resume")
        {
            command.Add(again);
        }

        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            object body = verb == "resume" ? new { Reason = parsed.GetRequiredValue(reason), FailedAgain = parsed.GetValue(again) } : new { Reason = parsed.GetRequiredValue(reason) };
            if (await DagPlanCommand.DoAsync(client, connection, $"{Backfills}/{parsed.GetValue(number)}/{verb}", body, report, cancellationToken) is not { } done)
            {
                return ExitCode.Outdated;
            }

            DagsCommand.Show(report, done, () => Table(report, [done]));
            return ExitCode.Done;
        });
        return command;
    }

    // With a wait only the end is shown, so that --json stays one document.
    private static async Task<int> ShownAsync(JsonElement backfill, bool wait, RetryingClient client, Connection connection, Report report, TimeProvider clock, CancellationToken cancellationToken)
    {
        var shown = wait ? await EndAsync(backfill, client, connection, report, clock, cancellationToken) : backfill;
        DagsCommand.Show(report, shown, () => Table(report, [shown]));
        return wait && (Json.Text(shown, "state") != "done" || Count(shown, "failed") > 0) ? ExitCode.NeedsAttention : ExitCode.Done;
    }

    private static async Task<JsonElement> EndAsync(JsonElement backfill, RetryingClient client, Connection connection, Report report, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = backfill;
        await report.WithCountAsync($"Backfill {Json.Cell(backfill, "backfill_id")}", Ended(now) + Open(now), async advance =>
        {
            var (told, paused) = (0L, false);
            while (true)
            {
                advance(Ended(now) - told);
                told = Ended(now);
                var state = Json.Text(now, "state");
                if (Open(now) == 0 && state is "done" or "canceled")
                {
                    return;
                }

                if (state == "paused" && !paused)
                {
                    report.Note("It is paused; waiting for somebody to resume it.");
                }

                paused = state == "paused";
                await Task.Delay(Look, clock, cancellationToken);
                now = await ApiCall.GetAsync(client, connection, $"{Backfills}/{Json.Cell(backfill, "backfill_id")}", cancellationToken);
            }
        });
        return now;
    }

    private static void Describe(Report report, JsonElement plan)
    {
        var days = Json.Members(plan, "days").ToList();
        if (days.Count > 0)
        {
            report.Table(["Day", "Stores"], days.Take(DaysShown).Select(day => (string[])[Json.Cell(day, "business_date"), Stores(day)]));
        }

        if (days.Count > DaysShown)
        {
            report.Line($"… and {Report.Figure(days.Count - DaysShown)} more days.");
        }

        report.Line($"Plan {Json.Cell(plan, "plan_id")}: {Report.Figure(days.Count)} days, {Report.Figure(Count(plan, "tasks"))} tasks"
            + (Json.Cell(plan, "rows") is { Length: > 0 } ? $", {Report.Figure(Count(plan, "rows"))} rows" : "")
            + (Took(plan, "usual_seconds") is { } usual ? $", likely {usual}, at worst {Took(plan, "at_worst_seconds")}" : "") + "."
            + (Count(plan, "waiting_runs") > 0 ? $" {Report.Figure(Count(plan, "waiting_runs"))} runs that wait now go first." : ""));
        report.Note(days.Count == 0 ? "There is nothing to do." : $"Until {DagsCommand.At(plan, "expires_at")} UTC: retail dags backfill apply {Json.Cell(plan, "plan_id")} --reason …");
    }

    private static string Stores(JsonElement day) => day.GetProperty("stores") is not { ValueKind: JsonValueKind.Array } stores ? "all"
        : stores.GetArrayLength() == 0 ? "the day as a whole" : string.Join(", ", stores.EnumerateArray());

    private static void Table(Report report, IReadOnlyList<JsonElement> backfills) => report.Table(
        [">Backfill", "DAG", "Days", "Which", "State", ">Pending", ">Under way", ">Succeeded", ">Failed", ">Canceled", "By", "Reason"],
        backfills.Select(one => (string[])
            [Json.Cell(one, "backfill_id"), Json.Cell(one, "dag"), $"{Json.Cell(one, "from")}..{Json.Cell(one, "to")}", Json.Cell(one, "selector"), Json.Cell(one, "state"), Json.Cell(one, "pending"), Json.Cell(one, "submitted"), Json.Cell(one, "succeeded"), Json.Cell(one, "failed"), Json.Cell(one, "canceled"), Json.Cell(one, "actor"), Json.Cell(one, "reason")]));

    private static long Count(JsonElement holder, string name) => holder.GetProperty(name).GetInt64();

    private static long Open(JsonElement backfill) => Count(backfill, "pending") + Count(backfill, "submitted");

    private static long Ended(JsonElement backfill) => Count(backfill, "succeeded") + Count(backfill, "failed") + Count(backfill, "canceled");

    private static string? Took(JsonElement plan, string name) => plan.GetProperty(name) is { ValueKind: JsonValueKind.Number } seconds
        ? TimeSpan.FromSeconds(Math.Ceiling(seconds.GetDouble())).ToString("c", CultureInfo.InvariantCulture) : null;

    private static Argument<long> NumberArgument() => new("BACKFILL") { Description = "Number of the backfill." };

    private static Option<bool> WaitOption() => new("--wait") { Description = "Wait until all its days have ended. Exits 1 when one did not succeed." };
}
