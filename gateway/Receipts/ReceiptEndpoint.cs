using System.Net.Mime;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Receipts;

/// <summary><c>GET /v1/receipts/{receiptId}</c>.</summary>
internal sealed class ReceiptEndpoint(IngestionLedger ledger, ConversionProgress progress, Sandbox sandbox)
{
    /// <summary>The receipt, if it is of the key's tenant and feeds; to everyone else it does not exist.</summary>
    public async Task<IResult> GetAsync(string receiptId, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (caller.Sandbox)
        {
            var answer = IsReceiptId(receiptId) ? await sandbox.FindAsync(caller, Id128.Parse(receiptId).ToGuid(), context.RequestAborted) : null;
            return answer is null ? Unknown() : TypedResults.Bytes(Encoding.UTF8.GetBytes(answer), MediaTypeNames.Application.Json);
        }

        var ingestion = IsReceiptId(receiptId)
            ? await ledger.FindAsync(caller.Tenant, Id128.Parse(receiptId).ToGuid(), context.RequestAborted)
            : null;
        return ingestion is not null && caller.Opens(ingestion.Feed)
            ? ReceiptAnswer.ToRead(ingestion, progress.Of(ingestion))
            : Unknown();
    }

    private static Problem Unknown() => Problem.Of(StatusCodes.Status404NotFound, "receipt_unknown", "Unknown receipt", "There is no receipt of that id.");

    private static bool IsReceiptId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);
}
