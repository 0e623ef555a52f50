using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail metrics list|query</c>: the catalogue and questions about its numbers.</summary>
internal static class MetricsCommand
{
    public static Command Create(CommandContext context) => new("metrics", "Show what the numbers mean, and ask for them.") { List(context), Query(context) };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List every metric with its formula and dimensions.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, cancellationToken);
            using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(connection.Api, "/v1/metrics"), null), cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var catalogue = await RetryingClient.ReadJsonAsync(response, cancellationToken);
            if (report.AsJson)
            {
                report.Document(catalogue);
                return ExitCode.Done;
            }

            report.Table(
                ["Metric", "Name", "Formula", "Unit", "Dimensions"],
                Json.Members(catalogue, "items").Select(card => new[]
                {
                    Json.Text(card, "id")!, Json.Text(card, "name")!, Json.Text(card, "formula")!, Json.Text(card, "unit")!,
                    string.Join(", ", card.GetProperty("dimensions").EnumerateArray().Select(one => one.GetString())),
                }));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Query(CommandContext context)
    {
        var question = new MetricQuestionOptions();
        var output = new Option<FileInfo>("--output") { Description = "Write every row into this file: .csv or .parquet.", HelpName = "FILE" };
        var command = new Command("query", "Ask for metrics by dimensions of a period, all pages of them.");
        foreach (var option in question.All.Append(output))
        {
            command.Add(option);
        }

        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var file = parsed.GetValue(output);
            var form = file is null ? null : MetricFile.FormOf(file);
            if (file is not null && form is not ("csv" or "parquet"))
            {
                throw CommandFailure.Usage("--output ends with .csv or .parquet.");
            }

            await connection.SignInAsync(client, cancellationToken);
            var address = question.Address(parsed, connection.Api, form);
            return file is null
                ? await ShowAsync(client, address, report, cancellationToken)
                : await MetricFile.SaveAsync(client, address, file, report, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ShowAsync(RetryingClient client, Uri address, Report report, CancellationToken cancellationToken)
    {
        var rows = new List<JsonElement>();
        JsonElement? head = null;
        await foreach (var page in client.PagesAsync(address, null, cancellationToken))
        {
            head ??= page;
            rows.AddRange(Json.Members(page, "rows"));
        }

        var answer = head!.Value;
        if (report.AsJson)
        {
            report.Document(new { DataVersion = answer.GetProperty("data_version"), Metrics = answer.GetProperty("metrics"), Rows = rows, Data = answer.GetProperty("data") });
            return ExitCode.Done;
        }

        var ids = Json.Members(answer, "metrics").Select(metric => Json.Text(metric, "id")!).ToList();
        var compared = Json.Text(answer, "compare") != "none";
        var dimensions = rows.Count == 0 ? [] : rows[0].GetProperty("dimensions").EnumerateObject().Select(one => one.Name).ToList();
        report.Table(
            [.. dimensions, "Currency", .. ids.SelectMany(id => compared ? (string[])[">" + id, ">before", ">change"] : [">" + id]), ">Store-days"],
            rows.Select(row => (string[])
            [
                .. row.GetProperty("dimensions").EnumerateObject().Select(one => one.Value.GetString() ?? ""),
                Json.Text(row, "currency") ?? "",
                .. ids.Select(id => row.GetProperty("values").GetProperty(id)).SelectMany(value => compared
                    ? (string[])[Json.Text(value, "value") ?? "–", Json.Text(value, "comparison") ?? "–", Percent(Json.Text(value, "change"))]
                    : [Json.Text(value, "value") ?? "–"]),
                $"{row.GetProperty("data").GetProperty("store_days_reported")}/{row.GetProperty("data").GetProperty("store_days_expected")}",
            ]));
        return ExitCode.Done;
    }

    private static string Percent(string? ratio) => ratio is null ? "–" : (decimal.Parse(ratio, NumberStyles.Number, CultureInfo.InvariantCulture) * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %";
}
