using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail dags logs RUN TASK [-f] [--try N]</c>: what a task said, or says.</summary>
internal static class DagLogsCommand
{
    private const int LinesAtOnce = 1000;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context)
    {
        var (run, task, key) = (DagsCommand.RunArgument(), new Argument<string>("TASK") { Description = "The task." }, DagsCommand.KeyOption());
        var number = new Option<int?>("--try") { Description = "Number of the try. Without, the last one; followed, all of them.", HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the task has ended. Exits 1 when it does not succeed." };
        var command = new Command("logs", "Show what a task logged, also while it runs.") { run, task, key, number, follow };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, DagsCommand.Role, cancellationToken);
            var address = $"{DagsCommand.Root}/runs/{parsed.GetValue(run)}/logs";
            (string, object?)[] which = [("task", parsed.GetValue(task)), ("key", parsed.GetValue(key)), ("try", parsed.GetValue(number))];
            return parsed.GetValue(follow)
                ? await FollowAsync(client, new Uri(connection.Api, ApiCall.Address(address + "/stream", which)), report, context.Surroundings.Clock, cancellationToken)
                : await ReadAsync(client, connection, address, which, report, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ReadAsync(RetryingClient client, Connection connection, string address, (string, object?)[] which, Report report, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        JsonElement page;
        long after = 0;
        int read;
        do
        {
            page = await ApiCall.GetAsync(client, connection, ApiCall.Address(address, [.. which, ("after", after), ("limit", LinesAtOnce)]), cancellationToken);
            var lines = Json.Members(page, "lines").ToList();
            (after, read) = (page.GetProperty("after").GetInt64(), lines.Count);
            all.AddRange(lines);
            if (!report.AsJson)
            {
                lines.ForEach(line => report.Line(Text(line)));
            }
        }
        while (read == LinesAtOnce);
        if (report.AsJson)
        {
            report.Document(new { Try = page.GetProperty("try"), State = Json.Text(page, "state"), Lines = all });
        }

        report.Note(page.GetProperty("try").ValueKind == JsonValueKind.Null ? $"It has not begun ({Json.Text(page, "state")})." : $"Try {Json.Cell(page.GetProperty("try"), "try_number")}: {Outcome(page.GetProperty("try"))}.");
        return ExitCode.Done;
    }

    private static async Task<int> FollowAsync(RetryingClient client, Uri address, Report report, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (lines, last) = (new List<JsonElement>(), "");
        while (true)
        {
            using var response = await client.StreamAsync(
                () =>
                {
                    var request = RetryingClient.Request(HttpMethod.Get, address, null);
                    if (last.Length > 0)
                    {
                        request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
                    }

                    return request;
                },
                cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var one in SseParser.Create(body).EnumerateAsync(cancellationToken))
                {
                    last = one.EventId is { Length: > 0 } id ? id : last;
                    var data = JsonSerializer.Deserialize<JsonElement>(one.Data);
                    switch (one.EventType)
                    {
                        case "try":
                            report.Note($"Try {Json.Cell(data, "try_number")}");
                            break;
                        case "waiting" when last.Length == 0:
                            report.Note($"It has not begun ({Json.Text(data, "state")}).");
                            break;
                        case "line" when report.AsJson:
                            lines.Add(data);
                            break;
                        case "line":
                            report.Line(Text(data));
                            break;
                        case "end":
                            var state = Json.Text(data, "state");
                            if (report.AsJson)
                            {
                                report.Document(new { State = state, Lines = lines });
                            }

                            report.Note($"It ended: {state}.");
                            return state is "success" or "skipped" ? ExitCode.Done : ExitCode.NeedsAttention;
                    }
                }
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
            {
                report.Note($"The connection broke ({broken.Message}); going on where it was.");
            }

            // The answer was over before the task: the server bounds each.
            await Task.Delay(Again, clock, cancellationToken);
        }
    }

    private static string Text(JsonElement line) => $"{DagsCommand.At(line, "at")} {Json.Text(line, "level"),-11} {Json.Text(line, "message")}";

    private static string Outcome(JsonElement attempt) => Json.Text(attempt, "outcome") ?? "running";
}
