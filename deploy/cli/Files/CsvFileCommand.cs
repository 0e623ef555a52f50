using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>Commands that send CSV files: <c>retail staff-hours FILE…</c> and <c>retail devices FILE…</c>.</summary>
internal static class CsvFileCommand
{
    /// <summary>Loads hours planned and worked.</summary>
    public static Command StaffHours(CommandContext context) => Create(
        context,
        new Command("staff-hours", "Load hours planned and worked. A file replaces the store-days it names; with one bad row nothing of it is stored. Safe to repeat."),
        "CSV files with store, business_date, hour, planned_hours, actual_hours; UTF-8, at most 1 MiB each.",
        "/v1/staff-hours",
        answer => $"{Json.Cell(answer, "rows")} rows, {Json.Cell(answer, "store_days")} store-days{(answer.GetProperty("changed").GetBoolean() ? "" : ", nothing new")}.");

    /// <summary>Enrols counters and cameras with their lines.</summary>
    public static Command Devices(CommandContext context) => Create(
        context,
        new Command("devices", "Enrol counters and cameras with their lines. With one bad row nothing of a file is enrolled; devices that are enrolled already stay as they are. Safe to repeat."),
        "CSV files, a row a line of a device, with device, device_group, interval_seconds and, as far as known, name, maker, model, revision, opens, closes, network, subscriber, equipment, line, store, valid_from, valid_to, role, reversed, zone; UTF-8, at most 1 MiB each.",
        "/v1/devices/enrolments",
        answer => $"{answer.GetProperty("enrolled").GetArrayLength()} enrolled, {answer.GetProperty("known").GetArrayLength()} enrolled before.");

    private static Command Create(CommandContext context, Command command, string columns, string path, Func<JsonElement, string> said)
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = columns, Arity = ArgumentArity.OneOrMore }.AcceptExistingOnly();
        command.Add(files);
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, cancellationToken);
            var (loaded, faults) = (new List<object>(), new List<string[]>());
            foreach (var file in parsed.GetRequiredValue(files))
            {
                await report.WithProgressAsync(file.Name, file.Length, async sent =>
                {
                    using var response = await client.SendAsync(() => Request(new Uri(connection.Api, path), file, sent), cancellationToken);
                    if (response.StatusCode != HttpStatusCode.UnprocessableEntity)
                    {
                        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
                    }

                    var answer = await RetryingClient.ReadJsonAsync(response, cancellationToken);
                    loaded.Add(new { File = file.Name, Answer = answer });
                    faults.AddRange(Json.Members(answer, "errors").Select(fault => (string[])[file.Name, Json.Cell(fault, "row"), Json.Cell(fault, "field"), Json.Cell(fault, "detail")]));
                    if (response.IsSuccessStatusCode && !report.AsJson)
                    {
                        report.Line($"{file.Name}: {said(answer)}");
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

    private static HttpRequestMessage Request(Uri address, FileInfo file, Action<long> sent)
    {
        var request = RetryingClient.Request(HttpMethod.Post, address, null);
        request.Content = new FileBody(file, new UploadProgress(sent));
        request.Content.Headers.ContentType = new("text/csv") { CharSet = "utf-8" };
        return request;
    }
}
