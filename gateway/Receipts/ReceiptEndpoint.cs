using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Receipts;

/// <summary><c>GET /v1/receipts/{receiptId}</c>.</summary>
internal sealed class ReceiptEndpoint(IngestionLedger ledger)
{
    /// <summary>The receipt, if it is of the key's tenant and feeds; to everyone else it does not exist.</summary>
    public async Task<IResult> GetAsync(string receiptId, HttpContext context)
    {
        var caller = Caller.Of(context);
        var ingestion = IsReceiptId(receiptId)
            ? await ledger.FindAsync(caller.Tenant, Id128.Parse(receiptId).ToGuid(), context.RequestAborted)
            : null;
        return ingestion is not null && caller.Opens(ingestion.Feed)
            ? ReceiptAnswer.ToRead(ingestion)
            : Problem.Of(StatusCodes.Status404NotFound, "receipt_unknown", "Unknown receipt", "There is no receipt of that id.");
    }

    private static bool IsReceiptId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);
}
