using System.CommandLine;
using System.Net;

namespace RetailInsight.Cli;

/// <summary><c>retail staff-hours FILE…</c>: loads hours planned and worked.</summary>
internal static class StaffHoursCommand
{
    public static Command Create(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "CSV files with store, business_date, hour, planned_hours, actual_hours; UTF-8, at most 1 MiB each.",
            Arity = ArgumentArity.OneOrMore,
        }.AcceptExistingOnly();
        var command = new Command("staff-hours", "Load hours planned and worked. A file replaces the store-days it names; with one bad row nothing of it is stored. Safe to repeat.") { files };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, cancellationToken);
            var (loaded, faults) = (new List<object>(), new List<string[]>());
            foreach (var file in parsed.GetRequiredValue(files))
            {
                await report.WithProgressAsync(file.Name, file.Length, async sent =>
                {
                    using var response = await client.SendAsync(() => Request(connection, file, sent), cancellationToken);
                    if (response.StatusCode != HttpStatusCode.UnprocessableEntity)
                    {
                        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
                    }

                    var answer = await RetryingClient.ReadJsonAsync(response, cancellationToken);
                    loaded.Add(new { File = file.Name, Answer = answer });
                    faults.AddRange(Json.Members(answer, "errors").Select(fault => (string[])[file.Name, Json.Cell(fault, "row"), Json.Cell(fault, "field"), Json.Cell(fault, "detail")]));
                    if (response.IsSuccessStatusCode && !report.AsJson)
                    {
                        report.Line($"{file.Name}: {Json.Cell(answer, "rows")} rows, {Json.Cell(answer, "store_days")} store-days{(answer.GetProperty("changed").GetBoolean() ? "" : ", nothing new")}.");
                    }
                });
            }

            if (report.AsJson)
            {
                report.Document(new { Files = loaded });
            }
            else if (faults.Count > 0)
            {
                report.Table(["File", ">Row", "Field", "To mend"], faults);
            }

            return faults.Count == 0 ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static HttpRequestMessage Request(Connection connection, FileInfo file, Action<long> sent)
    {
        var request = RetryingClient.Request(HttpMethod.Post, new Uri(connection.Api, "/v1/staff-hours"), null);
        request.Content = new FileBody(file, new UploadProgress(sent));
        request.Content.Headers.ContentType = new("text/csv") { CharSet = "utf-8" };
        return request;
    }
}
