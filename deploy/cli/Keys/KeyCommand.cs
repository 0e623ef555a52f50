using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail key create|list|rotate|revoke</c>: the keys vendors push with, managed by head office and administrators.</summary>
internal static class KeyCommand
{
    public static Command Create(CommandContext context) => new("key", "Make, list, replace and revoke the keys vendors push with. Needs a login of head office or of an administrator.")
    {
        Make(context), List(context), Rotate(context), Revoke(context),
    };

    private static Command Make(CommandContext context)
    {
        var vendor = new Option<string>("--vendor") { Description = "Vendor the key is for.", HelpName = "VENDOR", Required = true };
        var feeds = new Option<string[]>("--feed") { Description = "Feed it may push to; repeat for several.", HelpName = "FEED", Required = true };
        var stores = new Option<string[]>("--store") { Description = "Store it may send figures of; repeat for several. Without, every store.", HelpName = "STORE" };
        var label = new Option<string>("--label") { Description = "What people call it.", HelpName = "TEXT", Required = true };
        var test = new Option<bool>("--test") { Description = "Make a test key, rk_test_…: answered in full, lands nothing." };
        var expires = CommandContext.Date("--expires", "Day it stops working, 00:00 UTC.", false);
        var operates = new Option<bool>("--operator") { Description = "Let it preview, replay and undo what is held: for people at head office, not for registers." };
        var command = new Command("create", "Make a key. Its secret is shown this once.") { vendor, feeds, stores, label, test, expires, operates };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var body = new
            {
                Vendor = parsed.GetRequiredValue(vendor),
                Feeds = parsed.GetRequiredValue(feeds),
                Label = parsed.GetRequiredValue(label),
                Stores = parsed.GetValue(stores) is { Length: > 0 } named ? named : null,
                Live = !parsed.GetValue(test),
                Operator = parsed.GetValue(operates),
                ExpiresAt = parsed.GetValue(expires)?.ToString("yyyy-MM-dd'T00:00:00Z'", CultureInfo.InvariantCulture),
            };
            ShowSecret(report, await PostAsync(connection, client, "/v1/keys", body, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the keys, newest first; no secrets.");
        context.OnRun(command, async (_, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, cancellationToken);
            using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(connection.Api, "/v1/keys"), null), cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var keys = await RetryingClient.ReadJsonAsync(response, cancellationToken);
            if (report.AsJson)
            {
                report.Document(keys);
                return ExitCode.Done;
            }

            report.Table(
                ["Key", "Label", "State", "Kind", "Vendor", "Feeds", "Stores", "Last used", "Expires"],
                Json.Members(keys, "items").Select(key => new[]
                {
                    Json.Text(key, "key_id") ?? "", Json.Text(key, "label") ?? "", Json.Text(key, "state") ?? "", !key.GetProperty("live").GetBoolean() ? "test" : key.TryGetProperty("operator", out var operates) && operates.GetBoolean() ? "operator" : "live", Json.Text(key, "vendor") ?? "",
                    Names(key, "feeds", ""), Names(key, "stores", "all"), Json.Text(key, "last_used_at") ?? "never", Json.Text(key, "expires_at") ?? "",
                }));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Rotate(CommandContext context)
    {
        var id = Id();
        var overlap = new Option<int>("--overlap-hours") { Description = "Hours both keys work.", HelpName = "HOURS", DefaultValueFactory = _ => 168 };
        var command = new Command("rotate", "Make a key that takes the place of this one. Its secret is shown this once.") { id, overlap };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var address = $"/v1/keys/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/rotate";
            ShowSecret(report, await PostAsync(connection, client, address, new { OverlapHours = parsed.GetValue(overlap) }, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var id = Id();
        var command = new Command("revoke", "Revoke a key at once; a gateway that remembers it refuses it within five seconds.") { id };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var key = await PostAsync(connection, client, $"/v1/keys/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/revoke", null, cancellationToken);
            if (report.AsJson)
            {
                report.Document(key);
            }

            report.Note($"{Json.Text(key, "label")} ({Json.Text(key, "key_id")}) is revoked.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Id() => new("KEY-ID") { Description = "Id of the key, as retail key list shows it." };

    // Tried once: of an answer that was lost nobody knows the secret, and a second key would lie about.
    private static async Task<JsonElement> PostAsync(Connection connection, RetryingClient client, string address, object? body, CancellationToken cancellationToken)
    {
        await connection.SignInAsync(client, cancellationToken);
        using var response = await client.SendOnceAsync(
            () =>
            {
                var request = RetryingClient.Request(HttpMethod.Post, new Uri(connection.Api, address), null);
                request.Content = body is null ? null : JsonContent.Create(body, options: Json.Options);
                return request;
            },
            cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        return await RetryingClient.ReadJsonAsync(response, cancellationToken);
    }

    private static void ShowSecret(Report report, JsonElement made)
    {
        if (report.AsJson)
        {
            report.Document(made);
            return;
        }

        report.Line(Json.Text(made, "secret") ?? "");
        report.Note($"Key {Json.Text(made.GetProperty("key"), "key_id")}. The secret above is stored nowhere: keep it now.");
    }

    private static string Names(JsonElement key, string member, string none) =>
        key.TryGetProperty(member, out var names) && names.ValueKind == JsonValueKind.Array ? string.Join(", ", names.EnumerateArray().Select(name => name.GetString())) : none;
}
