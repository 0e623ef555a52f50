using System.Net;
using System.Net.Http.Headers;

namespace RetailInsight.Cli;

/// <summary>Pushes one file to a feed and waits for its outcome. Safe to repeat: the gateway knows bytes it has seen.</summary>
/// <param name="client">HTTP.</param>
/// <param name="gateway">Address of the gateway.</param>
/// <param name="feed">Feed.</param>
/// <param name="key">Bearer key.</param>
/// <param name="patience">How long to wait for the outcome of a file the gateway converts later.</param>
/// <param name="clock">Clock of the wait.</param>
/// <param name="receipts">Where to save the signed receipts, byte for byte; null not to.</param>
internal sealed class FilePush(RetryingClient client, Uri gateway, string feed, string key, TimeSpan patience, TimeProvider clock, DirectoryInfo? receipts = null)
{
    private const string NotConvertedYet = "landed";

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    /// <summary>Never throws for what happens to one file: the others go on.</summary>
    public async Task<PushedFile> PushAsync(FileInfo file, Action<long> onSent, CancellationToken cancellationToken)
    {
        var path = file.ToString();
        var progress = new UploadProgress(onSent);
        try
        {
            var address = new Uri(gateway, "/v1/ingest/" + Uri.EscapeDataString(feed));
            using var response = await client.SendAsync(() => Request(file, address, progress), cancellationToken);
            return await WithReceiptAsync(file, await OutcomeAsync(path, response, cancellationToken), cancellationToken);
        }
        catch (CommandFailure failure)
        {
            return new PushedFile { File = path, Outcome = "failed", Problem = failure.Problem };
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new PushedFile { File = path, Outcome = "failed", Problem = new ServerProblem(null, "File", problem.Message, null, null) };
        }
    }

    // Asked for anew: the bytes of the signed receipt are the same however often it is asked for.
    private async Task<PushedFile> WithReceiptAsync(FileInfo file, PushedFile pushed, CancellationToken cancellationToken)
    {
        if (receipts is null || pushed.ReceiptId is not { } id || pushed.Outcome == "pending")
        {
            return pushed;
        }

        using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(gateway, "/v1/receipts/" + Uri.EscapeDataString(id)), key), cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        receipts.Create();
        var saved = Path.Combine(receipts.FullName, $"{file.Name}.{id}.receipt.json");
        await File.WriteAllBytesAsync(saved, await response.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);
        return pushed with { ReceiptFile = saved };
    }

    private HttpRequestMessage Request(FileInfo file, Uri address, UploadProgress progress)
    {
        var request = RetryingClient.Request(HttpMethod.Post, address, key);
        request.Headers.Add("X-File-Name", Uri.EscapeDataString(file.Name));
        request.Content = new FileBody(file, progress);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (file.Extension.Equals(".gz", StringComparison.OrdinalIgnoreCase))
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return request;
    }

    private async Task<PushedFile> OutcomeAsync(string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            return await RefusedAsync(path, response, cancellationToken);
        }

        var receipt = Json.Read<GatewayReceipt>(await RetryingClient.ReadJsonAsync(response, cancellationToken));
        if (response.StatusCode != HttpStatusCode.Accepted && receipt.State != NotConvertedYet)
        {
            return Converted(path, receipt);
        }

        return response.Headers.Location is { } location
            ? await FollowAsync(path, receipt, new Uri(response.RequestMessage!.RequestUri!, location), cancellationToken)
            : Pending(path, receipt.ReceiptId, "The gateway keeps the file but names no address to ask for its outcome.");
    }

    private async Task<PushedFile> FollowAsync(string path, GatewayReceipt receipt, Uri status, CancellationToken cancellationToken)
    {
        if (status.GetLeftPart(UriPartial.Authority) != gateway.GetLeftPart(UriPartial.Authority))
        {
            return Pending(path, receipt.ReceiptId, $"The gateway points to {status} for the outcome; the key is not sent to another server.");
        }

        var began = clock.GetTimestamp();
        for (var pause = FirstLook; clock.GetElapsedTime(began) < patience; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestLook.Ticks)))
        {
            await Task.Delay(pause, clock, cancellationToken);
            using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, status, key), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return await RefusedAsync(path, response, cancellationToken);
            }

            var now = Json.Read<GatewayReceipt>(await RetryingClient.ReadJsonAsync(response, cancellationToken));
            if (response.StatusCode != HttpStatusCode.Accepted && now.State != NotConvertedYet)
            {
                return Converted(path, now);
            }
        }

        return Pending(path, receipt.ReceiptId, $"Kept, but not converted after {patience.TotalSeconds:0} s. Pushing it again shows the outcome.");
    }

    private static PushedFile Converted(string path, GatewayReceipt receipt) => new()
    {
        File = path,
        Outcome = receipt switch
        {
            { State: "unreadable" } => "refused",
            { Balances: false } => "failed",
            { Quarantined: > 0 } => "held",
            _ => "done",
        },
        Problem = receipt.Balances ? null : new ServerProblem(null, "Not balanced", "The gateway's verdicts do not add up to the rows it read.", null, receipt.ReceiptId),
        ReceiptId = receipt.ReceiptId,
        RowsRead = receipt.RowsRead,
        Accepted = receipt.Accepted,
        Duplicate = receipt.Duplicate,
        Superseding = receipt.Superseding,
        Quarantined = receipt.Quarantined,
        Totals = receipt.Totals ?? [],
        Held = [.. (receipt.Verdicts ?? []).Where(verdict => verdict.Verdict == "quarantined")
            .Select(verdict => new HeldReceipt(verdict.Key, verdict.Store, verdict.BusinessDate, verdict.Rows, verdict.Reasons ?? []))],
    };

    private static async Task<PushedFile> RefusedAsync(string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await ServerProblem.ReadAsync(response, cancellationToken);
        var final = problem.Status is < 500 and not (408 or 429);
        return new PushedFile { File = path, Outcome = final ? "refused" : "failed", ReceiptId = problem.ReceiptId, Problem = problem };
    }

    private static PushedFile Pending(string path, string receiptId, string detail) =>
        new() { File = path, Outcome = "pending", ReceiptId = receiptId, Problem = new ServerProblem(null, "Pending", detail, null, receiptId) };
}
