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
        var metrics = new Option<string>("--metrics") { Description = "Metrics, separated by commas.", HelpName = "IDS", Required = true };
        var from = CommandContext.Date("--from", "First business date.", true);
        var to = CommandContext.Date("--to", "Last business date.", true);
        var by = new Option<string>("--by") { Description = "Dimensions, separated by commas.", HelpName = "NAMES" };
        var grain = new Option<string>("--grain") { Description = "day, week, month, quarter or year.", HelpName = "GRAIN" };
        var filters = new Option<string[]>("--filter") { Description = "DIMENSION:VALUE or DIMENSION!:VALUE; repeat for several.", HelpName = "FILTER" };
        var compare = new Option<string>("--compare") { Description = "previous_period, previous_week, last_year_weekday or last_year_date.", HelpName = "PERIOD" };
        var order = new Option<string>("--order") { Description = "Dimensions and metrics, separated by commas; a leading - turns the order.", HelpName = "NAMES" };
        var output = new Option<FileInfo>("--output") { Description = "Write every row into this file: .csv or .parquet.", HelpName = "FILE" };
        var encoding = new Option<string>("--encoding") { Description = "utf-8 or cp932, for a .csv file.", HelpName = "NAME" };
        var command = new Command("query", "Ask for metrics by dimensions of a period, all pages of them.") { metrics, from, to, by, grain, filters, compare, order, output, encoding };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var parts = new List<(string Name, string? Value)>
            {
                ("metrics", parsed.GetRequiredValue(metrics)), ("from", Iso(parsed.GetValue(from))), ("to", Iso(parsed.GetValue(to))), ("dimensions", parsed.GetValue(by)),
                ("grain", parsed.GetValue(grain)), ("compare", parsed.GetValue(compare)), ("order", parsed.GetValue(order)),
            };
            parts.AddRange((parsed.GetValue(filters) ?? []).Select(filter => ("filter", (string?)filter)));
            var file = parsed.GetValue(output);
            if (file is not null)
            {
                parts.Add(("format", file.Extension switch { ".csv" => "csv", ".parquet" => "parquet", _ => throw CommandFailure.Usage("--output ends with .csv or .parquet.") }));
                parts.Add(("encoding", parsed.GetValue(encoding)));
            }
            else
            {
                parts.Add(("limit", "1000"));
            }

            await connection.SignInAsync(client, cancellationToken);
            var address = new Uri(connection.Api, "/v1/metrics/query?" + string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}")));
            return file is null
                ? await ShowAsync(client, address, report, cancellationToken)
                : await SaveAsync(client, address, file, report, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SaveAsync(RetryingClient client, Uri address, FileInfo file, Report report, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, address, null), cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        await using (var target = file.Create())
        {
            await response.Content.CopyToAsync(target, cancellationToken);
        }

        var unwritable = response.Headers.TryGetValues("Unwritable-Characters", out var listed) ? string.Join(", ", listed) : null;
        if (report.AsJson)
        {
            report.Document(new { File = file.FullName, UnwritableCharacters = unwritable });
        }
        else if (unwritable is not null)
        {
            report.Note($"Written as 〓 because CP932 has no place for them: {unwritable}.");
        }

        return unwritable is null ? ExitCode.Done : ExitCode.NeedsAttention;
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

    private static string? Iso(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
