using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail receipt verify FILE</c>.</summary>
internal static class ReceiptCommand
{
    public static Command Create(CommandContext context) => new("receipt", "Verify receipts.") { Verify(context) };

    private static Command Verify(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The receipt, byte for byte as the gateway sent it." }.AcceptExistingOnly();
        var keys = new Option<FileInfo?>("--keys") { Description = "Saved answer of GET /v1/receipt-keys, to verify without a network. Else the gateway is asked.", HelpName = "FILE" };
        var payload = new Option<FileInfo?>("--payload") { Description = "The file that was pushed: is the receipt for these bytes?", HelpName = "FILE" };
        var command = new Command("verify", "Check that a receipt is the gateway's and that nobody changed it.") { file, keys, payload };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var list = parsed.GetValue(keys) is { } saved ? await ReadAsync(saved, cancellationToken) : await FetchAsync(connection, client, cancellationToken);
            var fault = await FaultAsync(parsed.GetRequiredValue(file), list, parsed.GetValue(payload), cancellationToken);
            if (report.AsJson)
            {
                report.Document(new { Verified = fault is null, Fault = fault });
            }
            else
            {
                report.Line(fault is null ? "Good: the receipt is the gateway's and unchanged." : "BAD: " + fault);
            }

            return fault is null ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    /// <summary>What is wrong with a receipt; null when nothing is.</summary>
    private static async Task<string?> FaultAsync(FileInfo file, JsonElement keys, FileInfo? payload, CancellationToken cancellationToken)
    {
        try
        {
            var receipt = SignedReceipt.Parse(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
            var key = Json.Members(keys, "items").FirstOrDefault(key => Json.Text(key, "key_id") == receipt.KeyId);
            if (key.ValueKind != JsonValueKind.Object || Json.Text(key, "public_key_pem") is not { } pem)
            {
                return $"The gateway has no key {receipt.KeyId}.";
            }

            if (!receipt.Verifies(pem))
            {
                return "The signature does not fit: the receipt was changed.";
            }

            return payload is not null && await Sha256Async(payload, cancellationToken) != Json.Text(receipt.Receipt, "sha256")
                ? $"The receipt is good, but for other bytes than {payload.Name}."
                : null;
        }
        catch (Exception problem) when (problem is FormatException or CryptographicException or ArgumentException)
        {
            return problem.Message;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage(problem.Message);
        }
    }

    private static async Task<string> Sha256Async(FileInfo payload, CancellationToken cancellationToken)
    {
        await using var stream = payload.OpenRead();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static async Task<JsonElement> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
            return document.RootElement.Clone();
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"--keys: {file.Name} cannot be read: {problem.Message}");
        }
    }

    private static async Task<JsonElement> FetchAsync(Connection connection, RetryingClient client, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(connection.Gateway, "/v1/receipt-keys"), null), cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        return await RetryingClient.ReadJsonAsync(response, cancellationToken);
    }
}
