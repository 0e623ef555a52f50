namespace RetailInsight.Gateway.Masters;

/// <summary>A void that came before what it takes back.</summary>
/// <param name="ReceiptId">The payload it came in.</param>
/// <param name="Feed">The feed.</param>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Terminal">The register.</param>
/// <param name="ReceiptNumber">Number of the void itself.</param>
/// <param name="OriginalEventId">Identity of the receipt it waits for: 32 hexadecimal digits.</param>
/// <param name="Gross">What it states, in currency units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Since">Since when it waits, UTC.</param>
internal sealed record WaitingVoid(
    string ReceiptId, string Feed, string Store, DateOnly BusinessDate, string Terminal, string ReceiptNumber, string OriginalEventId, string Gross, string Currency, DateTimeOffset Since);

/// <summary>The voids that still wait, oldest first, at most 1,000. Each takes its original back by itself when that comes.</summary>
internal sealed record WaitingPage(IReadOnlyList<WaitingVoid> Items);
