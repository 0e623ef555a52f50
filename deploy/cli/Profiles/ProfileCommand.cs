using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail profile test FILE --profile P</c>.</summary>
internal static class ProfileCommand
{
    private const int FindingsShown = 50;

    public static Command Create(CommandContext context) => new("profile", "Try files against vendor profiles.") { Test(context) };

    private static Command Test(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file. One that ends in .gz is sent as gzip." }.AcceptExistingOnly();
        var profile = new Option<string>("--profile") { Description = "Profile, such as vendor-a.", HelpName = "PROFILE", Required = true };
        var command = new Command("test", "Read a file as a push would, and show what was found. Nothing is kept or counted. Exit code 0: level A, goes live as it is.") { file, profile };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var (path, name) = (parsed.GetRequiredValue(file), parsed.GetRequiredValue(profile));
            var address = new Uri(connection.Gateway, $"/v1/profiles/{Uri.EscapeDataString(name)}/test");
            using var response = await client.SendAsync(() => Request(path, address, connection.KeyFor(name)), cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var found = await RetryingClient.ReadJsonAsync(response, cancellationToken);
            Show(report, found);
            return Json.Text(found, "level") == "A" ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static HttpRequestMessage Request(FileInfo file, Uri address, string key)
    {
        var request = RetryingClient.Request(HttpMethod.Post, address, key);
        request.Content = new FileBody(file, new UploadProgress(_ => { }));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (file.Extension.Equals(".gz", StringComparison.OrdinalIgnoreCase))
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return request;
    }

    private static void Show(Report report, JsonElement found)
    {
        if (report.AsJson)
        {
            report.Document(found);
            return;
        }

        int Number(string member) => found.GetProperty(member).GetInt32();
        var level = Json.Text(found, "level");
        report.Line(string.Create(CultureInfo.InvariantCulture, $"Level {level}: {Meaning(level)} {Number("rows_read")} rows read, {Number("rows_accepted")} accepted, {Number("rows_held")} held."));
        var findings = Json.Members(found, "findings").ToArray();
        if (findings.Length > 0)
        {
            report.Table(
                ["Level", ">Row", ">Offset", "Field", "Code", "Found"],
                findings.Take(FindingsShown).Select(finding => new[]
                {
                    Json.Text(finding, "level") ?? "", Report.Figure(finding.GetProperty("row").GetInt32()), Report.Figure(finding.GetProperty("byte_offset").GetInt64()),
                    Json.Text(finding, "field") ?? "", Json.Text(finding, "code") ?? "", Json.Text(finding, "detail") ?? "",
                }));
        }

        foreach (var finding in findings.DistinctBy(finding => Json.Text(finding, "code")))
        {
            report.Note($"{Json.Text(finding, "code")}: {Json.Text(finding.GetProperty("reason"), "en")} {Json.Text(finding.GetProperty("fix"), "en")}");
            report.Note($"  {Json.Text(finding.GetProperty("reason"), "ja")}{Json.Text(finding.GetProperty("fix"), "ja")}");
        }

        if (Number("finding_count") > FindingsShown)
        {
            report.Note(string.Create(CultureInfo.InvariantCulture, $"… {Number("finding_count")} findings in all: --json lists up to 1,000."));
        }
    }

    private static string Meaning(string? level) => level switch
    {
        "A" => "goes live as it is.",
        "B" => "goes live; what is found is held back.",
        _ => "cannot be accepted.",
    };
}
