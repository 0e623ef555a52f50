using System.CommandLine;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail audit verify</c>: whether the record of who did what is as it was written.</summary>
internal static class AuditCommand
{
    public static Command Create(CommandContext context)
    {
        var anchor = new Option<string>("--anchor") { Description = "An entry noted at an earlier check: shows also that nobody rewrote the whole record since.", HelpName = "SEQ:HASH" };
        var verify = new Command("verify", "Recompute the audit's chain of hashes. Exits 1 and names the first entry that was changed, removed or moved. Needs a login of head office or of an administrator.") { anchor };
        context.OnRun(verify, async (parsed, connection, client, report, cancellationToken) =>
        {
            await connection.SignInAsync(client, cancellationToken);
            var address = "/v1/audit/verification" + (parsed.GetValue(anchor) is { } noted ? "?anchor=" + Uri.EscapeDataString(noted) : "");
            using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(connection.Api, address), null), cancellationToken);
            await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
            var answer = await RetryingClient.ReadJsonAsync(response, cancellationToken);
            if (report.AsJson)
            {
                report.Document(answer);
            }
            else
            {
                report.Table(
                    ["Chain", "Entries that hold", "Last hash", "First that does not"],
                    Json.Members(answer, "chains").Select(chain => (string[])[Json.Cell(chain, "chain"), Json.Cell(chain, "entries"), Json.Cell(chain, "hash"), Fault(chain)]));
            }

            return answer.GetProperty("intact").GetBoolean() ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return new Command("audit", "The record of who did what.") { verify };
    }

    private static string Fault(JsonElement chain) => chain.TryGetProperty("fault", out var fault) && fault.ValueKind == JsonValueKind.Object
        ? $"{Json.Cell(fault, "seq")}: {Json.Cell(fault, "reason")}"
        : "";
}
