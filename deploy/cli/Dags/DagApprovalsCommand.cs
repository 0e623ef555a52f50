using System.CommandLine;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags approvals [list|yes ID|no ID]</c>: what would change published figures, and the answer.</summary>
internal static class DagApprovalsCommand
{
    private const string Approvals = DagsCommand.Root + "/approvals";

    // Of head office or an administrator: whoever starts runs does not let them pass.
    private const string Role = "head_office";

    // Amounts come in 1/1,000,000 of the currency.
    private const decimal Micros = 1_000_000;

    public static Command Create(CommandContext context)
    {
        var command = new Command("approvals", "See what waits for somebody to say yes, and answer. To answer takes a login of head office or of an administrator.")
        {
            List(context),
            Answer(context, "yes", "approve", "Let it be published, if it is still the same when it is computed again."),
            Answer(context, "no", "refuse", "Let the task fail; what stands stays."),
        };
        OnList(context, command);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List what waits for an answer, oldest first: was and is of every store.");
        OnList(context, command);
        return command;
    }

    private static void OnList(CommandContext context, Command command) => context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
    {
        await connection.SignInAsync(client, Role, cancellationToken);
        var found = await ApiCall.ListAsync(client, connection, Approvals, cancellationToken);
        DagsCommand.Show(report, found, () =>
        {
            foreach (var question in found.EnumerateArray())
            {
                Describe(report, question);
            }
        });
        if (found.GetArrayLength() == 0)
        {
            report.Note("Nothing waits for an answer.");
        }

        return ExitCode.Done;
    });

    private static Command Answer(CommandContext context, string name, string verb, string description)
    {
        var number = new Argument<long>("ID") { Description = "Number of the question." };
        var reason = DagsCommand.ReasonOption();
        var command = new Command(name, description) { number, reason };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, Role, cancellationToken);
            if (await DagPlanCommand.DoAsync(client, connection, $"{Approvals}/{parsed.GetValue(number)}/{verb}", new { Reason = parsed.GetRequiredValue(reason) }, report, cancellationToken) is not { } done)
            {
                return ExitCode.Outdated;
            }

            DagsCommand.Show(report, done, () => report.Line($"Question {Json.Cell(done, "approval_id")} is {Json.Cell(done, "state")}."));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Describe(Report report, JsonElement question)
    {
        report.Line($"{Json.Cell(question, "approval_id")}: {Json.Cell(question, "question")} ({Json.Cell(question, "dag")}/{Json.Cell(question, "task")} of run {Json.Cell(question, "run_id")}, asked {DagsCommand.At(question, "asked_at")} UTC)");
        if (Json.Members(question, "detail").ToList() is { Count: > 0 } stores)
        {
            report.Table(
                ["Store", ">Net was", ">Net is", ">Receipts was", ">Receipts is", ">Visitors was", ">Visitors is"],
                stores.Select(store => (string[])
                    [Json.Cell(store, "store"), Amount(store, "netWas"), Amount(store, "netIs"), Json.Cell(store, "receiptsWas"), Json.Cell(store, "receiptsIs"), Json.Cell(store, "visitorsWas"), Json.Cell(store, "visitorsIs")]));
        }
    }

    private static string Amount(JsonElement store, string name) =>
        store.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? Report.Figure(value.GetInt64() / Micros) : "";
}
