using System.Net.Mime;
using System.Text;
using System.Text.Json;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Receipts;

/// <summary>Turns a row of the ledger into an HTTP answer. A stored receipt goes out byte for byte.</summary>
internal static class ReceiptAnswer
{
    /// <summary>To the one who pushed: 200 with the receipt, 202 while the outcome is to come, 422 when it cannot be read.</summary>
    public static IResult ToPush(Ingestion ingestion) => ingestion.State switch
    {
        IngestionState.Landed => new Pending(ingestion),
        IngestionState.Unreadable => Refused(ingestion),
        _ => ToRead(ingestion),
    };

    /// <summary>To one who asks for the receipt: always 200.</summary>
    /// <param name="ingestion">The payload.</param>
    /// <param name="progress">How far it is, when its outcome is to come.</param>
    public static IResult ToRead(Ingestion ingestion, Progress? progress = null) => TypedResults.Bytes(Body(ingestion, progress), MediaTypeNames.Application.Json);

    /// <summary>Address of the receipt.</summary>
    public static string Location(Ingestion ingestion) => "/v1/receipts/" + ingestion.ReceiptId;

    private static byte[] Body(Ingestion ingestion, Progress? progress = null) =>
        Encoding.UTF8.GetBytes(ingestion.Answer ?? ReceiptDraft.Json(ReceiptDraft.Head(ingestion) with { Progress = progress }));

    private static Problem Refused(Ingestion ingestion)
    {
        using var receipt = JsonDocument.Parse(ingestion.Answer!);
        var reason = receipt.RootElement.GetProperty("unreadable");
        return Problem.Of(
            StatusCodes.Status422UnprocessableEntity,
            reason.GetProperty("code").GetString()!,
            "The payload is kept but cannot be read",
            reason.GetProperty("detail").GetString()!) with
        {
            ReceiptId = ingestion.ReceiptId,
            Receipt = receipt.RootElement.Clone(),
        };
    }

    private sealed class Pending(Ingestion ingestion) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status202Accepted;
            httpContext.Response.Headers.Location = Location(ingestion);
            httpContext.Response.ContentType = MediaTypeNames.Application.Json;
            var body = Body(ingestion);
            httpContext.Response.ContentLength = body.Length;
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
