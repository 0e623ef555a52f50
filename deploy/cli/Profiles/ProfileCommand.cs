using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail profile list</c>, <c>retail profile draft FILE</c> and <c>retail profile test FILE --profile P</c>, P published or a draft in a file.</summary>
internal static class ProfileCommand
{
    private const int FindingsShown = 50;

    public static Command Create(CommandContext context) => new("profile", "List vendor profiles and try files against them.") { List(context), Draft(context), Test(context) };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the published profiles with their format.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            var found = await GatewayCall.SendAsync(client, connection, connection.AllKeys()[0].Key, HttpMethod.Get, "/v1/profiles", null, cancellationToken);
            if (report.AsJson)
            {
                report.Document(found);
            }
            else
            {
                report.Table(
                    ["Profile", ">Version", "Vendor", "Content", "Format", "Encoding", "Currency"],
                    Json.Members(found, "items").Select(one => (string[])
                        [Json.Cell(one, "profile"), Json.Cell(one, "version"), Json.Cell(one, "vendor"), Json.Cell(one, "content"), Json.Cell(one, "format"), Json.Cell(one, "encoding"), Json.Cell(one, "currency")]));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Draft(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A file of the new vendor. One that ends in .gz is sent as gzip." }.AcceptExistingOnly();
        var id = new Option<string?>("--id") { Description = "Name of the profile to be.", HelpName = "PROFILE" };
        var output = new Option<string?>("--output") { Description = "File to write the draft to; it must not exist. Default: standard output.", HelpName = "YAML" };
        var command = new Command("draft", "Look at a file and write the first draft of its profile, with DECIDE where a person has to decide. Then: retail profile test.") { file, id, output };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var address = new Uri(connection.Gateway, "/v1/profile-drafts" + (parsed.GetValue(id) is { } name ? "?id=" + Uri.EscapeDataString(name) : ""));
            var to = parsed.GetValue(output) is { } path ? Path.Combine(context.Surroundings.CurrentDirectory, path) : null;
            if (File.Exists(to))
            {
                throw CommandFailure.Usage($"--output: '{to}' exists; a draft takes the place of nothing.");
            }

            using var response = await client.SendAsync(() => Request(parsed.GetRequiredValue(file), address, connection.AllKeys()[0].Key), cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var yaml = await response.Content.ReadAsStringAsync(cancellationToken);
            if (to is not null)
            {
                await File.WriteAllTextAsync(to, yaml, cancellationToken);
            }

            if (report.AsJson)
            {
                report.Document(new { Draft = yaml });
            }
            else if (to is null)
            {
                report.Line(yaml);
            }

            report.Note($"{yaml.Split("DECIDE").Length - 1} places are to be decided: DECIDE.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Test(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file. One that ends in .gz is sent as gzip." }.AcceptExistingOnly();
        var profile = new Option<string>("--profile") { Description = "Published profile, such as vendor-a, or a draft: a file that ends in .yaml.", HelpName = "PROFILE", Required = true };
        var command = new Command("test", "Read a file as a push would, and show what was found. Nothing is kept or counted. Exit code 0: level A, goes live as it is, and no figures of money contradict each other.") { file, profile };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var (path, name) = (parsed.GetRequiredValue(file), parsed.GetRequiredValue(profile));
            var create = IsDraft(name) ? OfDraft(path, new FileInfo(Path.Combine(context.Surroundings.CurrentDirectory, name)), connection) : OfPublished(path, name, connection);
            using var response = await client.SendAsync(create, cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var found = await RetryingClient.ReadJsonAsync(response, cancellationToken);
            Show(report, found);
            return Json.Text(found, "level") == "A" && !MoneyDiffers(found) ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static bool IsDraft(string profile) =>
        profile.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || profile.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static Func<HttpRequestMessage> OfPublished(FileInfo file, string profile, Connection connection)
    {
        var address = new Uri(connection.Gateway, $"/v1/profiles/{Uri.EscapeDataString(profile)}/test");
        return () => Request(file, address, connection.KeyFor(profile));
    }

    private static Func<HttpRequestMessage> OfDraft(FileInfo file, FileInfo draft, Connection connection)
    {
        if (!draft.Exists)
        {
            throw CommandFailure.Usage($"--profile: there is no file '{draft.FullName}'. A name that ends in .yaml is a draft; a published profile is named without.");
        }

        return () =>
        {
            var request = RetryingClient.Request(HttpMethod.Post, new Uri(connection.Gateway, "/v1/profile-drafts/test"), connection.AllKeys()[0].Key);
            request.Content = new MultipartFormDataContent
            {
                { Body(draft, "application/yaml"), "profile", "profile.yaml" },
                { Body(file, "application/octet-stream"), "file", IsGzip(file) ? "file.gz" : "file" },
            };
            return request;
        };
    }

    private static FileBody Body(FileInfo file, string mediaType) =>
        new(file, new UploadProgress(_ => { })) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private static bool IsGzip(FileInfo file) => file.Extension.Equals(".gz", StringComparison.OrdinalIgnoreCase);

    private static HttpRequestMessage Request(FileInfo file, Uri address, string key)
    {
        var request = RetryingClient.Request(HttpMethod.Post, address, key);
        request.Content = Body(file, "application/octet-stream");
        if (IsGzip(file))
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
        if (MoneyDiffers(found))
        {
            report.Line("Figures of money contradict each other: the notes say where. Look at them before it goes live; the profile is likely wrong.");
        }

        var mistakes = Json.Members(found, "mistakes").ToArray();
        if (mistakes.Length > 0)
        {
            report.Table(
                [">Line", "Key", "Code", "Found"],
                mistakes.Take(FindingsShown).Select(mistake => new[]
                {
                    Report.Figure(mistake.GetProperty("line").GetInt64()), Json.Text(mistake, "key") ?? "", Json.Text(mistake, "code") ?? "", Json.Text(mistake, "detail") ?? "",
                }));
            Explain(report, mistakes);
            return;
        }

        var findings = Json.Members(found, "findings").ToArray();
        if (findings.Length > 0)
        {
            report.Table(
                ["Level", ">Row", ">Offset", "Receipt", "Field", "Code", "Found"],
                findings.Take(FindingsShown).Select(finding => new[]
                {
                    Json.Text(finding, "level") ?? "", Report.Figure(finding.GetProperty("row").GetInt32()), Report.Figure(finding.GetProperty("byte_offset").GetInt64()),
                    Json.Text(finding, "key") ?? "", Json.Text(finding, "field") ?? "", Json.Text(finding, "code") ?? "", Json.Text(finding, "detail") ?? "",
                }));
        }

        var notes = Json.Members(found, "notes").ToArray();
        if (notes.Length > 0)
        {
            report.Table(
                [">Times", ">Row", "Receipt", "Field", "Noted", "First"],
                notes.Select(note => new[]
                {
                    Report.Figure(note.GetProperty("count").GetInt32()), Report.Figure(note.GetProperty("row").GetInt32()),
                    Json.Text(note, "key") ?? "", Json.Text(note, "field") ?? "", Json.Text(note, "code") ?? "", Json.Text(note, "detail") ?? "",
                }));
        }

        Explain(report, [.. findings, .. notes]);

        if (Number("finding_count") > FindingsShown)
        {
            report.Note(string.Create(CultureInfo.InvariantCulture, $"… {Number("finding_count")} findings in all: --json lists up to 1,000."));
        }
    }

    private static bool MoneyDiffers(JsonElement found) => found.TryGetProperty("money_differs", out var differs) && differs.ValueKind == JsonValueKind.True;

    private static void Explain(Report report, IEnumerable<JsonElement> found)
    {
        static string Reason(JsonElement one, string language) => one.TryGetProperty("reason", out var reason) ? Json.Text(reason, language) ?? "" : "";
        foreach (var one in found.DistinctBy(one => Json.Text(one, "code")))
        {
            report.Note($"{Json.Text(one, "code")}: {$"{Reason(one, "en")} {Json.Text(one.GetProperty("fix"), "en")}".TrimStart()}");
            report.Note($"  {Reason(one, "ja")}{Json.Text(one.GetProperty("fix"), "ja")}");
        }
    }

    private static string Meaning(string? level) => level switch
    {
        "A" => "goes live as it is.",
        "B" => "goes live; what is found is held back.",
        _ => "cannot be accepted.",
    };
}
